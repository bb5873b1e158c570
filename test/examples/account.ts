/** A made-up account in one region: what AWS would answer of it, wide, and what its metrics are. */
import type { Item } from './ids.ts';
import type { Series } from './metrics.ts';

export interface MadeRegion extends Place {
  /** The file that its capture is written to. */
  readonly file: string;
  /** By operation of EC2: the items of its list. */
  readonly lists: Lists;
  /** Answers that belong to an input of their own. */
  readonly answers: readonly MadeAnswer[];
  readonly series: readonly Series[];
  /** ARNs of what is tagged `vpn-medic:watch`. */
  readonly watched?: readonly string[];
  /** Objects of the CRL buckets. */
  readonly objects: readonly MadeObject[];
}

export interface Place {
  readonly account: string;
  readonly region: string;
  readonly at: number;
}

export type Lists = Readonly<Record<string, readonly Item[]>>;

export interface MadeAnswer {
  /** Left out: EC2. */
  readonly service?: string;
  readonly operation: string;
  readonly input: Item;
  readonly output: Item;
}

export interface MadeObject {
  readonly bucket: 'inbox' | 'issuers' | 'public';
  readonly key: string;
  readonly bytes: Buffer;
}

/** The lists of several parts as one. */
export function mergedLists(parts: readonly Lists[]): Lists {
  const merged = new Map<string, readonly Item[]>();
  for (const [name, items] of parts.flatMap((part) => Object.entries(part))) {
    merged.set(name, [...(merged.get(name) ?? []), ...items]);
  }
  return Object.fromEntries(merged);
}
