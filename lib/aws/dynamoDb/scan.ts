/** Every item of the state table, strongly consistent: for an export, never for a function. */
import { type AttributeValue, DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { known, unknown } from '../../core/reading.ts';
import type { StoredItem, TablePort } from '../../core/tablePort.ts';
import type { Clock } from '../../core/time.ts';
import { call } from '../call.ts';
import { delays, READ_MS } from '../client.ts';
import { INCOMPLETE, type StoreContext, storedItem } from './read.ts';
import { tellStore } from './store.ts';

/** Of a megabyte each: the table of a large deployment is a few. */
const PAGES_MAX = 200;

export function tablePort(region: string, table: string, clock: Clock): TablePort {
  const client = new DynamoDBClient({ region, ...delays(READ_MS) });
  const context: StoreContext = { client, service: 'dynamodb', table, clock };
  return {
    async all(signal) {
      const at = clock.now();
      const items: StoredItem[] = [];
      let from: Record<string, AttributeValue> | undefined;
      for (let page = 0; page < PAGES_MAX; page += 1) {
        const ExclusiveStartKey = from;
        const answer = await call(context, 'Scan', signal, () =>
          client.send(
            new ScanCommand({ TableName: table, ConsistentRead: true, ExclusiveStartKey }),
            { abortSignal: signal },
          ),
        );
        if (!answer.ok) return unknown(tellStore(context, 'Scan', answer.fault), at);
        const { Items } = answer.value;
        if (Items === undefined) return unknown(tellStore(context, 'Scan', INCOMPLETE), at);
        for (const stored of Items) {
          items.push(...storedItem(stored).map((item) => ({ ...item, ...expiryOf(stored) })));
        }
        from = answer.value.LastEvaluatedKey;
        if (from === undefined) return known(items, at);
      }
      return unknown(
        `the table ${table} has more than ${PAGES_MAX} pages: it is no state table`,
        at,
      );
    },
  };
}

function expiryOf({ expiresAt }: Readonly<Record<string, AttributeValue>>): {
  readonly expiresAt: StoredItem['expiresAt'];
} {
  const seconds = Number(expiresAt?.N);
  return { expiresAt: Number.isFinite(seconds) ? seconds * 1_000 : null };
}
