/**
 * Goal: `sls deploy` over the first edition keeps its table, topics and buckets, with what is in them. Method: a stack of
 * the stateful resources that the first edition packaged, filled as in use, and the deploy tool against the emulator.
 */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { CloudFormationClient, CreateStackCommand } from '@aws-sdk/client-cloudformation';
import { DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { ListSubscriptionsByTopicCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { clientSettings } from './account/clients.ts';
import { REGION } from './account/options.ts';
import { type Emulator, startEmulator } from './emulator/start.ts';
import { stackResources } from './stack/cloudFormation.ts';
import { parameters, sls } from './stack/sls.ts';

// A hang guard: a deployment takes 20 to 60 s on two busy cores.
jest.setTimeout(400_000);

const STACK = 'vpn-medic-prod';
const FIRST_EDITION = fileURLToPath(
  new URL('../fixtures/firstEdition.template.json', import.meta.url),
);
/** The emulator makes these anew for a change that needs no replacement on AWS; test/deploy/upgrade.test.ts looks at them. */
const MADE_ANEW: ReadonlySet<string> = new Set(['AWS::Logs::LogGroup']);
const MARK = {
  id: { S: 'crl#corp.crl' },
  version: { N: '7' },
  body: { S: '{"issuerName":"30","number":"41","thisUpdateAt":1763683200000,"sha256":"ab"}' },
};
const LIST = { Key: 'crl/corp.crl', Body: 'a list that clients fetch' };
const TOPICS = ['AlertsTopic', 'ChatTopic', 'PagerTopic', 'WatchdogTopic'];

let emulator: Emulator;
let before: ReadonlyMap<string, string> = new Map();
let after: ReadonlyMap<string, string> = new Map();

const settings = () => clientSettings(emulator.url);
const dynamo = () => new DynamoDBClient(settings());
const s3 = () => new S3Client({ ...settings(), forcePathStyle: true });
const idsOf = async () =>
  new Map(
    (await stackResources(emulator.url, STACK)).flatMap(({ type, logicalId, physicalId }) =>
      MADE_ANEW.has(type) ? [] : [[logicalId, physicalId]],
    ),
  );
/** By its logical id, as the first edition made it. */
const old = (logicalId: string): string => before.get(logicalId) ?? `no ${logicalId}`;

beforeAll(async () => {
  emulator = await startEmulator({ seed: 1 });
  const { Resources, ...template } = JSON.parse(await readFile(FIRST_EDITION, 'utf8'));
  // The deploy tool looks for the bucket that every stack of its has.
  const bucket = { ServerlessDeploymentBucket: { Type: 'AWS::S3::Bucket' } };
  const TemplateBody = JSON.stringify({ ...template, Resources: { ...bucket, ...Resources } });
  await new CloudFormationClient(settings()).send(
    new CreateStackCommand({ StackName: STACK, TemplateBody }),
  );
  before = await idsOf();
  await dynamo().send(new PutItemCommand({ TableName: old('StateTable'), Item: MARK }));
  await s3().send(new PutObjectCommand({ Bucket: old('CrlPublicBucket'), ...LIST }));
  for (const topic of TOPICS) {
    await new SNSClient(settings()).send(
      new SubscribeCommand({ TopicArn: old(topic), Protocol: 'https', Endpoint: urlOf(topic) }),
    );
  }
  const said = await sls(
    ['deploy', '--stage', 'prod', '--region', REGION, ...parameters({ mode: 'observe' })],
    {
      env: {
        AWS_ENDPOINT_URL: emulator.url,
        AWS_ACCESS_KEY_ID: 'lab',
        AWS_SECRET_ACCESS_KEY: 'lab',
        AWS_DISABLE_REQUEST_COMPRESSION: 'true',
      },
    },
  );
  if (said.code !== 0) throw new Error(`deploying: ${said.text}`);
  after = await idsOf();
});

afterAll(() => emulator.stop());

const urlOf = (topic: string): string => `https://pager.example/${topic}`;

test('every resource is the same one, and the functions are there', () => {
  expect(before.size).toBeGreaterThanOrEqual(9);
  expect([...before].filter(([id, physicalId]) => after.get(id) !== physicalId)).toEqual([]);
  expect(after.get('WatchAppliancesLambdaFunction')).toBe(`${STACK}-watchAppliances`);
});

test('the table has what was stored', async () => {
  const key = { TableName: old('StateTable'), Key: { id: MARK.id } };
  const { Item } = await dynamo().send(new GetItemCommand(key));
  expect(Item).toEqual(MARK);
});

test('the public bucket has the list that clients fetch', async () => {
  const of = { Bucket: old('CrlPublicBucket'), Key: LIST.Key };
  const { Body } = await s3().send(new GetObjectCommand(of));
  expect(await Body?.transformToString()).toBe(LIST.Body);
});

test.each(TOPICS)('%s has its subscriber', async (topic) => {
  const of = { TopicArn: old(topic) };
  const { Subscriptions = [] } = await new SNSClient(settings()).send(
    new ListSubscriptionsByTopicCommand(of),
  );
  expect(Subscriptions.map(({ Endpoint }) => Endpoint)).toEqual([urlOf(topic)]);
});
