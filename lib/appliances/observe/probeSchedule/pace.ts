/** A target's own pace. Pure. */
import type { Instant } from '../../../core/time.ts';
import type { PostView } from './types.ts';

/** A little early counts: rounds come some milliseconds before or after the second. */
export const isPaceOver = (
  { aims, sentAts }: Pick<PostView, 'aims' | 'sentAts'>,
  key: string,
  now: Instant,
): boolean => {
  const everyMs = aims.aims.get(key)?.everyMs ?? 0;
  return everyMs === 0 || now - (sentAts.get(key) ?? Number.NEGATIVE_INFINITY) >= everyMs - 50;
};
