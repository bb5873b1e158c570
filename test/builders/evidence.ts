/** What a vantage has seen: rounds of knocks, told as strings, one letter a round. */

import type { Mute, RoundSight, VantageSight } from '../../lib/appliances/types/world.ts';
import { foldKnock, noStreak, type Streak } from '../../lib/probe/history.ts';
import type { Knock } from '../../lib/probe/types.ts';
import { HERE } from './ports.ts';

export interface Told {
  readonly sentAt: number;
  /** `+` answered, `-` missed, `~` missed a short look, `?` unknown, `.` not asked or not answered yet. */
  readonly seen: string;
  /** Whether a witness, `i-w1`, answered in the same round; true unless said otherwise. */
  readonly isWitnessed?: boolean;
  /** False: the round is still under way. */
  readonly isOver?: boolean;
}

const KNOCKS: Readonly<Record<string, Knock>> = {
  '+': { kind: 'up', tookMs: 5 },
  '-': { kind: 'down', why: 'no answer', tookMs: 800 },
  '~': { kind: 'down', why: 'no answer', tookMs: 150 },
  '?': { kind: 'unknown', why: 'no route' },
};

export interface SightParts {
  readonly id?: string;
  /** What this probe has said before the rounds told: it has answered once, long ago, unless false. */
  readonly hasSpoken?: boolean;
  readonly mutes?: ReadonlyMap<string, Mute>;
}

/** One vantage's sight of probes, by target key. */
export function aSight(
  told: Readonly<Record<string, readonly Told[]>>,
  { id = 'here', hasSpoken = true, mutes = new Map() }: SightParts = {},
): VantageSight {
  const streaks = new Map<string, Streak>();
  const rounds = new Map<number, RoundSight>();
  for (const [key, list] of Object.entries(told)) {
    let streak: Streak = { ...noStreak, hasAnswered: hasSpoken };
    for (const { sentAt, seen, isWitnessed = true, isOver = true } of list) {
      const knock = KNOCKS[seen];
      if (knock !== undefined) streak = foldKnock(streak, knock, sentAt, seen !== '~');
      const before = rounds.get(sentAt)?.answeredBy ?? (isWitnessed ? ['i-w1'] : []);
      const self = key.split(' ')[0] ?? '';
      const answeredBy = seen === '+' ? [...before, self] : before;
      rounds.set(sentAt, { sentAt, answeredBy, isFull: seen !== '~', isOver });
    }
    streaks.set(key, streak);
  }
  return {
    vantage: { ...HERE, id },
    streaks,
    rounds: [...rounds.values()].toSorted((a, b) => a.sentAt - b.sentAt),
    mutes,
  };
}

/** `'++-'` from `fromAt` on, one a second unless said otherwise. */
export const each = (seen: string, fromAt: number, everyMs = 1_000): readonly Told[] =>
  seen.split('').map((one, index) => ({ sentAt: fromAt + index * everyMs, seen: one }));
