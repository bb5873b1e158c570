/** A state table in memory: real conditional writes, JSON in between, and a switch for each way a table can fail. */

import type { Item, ItemWrite, StoreAnswer, StorePort } from '../../lib/core/ports.ts';
import { known, unknown } from '../../lib/core/reading.ts';
import { NOW } from './facts.ts';

/** `lost`: it is written, and the answer is lost. */
type Mood = 'well' | 'unreachable' | 'write-fails' | 'lost';

export class MemoryStore implements StorePort {
  readonly rows = new Map<string, { readonly version: number; readonly body: string }>();
  /** Ids of every accepted write, oldest first. */
  readonly written: string[] = [];
  mood: Mood = 'well';
  /** Runs before a write is carried out: somebody else's hand. */
  onWrite: (item: ItemWrite) => Promise<void> | void = () => {};
  onRead: () => Promise<void> | void = () => {};

  async read(ids: readonly string[]): ReturnType<StorePort['read']> {
    await this.onRead();
    if (this.mood === 'unreachable') return unknown('table unreachable', NOW);
    const items = ids.flatMap((id): readonly Item[] => {
      const row = this.rows.get(id);
      return row === undefined ? [] : [{ id, version: row.version, body: JSON.parse(row.body) }];
    });
    return known(items, NOW);
  }

  async write(item: ItemWrite): Promise<StoreAnswer> {
    await this.onWrite(item);
    if (this.mood === 'unreachable' || this.mood === 'write-fails') {
      return { kind: 'failed', why: 'table unreachable' };
    }
    const { id, overVersion, body } = item;
    if ((this.rows.get(id)?.version ?? 0) !== overVersion) return { kind: 'conflict' };
    const version = overVersion + 1;
    this.rows.set(id, { version, body: JSON.stringify(body) });
    this.written.push(id);
    return this.mood === 'lost'
      ? { kind: 'failed', why: 'the answer was lost' }
      : { kind: 'written', version };
  }

  /** What somebody else puts there, whatever was there before. */
  put(id: string, body: unknown): void {
    const version = (this.rows.get(id)?.version ?? 0) + 1;
    this.rows.set(id, { version, body: JSON.stringify(body) });
  }

  body(id: string): unknown {
    const row = this.rows.get(id);
    return row === undefined ? null : JSON.parse(row.body);
  }
}
