/** Reads the state table: strongly consistent, 100 ids a call; items that do not parse are left out or null. */

import {
  type AttributeValue,
  BatchGetItemCommand,
  type DynamoDBClient,
} from '@aws-sdk/client-dynamodb';
import { STORE_TIMES } from '../../core/callTimes.ts';
import type { Item } from '../../core/ports.ts';
import { parseStored } from '../../core/storedText.ts';
import { type CallContext, type CallResult, call } from '../call.ts';
import { READ_MS } from '../client.ts';
import type { Fault } from '../errors.ts';

export interface StoreContext extends CallContext {
  readonly client: DynamoDBClient;
  readonly table: string;
}

/** BatchGetItem takes at most 100 keys, all different. */
export const BATCH_MAX = 100;

/** Requests of people, state and lease, which passes wait for; pages of incidents are more. */
const FEW = 10;

/** Above it, adding one to a version is lost in rounding. */
export const VERSION_MAX = Number.MAX_SAFE_INTEGER;

/** Those of `ids` that exist; unprocessed keys are read again, at most three times. */
export async function readBatch(
  context: StoreContext,
  ids: readonly string[],
  signal: AbortSignal,
): Promise<CallResult<readonly Item[]>> {
  const items: Item[] = [];
  let keys: Record<string, AttributeValue>[] = ids.map((id) => ({ id: { S: id } }));
  for (const waitMs of [0, 50, 100, 200]) {
    if (waitMs > 0) await context.clock.sleep(waitMs, signal);
    const answer = await call(context, 'BatchGetItem', signal, () =>
      context.client.send(
        new BatchGetItemCommand({
          RequestItems: { [context.table]: { Keys: keys, ConsistentRead: true } },
        }),
        {
          abortSignal: signal,
          requestTimeout: ids.length <= FEW ? STORE_TIMES.attemptMs : READ_MS,
        },
      ),
    );
    if (!answer.ok) return answer;
    // DynamoDB names the table also when it has none of the items: an answer without that says nothing of them.
    const { Responses = {}, UnprocessedKeys = {} } = answer.value;
    keys = Object.values(UnprocessedKeys).flatMap(({ Keys }) => Keys ?? []);
    // The reply is keyed by name, also when the table is named by its ARN: there is only one.
    const tables = Object.values(Responses);
    if (tables.length === 0 && keys.length === 0) return { ok: false, fault: INCOMPLETE };
    items.push(...tables.flat().flatMap(storedItem));
    if (keys.length === 0) return { ok: true, value: items };
  }
  const fault = { kind: 'throttled', code: 'UnprocessedKeys', message: '' } as const;
  return { ok: false, fault };
}

export const INCOMPLETE: Fault = { kind: 'lost', code: 'IncompleteAnswer', message: '' };

export function storedItem(stored: Readonly<Record<string, AttributeValue>>): readonly Item[] {
  const id = stored['id']?.S;
  const version = Number(stored['version']?.N);
  if (id === undefined || !(version >= 1 && version <= VERSION_MAX)) return [];
  return [{ id, version, body: parseBody(stored['body']?.S) }];
}

/** Null for what is not JSON or breaks its bounds, which readers treat as nothing stored. */
function parseBody(text: string | undefined): unknown {
  return text === undefined ? null : parseStored(text);
}
