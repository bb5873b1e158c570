/** When the next knocks go out, and on whom: pure scheduling, at the default pace of 1 s, 0.8 s and 2 s of silence. */
import { describe, expect, test } from '@jest/globals';
import {
  longRound,
  longTimeoutMs,
} from '../../../lib/appliances/observe/probeSchedule/longRound.ts';
import { NO_NEWS, newsOf } from '../../../lib/appliances/observe/probeSchedule/news.ts';
import { ripeKeys } from '../../../lib/appliances/observe/probeSchedule/silences.ts';
import { nextRound } from '../../../lib/appliances/observe/probeSchedule.ts';
import { noHistory, type ProbeHistory } from '../../../lib/probe/history.ts';
import type { ProbeTarget } from '../../../lib/probe/types.ts';
import { policyOf } from '../../builders/world.ts';

const POLICY = policyOf();
/** The last full round. */
const T = 1_000_000;

const well: ProbeHistory = {
  ...noHistory,
  goodCount: 5,
  goodSince: T - 5_000,
  hasAnswered: true,
  slowMs: 5,
};
const missing = (firstAt: number, over: Partial<ProbeHistory> = {}): ProbeHistory => ({
  ...noHistory,
  hasAnswered: true,
  slowMs: 5,
  misses: [{ sentAt: firstAt, why: 'no answer', isFull: true }],
  ...over,
});

const target = (key: string): ProbeTarget => ({
  key,
  kind: 'ike',
  address: '192.0.2.1',
  port: 500,
});

interface Post {
  readonly histories: Readonly<Record<string, ProbeHistory>>;
  readonly lastFullAt?: number | null;
  readonly lastSentAt?: number;
  readonly lastHopsAt?: number | null;
  /** Keys of the current next hops. */
  readonly hops?: readonly string[];
  readonly everyMs?: Readonly<Record<string, number>>;
  readonly sentAts?: Readonly<Record<string, number>>;
  readonly longSentAts?: Readonly<Record<string, number>>;
}

const SILENCE_MS = 2_000;

const viewOf = ({
  histories,
  lastFullAt = T,
  lastSentAt = T,
  lastHopsAt = null,
  hops = [],
  everyMs = {},
  sentAts = {},
  longSentAts = {},
}: Post) => ({
  aims: {
    aims: new Map(
      Object.keys(histories).map((key) => [
        key,
        {
          target: target(key),
          instanceId: key.split(' ')[0] ?? '',
          isNextHop: hops.includes(key),
          everyMs: everyMs[key] ?? 0,
        },
      ]),
    ),
    unreachables: new Map(),
    farSides: new Map(),
  },
  histories: new Map(Object.entries(histories)),
  sentAts: new Map(Object.entries(sentAts)),
  longSentAts: new Map(Object.entries(longSentAts)),
  silenceMs: SILENCE_MS,
  lastFullAt,
  lastHopsAt,
  lastSentAt,
});

const look = (now: number, post: Post) => nextRound(viewOf(post), POLICY, now);

const others = (count: number): Readonly<Record<string, ProbeHistory>> =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`i-b${index} ike:500`, well]));

const A = 'i-a1 ike:500';
const B = 'i-b1 ike:500';

describe('when all is well', () => {
  const post = { histories: { [A]: well, ...others(2) } };

  test('the first round goes out at once, to everyone, with the whole timeout', () => {
    expect(look(T, { ...post, lastFullAt: null, lastSentAt: 0 })).toEqual({
      round: { keys: Object.keys(post.histories), timeoutMs: 800, kind: 'full' },
      nextAt: T + 500,
    });
  });

  test('nothing is due 1 ms before the interval is over', () => {
    expect(look(T + 999, post)).toEqual({ round: null, nextAt: T + 1_000 });
  });

  test('the next full round is due when it is over', () => {
    expect(look(T + 1_000, post).round?.kind).toBe('full');
  });

  test('current next hops are probed half-way too, with witnesses; once', () => {
    const hops = [A];
    expect(look(T + 499, { ...post, hops }).round).toBeNull();
    expect(look(T + 500, { ...post, hops }).round).toEqual({
      keys: [A, 'i-b0 ike:500', 'i-b1 ike:500'],
      timeoutMs: 800,
      kind: 'hops',
    });
    expect(look(T + 501, { ...post, hops, lastHopsAt: T + 500 }).round).toBeNull();
  });
});

describe('a pace of its own, @15', () => {
  const paced = { everyMs: { [A]: 15_000 }, sentAts: { [A]: T - 10_000 } };

  test('a well target is left out until its time has come', () => {
    const post = { histories: { [A]: well, ...others(1) }, ...paced };
    expect(look(T + 1_000, post).round?.keys).toEqual(['i-b0 ike:500']);
    expect(look(T + 5_000, post).round?.keys).toEqual([A, 'i-b0 ike:500']);
  });

  test('a suspect is not hurried beyond it', () => {
    const post = { histories: { [A]: missing(T), ...others(1) }, ...paced };
    expect(look(T + 250, post).round).toBeNull();
  });
});

describe('after a first miss', () => {
  const post = { histories: { [A]: missing(T), ...others(5) } };

  test('the suspect is probed 100 ms after the last probe, not before', () => {
    expect(look(T + 99, post).round).toBeNull();
    expect(look(T + 99, post).nextAt).toBe(T + 100);
    expect(look(T + 100, post).round?.keys[0]).toBe(A);
  });

  test('together with three witnesses that are well, each another appliance', () => {
    expect(look(T + 250, post).round?.keys).toEqual([
      A,
      'i-b0 ike:500',
      'i-b1 ike:500',
      'i-b2 ike:500',
    ]);
  });

  test('the witnesses are the quickest: slow ones would keep the look waiting', () => {
    const slow = { ...well, slowMs: 150 };
    const histories = { [A]: missing(T), 'i-b0 ike:500': slow, 'i-c0 ike:500': slow, ...others(3) };
    const round = look(T + 250, { histories: { ...histories, 'i-b0 ike:500': slow } }).round;
    expect(round).toMatchObject({
      keys: [A, 'i-b1 ike:500', 'i-b2 ike:500', 'i-b0 ike:500'],
      timeoutMs: 600,
    });
    const enough = look(T + 250, { histories: { ...histories, 'i-d0 ike:500': well } }).round;
    expect(enough).toMatchObject({ timeoutMs: 300 });
  });

  test('no other that is missing, and no second probe of the suspect or of a witness, is a witness', () => {
    const histories = {
      [A]: missing(T),
      'i-a1 tcp:22': well,
      'i-b0 ike:500': well,
      'i-b0 tcp:22': well,
      'i-c0 ike:500': { ...noHistory, hasAnswered: true },
    };
    expect(look(T + 250, { histories }).round?.keys).toEqual([A, 'i-b0 ike:500']);
  });

  test('with 300 ms, or four times what it usually takes, as long as the silence is too young for a verdict', () => {
    expect(look(T + 250, post).round?.timeoutMs).toBe(300);
    const slow = { histories: { [A]: missing(T, { slowMs: 150 }), ...others(5) } };
    expect(look(T + 250, slow).round?.timeoutMs).toBe(600);
  });

  test('the full rounds go on', () => {
    expect(look(T + 1_000, { ...post, lastSentAt: T + 750 }).round?.kind).toBe('full');
  });

  test.each([
    ['that was never answered', missing(T, { hasAnswered: false })],
    ['that is well', well],
  ])('a probe %s is no suspect', (_what, history) => {
    expect(look(T + 250, { histories: { [A]: history, ...others(2) } }).round).toBeNull();
  });
});

describe('when the silence is exactly long enough: 2 s after the first miss', () => {
  const at = T + 2_000;
  const post = (lastSentAt: number, over: Partial<ProbeHistory> = {}): Post => ({
    histories: { [A]: missing(T, over), ...others(3) },
    lastFullAt: T + 1_500,
    lastSentAt,
  });

  test('the next probe waits for that instant, not for the tenth of a second', () => {
    expect(look(at - 50, post(at - 60)).nextAt).toBe(at);
  });

  test('it goes out then, although the last one is only 1 ms old', () => {
    expect(look(at, post(at - 1)).round?.keys[0]).toBe(A);
  });

  test('and once only', () => {
    expect(look(at + 1, post(at)).round).toBeNull();
  });

  test.each([
    ['four times what it usually takes', 100, 400],
    ['75 ms when it is quick', 5, 75],
    ['the whole timeout when it is slow', 700, 800],
  ])('it is a look: it waits %s', (_what, slowMs, timeoutMs) => {
    expect(look(at, post(at - 1, { slowMs })).round?.timeoutMs).toBe(timeoutMs);
  });

  test('it waits for a witness that is slow by nature, lest that one be missed too', () => {
    const histories = { [A]: missing(T), 'i-b0 ike:500': { ...well, slowMs: 120 } };
    const round = look(T + 5_000, {
      histories,
      lastFullAt: T + 4_500,
      lastSentAt: T + 4_500,
    }).round;
    expect(round).toMatchObject({ keys: [A, 'i-b0 ike:500'], timeoutMs: 480 });
  });

  test('a look waits for the slowest of several suspects', () => {
    const histories = {
      [A]: missing(T),
      'i-c1 ike:500': missing(T, { slowMs: 150 }),
      ...others(3),
    };
    expect(
      look(at, { histories, lastFullAt: T + 1_500, lastSentAt: at - 1 }).round?.timeoutMs,
    ).toBe(600);
  });
});

describe('the long dead', () => {
  // 2 x 2 s + 1 s + 0.8 s after its first miss a verdict has been reached or never will.
  test.each([
    ['5.8 s', 5_800, true],
    ['5.801 s', 5_801, false],
  ])('a silence of %s is hurried: %j', (_what, silentMs, isHurried) => {
    const now = T + silentMs;
    const post = {
      histories: { [A]: missing(T), ...others(2) },
      lastFullAt: now - 500,
      lastSentAt: now - 500,
    };
    expect(look(now, post).round !== null).toBe(isHurried);
  });
});

describe('news', () => {
  test.each([
    ['1.999 s', 1_999, false],
    ['2 s', 2_000, true],
  ])('a silence of %s may turn a verdict: %j', (_what, silentMs, isWorthNotifying) => {
    const ripe = ripeKeys(new Map([[A, missing(T)]]), SILENCE_MS, POLICY, T + silentMs);
    expect(ripe).toEqual(isWorthNotifying ? [A] : []);
  });

  test('a well probe is no news', () => {
    expect(ripeKeys(new Map([[A, well]]), SILENCE_MS, POLICY, T + 10_000)).toEqual([]);
  });

  /** When passes are due, of answers every 10 ms about these targets. */
  const dueAts = (ripeAt: (ms: number) => readonly string[], lastsMs: number) => {
    let pace = NO_NEWS;
    const ats: number[] = [];
    for (let ms = 0; ms < lastsMs; ms += 10) {
      const news = newsOf(pace, ripeAt(ms), T + ms);
      ({ pace } = news);
      if (news.isDue) ats.push(ms);
    }
    return ats;
  };

  test('of one silence: three passes at once, then one every 250 ms while it lasts', () => {
    expect(dueAts(() => [A], 800)).toEqual([0, 10, 20, 270, 520, 770]);
  });

  test('another silence that gets long enough meanwhile is told at once', () => {
    expect(dueAts((ms) => (ms < 100 ? [A] : [A, B]), 150)).toEqual([0, 10, 20, 100, 110, 120]);
  });

  test('one that has ended is none: of the other no pass more is made', () => {
    expect(dueAts((ms) => (ms < 100 ? [A, B] : [B]), 200)).toEqual([0, 10, 20]);
  });

  test('a clock that went back delays no pass', () => {
    const pace = { keys: new Set([A]), passCount: 3, lastAt: T + 60_000 };
    expect(newsOf(pace, [A], T).isDue).toBe(true);
  });
});

describe('a long probe', () => {
  const due = (now: number, post: Post, policy = POLICY) => longRound(viewOf(post), policy, now);
  const misses = (count: number, firstAt = T) =>
    Array.from({ length: count }, (_, index) => ({
      sentAt: firstAt + index * 1_000,
      why: 'no answer',
      isFull: true,
    }));

  test('has three times the timeout, and none is sent where a probe can wait no longer', () => {
    expect(longTimeoutMs(POLICY)).toBe(2_400);
    const policy = policyOf({ probeTimeoutMs: 10_000 });
    expect(due(T + 800, { histories: { 'i-a1': missing(T) } }, policy)).toEqual([]);
  });

  test('goes to a silent target, not to one that answers', () => {
    expect(due(T + 800, { histories: { 'i-a1': missing(T), 'i-b1': well } })).toEqual(['i-a1']);
  });

  test.each([
    ['a second after the last, in the first 10 s of silence', 9_000, 1_000, {}, true],
    ['not 900 ms after it', 9_000, 900, {}, false],
    ['10 s after the last, later on', 20_000, 10_000, {}, true],
    ['not 9 s after it', 20_000, 9_000, {}, false],
    [
      '1 s after it, later on, while answers come late',
      20_000,
      1_000,
      { late: { sentAt: T, tookMs: 900, missedSince: null } },
      true,
    ],
    [
      'not 9 s after it, to one that has never answered',
      5_000,
      9_000,
      { hasAnswered: false },
      false,
    ],
  ] as const)('is sent %s', (_when, silentMs, agoMs, over, isSent) => {
    const now = T + silentMs;
    const post = {
      histories: { 'i-a1': missing(T, over) },
      longSentAts: { 'i-a1': now - agoMs },
    };
    expect(due(now, post)).toEqual(isSent ? ['i-a1'] : []);
  });

  test.each([
    ['after 3 misses, once its own pace is over', 3, 15_000, true],
    ['not after 2 misses', 2, 15_000, false],
    ['not within its own pace', 3, 14_000, false],
  ] as const)('to a target with a pace of 15 s is sent %s', (_when, count, agoMs, isSent) => {
    const now = T + 100_000;
    const post = {
      histories: { 'i-a1': missing(T, { misses: misses(count) }) },
      everyMs: { 'i-a1': 15_000 },
      sentAts: { 'i-a1': now - agoMs },
    };
    expect(due(now, post)).toEqual(isSent ? ['i-a1'] : []);
  });
});
