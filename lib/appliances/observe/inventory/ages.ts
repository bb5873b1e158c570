/** How old each part of the inventory may grow. */
import type { Clock } from '../../../core/time.ts';
import type { CachedReading } from '../cachedReading.ts';

/**
 * In ms. In the steady state of three zones and 200 tables this makes 52 calls a minute: 36 for statuses, 6 for
 * interfaces, 4 for tables, 3 for instances, 2 for tags, 1 for subnets.
 */
export const AGE_MS = {
  tags: 30_000,
  statuses: 5_000,
  interfaces: 30_000,
  instances: 60_000,
  subnets: 60_000,
  tables: 30_000,
  prefixLists: 300_000,
} as const;

/** A standby looks on for longer than this before it takes over from a living leader; a dead one has written nothing since. */
const JUST_MS = 2_000;

export function isJustRead(reading: Pick<CachedReading<unknown>, 'newest'>, clock: Clock): boolean {
  const readAt = reading.newest()?.at;
  return readAt !== undefined && Math.abs(clock.now() - readAt) < JUST_MS;
}
