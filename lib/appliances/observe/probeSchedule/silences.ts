/** Which targets have just fallen silent, and when that is long enough for a verdict. Pure. */
import type { Instant } from '../../../core/time.ts';
import type { ProbeHistory } from '../../../probe/history.ts';
import type { Policy } from '../../types/policy.ts';
import type { PostView } from './types.ts';

export interface Suspect {
  readonly key: string;
  /** When its silence is long enough for a verdict. */
  readonly verdictAt: Instant;
}

export const suspectsOf = (
  post: Pick<PostView, 'histories' | 'silenceMs'>,
  policy: Policy,
  now: Instant,
): readonly Suspect[] =>
  [...post.histories].flatMap(([key, history]): readonly Suspect[] => {
    const firstMissAt = suspectedSince(history, post.silenceMs, policy, now);
    if (firstMissAt === null) return [];
    return [{ key, verdictAt: firstMissAt + post.silenceMs }];
  });

/** The targets whose silence is long enough that a miss, or a witness of it, may change a verdict now. */
export function ripeKeys(
  histories: ReadonlyMap<string, ProbeHistory>,
  silenceMs: number,
  policy: Policy,
  now: Instant,
): readonly string[] {
  const keys: string[] = [];
  histories.forEach((history, key) => {
    if (history.misses.length === 0) return;
    const since = suspectedSince(history, silenceMs, policy, now);
    if (since !== null && now >= since + silenceMs) keys.push(key);
  });
  return keys;
}

/**
 * The targets whose silence will be long enough within `RIPENING_MS`, by key, each with the instant: what a verdict
 * will ask of EC2 can be asked for meanwhile.
 */
export function ripeningKeys(
  { histories, silenceMs }: Pick<PostView, 'histories' | 'silenceMs'>,
  policy: Policy,
  now: Instant,
): ReadonlyMap<string, Instant> {
  const keys = new Map<string, Instant>();
  histories.forEach((history, key) => {
    if (history.misses.length === 0) return;
    const since = suspectedSince(history, silenceMs, policy, now);
    const leftMs = (since ?? now) + silenceMs - now;
    if (since !== null && leftMs > 0 && leftMs <= RIPENING_MS) keys.set(key, since + silenceMs);
  });
  return keys;
}

/** EC2 answers a read in 0.1 to 0.2 s; a suspect is probed every 0.1 s. */
const RIPENING_MS = 250;

/** The first miss of a silence that is still young enough to be worth hurrying; null for targets that answer, never answered, or have been silent for long. */
function suspectedSince(
  history: ProbeHistory,
  silenceMs: number,
  policy: Policy,
  now: Instant,
): Instant | null {
  const first = history.misses[0];
  if (first === undefined || !history.hasAnswered) return null;
  const hurryMs = 2 * silenceMs + policy.probeIntervalMs + policy.probeTimeoutMs;
  return now - first.sentAt <= hurryMs ? first.sentAt : null;
}
