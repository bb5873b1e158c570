/** Goal: only the version that was read is ever overwritten, and garbage in the table blocks nothing. Method: DynamoDB mocked. */
import {
  BatchGetItemCommand,
  ConditionalCheckFailedException,
  DynamoDBClient,
  DynamoDBServiceException,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { storePort } from '../../../lib/aws/dynamoDb/store.ts';
import { AT, clock } from '../strict.ts';

const mock = mockClient(DynamoDBClient);
const waits: number[] = [];
const store = storePort('eu-west-1', 'state', {
  ...clock,
  sleep: async (ms) => {
    waits.push(ms);
  },
});
const { signal } = new AbortController();

beforeEach(() => {
  mock.reset();
  mock.onAnyCommand().rejects(new Error('unexpected call'));
  waits.length = 0;
});

describe('a read', () => {
  test('is strongly consistent, and asks for each id once', async () => {
    mock.on(BatchGetItemCommand).resolves({});
    await store.read(['a', 'b', 'a'], signal);
    expect(inputs()).toEqual([
      {
        RequestItems: {
          state: { Keys: [{ id: { S: 'a' } }, { id: { S: 'b' } }], ConsistentRead: true },
        },
      },
    ]);
  });

  test('hands over those that exist', async () => {
    mock.on(BatchGetItemCommand).resolves({
      Responses: {
        state: [
          { id: { S: 'a' }, version: { N: '7' }, body: { S: '{"x":[1]}' }, expiresAt: { N: '9' } },
        ],
      },
    });
    expect(await store.read(['a', 'b'], signal)).toEqual({
      known: true,
      at: AT,
      value: [{ id: 'a', version: 7, body: { x: [1] } }],
    });
  });

  test('is unknown when the answer names no table, and empty when it names none of the items', async () => {
    mock
      .on(BatchGetItemCommand)
      .resolvesOnce({})
      .resolvesOnce({ Responses: { state: [] } });
    expect(await store.read(['never'], signal)).toMatchObject({
      known: false,
      why: 'dynamodb:BatchGetItem on table state got no usable answer (IncompleteAnswer)',
    });
    expect(await store.read(['never'], signal)).toMatchObject({ known: true, value: [] });
  });

  describe('of an item that an answer had', () => {
    const asked = storePort('eu-west-1', 'state', clock);
    const item = { id: { S: 'pause' }, version: { N: '7' }, body: { S: '{"x":1}' } };
    const there = { Responses: { state: [item] } };
    const lacking = { Responses: { state: [] } };

    test.each([
      ['is there though one answer lacks it', [there, lacking, there], 1],
      ['is gone when two answers lack it', [there, lacking, lacking], 0],
    ])('%s', async (_what, answers, count) => {
      const [first = {}, second = {}, third = {}] = answers;
      mock.on(BatchGetItemCommand).resolvesOnce(first).resolvesOnce(second).resolvesOnce(third);
      await asked.read(['pause', 'pins'], signal);
      expect(await asked.read(['pause', 'pins'], signal)).toMatchObject({
        known: true,
        value: Array.from({ length: count }, () => ({ id: 'pause' })),
      });
      expect(inputs()[2]).toMatchObject({
        RequestItems: { state: { Keys: [{ id: { S: 'pause' } }] } },
      });
    });

    test('is unknown where the second answer is none', async () => {
      mock.on(BatchGetItemCommand).resolvesOnce(there).resolvesOnce(lacking).resolvesOnce({});
      await asked.read(['pause'], signal);
      expect(await asked.read(['pause'], signal)).toMatchObject({ known: false });
    });

    test('that two have lacked is not asked for twice again', async () => {
      mock.on(BatchGetItemCommand).resolvesOnce(there).resolves(lacking);
      for (let nth = 0; nth < 4; nth += 1) await asked.read(['pause'], signal);
      expect(inputs()).toHaveLength(5);
    });
  });

  test('of nothing sends no request', async () => {
    expect(await store.read([], signal)).toEqual({ known: true, at: AT, value: [] });
  });

  test('of 100 ids is one call, and of 101 two', async () => {
    mock.on(BatchGetItemCommand).resolves({ Responses: {} });
    const ids = Array.from({ length: 101 }, (_, index) => `id-${index}`);
    await store.read(ids.slice(1), signal);
    expect(inputs()).toHaveLength(1);
    await store.read(ids, signal);
    expect(inputs()).toHaveLength(3);
  });

  test('asks again, a little later, for what DynamoDB puts off', async () => {
    mock
      .on(BatchGetItemCommand)
      .resolvesOnce({
        Responses: { state: [{ id: { S: 'a' }, version: { N: '1' }, body: { S: '1' } }] },
        UnprocessedKeys: { state: { Keys: [{ id: { S: 'b' } }], ConsistentRead: true } },
      })
      .resolvesOnce({
        Responses: { state: [{ id: { S: 'b' }, version: { N: '2' }, body: { S: '2' } }] },
      });
    expect(await store.read(['a', 'b'], signal)).toMatchObject({
      value: [
        { id: 'a', body: 1 },
        { id: 'b', body: 2 },
      ],
    });
    expect(inputs()[1]).toEqual({
      RequestItems: { state: { Keys: [{ id: { S: 'b' } }], ConsistentRead: true } },
    });
    expect(waits).toEqual([50]);
  });

  test('is unknown, not half known, when DynamoDB goes on putting off', async () => {
    mock.on(BatchGetItemCommand).resolves({
      Responses: { state: [{ id: { S: 'a' }, version: { N: '1' }, body: { S: '1' } }] },
      UnprocessedKeys: { state: { Keys: [{ id: { S: 'b' } }] } },
    });
    expect(await store.read(['a', 'b'], signal)).toEqual({
      known: false,
      at: AT,
      why: 'dynamodb:BatchGetItem on table state throttled (UnprocessedKeys)',
    });
    expect(inputs()).toHaveLength(4);
    expect(waits).toEqual([50, 100, 200]);
  });

  test('of a table that is not there is unknown, and the why is the fix', async () => {
    mock.on(BatchGetItemCommand).rejects(fault('ResourceNotFoundException'));
    expect(await store.read(['a'], signal)).toMatchObject({
      known: false,
      why: "there is no table state (ResourceNotFoundException): set VPN_MEDIC_STATE_TABLE to the stack's state table",
    });
  });

  test('without the permission is unknown', async () => {
    mock.on(BatchGetItemCommand).rejects(fault('AccessDeniedException'));
    expect(await store.read(['a'], signal)).toMatchObject({
      known: false,
      why: "dynamodb:BatchGetItem on table state denied (AccessDeniedException): grant it on that table to the function's role",
    });
  });
});

describe('garbage', () => {
  test.each([
    ['no version', { id: { S: 'a' }, body: { S: '1' } }],
    ['a version that is text', { id: { S: 'a' }, version: { S: '1' }, body: { S: '1' } }],
    ['version 0', { id: { S: 'a' }, version: { N: '0' }, body: { S: '1' } }],
    ['a version too large to count on', { id: { S: 'a' }, version: { N: '1e30' } }],
    ['an id that is no text', { id: { N: '1' }, version: { N: '1' } }],
  ])('with %s counts as absent', async (_, stored) => {
    mock.on(BatchGetItemCommand).resolves({ Responses: { state: [stored] } });
    expect(await store.read(['a'], signal)).toEqual({ known: true, at: AT, value: [] });
  });

  test.each([
    ['no body', {}],
    ['a body that is no JSON', { body: { S: '{"x":' } }],
    ['a body that is a number', { body: { N: '1' } }],
  ])('with %s keeps its version, and has the body null', async (_, rest) => {
    const stored = { id: { S: 'a' }, version: { N: '3' }, ...rest };
    mock.on(BatchGetItemCommand).resolves({ Responses: { state: [stored] } });
    expect(await store.read(['a'], signal)).toMatchObject({
      value: [{ id: 'a', version: 3, body: null }],
    });
  });
});

describe('a write', () => {
  const item = { id: 'lease', overVersion: 3, body: { holder: 'w-1' }, expiresAt: null };

  test('goes over exactly the version that was read', async () => {
    mock.on(PutItemCommand).resolves({});
    expect(await store.write(item, signal)).toEqual({ kind: 'written', version: 4 });
    expect(mock.commandCalls(PutItemCommand)[0]?.args[0].input).toEqual({
      TableName: 'state',
      Item: { id: { S: 'lease' }, version: { N: '4' }, body: { S: '{"holder":"w-1"}' } },
      ConditionExpression: '#version = :read',
      ExpressionAttributeNames: { '#version': 'version' },
      ExpressionAttributeValues: { ':read': { N: '3' } },
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    });
  });

  test('over version 0 goes only where nothing is that a read would show', async () => {
    mock.on(PutItemCommand).resolves({});
    expect(await store.write({ ...item, overVersion: 0 }, signal)).toEqual({
      kind: 'written',
      version: 1,
    });
    expect(mock.commandCalls(PutItemCommand)[0]?.args[0].input).toMatchObject({
      ConditionExpression:
        'attribute_not_exists(#version) OR NOT attribute_type(#version, :number) OR #version < :first OR #version > :last',
      ExpressionAttributeValues: {
        ':number': { S: 'N' },
        ':first': { N: '1' },
        ':last': { N: '9007199254740991' },
      },
    });
  });

  test.each([
    [1_764_000_000_000, '1764000000'],
    [1_764_000_000_001, '1764000001'],
  ])('that may be forgotten at %i ms says so in seconds, rounded up', async (expiresAt, N) => {
    mock.on(PutItemCommand).resolves({});
    await store.write({ ...item, expiresAt }, signal);
    expect(mock.commandCalls(PutItemCommand)[0]?.args[0].input.Item?.['expiresAt']).toEqual({ N });
  });

  test('is a conflict when another process wrote since', async () => {
    mock.on(PutItemCommand).rejects(conflict(1, { version: { N: '9' }, body: { S: '{}' } }));
    expect(await store.write(item, signal)).toEqual({ kind: 'conflict' });
  });

  const own = { version: { N: '4' }, body: { S: '{"holder":"w-1"}' } };

  test('is written when the second try meets what the first one brought', async () => {
    mock.on(PutItemCommand).rejects(conflict(2, own));
    expect(await store.write(item, signal)).toEqual({ kind: 'written', version: 4 });
  });

  test('is a conflict when the first and only try meets its equal: another brought that', async () => {
    mock.on(PutItemCommand).rejects(conflict(1, own));
    expect(await store.write(item, signal)).toEqual({ kind: 'conflict' });
  });

  test('is a conflict when the second try meets something else', async () => {
    mock.on(PutItemCommand).rejects(conflict(2, { ...own, body: { S: '{"holder":"w-2"}' } }));
    expect(await store.write(item, signal)).toEqual({ kind: 'conflict' });
  });

  test.each([
    [
      fault('ResourceNotFoundException'),
      "there is no table state (ResourceNotFoundException): set VPN_MEDIC_STATE_TABLE to the stack's state table",
    ],
    [
      fault('ProvisionedThroughputExceededException'),
      'dynamodb:PutItem on table state throttled (ProvisionedThroughputExceededException)',
    ],
    [
      Object.assign(new Error('x'), { name: 'TimeoutError' }),
      'dynamodb:PutItem on table state got no usable answer (TimeoutError)',
    ],
  ])('fails with its why: %s', async (error, why) => {
    mock.on(PutItemCommand).rejects(error);
    expect(await store.write(item, signal)).toEqual({ kind: 'failed', why });
  });
});

test('without a table nothing is known and nothing is kept, and both say what to set', async () => {
  const none = storePort('eu-west-1', null, clock);
  const why = 'no state table: set VPN_MEDIC_STATE_TABLE';
  expect(await none.read(['a'], signal)).toEqual({ known: false, at: AT, why });
  expect(await none.write({ id: 'a', overVersion: 0, body: 1, expiresAt: null }, signal)).toEqual({
    kind: 'failed',
    why,
  });
});

const inputs = () => mock.commandCalls(BatchGetItemCommand).map(({ args }) => args[0].input);

const conflict = (attempts: number, Item: ConditionalCheckFailedException['Item'] & object) =>
  new ConditionalCheckFailedException({ message: 'm', $metadata: { attempts }, Item });

function fault(name: string) {
  return new DynamoDBServiceException({
    name,
    message: 'm',
    $fault: 'client',
    $metadata: { httpStatusCode: 400 },
  });
}
