/**
 * Goal: one command gives a stack that heals and tells, a second one changes nothing, and a third leaves only data.
 * Method: the deploy tool against the emulator; then the code out of the zips that it made, in the environment that the
 * stack gives its functions, in an account where an appliance dies.
 */
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CloudWatchClient,
  DescribeAlarmsCommand,
  GetDashboardCommand,
} from '@aws-sdk/client-cloudwatch';
import { DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  DescribeRuleCommand,
  EventBridgeClient,
  ListTargetsByRuleCommand,
} from '@aws-sdk/client-eventbridge';
import {
  type FunctionConfiguration,
  LambdaClient,
  paginateListFunctions,
} from '@aws-sdk/client-lambda';
import { GetBucketEncryptionCommand, ListBucketsCommand, S3Client } from '@aws-sdk/client-s3';
import {
  GetTopicAttributesCommand,
  ListSubscriptionsByTopicCommand,
  ListTopicsCommand,
  SNSClient,
  SubscribeCommand,
} from '@aws-sdk/client-sns';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { type Account, buildAccount } from './account/build.ts';
import { clientSettings } from './account/clients.ts';
import { type Listener, startListener } from './account/listener.ts';
import { ec2Lab } from './account/look.ts';
import { REGION, twoAppliances } from './account/options.ts';
import { runCliAt } from './cli.ts';
import { startTcpDaemon, type TcpDaemon } from './daemons/tcpListener.ts';
import { type Emulator, startEmulator } from './emulator/start.ts';
import { type Container, startContainer } from './lambda/container.ts';
import { until } from './pause.ts';
import { type StackResource, stackResources } from './stack/cloudFormation.ts';
import { parameters, type Said, sls } from './stack/sls.ts';
import { readZip } from './stack/zip.ts';

// Hang guards: a deployment takes 20 to 40 s on two busy cores, a failover 3 s.
jest.setTimeout(400_000);

const STACK = 'vpn-medic-lab';
const SCHEDULED = { source: 'aws.events', 'detail-type': 'Scheduled Event', detail: {} };
const QUICK = { probeIntervalMs: '400', probeTimeoutMs: '300', alertEmail: 'oncall@example.com' };

let emulator: Emulator;
let listener: Listener;
let account: Account;
let a: TcpDaemon;
let b: TcpDaemon;
let folder = '';
let resources: readonly StackResource[] = [];
let functions: ReadonlyMap<string, FunctionConfiguration> = new Map();
const containers: Container[] = [];

const tool = (command: 'deploy' | 'remove', keepIn?: string): Promise<Said> =>
  sls(
    [
      command,
      '--stage',
      'lab',
      '--region',
      REGION,
      ...(command === 'remove' ? [] : parameters(QUICK)),
    ],
    {
      env: {
        AWS_ENDPOINT_URL: emulator.url,
        AWS_ACCESS_KEY_ID: 'lab',
        AWS_SECRET_ACCESS_KEY: 'lab',
        AWS_DISABLE_REQUEST_COMPRESSION: 'true',
      },
      ...(keepIn === undefined ? {} : { keepIn }),
    },
  );

const settings = () => clientSettings(emulator.url);
const idOf = (logicalId: string): string =>
  resources.find((one) => one.logicalId === logicalId)?.physicalId ?? `no ${logicalId}`;

beforeAll(async () => {
  [emulator, listener, a, b, folder] = await Promise.all([
    startEmulator({ seed: 7 }),
    startListener(),
    startTcpDaemon(),
    startTcpDaemon(),
    mkdtemp(join(tmpdir(), 'vpn-medic-stack-')),
  ]);
  const candidate = twoAppliances({
    probeA: `tcp:127.0.0.1:${a.port}`,
    probeB: b.probe,
  });
  account = await buildAccount(emulator.url, candidate, listener.url);
  const said = await tool('deploy', join(folder, 'package'));
  if (said.code !== 0) throw new Error(`deploying: ${said.text}`);
  resources = await stackResources(emulator.url, STACK);
  functions = await readFunctions();
});

afterAll(async () => {
  await Promise.all(containers.map((container) => container.kill()));
  await Promise.all([a.close(), b.close(), listener.close()]);
  await emulator.stop();
  await rm(folder, { recursive: true, force: true });
});

describe('after sls deploy', () => {
  test('every function is there, on Node 24, with a role of its own', async () => {
    const sources = await readdir(new URL('../../functions', import.meta.url));
    const names = sources.map((file) => file.replace('.ts', ''));
    // Those inside a VPC are made for each subnet that is given; none is.
    const candidates = names.filter((name) => !['probe', 'repairShell'].includes(name));
    expect([...functions.keys()].toSorted()).toEqual(candidates.toSorted());
    for (const { Runtime } of functions.values()) expect(Runtime).toBe('nodejs24.x');
    expect(new Set([...functions.values()].map(({ Role }) => Role)).size).toBe(functions.size);
  });

  test('the table is paid for by use', async () => {
    const { Table } = await new DynamoDBClient(settings()).send(
      new DescribeTableCommand({ TableName: idOf('StateTable') }),
    );
    expect(Table?.BillingModeSummary?.BillingMode).toBe('PAY_PER_REQUEST');
    expect(Table?.KeySchema).toEqual([{ AttributeName: 'id', KeyType: 'HASH' }]);
  });

  test('both topics that people hear have them as subscribers, and three are sealed', async () => {
    const sns = new SNSClient(settings());
    for (const topic of ['AlertsTopic', 'WatchdogTopic']) {
      const { Subscriptions } = await sns.send(
        new ListSubscriptionsByTopicCommand({ TopicArn: idOf(topic) }),
      );
      expect(Subscriptions).toEqual([
        expect.objectContaining({ Protocol: 'email', Endpoint: 'oncall@example.com' }),
      ]);
    }
    for (const topic of ['AlertsTopic', 'ChatTopic', 'PagerTopic']) {
      const { Attributes } = await sns.send(
        new GetTopicAttributesCommand({ TopicArn: idOf(topic) }),
      );
      expect(Attributes?.['KmsMasterKeyId']).toBe(idOf('NoticesKey'));
      expect(Attributes?.['Policy']).toContain('aws:SecureTransport');
    }
  });

  test('the buckets of lists are sealed', async () => {
    const s3 = new S3Client({ ...settings(), forcePathStyle: true });
    for (const id of ['CrlBucket', 'CrlPublicBucket']) {
      const sealed = await s3.send(new GetBucketEncryptionCommand({ Bucket: idOf(id) }));
      expect(sealed.ServerSideEncryptionConfiguration?.Rules).toHaveLength(1);
    }
  });

  test('the heartbeat alarm calls the watchdog, and the dashboard shows it', async () => {
    const cloudwatch = new CloudWatchClient(settings());
    const { MetricAlarms = [] } = await cloudwatch.send(
      new DescribeAlarmsCommand({ AlarmNamePrefix: `${STACK}-HeartbeatMissing` }),
    );
    expect(MetricAlarms).toHaveLength(1);
    const [alarm] = MetricAlarms;
    expect(alarm).toMatchObject({
      TreatMissingData: 'breaching',
      AlarmActions: [idOf('WatchdogTopic')],
      Dimensions: [{ Name: 'Region', Value: REGION }],
    });
    const { DashboardBody } = await cloudwatch.send(
      new GetDashboardCommand({ DashboardName: `${STACK}-${REGION}` }),
    );
    expect(DashboardBody).toContain(alarm?.AlarmArn);
    // CloudWatch fills in the names of a label's dimensions; nothing else is left to be filled in.
    const filled = DashboardBody?.replaceAll(/\$\{PROP\('Dim\.\w+'\)\}/g, '');
    expect(filled).not.toContain('${');
  });

  test('the watcher is called every minute, and lost events are kept', async () => {
    const events = new EventBridgeClient(settings());
    const Name = `${STACK}-watchAppliances-rule-1`;
    const rule = await events.send(new DescribeRuleCommand({ Name }));
    expect([rule.ScheduleExpression, rule.State]).toEqual(['rate(1 minute)', 'ENABLED']);
    const { Targets } = await events.send(new ListTargetsByRuleCommand({ Rule: Name }));
    expect(Targets).toHaveLength(1);
    expect(Targets?.[0]?.Arn).toBe(functions.get('watchAppliances')?.FunctionArn);
  });

  test('an appliance dies: its routes move, and a subscriber hears of it', async () => {
    await new SNSClient(settings()).send(
      new SubscribeCommand({
        TopicArn: idOf('AlertsTopic'),
        Protocol: 'http',
        Endpoint: listener.url,
      }),
    );
    const [group] = account.groups;
    const table = group?.tables[0]?.tableId ?? '';
    const nextHops = () => ec2Lab(emulator.url).targetsOf(table);
    const interfaceOf = (name: string) => group?.appliances.get(name)?.interfaceId ?? '';
    expect(await nextHops()).toEqual([interfaceOf('vpn-a')]);

    const watcher = await start('watchAppliances');
    const summary = watcher.invoke(SCHEDULED, 300_000);
    // Known alive, and trusted to take over: 3 answers, and the 4 s in which a newcomer only looks on.
    await until('both daemons to be heard', () => a.probeCount() >= 20 && b.probeCount() >= 20);
    await a.kill();
    await until(
      'the routes to be carried by vpn-b',
      async () => (await nextHops()).join() === interfaceOf('vpn-b'),
    );
    const notified = await until(
      'the notice',
      () =>
        listener.received.find(({ text }) =>
          text.includes(group?.appliances.get('vpn-a')?.instanceId ?? '?'),
        ) ?? null,
    );
    expect(notified.subject).toContain('vpn-a');
    watcher.hurry();
    expect(await summary).toMatchObject({ version: 1 });
  });

  test('vpn-medic doctor examines every part of it, each permission included', async () => {
    const { out } = await runCliAt(emulator.url, ['doctor', '--stage', 'lab', '--json']);
    const report = JSON.parse(out);
    const of = (area: string) =>
      report.exams.filter((one: { readonly area: string }) => one.area === area);
    const resultsOf = (area: string) =>
      of(area).map(({ result }: { readonly result: string }) => result);
    for (const area of ['functions', 'permissions', 'topics', 'alarms']) {
      expect([area, ...new Set(resultsOf(area))]).toEqual([area, 'well']);
    }
    expect(of('functions')).toHaveLength(functions.size);
    expect(of('permissions').length).toBeGreaterThanOrEqual(functions.size);
    for (const { says } of of('permissions')) expect(says).toMatch(/^[1-9]\d* actions? allowed/);
    // The watcher has looked, or nobody: either is known.
    expect(resultsOf('watching')).not.toContain('unknown');
    // The emulator runs no function and keeps no log, and EventBridge's figures are AWS's own: unknown, never well.
    const unknown = ['widget', 'delay', 'load'].flatMap(resultsOf);
    expect([...new Set(unknown)]).not.toContain('well');
    expect(report.questions).toHaveLength(7);
  });

  test('every other function answers out of its zip', async () => {
    // A repair is never asked for by an event.
    const others = [...functions.keys()].filter(
      (name) => !['watchAppliances', 'repairAppliance'].includes(name),
    );
    expect(others.length).toBeGreaterThanOrEqual(4);
    for (const name of others) {
      const container = await start(name);
      await expect(container.invoke(SCHEDULED, 60_000)).resolves.toBeDefined();
    }
  });
});

test('sls deploy again changes nothing', async () => {
  const said = await tool('deploy');
  expect([said.code, said.text]).toEqual([0, expect.stringContaining('No changes to deploy')]);
  expect(await stackResources(emulator.url, STACK)).toEqual(resources);
  expect(await readFunctions()).toEqual(functions);
});

test('sls remove leaves the buckets of lists, and says so', async () => {
  const said = await tool('remove');
  expect([said.code, said.text]).toEqual([
    0,
    expect.stringMatching(
      /Kept in the account, because they hold data: CrlBucket, CrlPublicBucket/,
    ),
  ]);
  expect(await stackResources(emulator.url, STACK)).toEqual([]);
  expect(await readFunctions()).toEqual(new Map());
  expect(await bucketNames()).toEqual([idOf('CrlBucket'), idOf('CrlPublicBucket')].toSorted());
});

test('a deployment that failed half-way is removed by sls remove, but for the buckets of lists', async () => {
  const [bucketsBefore, topicsBefore] = [await bucketNames(), await topicNames()];
  await emulator.refuseResources(['AWS::CloudWatch::Alarm']);
  const failed = await tool('deploy');
  expect([failed.code, failed.text]).toEqual([
    1,
    expect.stringContaining('the lab refuses to make it'),
  ]);
  const half = await stackResources(emulator.url, STACK);
  const typesOf = new Set(half.map(({ type }) => type));
  expect([...typesOf]).toEqual(expect.arrayContaining(['AWS::IAM::Role', 'AWS::DynamoDB::Table']));
  expect(typesOf.has('AWS::CloudWatch::Alarm')).toBe(false);
  expect((await readFunctions()).size).toBeGreaterThan(0);

  const removed = await tool('remove');
  expect([removed.code, removed.text]).toEqual([
    0,
    expect.stringContaining('Kept in the account, because they hold data'),
  ]);
  expect(await stackResources(emulator.url, STACK)).toEqual([]);
  expect(await readFunctions()).toEqual(new Map());
  expect(await topicNames()).toEqual(topicsBefore);
  const kept = half.filter(({ logicalId }) => ['CrlBucket', 'CrlPublicBucket'].includes(logicalId));
  expect(await bucketNames()).toEqual(
    [...bucketsBefore, ...kept.map(({ physicalId }) => physicalId)].toSorted(),
  );
});

async function bucketNames(): Promise<readonly string[]> {
  const s3 = new S3Client({ ...settings(), forcePathStyle: true });
  const { Buckets = [] } = await s3.send(new ListBucketsCommand({}));
  return Buckets.map(({ Name = '' }) => Name).toSorted();
}

async function topicNames(): Promise<readonly string[]> {
  const { Topics = [] } = await new SNSClient(settings()).send(new ListTopicsCommand({}));
  return Topics.map(({ TopicArn = '' }) => TopicArn).toSorted();
}

/** By their key in serverless.yml. */
async function readFunctions(): Promise<ReadonlyMap<string, FunctionConfiguration>> {
  const found = new Map<string, FunctionConfiguration>();
  for await (const page of paginateListFunctions({ client: new LambdaClient(settings()) }, {})) {
    for (const one of page.Functions ?? []) {
      found.set((one.FunctionName ?? '').replace(`${STACK}-`, ''), one);
    }
  }
  return found;
}

/** The function as deployed: the zip's code, the stack's environment, and what Lambda adds. */
async function start(name: string): Promise<Container> {
  const files = await readZip(join(folder, 'package', `${name}.zip`));
  const [path = '', ...more] = files.keys();
  expect(more).toEqual([]);
  const bundle = join(folder, `${name}.mjs`);
  await writeFile(bundle, files.get(path) ?? '');
  const fact = functions.get(name);
  const container = await startContainer(
    name,
    {
      ...fact?.Environment?.Variables,
      AWS_REGION: REGION,
      AWS_ENDPOINT_URL: emulator.url,
      AWS_ACCESS_KEY_ID: 'lab',
      AWS_SECRET_ACCESS_KEY: 'lab',
      AWS_DISABLE_REQUEST_COMPRESSION: 'true',
      AWS_LAMBDA_FUNCTION_NAME: fact?.FunctionName ?? '',
    },
    { bundle },
  );
  containers.push(container);
  return container;
}
