/** Goal: after a deployment every part that does not work is named with its remedy, and nothing is called well unasked. Method: run in this process over a stack made here. */
import { describe, expect, test } from '@jest/globals';
import type { AwsClients } from '../../lib/cli/awsClients.ts';
import type { DeploymentPort } from '../../lib/core/deploymentPort.ts';
import { known, unknown } from '../../lib/core/reading.ts';
import { cliOver, emptyEndpoints, START_AT, simAccount, simulatedClients } from './open.ts';

const STACK = 'vpn-medic-prod';
const TOPIC = 'arn:aws:sns:eu-west-1:123456789012:alerts';
const OUTPUTS = new Map([['StateTableName', 'state']]);
const VERSION = '0.1.0';
const REGION = 'eu-west-1';

/** As the watcher logs it: 256 MB are 145 ms of CPU a second. */
const aUse = (over: object) => ({
  heapLimitMb: 104,
  heapUsedMb: 41,
  cpuMsPerSecond: 30,
  ...over,
});

/** A stack in which all is well, but for what `parts` say. */
const aPort = (parts: Partial<DeploymentPort> = {}): DeploymentPort => ({
  resources: async () =>
    known(
      [
        { logicalId: 'A', physicalId: `${STACK}-watchAppliances`, type: 'AWS::Lambda::Function' },
        { logicalId: 'B', physicalId: `${STACK}-mapWidget`, type: 'AWS::Lambda::Function' },
        { logicalId: 'C', physicalId: 'watcher-role', type: 'AWS::IAM::Role' },
        { logicalId: 'AlertsTopic', physicalId: TOPIC, type: 'AWS::SNS::Topic' },
        { logicalId: 'ChatTopic', physicalId: `${TOPIC}-chat`, type: 'AWS::SNS::Topic' },
        { logicalId: 'D', physicalId: 'Heartbeat', type: 'AWS::CloudWatch::Alarm' },
        {
          logicalId: 'E',
          physicalId: `${STACK}-onInstanceChange-rule-1`,
          type: 'AWS::Events::Rule',
        },
      ],
      START_AT,
    ),
  configuration: async () =>
    known(
      {
        runtime: 'nodejs24.x',
        memoryMb: 256,
        state: 'Active',
        roleArn: 'arn:aws:iam::123456789012:role/watcher-role',
        environment: new Map([
          ['VPN_MEDIC_VERSION', VERSION],
          ['NODE_OPTIONS', '--max-semi-space-size=2 --max-old-space-size=96'],
        ]),
      },
      START_AT,
    ),
  grants: async () =>
    known(
      [
        {
          sid: 'MoveRoutes',
          actions: ['ec2:ReplaceRoute'],
          resources: ['arn:aws:ec2:*:123456789012:route-table/*'],
          conditions: new Map([
            ['Null', new Map([['aws:ResourceTag/vpn-medic:group', ['false']]])],
          ]),
        },
      ],
      START_AT,
    ),
  simulate: async ({ actions }) =>
    known(
      actions.map((action) => ({ action, isAllowed: true, isAllowedByOrganisation: true })),
      START_AT,
    ),
  subscriptions: async (topic) =>
    known(topic === TOPIC ? [{ protocol: 'email', isConfirmed: true }] : [], START_AT),
  alarms: async () => known([{ name: 'Heartbeat', state: 'OK', isArmed: true, why: '' }], START_AT),
  invoke: async () => known('"<svg></svg>"', START_AT),
  exportAnswer: async () => 'an answer without a list',
  logged: async (_name, field) =>
    known(field === 'heapLimitMb' ? [{ at: START_AT, body: aUse({}) }] : [], START_AT),
  ...parts,
});

async function doctor(
  parts: Partial<DeploymentPort> = {},
  more: readonly string[] = ['--json'],
  crls: { readonly outputs: ReadonlyMap<string, string> } & Pick<AwsClients, 'crlBuckets'> = {
    outputs: new Map(),
    crlBuckets: () => Promise.reject(new Error('opening the buckets of CRLs')),
  },
) {
  const account = simAccount();
  const clients: AwsClients = {
    ...simulatedClients(account, new Map([...OUTPUTS, ...crls.outputs])).clients,
    crlBuckets: crls.crlBuckets,
    deployment: async () => aPort(parts),
    endpoints: async () => emptyEndpoints({ now: () => START_AT }),
    metrics: async () => ({
      series: async () => known([], START_AT),
      points: async (queries) =>
        queries.map(() =>
          known({ points: [{ at: START_AT, value: 400 }], droppedCount: 0 }, START_AT),
        ),
    }),
  };
  const said = await cliOver(account, ['doctor', '--region', REGION, ...more], { clients });
  return { ...said, report: more.includes('--json') ? JSON.parse(said.out) : null };
}

/** One list is published, and is served below this address. */
function bucketsAt(base: string): Awaited<ReturnType<AwsClients['crlBuckets']>> {
  const unread = async () => unknown('not asked in a test', START_AT);
  const bucket = { list: unread, versions: unread, read: unread, facts: unread };
  const object = { key: 'ca.crl', versionId: null, octets: 900, etag: '"1"', modifiedAt: START_AT };
  return {
    source: bucket,
    stateStore: {
      ...bucket,
      list: async () => known({ objects: [object], isWhole: true }, START_AT),
      put: async () => ({ kind: 'refused', why: 'not in a test' }),
    },
    replica: null,
    site: {
      urlOf: (name) => `${base}${name}`,
      fetch: async () =>
        known(
          {
            status: 200,
            sha256: '',
            octets: 900,
            contentType: 'application/pkix-crl',
            isCut: false,
          },
          START_AT,
        ),
    },
  };
}

const notWell = (report: {
  exams: { result: string; subject: string; says: string; toDo: string }[];
}) => report.exams.filter(({ result }) => result !== 'well');

describe('vpn-medic doctor', () => {
  test('finds nothing wrong where each part works', async () => {
    const { exit, report } = await doctor();
    expect(notWell(report)).toEqual([]);
    expect([exit, report.result]).toEqual([0, 'well']);
  });

  test('asks seven questions, and says which were not asked', async () => {
    const { report } = await doctor();
    expect(report.questions).toHaveLength(7);
    const heap = report.questions.find(({ id }: { id: string }) => id === 'heap-limit');
    expect(heap.answer).toBe('heap_size_limit is 104 MB');
    const widget = report.questions.find(
      ({ id }: { id: string }) => id === 'widget-after-cleaning',
    );
    expect(widget.answer).toBeNull();
    expect(widget.how).toContain(`dashboards/dashboard/${STACK}-eu-west-1`);
  });

  test('of route writes it says both times at most, and nothing of none', async () => {
    const audit = { wroteAt: '2026-11-20T21:00:00.000Z', readBackAt: '2026-11-20T21:00:00.140Z' };
    const bodies: Readonly<Record<string, object>> = {
      'audit.readBackAt': { audit },
      'timeToRestore.tookMs': { timeToRestore: { tookMs: 1_900 } },
      heapLimitMb: aUse({}),
    };
    const logged: DeploymentPort['logged'] = async (_name, field) =>
      known([{ at: START_AT, body: bodies[field] }], START_AT);
    const answerOf = ({ questions }: { questions: { id: string; answer: string | null }[] }) =>
      questions.find(({ id }) => id === 'write-to-read-back')?.answer;
    expect(answerOf((await doctor({ logged })).report)).toBe(
      '1 write: 140 ms at most; 1 failover: 1.9 s at most',
    );
    expect(answerOf((await doctor()).report)).toBeNull();
  });

  test('a published CRL is fetched through the first origin and, where there is one, through the replica', async () => {
    const outputs = new Map([
      ['CrlBucketName', 'inbox'],
      ['CrlPublicBucketName', 'public'],
      ['CrlPublicUrl', 'http://crl.example.com/'],
    ]);
    const asked = async (replicaUrl: string) => {
      const environment = new Map([['VPN_MEDIC_CRL_REPLICA_URL', replicaUrl]]);
      const facts = { runtime: '', memoryMb: 256, state: 'Active', roleArn: '', environment };
      const { report } = await doctor(
        { configuration: async () => known(facts, START_AT) },
        ['--json'],
        { outputs, crlBuckets: async (_, { url }) => bucketsAt(url ?? '') },
      );
      return report.questions.find(({ id }: { id: string }) => id === 'crl-through-cloudfront');
    };
    const [first, second] = ['http://crl.example.com/', 'http://crl.example.com/replica/'];
    const both = await asked(second);
    expect(both.answer).toBe(
      `HTTP 200, 900 bytes, application/pkix-crl from ${first}ca.crl; HTTP 200, 900 bytes, application/pkix-crl from ${second}ca.crl`,
    );
    const one = await asked('');
    expect(one.answer).not.toContain('replica');
    expect(one.how).toContain('no replica');
  });

  test.each([
    [null, /no function of this stack/],
    ['', /under a key of yours is never stopped; .*aws\/ebs.* may be/],
    ['arn:aws:kms:eu-west-1:123456789012:key/x', /only a real stop and start/],
  ])('with repairKmsKeyArns %j it says what is stopped', async (keys, words) => {
    const facts = {
      runtime: 'nodejs24.x',
      memoryMb: 256,
      state: 'Active',
      roleArn: '',
      environment: new Map(keys === null ? [] : [['VPN_MEDIC_REPAIR_KMS_KEY_ARNS', keys]]),
    };
    const { report } = await doctor({ configuration: async () => known(facts, START_AT) });
    const question = report.questions.find(
      ({ id }: { id: string }) => id === 'start-with-customer-key',
    );
    expect([question.answer, question.how]).toEqual([null, expect.stringMatching(words)]);
  });

  test.each([
    [{ cpuMsPerSecond: 116 }, 'well'],
    [{ cpuMsPerSecond: 117 }, 'wrong'],
    [{ heapUsedMb: 83 }, 'well'],
    [{ heapUsedMb: 84 }, 'wrong'],
    [{ heapLimitMb: 256 }, 'well'],
    [{ heapLimitMb: 257 }, 'wrong'],
  ])('of 145 ms of CPU, 104 MB of heap and 256 MB of memory, %j is %s', async (over, result) => {
    const logged: DeploymentPort['logged'] = async () =>
      known([{ at: START_AT, body: aUse(over) }], START_AT);
    const { report } = await doctor({ logged });
    const use = report.exams.find(({ says }: { says: string }) => says.startsWith('heap'));
    expect(use.result).toBe(result);
  });

  test('a watcher that logged nothing within an hour is not called well', async () => {
    const { report } = await doctor({ logged: async () => known([], START_AT) });
    expect(report.result).toBe('unknown');
  });

  const faults: readonly (readonly [string, Partial<DeploymentPort>, string, RegExp])[] = [
    [
      'a denied permission',
      {
        simulate: async ({ actions }) =>
          known(
            actions.map((action) => ({ action, isAllowed: false, isAllowedByOrganisation: false })),
            START_AT,
          ),
      },
      'watcher-role',
      /ec2:ReplaceRoute.*service control policy/,
    ],
    [
      'a subscription that is not confirmed',
      { subscriptions: async () => known([{ protocol: 'email', isConfirmed: false }], START_AT) },
      'AlertsTopic',
      /not confirmed.*confirm/,
    ],
    [
      'a topic without a subscriber',
      { subscriptions: async () => known([], START_AT) },
      'AlertsTopic',
      /it has no subscriber.*aws sns subscribe/,
    ],
    [
      'an alarm whose actions are off',
      {
        alarms: async () =>
          known([{ name: 'Heartbeat', state: 'OK', isArmed: false, why: '' }], START_AT),
      },
      'Heartbeat',
      /switched off.*enable-alarm-actions/,
    ],
    [
      'an alarm that was deleted',
      { alarms: async () => known([], START_AT) },
      'Heartbeat',
      /not there any more.*deploy/,
    ],
    [
      'a widget without a picture',
      { invoke: async () => known('"no account"', START_AT) },
      `${STACK}-mapWidget`,
      /without a picture.*logs tail/,
    ],
  ];
  test.each(faults)(
    'names %s, what it means and what to do',
    async (_what, parts, subject, words) => {
      const { exit, report } = await doctor(parts);
      const exam = notWell(report).find((one) => one.subject === subject);
      expect(`${exam?.says} ${exam?.toDo}`).toMatch(words);
      expect([exit, report.result]).toEqual([2, 'wrong']);
    },
  );

  test('what cannot be examined is unknown, never well', async () => {
    const { exit, report } = await doctor({
      grants: async () => unknown('iam:ListRolePolicies denied', START_AT),
    });
    expect(notWell(report)).toMatchObject([
      { area: 'permissions', result: 'unknown', says: 'iam:ListRolePolicies denied' },
    ]);
    expect([exit, report.result]).toEqual([1, 'unknown']);
  });

  test('a role whose policies grant nothing is unknown, never well', async () => {
    const { report } = await doctor({ grants: async () => known([], START_AT) });
    expect(notWell(report)).toMatchObject([
      { area: 'permissions', subject: 'watcher-role', result: 'unknown' },
    ]);
  });

  test('another release than that of the command is named', async () => {
    const { report } = await doctor({
      configuration: async () =>
        known(
          {
            runtime: 'nodejs24.x',
            memoryMb: 256,
            state: 'Active',
            roleArn: '',
            environment: new Map([['VPN_MEDIC_VERSION', '9.9.9']]),
          },
          START_AT,
        ),
    });
    expect(notWell(report)[0]?.says).toContain('release 9.9.9');
  });

  test('without the stack there is nothing to examine, and the options that name it are told', async () => {
    const { exit, err } = await doctor({ resources: async () => known(null, START_AT) }, []);
    expect(exit).toBe(1);
    expect(err).toContain('there is no stack vpn-medic-prod in eu-west-1');
  });
});
