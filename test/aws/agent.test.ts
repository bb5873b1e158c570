/**
 * Goal: Systems Manager is asked exactly for what was meant, once, and each answer means what it says.
 * Method: a local server that answers one action after the other; virtual time between polls.
 */
import { beforeEach, describe, expect, test } from '@jest/globals';
import { agentPort } from '../../lib/aws/agent.ts';
import { systemClock } from '../../lib/core/time.ts';
import { type Answer, localAws } from './localAws.ts';

type Reply = { readonly status?: number; readonly body: unknown };

const aws = localAws();
let replies: Record<string, Reply[]> = {};
let waitedMs = 0;

const actionOf = (headers: Readonly<Record<string, unknown>>): string =>
  String(headers['x-amz-target']).replace('AmazonSSM.', '');
const asked = () =>
  aws.requests.map(({ headers, body }) => ({ action: actionOf(headers), input: parsed(body) }));
const parsed = (body: string): unknown => JSON.parse(body);

const byAction: Answer = (response, { headers }) => {
  const all = replies[actionOf(headers)] ?? [];
  const one = (all.length > 1 ? all.shift() : all[0]) ?? { status: 500, body: {} };
  const body = typeof one.body === 'string' ? one.body : JSON.stringify(one.body);
  response.writeHead(one.status ?? 200).end(body);
};
beforeEach(() => {
  aws.answers(byAction);
  replies = {};
  waitedMs = 0;
});

const id = 'i-0a1b2c3d4e5f60718';
const { signal } = new AbortController();
const clock = {
  ...systemClock,
  monotonicMs: () => waitedMs,
  sleep: async (ms: number) => {
    waitedMs += ms;
  },
};
const port = (over: Partial<Parameters<typeof agentPort>[0]> = {}) =>
  agentPort({
    region: 'eu-west-1',
    homeRegion: 'eu-west-1',
    documents: 'vpn-medic-prod-restart',
    systemsManagerUrl: aws.address(),
    clock,
    credentials: async () => ({ accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'not-a-secret' }),
    ...over,
  });
const fault = (type: string, status = 400): Reply => ({
  status,
  body: { __type: `com.amazonaws.ssm#${type}`, message: 'no' },
});

describe('an agent', () => {
  const listed = (over: Readonly<Record<string, string>> = {}, InstanceId = id): Reply => ({
    body: {
      InstanceInformationList: [
        { InstanceId, PingStatus: 'Online', PlatformType: 'Linux', ...over },
      ],
    },
  });
  const offline = (isManaged: boolean) => ({ kind: 'offline', isManaged });

  test.each<[string, Reply, object]>([
    ['online', listed(), { kind: 'online', platform: 'linux' }],
    ['online', listed({ PlatformType: 'Windows' }), { kind: 'online', platform: 'windows' }],
    ['MacOS', listed({ PlatformType: 'MacOS' }), offline(true)],
    ['ConnectionLost', listed({ PingStatus: 'ConnectionLost' }), offline(true)],
    ['Inactive', listed({ PingStatus: 'Inactive' }), offline(true)],
    ['of another instance', listed({}, 'i-1'), offline(false)],
    ['missing', { body: { InstanceInformationList: [] } }, offline(false)],
    ['denied', fault('AccessDeniedException'), offline(false)],
  ])('that is %s', async (_what, reply, value) => {
    replies = { DescribeInstanceInformation: [reply] };
    expect(await port().agent(id, signal)).toMatchObject({ known: true, value });
    expect(asked()).toEqual([
      {
        action: 'DescribeInstanceInformation',
        input: { Filters: [{ Key: 'InstanceIds', Values: [id] }] },
      },
    ]);
  });

  test.each<[string, Reply]>([
    ['throttled', fault('ThrottlingException')],
    ['a server error', fault('InternalServerError', 500)],
    ['no list', { body: {} }],
    ['no JSON', { body: '<html>' }],
  ])('is unknown after %s', async (_what, reply) => {
    replies = { DescribeInstanceInformation: [reply] };
    expect(await port().agent(id, signal)).toMatchObject({ known: false });
  });

  test.each([
    ['another region than the documents', { region: 'eu-west-2' }, 'they are in eu-west-1'],
    ['no documents', { documents: null }, 'this deployment has none'],
  ])('is offline, and not asked about, with %s', async (_what, over, why) => {
    expect(await port(over).agent(id, signal)).toMatchObject({
      value: { ...offline(false), why: expect.stringContaining(why) },
    });
    expect(asked()).toEqual([]);
  });
});

describe('a restart by it', () => {
  const run = {
    instanceId: id,
    platform: 'linux',
    unit: 'strongswan.service',
    peer: '10.8.0.9',
  } as const;
  const sent: Reply = { body: { Command: { CommandId: 'c-1' } } };
  const PRINTED = '|active\n# before state 0\n|\n# the restart 0\n|active\n# after state 0\n';
  const ended = (over: Readonly<Record<string, string>>): Reply => ({ body: over });
  const outcome = (invocations: Reply[], send: Reply = sent) => {
    replies = { SendCommand: [send], GetCommandInvocation: invocations };
    return port().restartByAgent(run, signal);
  };
  const sends = () => asked().filter(({ action }) => action === 'SendCommand');

  test('runs the document of its platform on it alone, once, and reads the result when it has ended', async () => {
    const answer = await outcome([
      fault('InvocationDoesNotExist'),
      ended({ Status: 'Pending' }),
      ended({ Status: 'InProgress' }),
      ended({ Status: 'Success', StatusDetails: 'Success', StandardOutputContent: PRINTED }),
    ]);
    expect(answer).toMatchObject({ kind: 'done', why: 'strongswan was restarted and is active' });
    expect(sends()).toEqual([
      {
        action: 'SendCommand',
        input: {
          DocumentName: 'vpn-medic-prod-restart-linux',
          InstanceIds: [id],
          Parameters: { service: ['strongswan'], peer: ['10.8.0.9'], work: ['restart'] },
          TimeoutSeconds: 30,
          Comment: 'vpn-medic: restart-service',
        },
      },
    ]);
    expect(asked().at(-1)?.input).toEqual({ CommandId: 'c-1', InstanceId: id });
  });

  test.each<[string, Reply, string, RegExp]>([
    ['the command is throttled', fault('ThrottlingException'), 'held', /throttled/],
    ['its agent has gone', fault('InvalidInstanceId'), 'held', /InvalidInstanceId/],
    ['it is denied', fault('AccessDeniedException'), 'failed', /tagged vpn-medic:repair/],
    ['the document is missing', fault('InvalidDocument'), 'failed', /InvalidDocument/],
    ['the answer is lost', fault('InternalServerError', 500), 'done', /was asked of its agent/],
    ['the answer names no command', { body: {} }, 'done', /was asked of its agent/],
  ])('when %s is %s', async (_what, send, kind, why) => {
    expect(await outcome([], send)).toMatchObject({ kind, why: expect.stringMatching(why) });
    expect(sends()).toHaveLength(1);
  });

  test.each<[string, Readonly<Record<string, string>>, string]>([
    ['never reached it', { Status: 'TimedOut', StatusDetails: 'DeliveryTimedOut' }, 'failed'],
    ['is undeliverable', { Status: 'Failed', StatusDetails: 'Undeliverable' }, 'failed'],
    ['was cancelled', { Status: 'Cancelled', StatusDetails: 'Cancelled' }, 'failed'],
    ['took too long', { Status: 'TimedOut', StatusDetails: 'Execution Timed Out' }, 'done'],
    ['failed', { Status: 'Failed', StandardErrorContent: 'sh: not found\n' }, 'failed'],
  ])('that %s', async (_what, invocation, kind) => {
    expect(await outcome([ended(invocation)])).toMatchObject({ kind });
  });

  test('that does not end within 50 s is left to the probes, and so is one that cannot be read', async () => {
    expect(await outcome([ended({ Status: 'InProgress' })])).toMatchObject({
      kind: 'done',
      why: expect.stringContaining('it has not ended'),
    });
    expect(waitedMs).toBe(51_000);
    waitedMs = 0;
    expect(await outcome([fault('ThrottlingException')])).toMatchObject({
      kind: 'done',
      why: expect.stringContaining('ssm:GetCommandInvocation throttled'),
    });
    expect(sends()).toHaveLength(2);
  });
});

describe('a look by it', () => {
  const run = {
    instanceId: id,
    platform: 'windows',
    unit: 'RemoteAccess.service',
    peer: null,
  } as const;
  const outcome = (
    invocation: Reply,
    send: Reply = { body: { Command: { CommandId: 'c-1' } } },
  ) => {
    replies = { SendCommand: [send], GetCommandInvocation: [invocation] };
    return port().lookByAgent(run, signal);
  };
  const PRINTED = '|Running\n# before state 0\n|tunnel Connected\n# before tunnels 0\n';

  test('runs the document for that alone, once, and says what it saw', async () => {
    const ended = { Status: 'Success', StandardOutputContent: PRINTED };
    expect(await outcome({ body: ended })).toBe(
      'Running; RRAS: 1 of 1 site-to-site interfaces connected',
    );
    expect(asked()[0]?.input).toMatchObject({
      DocumentName: 'vpn-medic-prod-restart-windows',
      Parameters: { service: ['RemoteAccess'], peer: ['none'], work: ['look'] },
    });
    expect(asked().filter(({ action }) => action === 'SendCommand')).toHaveLength(1);
  });

  test.each<[string, Reply, RegExp]>([
    [
      'failed',
      { body: { Status: 'Failed', StandardErrorContent: 'sh: not found\n' } },
      /^unknown \(Systems Manager: Failed, sh: not found\)$/,
    ],
    [
      'never reached it',
      { body: { Status: 'TimedOut', StatusDetails: 'Delivery Timed Out' } },
      /DeliveryTimedOut/,
    ],
    [
      'goes on',
      { body: { Status: 'InProgress' } },
      /^unknown \(no result of its agent: it has not ended\)$/,
    ],
    ['cannot be read', fault('ThrottlingException'), /throttled/],
  ])('that %s is unknown, after 15 s at most', async (_what, invocation, said) => {
    expect(await outcome(invocation)).toMatch(said);
    expect(waitedMs).toBeLessThanOrEqual(16_500);
  });

  test('that is denied is unknown at once', async () => {
    expect(await outcome({ body: {} }, fault('AccessDeniedException'))).toMatch(
      /^unknown \(.*denied/,
    );
    expect(waitedMs).toBe(0);
  });
});
