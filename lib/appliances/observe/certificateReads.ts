/** When the certificates behind `tls` probes are read: their probes end before one is shown. Pure. */
import type { Instant } from '../../core/time.ts';
import type { ProbeHistory } from '../../probe/history.ts';
import type { Vantage } from '../../probe/types.ts';
import type { Aims } from './targets.ts';

interface PostView {
  readonly vantage: Vantage;
  readonly aims: Aims;
  readonly histories: ReadonlyMap<string, ProbeHistory>;
  /** When each was asked for last. */
  readonly certificateAts: ReadonlyMap<string, Instant>;
}

/**
 * The targets whose turn it is: each once every three hours from each vantage, at a time of its own. Never one that has
 * just missed a probe, or whose answers are few: a daemon that bans the vantage is not asked for more.
 */
export function certificateRound(
  { vantage, aims, histories, certificateAts }: PostView,
  now: Instant,
): readonly string[] {
  return [...aims.aims].flatMap(([key, { target }]) => {
    const history = histories.get(key);
    if (target.kind !== 'tls' || history === undefined) return [];
    if (history.misses.length > 0 || history.goodCount < GOOD_COUNT) return [];
    const sinceTurnMs = (now + offsetOf(`${vantage.id} ${key}`)) % EVERY_MS;
    const isAsked = (certificateAts.get(key) ?? Number.NEGATIVE_INFINITY) >= now - sinceTurnMs;
    return sinceTurnMs < TURN_MS && !isAsked ? [key] : [];
  });
}

const EVERY_MS = 3 * 3_600_000;
/** So long it may wait for three good probes; a process that begins meanwhile asks once more. */
const TURN_MS = 600_000;
const GOOD_COUNT = 3;

/** The same in every process, so that nothing has to be remembered. */
const offsetOf = (name: string): number =>
  Buffer.from(name).reduce((sum, byte) => (Math.imul(sum, 31) + byte) >>> 0, 7) % EVERY_MS;
