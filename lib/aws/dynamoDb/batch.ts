/**
 * The state table for callers of many items: reads and writes of one turn of the event loop go as one call each. Answers
 * are those of the plain table, item by item.
 */
import {
  DynamoDBClient,
  TransactWriteItemsCommand,
  type TransactWriteItemsCommandInput,
} from '@aws-sdk/client-dynamodb';
import type { Item, ItemWrite, StoreAnswer, StorePort } from '../../core/ports.ts';
import type { Clock } from '../../core/time.ts';
import { call } from '../call.ts';
import { type CallHook, delays, hooked } from '../client.ts';
import { BATCH_MAX } from './read.ts';
import { LARGE_WRITE_MS, putOf, storePort, tellStore } from './store.ts';

/** A transaction takes 100 items and 4 MB; the rest is for what an item holds beside its body. */
const BYTES_MAX = 3_500_000;

/**
 * Many writes go as one transaction, all or none. When it is refused (one item has changed since it was read, say),
 * each is written separately, so that one conflict stops no other. Twice the write units of plain writes.
 * The permission is that of PutItem.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html (read 2026-11-21)
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis-iam.html (read 2026-11-21)
 */
export function gatheredStore(
  region: string,
  table: string | null,
  clock: Clock,
  onCall?: CallHook,
): StorePort {
  const plain = storePort(region, table, clock, onCall);
  if (table === null) return plain;
  const client = hooked(new DynamoDBClient({ region, ...delays(LARGE_WRITE_MS) }), onCall);
  const context = { client, service: 'dynamodb', table, clock };

  async function writeAll(
    items: readonly ItemWrite[],
    signal: AbortSignal,
  ): Promise<readonly StoreAnswer[]> {
    const oneByOne = () => Promise.all(items.map((item) => plain.write(item, signal)));
    if (items.length === 1) return oneByOne();
    const input: TransactWriteItemsCommandInput = {
      TransactItems: items.map((item) => ({ Put: putOf(table ?? '', item) })),
    };
    const answer = await call(context, 'TransactWriteItems', signal, () =>
      client.send(new TransactWriteItemsCommand(input), { abortSignal: signal }),
    );
    if (answer.ok) {
      return items.map(({ overVersion }) => ({ kind: 'written', version: overVersion + 1 }));
    }
    if (answer.fault.kind === 'refused') return oneByOne();
    const why = tellStore(context, 'TransactWriteItems', answer.fault);
    return items.map(() => ({ kind: 'failed', why }));
  }

  const reads = openTurn<readonly string[], Awaited<ReturnType<StorePort['read']>>>(
    async (lists, signal) => {
      const reading = await plain.read(lists.flat(), signal);
      if (!reading.known) return lists.map(() => reading);
      const items = new Map(reading.value.map((item) => [item.id, item]));
      return lists.map((ids) => ({ ...reading, value: some(ids, items) }));
    },
  );
  const writes = openTurn<ItemWrite, StoreAnswer>(async (items, signal) => {
    const answers = await Promise.all(portions(items).map((part) => writeAll(part, signal)));
    return answers.flat();
  });
  return { read: reads.ask, write: writes.ask };
}

const some = (ids: readonly string[], items: ReadonlyMap<string, Item>): readonly Item[] =>
  [...new Set(ids)].flatMap((id) => items.get(id) ?? []);

/** In order; each within what one transaction takes. */
function portions(items: readonly ItemWrite[]): readonly (readonly ItemWrite[])[] {
  const parts: ItemWrite[][] = [];
  let bytes = 0;
  for (const item of items) {
    const own = Buffer.byteLength(JSON.stringify(item.body ?? null));
    const last = parts.at(-1);
    if (last === undefined || last.length >= BATCH_MAX || bytes + own > BYTES_MAX) {
      parts.push([item]);
      bytes = own;
    } else {
      last.push(item);
      bytes += own;
    }
  }
  return parts;
}

interface Asked<Q, A> {
  readonly question: Q;
  readonly signal: AbortSignal;
  readonly resolve: (answer: Promise<A>) => void;
}

/** Collects the requests of one turn of the event loop, and runs those of the same signal together. */
function openTurn<Q, A>(
  askAll: (questions: readonly Q[], signal: AbortSignal) => Promise<readonly A[]>,
) {
  let waiting: Asked<Q, A>[] = [];
  function go(): void {
    const turn = Map.groupBy(waiting, ({ signal }) => signal);
    waiting = [];
    for (const [signal, asked] of turn) {
      const answers = askAll(
        asked.map(({ question }) => question),
        signal,
      );
      for (const [index, { resolve }] of asked.entries()) {
        resolve(answers.then((all) => answerAt(all, index)));
      }
    }
  }
  return {
    ask: (question: Q, signal: AbortSignal): Promise<A> =>
      new Promise((resolve) => {
        if (waiting.length === 0) setImmediate(go);
        waiting.push({ question, signal, resolve });
      }),
  };
}

function answerAt<A>(all: readonly A[], index: number): A {
  const answer = all[index];
  if (answer === undefined) throw new Error(`answer ${index} of ${all.length} is missing`);
  return answer;
}
