/** Goal: a vantage that cannot be asked is unknown, never down, and each target has exactly one answer. Method: Lambda mocked. */
import {
  GetFunctionConfigurationCommand,
  InvokeCommand,
  LambdaClient,
  LambdaServiceException,
} from '@aws-sdk/client-lambda';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { probePort } from '../../../lib/aws/lambda/probes.ts';
import type { ProbeAnswer, ProbeTarget, Round } from '../../../lib/probe/types.ts';
import { AT, clock } from '../strict.ts';

const mock = mockClient(LambdaClient);
const { signal } = new AbortController();
const targets: readonly ProbeTarget[] = [
  { key: 'a', kind: 'ike', address: '10.0.1.10', port: 500 },
  { key: 'b', kind: 'tcp', address: '10.0.2.10', port: 22 },
];
const round: Round = { vantageId: 'probe-a', sentAt: AT, timeoutMs: 800, targets };

beforeEach(() => {
  mock.reset();
  mock.onAnyCommand().rejects(new Error('unexpected call'));
});

describe('without probe functions', () => {
  const here = probePort('eu-west-1', [], clock);

  test('the only vantage is this process, outside every VPC', async () => {
    expect(await here.vantages(signal)).toEqual([{ id: 'here', subnetIds: [], isInVpc: false }]);
  });

  test('probes leave from here, and no function is asked', async () => {
    const target: ProbeTarget = { key: 'a', kind: 'tcp', address: 'nowhere', port: 22 };
    const answers: ProbeAnswer[] = [];
    await here.send(
      { ...round, vantageId: 'here', targets: [target] },
      (answer) => answers.push(answer),
      signal,
    );
    expect(answers).toMatchObject([{ key: 'a', result: { kind: 'unknown' } }]);
    expect(mock.calls()).toHaveLength(0);
  });
});

describe('vantages', () => {
  test('are the functions, with the subnets and security groups that Lambda tells', async () => {
    mock
      .on(GetFunctionConfigurationCommand, { FunctionName: 'probe-a' })
      .resolves({
        FunctionName: 'probe-a',
        VpcConfig: {
          VpcId: 'vpc-1',
          SubnetIds: ['subnet-a'],
          SecurityGroupIds: ['sg-a'],
          Ipv6AllowedForDualStack: true,
        },
      })
      .on(GetFunctionConfigurationCommand, { FunctionName: 'probe-b' })
      .resolves({
        FunctionName: 'probe-b',
        VpcConfig: { VpcId: '', SubnetIds: [], SecurityGroupIds: [] },
      });
    const probes = probePort('eu-west-1', ['probe-a', 'probe-b'], clock);
    expect(await probes.vantages(signal)).toEqual([
      {
        id: 'probe-a',
        subnetIds: ['subnet-a'],
        isInVpc: true,
        securityGroupIds: ['sg-a'],
        isDualStack: true,
      },
      { id: 'probe-b', subnetIds: [], isInVpc: false },
    ]);
  });

  test('are asked about once, but after a failure again', async () => {
    mock
      .on(GetFunctionConfigurationCommand)
      .rejectsOnce(fault('AccessDeniedException', 403))
      .resolves({ FunctionName: 'probe-a', VpcConfig: { SubnetIds: ['subnet-a'] } });
    const probes = probePort('eu-west-1', ['probe-a'], clock);
    const unknown = { id: 'probe-a', subnetIds: [], isInVpc: true };
    const seen = {
      id: 'probe-a',
      subnetIds: ['subnet-a'],
      isInVpc: true,
      securityGroupIds: [],
      isDualStack: false,
    };
    const unreadWhy =
      "lambda:GetFunctionConfiguration of probe-a denied (AccessDeniedException): grant it to the function's role";
    expect(await probes.vantages(signal)).toEqual([{ ...unknown, unreadWhy }]);
    expect(await probes.vantages(signal)).toEqual([seen]);
    expect(await probes.vantages(signal)).toEqual([seen]);
    expect(mock.commandCalls(GetFunctionConfigurationCommand)).toHaveLength(2);
  });
});

describe('a round', () => {
  test('is one invocation that waits for the answers', async () => {
    replies({ version: 1, answers: [] });
    await answersTo(round);
    const [call] = mock.commandCalls(InvokeCommand);
    expect(call?.args[0].input).toMatchObject({
      FunctionName: 'probe-a',
      InvocationType: 'RequestResponse',
    });
    const sent = call?.args[0].input.Payload;
    expect(Buffer.isBuffer(sent) && JSON.parse(sent.toString())).toEqual({
      version: 1,
      timeoutMs: 800,
      targets,
    });
    const [, options]: readonly unknown[] = call?.args ?? [];
    expect(options).toEqual({ abortSignal: signal, requestTimeout: 2_300 });
  });

  test('hands over what the function saw', async () => {
    const answers = [
      { key: 'a', result: { kind: 'up', tookMs: 2 } },
      { key: 'b', result: { kind: 'down', why: 'no answer in 800 ms', tookMs: 800 } },
    ];
    replies({ version: 1, answers });
    expect(await answersTo(round)).toEqual(answers);
  });

  test('of 500 targets is one invocation, of 501 two, and each target is answered once', async () => {
    replies({ version: 1, answers: [] });
    const many = Array.from({ length: 501 }, (_, index) => ({
      key: `k-${index}`,
      kind: 'tcp' as const,
      address: '10.0.1.10',
      port: 22,
    }));
    expect(await answersTo({ ...round, targets: many.slice(1) })).toHaveLength(500);
    expect(mock.commandCalls(InvokeCommand)).toHaveLength(1);
    const answers = await answersTo({ ...round, targets: many });
    expect(new Set(answers.map(({ key }) => key)).size).toBe(501);
    expect(answers).toHaveLength(501);
    expect(mock.commandCalls(InvokeCommand)).toHaveLength(3);
  });

  test('of nothing invokes nothing', async () => {
    expect(await answersTo({ ...round, targets: [] })).toEqual([]);
    expect(mock.calls()).toHaveLength(0);
  });
});

describe('a function that cannot be asked makes every target unknown, never down:', () => {
  test.each([
    [
      fault('TooManyRequestsException', 429),
      'lambda:Invoke of probe-a throttled (TooManyRequestsException): reserve concurrency for it',
    ],
    [
      fault('AccessDeniedException', 403),
      "lambda:Invoke of probe-a denied (AccessDeniedException): grant lambda:InvokeFunction on it to the function's role",
    ],
    [
      fault('ResourceNotFoundException', 404),
      'there is no probe function probe-a (ResourceNotFoundException): set VPN_MEDIC_PROBE_FUNCTIONS',
    ],
    [
      fault('ServiceException', 500),
      'lambda:Invoke of probe-a got no usable answer (ServiceException)',
    ],
    [
      Object.assign(new Error('x'), { name: 'TimeoutError' }),
      'lambda:Invoke of probe-a got no usable answer (TimeoutError)',
    ],
  ])('%s', async (error, why) => {
    mock.on(InvokeCommand).rejects(error);
    expect(await answersTo(round)).toEqual([
      { key: 'a', result: { kind: 'unknown', why } },
      { key: 'b', result: { kind: 'unknown', why } },
    ]);
  });

  test('it failed itself', async () => {
    replies({ errorType: 'Sandbox.Timedout', errorMessage: 'Task timed out' }, 'Unhandled');
    const why = 'probe function probe-a failed (Unhandled): Task timed out';
    expect(await answersTo(round)).toEqual([
      { key: 'a', result: { kind: 'unknown', why } },
      { key: 'b', result: { kind: 'unknown', why } },
    ]);
  });

  test('it failed without a word', async () => {
    mock.on(InvokeCommand).resolves({ FunctionError: 'Unhandled' });
    expect(await answersTo(round)).toMatchObject([
      { result: { kind: 'unknown', why: 'probe function probe-a failed (Unhandled): no message' } },
      { result: { kind: 'unknown' } },
    ]);
  });

  test.each(['', '{', 'null', '{"version":2,"answers":[]}', '{"version":1,"answers":{}}'])(
    'it spoke nonsense: %j',
    async (text) => {
      mock.on(InvokeCommand).resolves(payload(text));
      expect(await answersTo(round)).toMatchObject([
        { key: 'a', result: { kind: 'unknown' } },
        { key: 'b', result: { kind: 'unknown' } },
      ]);
    },
  );

  test('it left one target out', async () => {
    replies({ version: 1, answers: [{ key: 'a', result: { kind: 'up', tookMs: 2 } }] });
    expect(await answersTo(round)).toMatchObject([
      { key: 'a', result: { kind: 'up' } },
      { key: 'b', result: { kind: 'unknown' } },
    ]);
  });

  test('the watcher gave it up', async () => {
    mock.on(InvokeCommand).rejects(Object.assign(new Error('x'), { name: 'AbortError' }));
    const answers: ProbeAnswer[] = [];
    const probes = probePort('eu-west-1', ['probe-a'], clock);
    await probes.send(round, (answer) => answers.push(answer), AbortSignal.abort());
    expect(answers).toMatchObject([
      { result: { kind: 'unknown', why: 'lambda:Invoke of probe-a aborted' } },
      { result: { kind: 'unknown' } },
    ]);
  });
});

test('a bug of ours is thrown, not unknown', async () => {
  await expect(answersTo(round)).rejects.toThrow('calling lambda:Invoke');
});

async function answersTo(some: Round): Promise<readonly ProbeAnswer[]> {
  const answers: ProbeAnswer[] = [];
  const probes = probePort('eu-west-1', ['probe-a'], clock);
  await probes.send(some, (answer) => answers.push(answer), signal);
  return answers;
}

const payload = (text: string) => {
  const bytes = Buffer.from(text);
  return { Payload: Object.assign(new Uint8Array(bytes), { transformToString: () => text }) };
};

const replies = (body: unknown, FunctionError?: string) =>
  mock.on(InvokeCommand).resolves({
    ...JSON.parse(JSON.stringify({ FunctionError })),
    ...payload(JSON.stringify(body)),
  });

function fault(name: string, httpStatusCode: number) {
  return new LambdaServiceException({
    name,
    message: 'm',
    $fault: 'client',
    $metadata: { httpStatusCode },
  });
}
