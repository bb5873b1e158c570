/** Goal: fewer calls change no answer: each item is written or beaten by itself, as with the plain table. Method: DynamoDB mocked. */
import {
  BatchGetItemCommand,
  ConditionalCheckFailedException,
  DynamoDBClient,
  PutItemCommand,
  TransactionCanceledException,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { gatheredStore } from '../../../lib/aws/dynamoDb/batch.ts';
import type { ItemWrite } from '../../../lib/core/ports.ts';
import { AT, clock } from '../strict.ts';

const mock = mockClient(DynamoDBClient);
const store = gatheredStore('eu-west-1', 'state', clock);
const { signal } = new AbortController();

beforeEach(() => {
  mock.reset();
  mock.onAnyCommand().rejects(new Error('unexpected call'));
});

const anItem = (id: string, over: Partial<ItemWrite> = {}): ItemWrite => ({
  id,
  overVersion: 3,
  body: { of: id },
  expiresAt: null,
  ...over,
});
const write = (items: readonly ItemWrite[]) =>
  Promise.all(items.map((item) => store.write(item, signal)));
const many = (count: number, body: unknown = null) =>
  Array.from({ length: count }, (_, index) => anItem(`id-${index}`, { body }));
const sizes = () =>
  mock
    .commandCalls(TransactWriteItemsCommand)
    .map(({ args }) => args[0].input.TransactItems?.length);
const beaten = () => new ConditionalCheckFailedException({ message: '', $metadata: {} });
const cancelled = () =>
  new TransactionCanceledException({ message: '', $metadata: { httpStatusCode: 400 } });

describe('writes of one turn', () => {
  test('go as one call, each over exactly the version that was read', async () => {
    mock.on(TransactWriteItemsCommand).resolves({});
    const first = anItem('a', { overVersion: 0, expiresAt: 1_500 });
    expect(await write([first, anItem('b')])).toEqual([
      { kind: 'written', version: 1 },
      { kind: 'written', version: 4 },
    ]);
    const [call] = mock.commandCalls(TransactWriteItemsCommand);
    expect(call?.args[0].input.TransactItems).toMatchObject([
      { Put: { TableName: 'state', Item: { id: { S: 'a' }, expiresAt: { N: '2' } } } },
      {
        Put: {
          Item: { id: { S: 'b' }, version: { N: '4' }, body: { S: '{"of":"b"}' } },
          ConditionExpression: '#version = :read',
          ExpressionAttributeValues: { ':read': { N: '3' } },
        },
      },
    ]);
  });

  test('one alone is a plain write', async () => {
    mock.on(PutItemCommand).resolves({});
    expect(await write([anItem('a')])).toEqual([{ kind: 'written', version: 4 }]);
    expect(mock.calls()).toHaveLength(1);
  });

  test('one after the other are two', async () => {
    mock.on(PutItemCommand).resolves({});
    await write([anItem('a')]);
    await write([anItem('b')]);
    expect(mock.commandCalls(PutItemCommand)).toHaveLength(2);
  });

  test.each([
    [100, [100]],
    [102, [100, 2]],
  ])('%d items are transactions of %j', async (count, expected) => {
    mock.on(TransactWriteItemsCommand).resolves({});
    expect(await write(many(count))).toHaveLength(count);
    expect(sizes()).toEqual(expected);
  });

  test.each([
    [1_749_990, [2]],
    [1_750_001, []],
  ])(
    'two of %d bytes are transactions of %j: 4 MB is all that one takes',
    async (length, expected) => {
      mock.on(TransactWriteItemsCommand).resolves({}).on(PutItemCommand).resolves({});
      await write(many(2, 'x'.repeat(length - 2)));
      expect(sizes()).toEqual(expected);
    },
  );

  test('under two signals never share one’s end', async () => {
    mock.on(PutItemCommand).resolves({});
    const other = new AbortController().signal;
    await Promise.all([store.write(anItem('a'), signal), store.write(anItem('b'), other)]);
    expect(mock.commandCalls(PutItemCommand)).toHaveLength(2);
  });
});

describe('when another process has written one of them', () => {
  test('that one is beaten, and the others are written', async () => {
    mock
      .on(TransactWriteItemsCommand)
      .rejects(cancelled())
      .on(PutItemCommand)
      .resolves({})
      .on(PutItemCommand, {
        Item: { id: { S: 'b' }, version: { N: '4' }, body: { S: '{"of":"b"}' } },
      })
      .rejects(beaten());
    expect(await write([anItem('a'), anItem('b'), anItem('c')])).toEqual([
      { kind: 'written', version: 4 },
      { kind: 'conflict' },
      { kind: 'written', version: 4 },
    ]);
  });
});

describe('a table that fails', () => {
  test('fails for all, with one reason, and is not asked again for each', async () => {
    const lost = Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
    mock.on(TransactWriteItemsCommand).rejects(lost);
    const why = 'dynamodb:TransactWriteItems on table state got no usable answer (ECONNRESET)';
    expect(await write([anItem('a'), anItem('b')])).toEqual([
      { kind: 'failed', why },
      { kind: 'failed', why },
    ]);
    expect(mock.calls()).toHaveLength(1);
  });

  test('that is none at all says what to set', async () => {
    const none = gatheredStore('eu-west-1', null, clock);
    expect(await none.write(anItem('a'), signal)).toMatchObject({
      why: expect.stringContaining('VPN_MEDIC_STATE_TABLE'),
    });
  });
});

describe('reads of one turn', () => {
  test('are one call, and each gets its own', async () => {
    mock.on(BatchGetItemCommand).resolves({
      Responses: {
        state: ['a', 'b'].map((id) => ({
          id: { S: id },
          version: { N: '1' },
          body: { S: `"${id}"` },
        })),
      },
    });
    const item = (id: string) => ({ id, version: 1, body: id });
    const read = (...ids: readonly string[]) => store.read(ids, signal);
    expect(await Promise.all([read('a'), read('b', 'a', 'b'), read('c')])).toEqual([
      { known: true, at: AT, value: [item('a')] },
      { known: true, at: AT, value: [item('b'), item('a')] },
      { known: true, at: AT, value: [] },
    ]);
    expect(mock.calls()).toHaveLength(1);
  });

  test('that fail are unknown, each of them', async () => {
    mock.on(BatchGetItemCommand).rejects(Object.assign(new Error(''), { code: 'ECONNRESET' }));
    const both = await Promise.all([store.read(['a'], signal), store.read(['b'], signal)]);
    expect(both.map(({ known }) => known)).toEqual([false, false]);
  });
});
