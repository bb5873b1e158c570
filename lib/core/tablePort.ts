/** The whole state table, for an export. Types only. */
import type { Item } from './ports.ts';
import type { Reading } from './reading.ts';
import type { Instant } from './time.ts';

export interface StoredItem extends Item {
  /** When the table may forget it; null: never. */
  readonly expiresAt: Instant | null;
}

export interface TablePort {
  /** Every item; those that do not parse have the body null. */
  all(signal: AbortSignal): Promise<Reading<readonly StoredItem[]>>;
}
