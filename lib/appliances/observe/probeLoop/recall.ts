/** What a probe history begins with: what the previous leader has stored. Pure. */
import type { Instant } from '../../../core/time.ts';
import { KEYS_KEPT, noHistory, type ProbeHistory } from '../../../probe/history.ts';
import type { Vantage } from '../../../probe/types.ts';
import type { ApplianceMemory } from '../../state.ts';
import type { Policy } from '../../types/policy.ts';

/** What the previous leader knew: that this probe has answered here, and, as of `now`, since when it has not missed. */
export function seededHistory(
  key: string,
  vantage: Vantage,
  past: ApplianceMemory | undefined,
  policy: Policy,
  now: Instant | null,
): ProbeHistory {
  if (past === undefined || !hasSpoken(past, vantage, key)) return noHistory;
  const isUnbroken =
    now !== null && past.goodSince !== null && Math.abs(now - past.seenAt) < CARRY_MS;
  const spoken = { ...noHistory, hasAnswered: true, ...keysOf(past, vantage, key, noHistory) };
  if (!isUnbroken || past.goodSince === null) return spoken;
  return {
    ...spoken,
    goodSince: past.goodSince,
    goodCount: Math.max(0, Math.floor((past.seenAt - past.goodSince) / policy.probeIntervalMs)),
  };
}

/** The keys that it has answered the previous leader, with those of this history. */
function keysOf(
  { answeredKeys }: ApplianceMemory,
  { id }: Vantage,
  key: string,
  { answeredKeys: own = [] }: ProbeHistory,
): Pick<ProbeHistory, 'answeredKeys'> {
  const past = answeredKeys?.[`${id} ${key.slice(key.indexOf(' ') + 1)}`] ?? [];
  const keyIds = [...past.filter((one) => !own.includes(one)), ...own].slice(-KEYS_KEPT);
  return keyIds.length === 0 ? {} : { answeredKeys: keyIds };
}

const hasSpoken = ({ answered }: ApplianceMemory, { id }: Vantage, key: string): boolean =>
  answered.includes(`${id} ${key.slice(key.indexOf(' ') + 1)}`);

/** What the previous leader has learnt meanwhile, put into a history that began before. */
export function recollected(
  history: ProbeHistory,
  key: string,
  vantage: Vantage,
  past: ApplianceMemory,
  openedAt: Instant,
): ProbeHistory {
  const voiced = hasSpoken(past, vantage, key)
    ? { ...history, hasAnswered: true, ...keysOf(past, vantage, key, history) }
    : history;
  return cutRow(voiced, past, openedAt);
}

/** A row that was carried on from before `openedAt` ends where the previous leader saw it end. */
function cutRow(
  history: ProbeHistory,
  { goodSince }: ApplianceMemory,
  openedAt: Instant,
): ProbeHistory {
  const { goodSince: since, goodSentAts } = history;
  const isCarried = since !== null && since < openedAt;
  if (!isCarried || (goodSince !== null && goodSince <= since)) return history;
  return {
    ...history,
    goodSince: goodSentAts[0] ?? null,
    goodCount: Math.min(history.goodCount, goodSentAts.length),
  };
}

/** Memory older than this has a gap: its row of answers is not carried on. */
export const CARRY_MS = 20_000;
