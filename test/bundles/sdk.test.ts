/**
 * Goal: a slim bundle calls AWS exactly as the whole SDK does. Method: one bundle as built and one with the whole SDK
 * make the same calls to a server on this machine; their requests must be equal to the byte, signatures included, and
 * so must what each reads in the replies.
 */
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { bundleOf } from '../../esbuild.config.ts';
import { makeTempFolder } from '../tempFolder.ts';
import { AT, actionOf, ILL, type Reply, WELL } from './answers.ts';

const keys = {
  AWS_ACCESS_KEY_ID: randomBytes(8).toString('hex'),
  AWS_SECRET_ACCESS_KEY: randomBytes(8).toString('hex'),
};
const everyPort = fileURLToPath(new URL('./everyPort.ts', import.meta.url));
let folder = '';
let endpoint = '';
let replies: Readonly<Record<string, Reply>> = {};
const requests: string[] = [];
const actions = new Set<string>();

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const body = Buffer.concat(chunks).toString();
    const { method = '', url = '', rawHeaders, headers } = request;
    requests.push([`${method} ${url}`, ...rawHeaders, body].join('\n'));
    const action = actionOf(body, headers, url);
    actions.add(action);
    const reply = replies[action];
    if (reply === undefined || reply.body === null) return response.destroy();
    // The SDK sets its clock by the server's, which the conversation has stopped.
    const date = new Date(AT).toUTCString();
    return response.writeHead(reply.status, { date, ...reply.headers }).end(reply.body);
  });
});

beforeAll(async () => {
  folder = makeTempFolder();
  for (const isSlim of [true, false]) {
    const { code } = await bundleOf(everyPort, isSlim);
    await writeFile(join(folder, `${isSlim ? 'slim' : 'whole'}.mjs`), code);
  }
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  endpoint = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
});

afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await rm(folder, { recursive: true });
});

describe.each([
  ['well', WELL],
  ['ill', ILL],
])('with an AWS that is %s, the bundle', (_, world) => {
  test('sends the requests of the whole SDK, to the byte, and reads the same replies', async () => {
    replies = world;
    const slim = await converse('slim', keys);
    const whole = await converse('whole', keys);
    expect(slim.requests).toEqual(whole.requests);
    expect(slim.said).toEqual(whole.said);
    expect([...actions].toSorted()).toEqual(Object.keys(world).toSorted());
  });
});

test('the conversation reads what was said, field by field', async () => {
  replies = WELL;
  const { said } = await converse('slim', keys);
  expect(said).toMatchObject({
    tags: { known: true, value: [{ value: 'berlin & bonn' }] },
    instances: { value: [{ name: 'vpn-a', state: 'running', ipv6s: ['2001:db8::10'] }] },
    statuses: {
      value: [{ system: 'impaired', events: [{ notBefore: Date.UTC(2026, 11, 1, 10) }] }],
    },
    interfaces: { value: [{ hasSourceDestCheck: false, publicIp: '198.51.100.10' }] },
    subnets: { value: [{ cidrs: ['10.0.1.0/24', '2001:db8::/64'] }] },
    tables: { value: [{ routes: [{ state: 'blackhole' }, { otherTarget: 'eigw-0a' }] }] },
    prefixLists: { value: [{ cidrs: ['10.20.0.0/16'] }] },
    write: { kind: 'written' },
    read: { value: [{ id: 'lease', version: 7, body: { fence: 7 } }] },
    put: { kind: 'written', version: 2 },
    publish: { kind: 'published', messageId: '567910cd-659e-55d4-8ccb-5aaf14679dc0' },
    vantages: [{ id: 'probe-a', subnetIds: ['subnet-0a'], isInVpc: true }],
    results: [{ key: 'a', result: { kind: 'up', tookMs: 2 } }],
  });
});

test('the conversation names each fault', async () => {
  replies = ILL;
  const { said } = await converse('slim', keys);
  const grant = "grant it to the function's role";
  expect(said).toMatchObject({
    tags: { why: `ec2:DescribeTags denied (UnauthorizedOperation): ${grant}` },
    instances: { known: true, value: [] },
    statuses: { why: 'ec2:DescribeInstanceStatus got no usable answer (InternalError)' },
    interfaces: { known: false },
    subnets: {
      why: 'ec2:DescribeSubnets not accepted (AuthFailure): the credentials are missing, expired, or not valid in this region',
    },
    tables: { why: 'ec2:DescribeRouteTables refused (InvalidParameterValue): said EC2' },
    prefixLists: { known: true, value: [] },
    write: { kind: 'unclear', why: 'ec2:ReplaceRoute got no usable answer (ECONNRESET)' },
    read: {
      why: "there is no table state (ResourceNotFoundException): set VPN_MEDIC_STATE_TABLE to the stack's state table",
    },
    put: { kind: 'conflict' },
    publish: { kind: 'failed' },
    vantages: [{ id: 'probe-a', subnetIds: [], isInVpc: true }],
    results: [
      {
        key: 'a',
        result: {
          kind: 'unknown',
          why: 'lambda:Invoke of probe-a throttled (TooManyRequestsException): reserve concurrency for it',
        },
      },
    ],
  });
});

test('without credentials in the environment the bundle says so, and sends no request', async () => {
  const { said, requests: sent } = await converse('slim', {});
  expect(said).toMatchObject({
    write: {
      kind: 'refused',
      why: 'ec2:ReplaceRoute not accepted (CredentialsProviderError): the credentials are missing, expired, or not valid in this region',
    },
    publish: { kind: 'failed' },
  });
  expect(sent).toEqual([]);
});

/** Runs the conversation in a process of its own, with nothing of this machine's AWS settings. */
async function converse(name: 'slim' | 'whole', credentials: Readonly<Record<string, string>>) {
  requests.length = 0;
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [fileURLToPath(new URL('./conversation.ts', import.meta.url)), join(folder, `${name}.mjs`)],
    {
      env: {
        PATH: process.env['PATH'],
        HOME: folder,
        AWS_REGION: 'eu-west-1',
        AWS_ENDPOINT_URL: endpoint,
        AWS_EC2_METADATA_DISABLED: 'true',
        ...credentials,
      },
    },
  );
  const said: unknown = JSON.parse(stdout);
  return { said, requests: [...requests] };
}
