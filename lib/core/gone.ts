/** What AWS has no more, remembered for as long as its incidents may still end. Pure. */
import type { Instant } from './time.ts';

/** By id: when it was first missing. */
export type Gone = Readonly<Record<string, Instant>>;

/** The newly gone and those remembered, of the last day; what is there again is not gone. */
export function goneAfter(
  before: Gone,
  goneIds: readonly string[],
  isHere: (id: string) => boolean,
  now: Instant,
): Record<string, Instant> {
  const all = { ...Object.fromEntries(goneIds.map((id) => [id, now])), ...before };
  return Object.fromEntries(
    Object.entries(all).filter(([id, at]) => !isHere(id) && Math.abs(now - at) < GONE_MS),
  );
}

/** Telling may fail for hours, and a flapping thing is over only after a quarter of one. */
const GONE_MS = 86_400_000;
