/** Facts of one kind by id, with every earlier version, so that stale reads can be answered. */

interface Version<T> {
  readonly fromMs: number;
  /** Null: it does not exist. */
  readonly value: T | null;
}

/** Returns facts frozen, and the identical objects while nothing has changed. */
export class History<T extends object> {
  readonly #rows = new Map<string, Version<T>[]>();
  readonly #lists = new Map<string, { readonly version: number; readonly list: readonly T[] }>();
  #version = 0;
  #changedMs = Number.NEGATIVE_INFINITY;

  /** Sets the value from `atMs` on; null: it no longer exists. */
  put(id: string, value: T | null, atMs: number): void {
    const row = this.#rows.get(id) ?? [];
    if ((row.at(-1)?.value ?? null) === value) return;
    const version = { fromMs: atMs, value: value === null ? null : freeze(value) };
    if (row.at(-1)?.fromMs === atMs) row.pop();
    row.push(version);
    this.#rows.set(id, row);
    this.#version += 1;
    this.#changedMs = atMs;
  }

  get(id: string): T | null {
    return this.#rows.get(id)?.at(-1)?.value ?? null;
  }

  asOf(id: string, atMs: number): T | null {
    return this.#rows.get(id)?.findLast(({ fromMs }) => fromMs <= atMs)?.value ?? null;
  }

  /** The first version of any id that is wanted. */
  firstEver(isWanted: (value: T) => boolean): T | undefined {
    return [...this.#rows.keys()].flatMap((id) => this.past(id)[0] ?? []).find(isWanted);
  }

  /** All its versions, oldest first. */
  past(id: string): readonly T[] {
    return (this.#rows.get(id) ?? []).flatMap(({ value }) => value ?? []);
  }

  /** Its versions at any moment from `fromMs` to `toMs`, oldest first. */
  between(id: string, fromMs: number, toMs: number): readonly T[] {
    const row = this.#rows.get(id) ?? [];
    return row.flatMap(({ fromMs: sinceMs, value }, index) => {
      const untilMs = row[index + 1]?.fromMs ?? Number.POSITIVE_INFINITY;
      return value !== null && sinceMs <= toMs && untilMs > fromMs ? [value] : [];
    });
  }

  /** Whether it did not exist at some moment from `fromMs` to `toMs`. */
  wasMissing(id: string, fromMs: number, toMs: number): boolean {
    const row = this.#rows.get(id) ?? [];
    return row.some(({ fromMs: sinceMs, value }, index) => {
      const untilMs = row[index + 1]?.fromMs ?? Number.POSITIVE_INFINITY;
      return value === null && sinceMs <= toMs && untilMs > fromMs;
    });
  }

  /** All that exist now. */
  all(): readonly T[] {
    return this.list('all', this.#changedMs, () => true);
  }

  /** Those that existed at `atMs` and are wanted; `name` identifies the filter in the cache. */
  list(name: string, atMs: number, isWanted: (value: T) => boolean): readonly T[] {
    const isPast = atMs < this.#changedMs;
    const kept = this.#lists.get(name);
    if (!isPast && kept?.version === this.#version) return kept.list;
    const found = [...this.#rows.keys()].flatMap((id) => {
      const value = isPast ? this.asOf(id, atMs) : this.get(id);
      return value !== null && isWanted(value) ? [value] : [];
    });
    const list = kept !== undefined && isSame(kept.list, found) ? kept.list : Object.freeze(found);
    if (!isPast) this.#lists.set(name, { version: this.#version, list });
    return list;
  }
}

const isSame = <T>(a: readonly T[], b: readonly T[]): boolean =>
  a.length === b.length && a.every((one, index) => one === b[index]);

function freeze<T extends object>(value: T): T {
  for (const part of Object.values(value)) {
    if (typeof part === 'object' && part !== null && !Object.isFrozen(part)) freeze(part);
  }
  return Object.freeze(value);
}
