/** The state table: DynamoDB items of `id`, `version`, `expiresAt` (seconds since 1970) and `body` (JSON text). */
import {
  ConditionalCheckFailedException,
  DynamoDBClient,
  PutItemCommand,
  type PutItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import { STORE_TIMES } from '../../core/callTimes.ts';
import type { ItemWrite, StoreAnswer, StorePort } from '../../core/ports.ts';
import { known, unknown } from '../../core/reading.ts';
import type { Clock, Instant } from '../../core/time.ts';
import { call, everyPart, pieces } from '../call.ts';
import { type CallHook, delays, hooked } from '../client.ts';
import { type Fault, tellFault } from '../errors.ts';
import { BATCH_MAX, readBatch, type StoreContext, VERSION_MAX } from './read.ts';

/**
 * A table that holds garbage stays usable. An item without a proper version counts as absent, for reads and writes
 * alike; an item whose body is not JSON is read with the body null. Either way the next write puts it right.
 */
export function storePort(
  region: string,
  table: string | null,
  clock: Clock,
  onCall?: CallHook,
): StorePort {
  if (table === null) return noStore(clock);
  const context: StoreContext = {
    client: hooked(
      new DynamoDBClient({ region, ...delays(LARGE_WRITE_MS, STORE_TIMES.attempts) }),
      onCall,
    ),
    service: 'dynamodb',
    table,
    clock,
  };
  const ask = (ids: readonly string[], signal: AbortSignal) =>
    everyPart(pieces(ids, BATCH_MAX), (part) => readBatch(context, part, signal));
  const unread = (fault: Fault, at: Instant) =>
    unknown(tellStore(context, 'BatchGetItem', fault), at);
  /** Ids that the newest answers had. */
  const there = new Set<string>();
  return {
    read: async (ids, signal) => {
      const at = clock.now();
      const first = await ask(ids, signal);
      if (!first.ok) return unread(first.fault, at);
      // What an answer had is gone when two lack it: no pause, pin or window ends by one wrong answer (S1).
      const found = new Set(first.value.map(({ id }) => id));
      const lacking = ids.filter((id) => there.has(id) && !found.has(id));
      const again = lacking.length === 0 ? NOTHING : await ask(lacking, signal);
      if (!again.ok) return unread(again.fault, at);
      const items = [...first.value, ...again.value];
      for (const id of lacking) there.delete(id);
      for (const { id } of items) there.add(id);
      return known(items, at);
    },
    write: (item, signal) => writeItem(context, item, signal),
  };
}

const NOTHING = { ok: true, value: [] } as const;

/** Of incidents and state, up to 400 KB; the lease and what people ask for are small. */
export const LARGE_WRITE_MS = 1_000;
const SMALL_CHARS = 10_000;

function noStore(clock: Clock): StorePort {
  const why = 'no state table: set VPN_MEDIC_STATE_TABLE';
  return {
    read: () => Promise.resolve(unknown(why, clock.now())),
    write: () => Promise.resolve({ kind: 'failed', why }),
  };
}

async function writeItem(
  context: StoreContext,
  item: ItemWrite,
  signal: AbortSignal,
): Promise<StoreAnswer> {
  const version = item.overVersion + 1;
  const put = putOf(context.table, item);
  const answer = await call(context, 'PutItem', signal, async (): Promise<StoreAnswer> => {
    try {
      const isSmall = put.Item.body.S.length <= SMALL_CHARS;
      const requestTimeout = isSmall ? STORE_TIMES.attemptMs : LARGE_WRITE_MS;
      await context.client.send(new PutItemCommand(put), { abortSignal: signal, requestTimeout });
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) {
        // A transaction of another process is writing it now.
        if (Object(error).name === 'TransactionConflictException') return { kind: 'conflict' };
        throw error;
      }
      return isOwnEcho(error, version, put.Item.body.S)
        ? { kind: 'written', version }
        : { kind: 'conflict' };
    }
    return { kind: 'written', version };
  });
  if (answer.ok) return answer.value;
  return { kind: 'failed', why: tellStore(context, 'PutItem', answer.fault) };
}

/** One item over exactly the version that was read. */
export const putOf = (table: string, item: ItemWrite) =>
  ({
    TableName: table,
    Item: {
      id: { S: item.id },
      version: { N: String(item.overVersion + 1) },
      body: { S: JSON.stringify(item.body ?? null) },
      // Rounded up: never forgotten before its time.
      ...(item.expiresAt !== null && {
        expiresAt: { N: String(Math.ceil(item.expiresAt / 1_000)) },
      }),
    },
    ...overVersion(item.overVersion),
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  }) satisfies PutItemCommandInput;

function overVersion(version: number) {
  if (version > 0) {
    return {
      ConditionExpression: '#version = :read',
      ExpressionAttributeNames: { '#version': 'version' },
      ExpressionAttributeValues: { ':read': { N: String(version) } },
    };
  }
  return {
    // No item at all, or one whose version `readBatch` does not accept: keep the two in step.
    ConditionExpression:
      'attribute_not_exists(#version) OR NOT attribute_type(#version, :number) OR #version < :first OR #version > :last',
    ExpressionAttributeNames: { '#version': 'version' },
    ExpressionAttributeValues: {
      ':number': { S: 'N' },
      ':first': { N: '1' },
      ':last': { N: String(VERSION_MAX) },
    },
  };
}

/** A first call whose answer was lost may have been written: then the retry finds exactly its own item. */
const isOwnEcho = (
  { Item: stored, $metadata }: ConditionalCheckFailedException,
  version: number,
  body: string,
): boolean =>
  ($metadata.attempts ?? 1) > 1 &&
  stored?.['version']?.N === String(version) &&
  stored['body']?.S === body;

export function tellStore(
  { table }: Pick<StoreContext, 'table'>,
  action: string,
  fault: Fault,
): string {
  if (fault.code === 'ResourceNotFoundException') {
    return `there is no table ${table} (${fault.code}): set VPN_MEDIC_STATE_TABLE to the stack's state table`;
  }
  return tellFault(
    fault,
    `dynamodb:${action} on table ${table}`,
    "grant it on that table to the function's role",
  );
}
