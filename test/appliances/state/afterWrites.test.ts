/** What the writes of a tick leave in memory: failovers counted, flaps doubled, routes pinned, the bucket drained. */
import { describe, expect, test } from '@jest/globals';
import { type ActMemory, rememberWrites } from '../../../lib/appliances/state/afterWrites.ts';
import type { PendingWrite } from '../../../lib/appliances/state/pending.ts';
import type { GroupMemory, Memory } from '../../../lib/appliances/state.ts';
import type { Move, Outcome } from '../../../lib/appliances/types/plan.ts';
import { aRouteFact, aTableFact, NOW } from '../../builders/facts.ts';
import {
  aMove,
  aPending,
  failoversAt,
  groupMemory,
  memoryOf,
  policyOf,
} from '../../builders/world.ts';

const KEY = 'rtb-1 10.0.0.0/8';
const COUNTED = NOW;
const MIN = 60_000;
const HOUR = 3_600_000;

const done = (over: Partial<Move> = {}): Outcome => ({
  move: aMove(over),
  at: NOW,
  kind: 'done',
  tookMs: 200,
});

function remember(outcomes: readonly Outcome[], over: Partial<Memory> = {}, count = 1): ActMemory {
  const sent = { count, isThrottled: false };
  return rememberWrites(memoryOf(over), outcomes, [], sent, policyOf(), NOW);
}

const after = (past: Partial<GroupMemory> | null, outcomes = [done()]): GroupMemory | undefined =>
  remember(outcomes, {
    groups: new Map(past === null ? [] : [['hq', groupMemory(past)]]),
  }).groups.get('hq');

const budgetAfter = (tokens: number, agoMs: number) =>
  remember([], { budget: { tokens, at: NOW - agoMs } }, 0).budget.tokens;

describe('failovers', () => {
  test('the first one starts the group’s memory', () => {
    expect(after(null)).toEqual({
      lastFailoverAt: NOW,
      flapCount: 1,
      failovers: { [KEY]: [COUNTED] },
      pinnedAts: {},
      lastTargets: { [KEY]: 'eni-b1' },
      rewrites: {},
    });
  });

  test('a move home leaves no trace: a long homecoming never restarts its own hold', () => {
    const past = groupMemory({
      lastFailoverAt: NOW - 10 * MIN,
      lastTargets: {},
      rewrites: {},
    });
    const home = { at: NOW, to: 'i-b1', from: 'i-a1', farSides: [] };
    expect(after(past, [done({ kind: 'failback' })])).toEqual({
      ...past,
      homecomings: { [KEY]: home },
    });
  });

  test.each(['skipped', 'deferred', 'failed'] as const)('one that was %s is none', (kind) => {
    expect(after(null, [{ move: aMove(), at: NOW, kind, why: 'so' }])).toBeUndefined();
  });

  test.each([
    ['accepted, elsewhere: another move', 'eni-c1', false, [NOW - 5_000, NOW]],
    ['accepted, the same again: one and the same', 'eni-b1', false, [NOW - 5_000]],
    ['elsewhere, its answer lost: counts when it shows', 'eni-c1', true, [NOW - 5_000]],
  ])('of a retry that is %s', (_what, toTargetId, isUnclear, expected) => {
    const { groups } = remember(
      [{ move: aMove({ toTargetId }), at: NOW, kind: 'written', tookMs: 1, isUnclear }],
      {
        groups: new Map([
          ['hq', groupMemory({ lastFailoverAt: NOW - MIN, failovers: { [KEY]: [NOW - 5_000] } })],
        ]),
        pending: new Map([[KEY, aPending({ writtenAt: NOW - 5_000 })]]),
      },
    );
    expect(groups.get('hq')?.failovers[KEY]).toEqual(expected);
    const isWorthNotifying = toTargetId === 'eni-c1';
    expect(groups.get('hq')?.lastFailoverAt === NOW).toBe(isWorthNotifying);
  });

  test.each([
    ['refused', NOW],
    ['unclear', NOW - 15_000],
  ] as const)(
    'of a try that was %s before it, the hold-down begins with what happened',
    (answer, at) => {
      const pending = new Map([
        [KEY, aPending({ answer, firstAt: NOW - 15_000, writtenAt: NOW - 5_000, tryCount: 2 })],
      ]);
      const { groups } = remember([done()], { pending });
      expect(groups.get('hq')).toMatchObject({ lastFailoverAt: at, failovers: { [KEY]: [at] } });
    },
  );

  test('one that shows after refusals is counted once', () => {
    const firstAt = NOW - 15_000;
    const pending = new Map([[KEY, aPending({ firstAt, writtenAt: NOW - 3_000, tryCount: 2 })]]);
    const group = groupMemory({ lastFailoverAt: NOW - 3_000, failovers: { [KEY]: [NOW - 3_000] } });
    const tables = [aTableFact('rtb-1', { routes: [aRouteFact('10.0.0.0/8', 'eni-b1')] })];
    const memory = memoryOf({ pending, groups: new Map([['hq', group]]) });
    const sent = { count: 0, isThrottled: false };
    const { groups } = rememberWrites(memory, [], tables, sent, policyOf(), NOW);
    expect(groups.get('hq')).toMatchObject({ failovers: { [KEY]: [NOW - 3_000] } });
  });

  test('one that is written and does not show yet is one', () => {
    expect(
      after(null, [{ move: aMove(), at: NOW, kind: 'written', tookMs: 1, isUnclear: false }])
        ?.flapCount,
    ).toBe(1);
  });

  const written = (isUnclear: boolean): Outcome => ({
    move: aMove(),
    at: NOW,
    kind: 'written',
    tookMs: 1,
    isUnclear,
  });

  test('one that EC2 accepted counts before it shows', () => {
    expect(after(null, [written(false)])?.failovers).toEqual({ [KEY]: [COUNTED] });
  });

  test('one whose answer was lost starts the hold and counts for nothing yet', () => {
    expect(after(null, [written(true)])).toMatchObject({ lastFailoverAt: NOW, failovers: {} });
  });

  const late = (shows: string, over: Partial<PendingWrite> = {}) => {
    const writtenAt = NOW - 3_000;
    const pending = new Map([[KEY, aPending({ answer: 'unclear', writtenAt, ...over })]]);
    const tables = [aTableFact('rtb-1', { routes: [aRouteFact('10.0.0.0/8', shows)] })];
    const sent = { count: 0, isThrottled: false };
    const memory = memoryOf({ pending });
    return rememberWrites(memory, [], tables, sent, policyOf(), NOW).groups.get('hq');
  };

  test('it counts as of its first try when it shows after all', () => {
    const at = NOW - 3_000;
    expect(late('eni-b1')).toMatchObject({
      lastFailoverAt: at,
      failovers: { [KEY]: [at] },
    });
  });

  test.each([
    ['that never shows', 'eni-a1', {}],
    ['that another writer overtook', 'eni-x', {}],
    ['failback', 'eni-b1', { kind: 'failback' }],
  ] as const)('a lost write %s is none', (_what, shows, over) => {
    expect(late(shows, over)).toBeUndefined();
  });

  test('another group’s is not this one’s', () => {
    const groups = remember([done({ group: 'lab' })]).groups;
    expect([...groups.keys()]).toEqual(['lab']);
  });
});

describe('flaps', () => {
  test.each([
    ['4 min 59.999 s: the same failover, many ticks long', 5 * MIN - 1, 1],
    ['5 min: a second one', 5 * MIN, 2],
    ['2 h: a second one', 2 * HOUR, 2],
    ['2 h and 1 ms: a new one', 2 * HOUR + 1, 1],
  ])('after %s', (_what, agoMs, flapCount) => {
    expect(after({ lastFailoverAt: NOW - agoMs })?.flapCount).toBe(flapCount);
  });
});

describe('pins', () => {
  test.each([
    ['the second', [NOW - 10 * MIN], false],
    ['the third', [NOW - 20 * MIN, NOW - 10 * MIN], true],
    ['the third, the first of them 59 min 59.999 s ago', [NOW - HOUR + 1, NOW - 10 * MIN], true],
    ['the third, the first of them an hour ago', [NOW - HOUR, NOW - 10 * MIN], false],
  ])('%s failover within an hour pins the route: %j', (_what, ats, isPinned) => {
    const group = after({ failovers: { [KEY]: failoversAt(...ats) } });
    expect(KEY in (group?.pinnedAts ?? {})).toBe(isPinned);
  });

  test('a pin keeps the time at which it began', () => {
    const group = after({
      failovers: { [KEY]: failoversAt(NOW - 20 * MIN, NOW - 10 * MIN) },
      pinnedAts: { [KEY]: NOW - 5 * MIN },
    });
    expect(group?.pinnedAts[KEY]).toBe(NOW - 5 * MIN);
  });

  test('a pin stays when everything about the route is long past', () => {
    const group = after({ pinnedAts: { 'rtb-9 10.0.0.0/8': NOW - 24 * HOUR } });
    expect(group?.pinnedAts).toEqual({ 'rtb-9 10.0.0.0/8': NOW - 24 * HOUR });
  });

  test('failovers older than an hour are dropped, younger ones kept', () => {
    const failovers = {
      old: failoversAt(NOW - HOUR),
      young: failoversAt(NOW - HOUR, NOW - HOUR + 1),
    };
    expect(Object.keys(after({ failovers })?.failovers ?? {}).toSorted()).toEqual([KEY, 'young']);
  });
});

describe('the bucket', () => {
  test('each write sent is a token, whatever came of it', () => {
    expect(remember([], {}, 7).budget).toEqual({ tokens: 33, at: NOW });
  });

  test('it refills at 4 a second, and never above 40', () => {
    expect(budgetAfter(0, 1_000)).toBe(4);
    expect(budgetAfter(39, 10_000)).toBe(40);
  });

  test('a clock that went back refills nothing', () => {
    expect(remember([], { budget: { tokens: 3, at: NOW + HOUR } }, 0).budget.tokens).toBe(3);
  });
});
