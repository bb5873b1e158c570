/** Proof and rise: how many answers make a target, and how many a home. */
import { describe, expect, test } from '@jest/globals';
import type { VantageObservation } from '../../../lib/appliances/types/world.ts';
import { anObservation } from '../../builders/evidence.ts';
import { NOW } from '../../builders/facts.ts';
import { evaluate, KEY, lately } from '../../builders/probeHistory.ts';

describe('several vantages: the majority of those that speak', () => {
  const observations = (...all: readonly string[]): readonly VantageObservation[] =>
    all.map((seen, index) => {
      const hasSpoken = seen !== 'unreachable';
      const notified = { [KEY]: lately(hasSpoken ? seen : '---') };
      return anObservation(notified, { id: `v${index}`, hasSpoken });
    });

  test.each([
    [['---', '---', '+++'], 'down'],
    [['---', '+++', '+++'], 'up'],
    [['---', '+++'], 'suspect'],
    [['---', '---'], 'down'],
    [['---', '??', '+++'], 'suspect'],
    [['---', '??'], 'down'],
    [['??', '??'], 'unknown'],
    [['unreachable', '---'], 'down'],
    [['unreachable', '+++'], 'up'],
    [['unreachable', 'unreachable'], 'unreachable'],
    [['unreachable', '??'], 'unknown'],
    [['--', '+++', '+++'], 'up'],
    [['--', '--', '+++'], 'suspect'],
  ])('%j: %s', (all, kind) => {
    expect(evaluate(observations(...all)).kind).toBe(kind);
  });

  test('the silence began when the first of them heard none', () => {
    const early = anObservation({ [KEY]: lately('-----') }, { id: 'v1' });
    const late = anObservation({ [KEY]: lately('---') }, { id: 'v2' });
    expect(evaluate([late, early]).downSince).toBe(NOW - 4_100);
  });

  test('each gives a line of evidence', () => {
    expect(evaluate(observations('+-', 'unreachable')).lines).toEqual([
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
  ])('%s: %j', (_what, notified, isProven) => {
    expect(evaluate([anObservation({ [KEY]: notified })]).isProven).toBe(isProven);
  });

  test('it takes a majority', () => {
    const proven = anObservation({ [KEY]: lately('+++') }, { id: 'v1' });
    const young = anObservation({ [KEY]: lately('+') }, { id: 'v2' });
    expect(evaluate([proven, young]).isProven).toBe(false);
    expect(evaluate([proven, proven, young]).isProven).toBe(true);
  });
});

describe('rise: answers in a row', () => {
  test.each([
    [29, 29],
    [30, 30],
    [31, 30],
  ])('%i answers count as %i', (count, goodCount) => {
    expect(evaluate([anObservation({ [KEY]: lately('+'.repeat(count)) })]).goodCount).toBe(
      goodCount,
    );
  });

  test('a majority that has risen is enough; without one the youngest counts', () => {
    const of = (count: number, id: string) =>
      anObservation({ [KEY]: lately('+'.repeat(count)) }, { id });
    expect(evaluate([of(30, 'v1'), of(30, 'v2'), of(5, 'v3')]).goodCount).toBe(30);
    expect(evaluate([of(30, 'v1'), of(9, 'v2'), of(5, 'v3')]).goodCount).toBe(5);
  });

  test('the row began where the slowest of the vantages began it', () => {
    const long = anObservation({ [KEY]: lately('+++++') }, { id: 'v1' });
    const short = anObservation({ [KEY]: lately('++') }, { id: 'v2' });
    expect(evaluate([long, short]).goodSince).toBe(NOW - 1_100);
  });
});
