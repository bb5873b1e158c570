/** Proof and rise: how many answers make a target, and how many a home. */
import { describe, expect, test } from '@jest/globals';
import type { VantageSight } from '../../../lib/appliances/types/world.ts';
import { aSight } from '../../builders/evidence.ts';
import { NOW } from '../../builders/facts.ts';
import { hear, KEY, lately } from '../../builders/probeHistory.ts';

describe('several vantages: the majority of those that speak', () => {
  const sights = (...all: readonly string[]): readonly VantageSight[] =>
    all.map((seen, index) => {
      const hasSpoken = seen !== 'mute';
      const told = { [KEY]: lately(hasSpoken ? seen : '---') };
      return aSight(told, { id: `v${index}`, hasSpoken });
    });

  test.each([
    [['---', '---', '+++'], 'down'],
    [['---', '+++', '+++'], 'up'],
    [['---', '+++'], 'suspect'],
    [['---', '---'], 'down'],
    [['---', '??', '+++'], 'suspect'],
    [['---', '??'], 'down'],
    [['??', '??'], 'unknown'],
    [['mute', '---'], 'down'],
    [['mute', '+++'], 'up'],
    [['mute', 'mute'], 'mute'],
    [['mute', '??'], 'unknown'],
    [['--', '+++', '+++'], 'up'],
    [['--', '--', '+++'], 'suspect'],
  ])('%j: %s', (all, kind) => {
    expect(hear(sights(...all)).kind).toBe(kind);
  });

  test('the silence began when the first of them heard none', () => {
    const early = aSight({ [KEY]: lately('-----') }, { id: 'v1' });
    const late = aSight({ [KEY]: lately('---') }, { id: 'v2' });
    expect(hear([late, early]).downSince).toBe(NOW - 4_100);
  });

  test('each gives a line of evidence', () => {
    expect(hear(sights('+-', 'mute')).lines).toEqual([
      'ike:500 from v0: ok 5 ms, no answer',
      'ike:500 from v1: no answer, no answer, no answer',
    ]);
  });
});

describe('proof (S2): three answers within 10 s, and none missed since', () => {
  test.each([
    ['2 answers', lately('++'), false],
    [
      '3 answers, the first sent 10 s ago',
      [NOW - 10_000, NOW - 3_000, NOW - 100].map((sentAt) => ({ sentAt, seen: '+' })),
      true,
    ],
    [
      '3 answers, the first sent 10.001 s ago',
      [NOW - 10_001, NOW - 3_000, NOW - 100].map((sentAt) => ({ sentAt, seen: '+' })),
      false,
    ],
    ['3 answers and a miss', lately('+++-'), false],
    ['3 answers across a miss', lately('+-++'), true],
  ])('%s: %j', (_what, told, isProven) => {
    expect(hear([aSight({ [KEY]: told })]).isProven).toBe(isProven);
  });

  test('it takes a majority', () => {
    const proven = aSight({ [KEY]: lately('+++') }, { id: 'v1' });
    const young = aSight({ [KEY]: lately('+') }, { id: 'v2' });
    expect(hear([proven, young]).isProven).toBe(false);
    expect(hear([proven, proven, young]).isProven).toBe(true);
  });
});

describe('rise: answers in a row', () => {
  test.each([
    [29, 29],
    [30, 30],
    [31, 30],
  ])('%i answers count as %i', (count, goodCount) => {
    expect(hear([aSight({ [KEY]: lately('+'.repeat(count)) })]).goodCount).toBe(goodCount);
  });

  test('a majority that has risen is enough; without one the youngest counts', () => {
    const of = (count: number, id: string) => aSight({ [KEY]: lately('+'.repeat(count)) }, { id });
    expect(hear([of(30, 'v1'), of(30, 'v2'), of(5, 'v3')]).goodCount).toBe(30);
    expect(hear([of(30, 'v1'), of(9, 'v2'), of(5, 'v3')]).goodCount).toBe(5);
  });

  test('the row began where the slowest of the vantages began it', () => {
    const long = aSight({ [KEY]: lately('+++++') }, { id: 'v1' });
    const short = aSight({ [KEY]: lately('++') }, { id: 'v2' });
    expect(hear([long, short]).goodSince).toBe(NOW - 1_100);
  });
});
