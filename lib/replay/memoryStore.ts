/** The state table of a replay: in memory, and it never fails. */
import type { StorePort } from '../core/ports.ts';
import { known } from '../core/reading.ts';
import type { Clock } from '../core/time.ts';
import type { Table } from '../simulator/store.ts';

export const memoryStore = (table: Table, clock: Clock): StorePort => ({
  async read(ids) {
    const now = clock.now();
    const items = ids.flatMap((id) => {
      const row = table.get(id, now);
      return row === null ? [] : [{ id, version: row.version, body: table.parsed(row) }];
    });
    return known(items, now);
  },
  write: async (item) => table.put(item, clock.now()),
});
