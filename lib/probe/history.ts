/** The recent history of one probe at one vantage, folded from its answers. */
import type { Instant } from '../core/time.ts';
import type { CertificateDates, KeyId, ProbeResult } from './types.ts';

export interface ProbeHistory {
  /** Answers in a row. */
  readonly goodCount: number;
  /** When the first of those answers' probes was sent. */
  readonly goodSince: Instant | null;
  /** Sending times of the last three answered probes, newest last. */
  readonly goodSentAts: readonly Instant[];
  /** Unanswered probes since the last answer, oldest first; the newest `MISSES_KEPT`. */
  readonly misses: readonly Miss[];
  /** Silence proves something only after a first answer: true once any probe was ever answered here. */
  readonly hasAnswered: boolean;
  /** The slowest of the recent answers, decaying: how long an honest answer may take here. */
  readonly slowMs: number;
  /** Newest last, at most five, for people: `ok 2 ms`, `no answer in 800 ms`, `unknown: no route`. */
  readonly recent: readonly string[];
  readonly unknownWhy: string | null;
  /** Its last probe before all was forgotten went unanswered, and none has been answered since. */
  readonly wasSilent: boolean;
  /** As the last answer that showed a certificate had it. */
  readonly certificate?: SeenCertificate;
  /** The last answer came to a long probe, after the timeout of the others, and no long silence followed; null: not so. */
  readonly late: LateAnswer | null;
  /** Keys with which it was answered, newest last, at most `KEYS_KEPT`; absent: none. */
  readonly answeredKeys?: readonly KeyId[];
  /** Why the key is at fault, by the newest answer; absent: it is not. */
  readonly keyFault?: string;
  /** Probes that were answered or missed, and the missed ones among them, since this process began or forgot. */
  readonly sentCount: number;
  readonly missCount: number;
}

export interface SeenCertificate extends CertificateDates {
  readonly seenAt: Instant;
}

export interface LateAnswer {
  readonly sentAt: Instant;
  readonly tookMs: number;
  /** The first long probe since then that was not answered at all; null: none. */
  readonly missedSince: Instant | null;
}

export interface Miss {
  readonly sentAt: Instant;
  readonly why: string;
  /** False for a look: a probe that was given less than the full timeout. */
  readonly isFull: boolean;
}

/** Four probes an interval for up to 30 intervals (`fall` at its most) must fit. */
export const MISSES_KEPT = 128;

export const noHistory: ProbeHistory = {
  goodCount: 0,
  goodSince: null,
  goodSentAts: [],
  misses: [],
  hasAnswered: false,
  slowMs: 0,
  recent: [],
  unknownWhy: null,
  wasSilent: false,
  late: null,
  sentCount: 0,
  missCount: 0,
};

/**
 * The history after one more answer. Answers may come out of order, and are taken in the order in which their probes
 * were sent: an answer ends no miss that was sent after it, and a miss that was sent before the last answered probe
 * is no silence, but breaks the row of answers all the same. An extra answer, between two full rounds, does not
 * lengthen the row: it counts seconds.
 */
export function foldAnswer(
  history: ProbeHistory,
  result: ProbeResult,
  sentAt: Instant,
  isFull: boolean,
  isExtra = false,
): ProbeHistory {
  switch (result.kind) {
    case 'up': {
      const misses = history.misses.filter((miss) => miss.sentAt > sentAt);
      const isRow = history.misses.length === 0;
      return {
        ...certificateOf(foldCertificate(history, result, sentAt)),
        ...keysOf(withKey(history.answeredKeys ?? [], result.keyId)),
        goodCount: misses.length > 0 ? 0 : isRow ? history.goodCount + (isExtra ? 0 : 1) : 1,
        goodSince: misses.length > 0 ? null : isRow ? (history.goodSince ?? sentAt) : sentAt,
        goodSentAts: [...history.goodSentAts, sentAt].toSorted((a, b) => a - b).slice(-3),
        misses,
        hasAnswered: true,
        slowMs: Math.max(result.tookMs, history.slowMs * 0.95),
        recent: remember(history, `ok ${Math.round(result.tookMs)} ms`),
        unknownWhy: null,
        wasSilent: false,
        late: null,
        sentCount: history.sentCount + 1,
        missCount: history.missCount,
      };
    }
    case 'down': {
      // The far side may never have known that key, as after a change of keys: its silence says nothing.
      const isNewKey =
        result.keyId !== undefined && history.answeredKeys?.includes(result.keyId) !== true;
      if (isNewKey && history.hasAnswered) {
        const why = `no answer yet with the key ${result.keyId.replace(/ (?=[^ ]*$)/, ', version ')}`;
        return foldAnswer(history, { kind: 'unknown', why, isKeyFault: true }, sentAt, isFull);
      }
      const since = history.goodSentAts.filter((at) => at >= sentAt);
      const counts = {
        sentCount: history.sentCount + 1,
        missCount: history.missCount + 1,
      };
      if (since.length > 0) return { ...brokenRow(history, since), ...counts };
      const { keyFault: _, ...past } = history;
      return {
        ...past,
        ...counts,
        goodCount: 0,
        goodSince: null,
        misses: inOrder([
          ...history.misses.slice(1 - MISSES_KEPT),
          { sentAt, why: result.why, isFull },
        ]),
        recent: remember(history, result.why),
        unknownWhy: null,
      };
    }
    case 'unknown':
      return {
        ...history,
        recent: remember(history, `unknown: ${result.why}`),
        unknownWhy: result.why,
        ...(result.isKeyFault === true && { keyFault: result.why }),
      };
    default:
      return result satisfies never;
  }
}

/**
 * The history after the answer to a long probe of a silent target, which had more time than `timeoutMs`, the others' own.
 * An answer in time counts as any other. A late one is remembered until long probes, too, have been unanswered for
 * `silenceMs`; their absence is no further miss.
 */
export function foldLongAnswer(
  history: ProbeHistory,
  result: ProbeResult,
  sentAt: Instant,
  { timeoutMs, silenceMs }: { readonly timeoutMs: number; readonly silenceMs: number },
): ProbeHistory {
  const { late, misses } = history;
  switch (result.kind) {
    case 'up': {
      const { tookMs } = result;
      if (tookMs <= timeoutMs) return foldAnswer(history, result, sentAt, true, true);
      // The target has answered a newer probe in time meanwhile.
      if (misses.length === 0) return history;
      const recent = remember(history, `late: ${Math.round(tookMs)} ms`);
      return { ...history, late: { sentAt, tookMs, missedSince: null }, recent };
    }
    case 'down': {
      if (late === null || sentAt < late.sentAt) return history;
      const missedSince = late.missedSince ?? sentAt;
      return {
        ...history,
        late: sentAt - missedSince >= silenceMs ? null : { ...late, missedSince },
      };
    }
    case 'unknown':
      return history;
    default:
      return result satisfies never;
  }
}

/** The history with the dates that the answer shows, if any: whether the target is alive is not judged by it. */
export const foldCertificate = (
  history: ProbeHistory,
  result: ProbeResult,
  seenAt: Instant,
): ProbeHistory =>
  result.kind === 'up' && result.certificate !== undefined
    ? { ...history, certificate: { ...result.certificate, seenAt } }
    : history;

/**
 * The connection was accepted, then closed without an answer: a process listens there and refuses this address, as a ban
 * does. Not so of a connect that is refused: there nothing listens.
 */
export const isShutOut = ({ why }: Pick<Miss, 'why'>): boolean => /\b(?:reset|closed)\b/.test(why);

/** The history after a clock jump or a gap in visibility: as if no probe was sent lately. A first answer is kept. */
export const forgetRuns = (history: ProbeHistory): ProbeHistory => ({
  ...noHistory,
  hasAnswered: history.hasAnswered,
  slowMs: history.slowMs,
  recent: history.recent,
  late: history.late === null ? null : { ...history.late, missedSince: null },
  wasSilent: history.misses.length > 0 || history.wasSilent,
  ...certificateOf(history),
  ...keysOf(history.answeredKeys ?? []),
  ...(history.keyFault !== undefined && { keyFault: history.keyFault }),
});

const certificateOf = ({ certificate }: ProbeHistory): Partial<ProbeHistory> =>
  certificate === undefined ? {} : { certificate };

const keysOf = (answeredKeys: readonly KeyId[]): Partial<ProbeHistory> =>
  answeredKeys.length === 0 ? {} : { answeredKeys };

/** Processes that read a changed key at different times probe with the old and the new one for a while. */
export const KEYS_KEPT = 4;

const withKey = (keys: readonly KeyId[], keyId: KeyId | undefined): readonly KeyId[] =>
  keyId === undefined || keyId === keys.at(-1)
    ? keys
    : [...keys.filter((one) => one !== keyId), keyId].slice(-KEYS_KEPT);

/** Only the answers since the miss are in a row. */
const brokenRow = (history: ProbeHistory, since: readonly Instant[]): ProbeHistory =>
  history.goodCount <= since.length
    ? history
    : { ...history, goodCount: since.length, goodSince: since[0] ?? null };

const remember = (history: ProbeHistory, line: string): readonly string[] => [
  ...history.recent.slice(-4),
  line,
];

function inOrder(misses: readonly Miss[]): readonly Miss[] {
  const last = misses.at(-1);
  const before = misses.at(-2);
  if (last === undefined || before === undefined || before.sentAt <= last.sentAt) return misses;
  return misses.toSorted((a, b) => a.sentAt - b.sentAt);
}
