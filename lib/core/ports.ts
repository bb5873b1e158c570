/** The state table and the log, as every subject uses them. Types only; `lib/aws` and `lib/simulator` implement them. */
import type { Measures, ResourceMetricName } from './measures.ts';
import type { Reading } from './reading.ts';

/** A stored thing: JSON values only. `version` counts its writes from 1. */
export interface Item {
  readonly id: string;
  readonly version: number;
  readonly body: unknown;
}

/** One table with conditional writes. Faults are data, as in `Ec2Port`. */
export interface StorePort {
  /** Those of `ids` that exist. Strongly consistent. */
  read(ids: readonly string[], signal: AbortSignal): Promise<Reading<readonly Item[]>>;
  /** Writes only over exactly the version that was read (0: must not exist yet). */
  write(item: ItemWrite, signal: AbortSignal): Promise<StoreAnswer>;
}

export interface ItemWrite {
  readonly id: string;
  readonly overVersion: number;
  readonly body: unknown;
  /** When the table may forget it; null: never. Milliseconds since 1970, stored in seconds. */
  readonly expiresAt: number | null;
}

export type StoreAnswer =
  | { readonly kind: 'written'; readonly version: number }
  /** Another process wrote it since. */
  | { readonly kind: 'conflict' }
  | { readonly kind: 'failed'; readonly why: string };

/** Structured log and metrics: one line an entry, never a secret. */
export interface LoggerPort {
  write(
    level: 'info' | 'warn' | 'error',
    message: string,
    fields: Readonly<Record<string, unknown>>,
  ): void;
  /** Embedded metrics; names are those of the catalogue. */
  measure(metrics: Measures): void;
  /** By the resource's name; asked for at most once a minute, and never unless the deployment asks for it. */
  measureEach(name: ResourceMetricName, byResource: () => ReadonlyMap<string, number>): void;
}
