/**
 * Goal: from an empty folder to routes that fail over, by each command of docs/quickstart.md, and back to nothing.
 * Method: the npm package as `npm pack` makes it, installed in an empty folder and run against the emulator; the watcher
 * out of the zip that it uploaded, in the environment that its stack gives.
 */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { DeleteTagsCommand, EC2Client } from '@aws-sdk/client-ec2';
import { GetFunctionConfigurationCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { codeOf } from '../docs/pages.ts';
import { type Account, buildAccount } from './account/build.ts';
import { clientSettings } from './account/clients.ts';
import { type Listener, startListener } from './account/listener.ts';
import { ec2Lab } from './account/look.ts';
import { REGION, twoAppliances } from './account/options.ts';
import { startTcpDaemon, type TcpDaemon } from './daemons/tcpListener.ts';
import { emulatorPython, LAB_DIR, lock } from './emulator/install.ts';
import { type Emulator, startEmulator } from './emulator/start.ts';
import { type Container, startContainer } from './lambda/container.ts';
import { until } from './pause.ts';
import { readZip } from './stack/zip.ts';

// A hang guard: all of it takes under a minute on two idle cores.
jest.setTimeout(240_000);

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const SCHEDULED = { source: 'aws.events', 'detail-type': 'Scheduled Event', detail: {} };

/** Every command line, in order. */
const ran: (readonly string[])[] = [];

interface Ran {
  readonly exit: number;
  readonly out: string;
  readonly err: string;
}

let folder = '';
let empty = '';
let emulator: Emulator;
let listener: Listener;
let a: TcpDaemon;
let b: TcpDaemon;
let account: Account;
let watcher: Container | null = null;
let outputs: Readonly<Record<string, string>> = {};

beforeAll(async () => {
  [emulator, listener, a, b, folder] = await Promise.all([
    startEmulator({ seed: 17 }),
    startListener(),
    startTcpDaemon(),
    startTcpDaemon(),
    mkdtemp(join(tmpdir(), 'vpn-medic-newcomer-')),
  ]);
  empty = join(folder, 'empty');
  await mkdir(empty);
  const { groups } = twoAppliances({ probeA: `tcp:127.0.0.1:${a.port}`, probeB: b.probe });
  // As people build them: each zone's table reaches the far side by the appliance of its zone.
  const destinations = ['10.20.0.0/16', '10.21.0.0/16'];
  const alike = groups.map((one) => ({
    ...one,
    tables: one.tables.map((table) => ({ ...table, destinations })),
  }));
  account = await buildAccount(emulator.url, { groups: alike }, listener.url);
  await new EC2Client(settings()).send(
    new DeleteTagsCommand({
      Resources: [
        ...group().tables.map(({ tableId }) => tableId),
        ...[...group().appliances.values()].map(({ instanceId }) => instanceId),
      ],
      Tags: [{ Key: 'vpn-medic:group' }],
    }),
  );
});

afterAll(async () => {
  await watcher?.kill();
  await Promise.all([a.close(), b.close(), listener.close()]);
  await emulator.stop();
  await rm(folder, { recursive: true, force: true });
});

const settings = () => clientSettings(emulator.url);
const group = () => {
  const [only] = account.groups;
  if (only === undefined) throw new Error('the lab account has no group');
  return only;
};
const applianceOf = (name: string) => {
  const appliance = group().appliances.get(name);
  if (appliance === undefined) throw new Error(`the lab account has no ${name}`);
  return appliance;
};

test('npm pack makes a package of at most 3 MB, and npm installs it with nothing beside it', async () => {
  const packed = await packing();
  expect(packed.unpackedSize).toBeLessThanOrEqual(3_000_000);
  const install = [
    'install',
    '--no-audit',
    '--no-fund',
    '--offline',
    join(folder, packed.filename),
  ];
  await promisify(execFile)('npm', install, { cwd: empty });
  const installed = await readdir(join(empty, 'node_modules'));
  expect(installed.filter((name) => !name.startsWith('.'))).toEqual(['vpn-medic']);
});

test('rehearse plays faults without an account', async () => {
  const { exit, out } = await medicWith({}, 'rehearse');
  expect([exit, out]).toEqual([0, expect.stringMatching(/notified +CRITICAL/)]);
});

test('template writes what a stack set needs, and cfn-lint finds nothing in it', async () => {
  const out = join(folder, 'template');
  const { exit } = await medic('template', '--out', out);
  expect(exit).toBe(0);
  const objects = await readdir(join(out, 'code'), { recursive: true });
  expect(objects.filter((name) => name.endsWith('.zip')).length).toBeGreaterThanOrEqual(10);
  // Empty defaults, which a condition keeps from being used, match no pattern of an ARN or an id.
  const lint = 'import sys; from cfnlint.runner import main; sys.exit(main())';
  const file = join(out, 'vpn-medic.template.json');
  const args = ['-c', lint, '--ignore-checks', 'W1030', 'W1033', '--', file];
  const { stdout } = await promisify(execFile)(await emulatorPython(), args).catch(
    (failed: unknown) => ({ stdout: String(Reflect.get(Object(failed), 'stdout')) }),
  );
  expect(stdout).toBe('');
});

test('setup proposes the group and, when it may, tags it', async () => {
  const looked = await medic('setup');
  expect([looked.exit, looked.out]).toEqual([0, expect.stringContaining('vpn-medic deploy')]);
  const applied = await medic('setup', '--apply', '--yes');
  expect([applied.exit, applied.out]).toEqual([0, expect.stringMatching(/\d tags added/)]);
});

test('deploy shows what it will make, makes it, and does nothing the second time', async () => {
  const quick = ['alertEmail=oncall@example.com', 'probeIntervalMs=400', 'probeTimeoutMs=300'];
  const made = await medic('deploy', '--yes', '--param', ...quick, 'mode=observe');
  expect([made.exit, made.out]).toEqual([
    0,
    expect.stringMatching(/AWS::Lambda::Function[^]*is deployed/),
  ]);
  const again = await medic('deploy', '--yes', '--json');
  expect(again.exit).toBe(0);
  const report = JSON.parse(again.out);
  expect(report).toMatchObject({ stack: 'vpn-medic-prod', isUnchanged: true });
  ({ outputs } = report);
});

test('doctor examines it, and asks the seven questions that only AWS can answer', async () => {
  const { out } = await medic('doctor');
  expect(out).toMatch(/only AWS/);
});

test('deploy with one parameter keeps the others', async () => {
  const { exit, out } = await medic('deploy', '--yes', '--param', 'mode=act');
  expect([exit, out]).toEqual([0, expect.stringContaining('is deployed')]);
  const { Environment } = await deployedWatcher();
  const { VPN_MEDIC_MODE: mode, VPN_MEDIC_PROBE_INTERVAL_MS: interval } =
    Environment?.Variables ?? {};
  // The emulator hands a number on where AWS has its text.
  expect([mode, String(interval)]).toEqual(['act', '400']);
});

test('check names the one thing that is missing: the watcher, which the emulator does not start', async () => {
  const [only, ...others] = await checkedGroups();
  expect(others).toEqual([]);
  expect(only).toMatchObject({
    applianceCount: 2,
    routeCount: 4,
    failover: { canFailOver: 'no', cause: 'no-watcher' },
  });
});

test('check says that the group can fail over now; an appliance dies: its routes move, and the notification arrives', async () => {
  const [table] = group().tables;
  const nextHops = () => ec2Lab(emulator.url).targetsOf(table?.tableId ?? '');
  expect(await nextHops()).toEqual([applianceOf('vpn-a').interfaceId]);
  await new SNSClient(settings()).send(
    new SubscribeCommand({
      TopicArn: outputs['AlertsTopicArn'],
      Protocol: 'http',
      Endpoint: listener.url,
    }),
  );
  watcher = await startWatcher();
  const summary = watcher.invoke(SCHEDULED, 200_000);
  // Known alive, and trusted to take over.
  await until('both daemons to be heard', () => a.probeCount() >= 20 && b.probeCount() >= 20);
  const failover = await until('check to say that the group can fail over now', async () => {
    const [only] = await checkedGroups();
    return only.failover.canFailOver === 'yes' ? only.failover : null;
  });
  expect(failover.cause).toBe('ready');
  await a.kill();
  const survivor = applianceOf('vpn-b').interfaceId;
  await until('the routes to lead to vpn-b', async () => (await nextHops()).join() === survivor);
  const { instanceId } = applianceOf('vpn-a');
  const notified = await until(
    'the notification',
    () => listener.received.find(({ text }) => text.includes(instanceId)) ?? null,
  );
  expect(notified.subject).toContain('vpn-a');
  watcher.hurry();
  const { heapLimitMb } = Object(await summary);
  // Of the 256 MB that the function has.
  expect(heapLimitMb).toBeGreaterThan(64);
  expect(heapLimitMb).toBeLessThan(192);
  const { out } = await medic('incidents');
  expect(out).toContain('ApplianceDown');
  const explained = await medic('explain', 'ApplianceDown');
  expect([explained.exit, explained.out]).toEqual([0, expect.stringMatching(/vpn-a -> vpn-b/)]);
});

test('remove deletes the stack and says what stays', async () => {
  const removed = await medic('remove', '--yes');
  expect([removed.exit, removed.out]).toEqual([
    0,
    expect.stringMatching(/Kept, because it holds data: bucket[^]*is removed/),
  ]);
  const { exit, out } = await medic('remove', '--yes', '--json');
  expect([exit, out]).toEqual([1, expect.stringContaining('there is no stack vpn-medic-prod')]);
});

test('docs/quickstart.md shows no command that was not run', async () => {
  const page = await readFile(join(ROOT, 'docs/quickstart.md'), 'utf8');
  const shown = codeOf(page).flatMap((line) => /^npx vpn-medic (.+)/.exec(line)?.[1] ?? []);
  expect(shown.length).toBeGreaterThanOrEqual(10);
  const wasRun = (command: string) =>
    ran.some((argv) => command.split(' ').every((word) => argv.includes(word)));
  // It serves until it is ended: test/lab/pages/live.test.ts.
  expect(shown.filter((command) => !wasRun(command))).toEqual(['rehearse --serve']);
});

test('without credentials deploy ends at once, and says what to set', async () => {
  const { exit, err } = await medicWith(
    { AWS_EC2_METADATA_DISABLED: 'true', HOME: join(folder, 'no-home') },
    'deploy',
    '--yes',
  );
  expect([exit, err]).toEqual([1, expect.stringContaining('there are no AWS credentials here')]);
});

async function checkedGroups() {
  const { out } = await medic('check', '--json');
  return JSON.parse(out).groups;
}

/** Nobody else may build or package meanwhile: both clear `dist/` first. */
async function packing(): Promise<{ readonly filename: string; readonly unpackedSize: number }> {
  const unlock = await lock(`${LAB_DIR}/sls.lock`);
  try {
    const args = ['pack', '--json', '--silent', '--pack-destination', folder];
    const { stdout } = await promisify(execFile)('npm', args, { cwd: ROOT });
    const [packed] = Object.values(JSON.parse(stdout));
    return Object(packed);
  } finally {
    await unlock();
  }
}

const medic = (...argv: readonly string[]): Promise<Ran> =>
  medicWith({ AWS_ACCESS_KEY_ID: 'lab', AWS_SECRET_ACCESS_KEY: 'lab' }, ...argv);

async function medicWith(
  env: Readonly<Record<string, string>>,
  ...argv: readonly string[]
): Promise<Ran> {
  ran.push(argv);
  const bin = join(empty, 'node_modules/vpn-medic/bin/vpn-medic.js');
  const how = {
    cwd: empty,
    env: {
      PATH: process.env['PATH'],
      AWS_ENDPOINT_URL: emulator.url,
      AWS_REGION: REGION,
      AWS_DISABLE_REQUEST_COMPRESSION: 'true',
      NO_COLOR: '1',
      ...env,
    },
  };
  return promisify(execFile)(process.execPath, [bin, ...argv], how).then(
    ({ stdout, stderr }) => ({ exit: 0, out: stdout, err: stderr }),
    (failed: unknown) => {
      const { code, stdout, stderr } = Object(failed);
      return { exit: Number(code), out: String(stdout), err: String(stderr) };
    },
  );
}

const deployedWatcher = () =>
  new LambdaClient(settings()).send(
    new GetFunctionConfigurationCommand({ FunctionName: outputs['WatcherFunctionName'] }),
  );

/** As Lambda would: the zip that the stack names, and the stack's environment. */
async function startWatcher(): Promise<Container> {
  const s3 = new S3Client({ ...settings(), forcePathStyle: true });
  const Bucket = `vpn-medic-code-123456789012-${REGION}`;
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket }));
  const Key = Contents.find((one) => one.Key?.includes('/watchAppliances-'))?.Key ?? '';
  const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
  const zip = join(folder, 'watchAppliances.zip');
  await writeFile(zip, (await Body?.transformToByteArray()) ?? '');
  const files = await readZip(zip);
  const bundle = join(folder, 'watchAppliances.mjs');
  await writeFile(bundle, files.get('dist/watchAppliances/index.mjs') ?? '');
  const { Environment, FunctionName } = await deployedWatcher();
  return startContainer(
    'watchAppliances',
    {
      ...Environment?.Variables,
      AWS_REGION: REGION,
      AWS_ENDPOINT_URL: emulator.url,
      AWS_ACCESS_KEY_ID: 'lab',
      AWS_SECRET_ACCESS_KEY: 'lab',
      AWS_DISABLE_REQUEST_COMPRESSION: 'true',
      AWS_LAMBDA_FUNCTION_NAME: FunctionName ?? '',
    },
    { bundle },
  );
}
