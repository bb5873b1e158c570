/** Goal: each port is asked in the right region, and building them asks nobody. Method: mocked clients, whose region is read. */
import { BatchGetItemCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DescribeTagsCommand, EC2Client } from '@aws-sdk/client-ec2';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { beforeEach, expect, test } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { type AwsSettings, awsPorts, memoizedPorts } from '../../../lib/aws/ports/appliances.ts';
import type { Round } from '../../../lib/probe/types.ts';
import { clock, noting } from '../strict.ts';

const ec2 = mockClient(EC2Client);
const dynamoDb = mockClient(DynamoDBClient);
const lambda = mockClient(LambdaClient);
const { signal } = new AbortController();
const calls: string[] = [];
const settings: AwsSettings = {
  region: 'eu-west-1',
  homeRegion: 'eu-north-1',
  stateTable: 'state',
  topicArns: {},
  probeFunctions: ['probe-a'],
  clock,
  onCall: noting(calls),
};
const round: Round = {
  vantageId: 'probe-a',
  sentAt: 0,
  timeoutMs: 800,
  targets: [{ key: 'a', kind: 'tcp', address: '10.0.0.1', port: 22 }],
};

beforeEach(() => {
  for (const mock of [ec2, dynamoDb, lambda]) mock.reset();
  ec2.on(DescribeTagsCommand).resolves({});
  dynamoDb.on(BatchGetItemCommand).resolves({});
  lambda.on(InvokeCommand).resolves({});
  calls.length = 0;
});

test('sends no request until it is called', () => {
  expect(awsPorts(settings).region).toBe('eu-west-1');
  expect(calls).toEqual([]);
});

test('EC2 is asked where we watch, the table and the probes where the stack is', async () => {
  const ports = awsPorts(settings);
  await ports.ec2.tags(['k'], signal);
  await ports.store.read(['a'], signal);
  await ports.probes.send(round, () => undefined, signal);
  expect(await regionOf(ec2.call(0).thisValue)).toBe('eu-west-1');
  expect(await regionOf(dynamoDb.call(0).thisValue)).toBe('eu-north-1');
  expect(await regionOf(lambda.call(0).thisValue)).toBe('eu-north-1');
  expect(calls).toEqual(['DescribeTags', 'BatchGetItem', 'Invoke']);
});

test('an invocation after another finds the same ports, whose connections are warm; other settings get their own', () => {
  const { onCall: _onCall, ...mine } = settings;
  const ports = memoizedPorts(mine);
  expect(memoizedPorts({ ...mine })).toBe(ports);
  expect(memoizedPorts({ ...mine, region: 'eu-west-2' })).not.toBe(ports);
  expect(memoizedPorts({ ...mine, stateTable: 'other' })).not.toBe(ports);
});

const regionOf = async (client: { readonly config: object }): Promise<unknown> => {
  const region: unknown = Reflect.get(client.config, 'region');
  return typeof region === 'function' ? region() : region;
};
