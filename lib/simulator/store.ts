/** The state table of the simulated account: conditional writes, expiry, and calls that can fail. */

import * as v from 'valibot';
import { STORE_TIMES } from '../core/callTimes.ts';
import type { Item, ItemWrite, StoreAnswer, StorePort } from '../core/ports.ts';
import { known, unknown } from '../core/reading.ts';
import { parseStored } from '../core/storedText.ts';
import { ordealOf } from './brownout.ts';
import type { Invocation } from './invocation.ts';
import type { Parts } from './parts.ts';
import type { Random } from './random.ts';

interface Row {
  readonly version: number;
  /** JSON, so that only plain data is stored. */
  readonly body: string;
  readonly expiresAt: number | null;
}

/** The table that all invocations share. */
export class Table {
  readonly #rows = new Map<string, Row>();
  readonly #bodies = new WeakMap<Row, unknown>();
  readonly #parsed = new WeakMap<Row, unknown>();

  get(id: string, now: number): Row | null {
    const row = this.#rows.get(id);
    return row === undefined || (row.expiresAt !== null && row.expiresAt <= now) ? null : row;
  }

  put({ id, overVersion, body, expiresAt }: ItemWrite, now: number): StoreAnswer {
    if ((this.get(id, now)?.version ?? 0) !== overVersion) return { kind: 'conflict' };
    const version = overVersion + 1;
    this.#rows.set(id, { version, body: JSON.stringify(body ?? null), expiresAt });
    return { kind: 'written', version };
  }

  /** Raises the version, as another writer of the same content does. */
  touch(id: string): void {
    const row = this.#rows.get(id);
    if (row !== undefined) this.#rows.set(id, { ...row, version: row.version + 1 });
  }

  /** Overwrites one item with data that the product never writes. */
  corrupt(random: Random): void {
    const ids = [...this.#rows.keys()];
    if (ids.length === 0) return;
    const id = random.pick(ids);
    const version = (this.#rows.get(id)?.version ?? 0) + 1;
    this.#rows.set(id, { version, body: random.pick(GARBAGE), expiresAt: null });
  }

  /** Moves every stored instant after `since` into the future, as a process whose clock is ahead would have written it. */
  dateAhead(since: number, byMs: number): void {
    const later = (_key: string, value: unknown) =>
      typeof value === 'number' && value > since ? value + byMs : value;
    for (const [id, row] of this.#rows) {
      if (!id.startsWith('state#')) continue;
      this.#rows.set(id, { ...row, body: JSON.stringify(JSON.parse(row.body, later)) });
    }
  }

  /** Stored bodies by id, for tests. The same object while the row has not been written. */
  bodies(): ReadonlyMap<string, unknown> {
    return new Map([...this.#rows].map(([id, row]) => [id, this.#bodyOf(row)]));
  }

  /** As the product reads a stored text; parsed once a write, because a pass reads what has long been stored. */
  parsed(row: Row): unknown {
    if (!this.#parsed.has(row)) this.#parsed.set(row, parseStored(row.body));
    return this.#parsed.get(row);
  }

  #bodyOf(row: Row): unknown {
    if (!this.#bodies.has(row)) this.#bodies.set(row, JSON.parse(row.body));
    return this.#bodies.get(row);
  }
}

const GARBAGE = [
  'null',
  '"?"',
  '[]',
  '{}',
  '{"schema":99}',
  '{"appliances":null,"groups":[1,2],"fence":"x","until":null}',
  '{"appliances":{"i-1":{}},"groups":{"hq":{"failovers":3}},"open":"all"}',
];

export function simStore(parts: Parts, self: Invocation, table: Table): StorePort {
  const { clock, faults, log, random } = parts;
  const travel = async (signal: AbortSignal) => {
    const isGone = faults.isActive('store-unreachable');
    const answerMs = isGone ? UNREACHABLE_MS : 5 * random.store.whole(1, 3);
    const ordeal = ordealOf(faults, random.store, answerMs, STORE_TIMES);
    await self.pass(ordeal.tookMs, signal);
    const isReached = !isGone && !signal.aborted && ordeal.isDone;
    return { isReached, fails: isReached && ordeal.answer !== 'answered' };
  };
  const isFlaky = () =>
    faults.active('store-flaky').some(({ chance }) => random.store.chance(chance));
  return {
    async read(ids, signal) {
      const at = self.clock.now();
      const issuedMs = clock.monotonicMs();
      const travelled = await travel(signal);
      const isReached = travelled.isReached && !travelled.fails && !isFlaky();
      const effectMs = isReached ? clock.monotonicMs() : null;
      log.stores.push({
        by: self.by,
        kind: 'read',
        ids,
        issuedMs,
        effectMs,
        answer: isReached ? 'read' : 'failed',
      });
      if (!isReached) return unknown(LOST, at);
      const items = ids.flatMap((id): readonly Item[] => {
        const row = table.get(id, clock.now());
        return row === null ? [] : [{ id, version: row.version, body: table.parsed(row) }];
      });
      return known(items, at);
    },
    async write(item, signal) {
      const issuedMs = clock.monotonicMs();
      const { isReached, fails: isLost } = await travel(signal);
      const fails = isReached && isFlaky();
      const isWritten = isReached && (!fails || random.store.chance(0.5));
      const isBeaten = faults
        .active('store-conflicts')
        .some(({ chance }) => random.store.chance(chance));
      // Only watchers write the lease, and the simulation runs them.
      if (isBeaten && !item.id.startsWith('lease')) table.touch(item.id);
      const real: StoreAnswer = isWritten
        ? table.put(item, clock.now())
        : { kind: 'failed', why: LOST };
      const answer: StoreAnswer = fails || isLost ? { kind: 'failed', why: LOST } : real;
      const effectMs = real.kind === 'written' ? clock.monotonicMs() : null;
      log.stores.push({
        by: self.by,
        kind: 'write',
        ids: [item.id],
        lease: leaseIn(item.body),
        issuedMs,
        effectMs,
        answer: answer.kind,
      });
      return answer;
    },
  };
}

const LOST = 'dynamodb: no answer in 1 s';
const UNREACHABLE_MS = 1_000;

const Lease = v.object({ leader: v.string(), token: v.number() });

const leaseIn = (body: unknown): v.InferOutput<typeof Lease> | null => {
  const parsed = v.safeParse(Lease, body);
  return parsed.success ? parsed.output : null;
};
