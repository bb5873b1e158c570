/** One kind of fact by id, with its past: what is, and what a reply of some seconds ago still says. */

interface Version<T> {
  readonly fromMs: number;
  /** Null: not there. */
  readonly value: T | null;
}

/** Facts come back frozen, and as the very same objects while nothing has changed. */
export class History<T extends object> {
  readonly #rows = new Map<string, Version<T>[]>();
  readonly #lists = new Map<string, { readonly version: number; readonly list: readonly T[] }>();
  #version = 0;
  #changedMs = Number.NEGATIVE_INFINITY;

  /** From `atMs` on it is so; null: from then on it is gone. */
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

  /** The first that anything was ever made as, if that is wanted. */
  firstEver(isWanted: (value: T) => boolean): T | undefined {
    return [...this.#rows.keys()].flatMap((id) => this.past(id)[0] ?? []).find(isWanted);
  }

  /** Everything that it ever was, oldest first. */
  past(id: string): readonly T[] {
    return (this.#rows.get(id) ?? []).flatMap(({ value }) => value ?? []);
  }

  /** Everything that it was at any moment from `fromMs` to `toMs`, oldest first. */
  between(id: string, fromMs: number, toMs: number): readonly T[] {
    const row = this.#rows.get(id) ?? [];
    return row.flatMap(({ fromMs: sinceMs, value }, index) => {
      const untilMs = row[index + 1]?.fromMs ?? Number.POSITIVE_INFINITY;
      return value !== null && sinceMs <= toMs && untilMs > fromMs ? [value] : [];
    });
  }

  /** Whether it was not there at some moment from `fromMs` to `toMs`. */
  wasMissing(id: string, fromMs: number, toMs: number): boolean {
    const row = this.#rows.get(id) ?? [];
    return row.some(({ fromMs: sinceMs, value }, index) => {
      const untilMs = row[index + 1]?.fromMs ?? Number.POSITIVE_INFINITY;
      return value === null && sinceMs <= toMs && untilMs > fromMs;
    });
  }

  /** Everything that is there now. */
  all(): readonly T[] {
    return this.list('all', this.#changedMs, () => true);
  }

  /** What was there at `atMs` and is wanted; one `name` for each thing that callers may want. */
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
