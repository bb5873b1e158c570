/** The item of a lease in the state table, as every version writes it. */
import * as v from 'valibot';
import type { Item } from '../../core/ports.ts';
import { SWITCHES } from '../../core/switches.ts';
import type { Instant } from '../../core/time.ts';

export type Scope = 'appliances' | 'connections' | 'endpoints' | 'metrics' | 'crls';

/** A leader that has not renewed for so long is dead, and its lease is free. */
const LEASE_LIFE_MS = 10_000;
/** A stored instant further in the future counts as now: hosts are synchronised to well under a second. */
export const FUTURE_MS = 5_000;
/** Far more than takeovers can be; above it adding one could be lost in rounding. */
const TOKEN_MAX = 2 ** 50;

const Body = v.object({
  leader: v.pipe(v.string(), v.maxLength(200)),
  token: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(TOKEN_MAX)),
  /** 0: released. */
  renewedAt: v.number(),
  /** When the leader started: the newer process is the one that started later. */
  startedAt: v.number(),
  isLookRequested: v.boolean(),
  /** The last write of a leader, kept when the lease is released. Absent: written by an older version. */
  lookedAt: v.optional(v.number()),
  mode: v.optional(v.picklist(['act', 'observe'])),
  off: v.optional(v.pipe(v.array(v.picklist(SWITCHES)), v.maxLength(SWITCHES.length))),
});

export type StoredLease = v.InferOutput<typeof Body>;

export const leaseId = (region: string, scope: Scope): string => `lease#${region}#${scope}`;

/** Null for garbage: a lease that cannot be read is free. */
export function parseLease(item: Item | undefined): StoredLease | null {
  const parsed = v.safeParse(Body, item?.body);
  return parsed.success ? parsed.output : null;
}

/** One from the future was written by no leader. */
export const isAlive = ({ renewedAt }: Pick<StoredLease, 'renewedAt'>, now: Instant): boolean =>
  renewedAt > 0 && now - renewedAt <= LEASE_LIFE_MS && renewedAt <= now + FUTURE_MS;
