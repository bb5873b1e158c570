/** Goal: the SSH parts that bundles leave out are not needed. Method: the built bundle logs in to a real SSH server on loopback, in a process of its own. */
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import ssh2 from 'ssh2';
import { bundleOf } from '../../esbuild.config.ts';
import { newKeyPair } from '../../lib/repairs/ssh/keyPair.ts';
import { fingerprintOf } from '../../lib/repairs/ssh/session.ts';
import { makeTempFolder } from '../tempFolder.ts';

const client = newKeyPair();
const host = newKeyPair();
const commands: string[] = [];
let folder = '';

const server = new ssh2.Server({ hostKeys: [host.private] }, (connection) => {
  connection.on('error', () => {});
  connection.on('authentication', (context) => context.accept());
  connection.on('session', (accept) => {
    accept().on('exec', (acceptExec, _reject, { command }) => {
      commands.push(command);
      const channel = acceptExec();
      channel.write('active\n');
      channel.exit(0);
      channel.end();
    });
  });
});

beforeAll(async () => {
  folder = makeTempFolder();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterAll(async () => {
  server.close();
  await rm(folder, { recursive: true });
});

test('the bundle of repairShell restarts a service over SSH', async () => {
  const { code } = await bundleOf('functions/repairShell.ts');
  const file = join(folder, 'repairShell.mjs');
  await writeFile(file, code);
  const address = server.address();
  const request = {
    version: 1,
    addresses: ['127.0.0.1'],
    port: typeof address === 'object' ? address?.port : 0,
    user: 'ec2-user',
    privateKey: client.private,
    hostKeys: [fingerprintOf(Buffer.from(host.public.split(' ')[1] ?? '', 'base64'))],
    unit: 'vpn.service',
  };
  const program = `const { handler } = await import('${pathToFileURL(file).href}');
    const answer = await handler(${JSON.stringify(request)}, { getRemainingTimeInMillis: () => 50_000 });
    process.stdout.write(JSON.stringify(answer));
    process.exit(0);`;
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--input-type=module', '--eval', program],
    { cwd: folder },
  );
  expect(JSON.parse(stdout)).toMatchObject({
    kind: 'done',
    why: 'vpn.service was restarted and is active',
  });
  expect(commands).toEqual([
    'sudo -n systemctl restart vpn.service',
    'systemctl is-active vpn.service',
  ]);
});
