/** Goal: a repair is asked for asynchronously, and what the asking came to is told apart. Method: Lambda mocked. */
import { InvokeCommand, LambdaClient, LambdaServiceException } from '@aws-sdk/client-lambda';
import { beforeEach, expect, test } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { repairPort } from '../../../lib/aws/lambda/repairs.ts';
import { clock } from '../strict.ts';

const mock = mockClient(LambdaClient);
beforeEach(() => {
  mock.reset();
  mock.onAnyCommand().rejects(new Error('unexpected call'));
});
const { signal } = new AbortController();
const order = {
  version: 1,
  region: 'eu-west-1',
  instanceId: 'i-0a1b2c3d4e5f60718',
  attemptId: 'x',
  phase: 'reboot',
} as const;
const port = repairPort('eu-west-1', 'medic-repair', clock);

test('asks once, and waits for nothing but the asking', async () => {
  mock.on(InvokeCommand).resolves({ StatusCode: 202 });
  expect(await port.start(order, signal)).toEqual({ kind: 'started' });
  const [call] = mock.commandCalls(InvokeCommand);
  const { Payload, ...input } = call?.args[0].input ?? {};
  expect(input).toEqual({ FunctionName: 'medic-repair', InvocationType: 'Event' });
  expect(Payload instanceof Uint8Array && JSON.parse(Buffer.from(Payload).toString())).toEqual(
    order,
  );
});

const lambdaError = (name: string, httpStatusCode: number) =>
  new LambdaServiceException({
    name,
    message: 'no',
    $fault: 'client',
    $metadata: { httpStatusCode },
  });

test.each([
  [lambdaError('ResourceNotFoundException', 404), 'refused', 'VPN_MEDIC_REPAIR_FUNCTION'],
  [lambdaError('AccessDeniedException', 403), 'refused', 'denied'],
  [lambdaError('TooManyRequestsException', 429), 'refused', 'throttled'],
  [
    Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' }),
    'unclear',
    'no usable answer',
  ],
])('%s: %s', async (error, kind, why) => {
  mock.on(InvokeCommand).rejects(error);
  const answer = await port.start(order, signal);
  expect(answer.kind).toBe(kind);
  expect(JSON.stringify(answer)).toContain(why);
});
