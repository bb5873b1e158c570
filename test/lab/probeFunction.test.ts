/**
 * Goal: the built probe function, asked through Lambda's Invoke, tells a live daemon from a dead one.
 * Method: the SDK's Lambda client against the gateway, which runs `dist/probe/index.mjs` in a process of its own.
 */

import {
  GetFunctionConfigurationCommand,
  InvokeCommand,
  LambdaClient,
} from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { clientSettings } from './account/clients.ts';
import { startTcpDaemon, type TcpDaemon } from './daemons/tcpListener.ts';
import { type Gateway, startGateway } from './emulator/gateway.ts';
import { type InvokeApi, invokeApi } from './lambda/invokeApi.ts';
import { freePort } from './ports.ts';

// A guard against hanging: an emulator that starts beside other work has been seen to take 20 s.
jest.setTimeout(300_000);

let daemon: TcpDaemon;
let gateway: Gateway;
let api: InvokeApi;
let client: LambdaClient;

beforeAll(async () => {
  daemon = await startTcpDaemon();
  api = invokeApi({
    'probe-a': {
      bundle: 'probe',
      env: () => ({ AWS_REGION: 'eu-west-1' }),
      subnetIds: ['subnet-0a'],
    },
  });
  // Nothing here is for the emulator: the door behind the gateway leads nowhere.
  gateway = await startGateway('http://127.0.0.1:1', api.answer);
  client = new LambdaClient(clientSettings(gateway.url));
});

afterAll(async () => {
  await api.close();
  await gateway.shut();
  await daemon.close();
});

const invoke = async (name: string, event: unknown) => {
  const answer = await client.send(
    new InvokeCommand({ FunctionName: name, Payload: Buffer.from(JSON.stringify(event)) }),
  );
  const payload: unknown = JSON.parse(Buffer.from(answer.Payload ?? []).toString('utf8'));
  return { error: answer.FunctionError, payload };
};

test('answers up for the live port and down for the dead one, in the order of the request', async () => {
  const deadPort = await freePort();
  const at = { kind: 'tcp', address: '127.0.0.1' } as const;
  const { error, payload } = await invoke('probe-a', {
    version: 1,
    timeoutMs: 500,
    targets: [
      { ...at, key: 'dead', port: deadPort },
      { ...at, key: 'live', port: daemon.port },
    ],
  });
  expect(error).toBeUndefined();
  expect(payload).toMatchObject({
    answers: [
      { key: 'dead', result: { kind: 'down' } },
      { key: 'live', result: { kind: 'up' } },
    ],
  });
});

test('fails as a function, not as an invocation, on an event that makes no sense', async () => {
  const { error, payload } = await invoke('probe-a', { version: 2 });
  expect(error).toBe('Unhandled');
  expect(payload).toMatchObject({ errorMessage: expect.stringContaining('version') });
});

test('says which subnets it is in', async () => {
  const answer = await client.send(
    new GetFunctionConfigurationCommand({ FunctionName: 'probe-a' }),
  );
  expect(answer.VpcConfig?.SubnetIds).toEqual(['subnet-0a']);
});

test('a function that Lambda throttles or does not know is an error of the invocation', async () => {
  await expect(invoke('probe-b', {})).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  api.refuse('probe-a', true);
  await expect(invoke('probe-a', {})).rejects.toMatchObject({ name: 'TooManyRequestsException' });
  api.refuse('probe-a', false);
});
