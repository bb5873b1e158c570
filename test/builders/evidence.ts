/** What a vantage has seen: rounds of knocks, told as strings, one letter a round. */

import type {
  FarSide,
  RoundObservation,
  Unreachable,
  VantageObservation,
} from '../../lib/appliances/types/world.ts';
import { foldAnswer, noHistory, type ProbeHistory } from '../../lib/probe/history.ts';
import type { ProbeResult } from '../../lib/probe/types.ts';
import { HERE } from './ports.ts';

export interface Notified {
  readonly sentAt: number;
  /** `+` answered, `-` missed, `~` missed a short look, `?` unknown, `.` not asked or not answered yet. */
  readonly seen: string;
  /** Whether a witness, `i-w1`, answered in the same round; true unless said otherwise. */
  readonly isWitnessed?: boolean;
  /** False: the round is still under way. */
  readonly isOver?: boolean;
}

const PROBES: Readonly<Record<string, ProbeResult>> = {
  '+': { kind: 'up', tookMs: 5 },
  '-': { kind: 'down', why: 'no answer', tookMs: 800 },
  '~': { kind: 'down', why: 'no answer', tookMs: 150 },
  '?': { kind: 'unknown', why: 'no route' },
};

export interface ObservationParts {
  readonly id?: string;
  /** What this probe has said before the rounds told: it has answered once, long ago, unless false. */
  readonly hasSpoken?: boolean;
  readonly unreachables?: ReadonlyMap<string, Unreachable>;
  /** Keys of probes that go through the tunnel, each with what it reaches. */
  readonly farSides?: ReadonlyMap<string, FarSide>;
}

/** One vantage's sight of probes, by target key. */
export function anObservation(
  notified: Readonly<Record<string, readonly Notified[]>>,
  { id = 'here', hasSpoken = true, unreachables = new Map(), farSides }: ObservationParts = {},
): VantageObservation {
  const histories = new Map<string, ProbeHistory>();
  const rounds = new Map<number, RoundObservation>();
  for (const [key, list] of Object.entries(notified)) {
    let history: ProbeHistory = { ...noHistory, hasAnswered: hasSpoken };
    for (const { sentAt, seen, isWitnessed = true, isOver = true } of list) {
      const result = PROBES[seen];
      if (result !== undefined) history = foldAnswer(history, result, sentAt, seen !== '~');
      const before = rounds.get(sentAt)?.answeredBy ?? (isWitnessed ? ['i-w1'] : []);
      const self = key.split(' ')[0] ?? '';
      const answeredBy = seen === '+' ? [...before, self] : before;
      rounds.set(sentAt, { sentAt, answeredBy, isFull: seen !== '~', isOver });
    }
    histories.set(key, history);
  }
  return {
    vantage: { ...HERE, id },
    histories,
    rounds: [...rounds.values()].toSorted((a, b) => a.sentAt - b.sentAt),
    unreachables,
    ...(farSides === undefined ? {} : { farSides }),
  };
}

/** `'++-'` from `fromAt` on, one a second unless said otherwise. */
export const each = (seen: string, fromAt: number, everyMs = 1_000): readonly Notified[] =>
  seen.split('').map((one, index) => ({ sentAt: fromAt + index * everyMs, seen: one }));
