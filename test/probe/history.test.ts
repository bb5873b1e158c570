/** One probe's recent life, answer by answer, in whatever order the answers come. */
import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import {
  foldAnswer,
  foldLongAnswer,
  forgetRuns,
  MISSES_KEPT,
  noHistory,
  type ProbeHistory,
} from '../../lib/probe/history.ts';
import type { ProbeResult } from '../../lib/probe/types.ts';

const UP: ProbeResult = { kind: 'up', tookMs: 5 };
const DOWN: ProbeResult = { kind: 'down', why: 'no answer', tookMs: 800 };
const UNKNOWN: ProbeResult = { kind: 'unknown', why: 'no route' };

const fold = (
  answers: readonly (readonly [number, ProbeResult])[],
  history: ProbeHistory = noHistory,
): ProbeHistory =>
  answers.reduce((so, [sentAt, result]) => foldAnswer(so, result, sentAt, true), history);

const missedAt = ({ misses }: ProbeHistory): readonly number[] =>
  misses.map(({ sentAt }) => sentAt);

describe('answers', () => {
  test('in a row are counted from the first', () => {
    const history = fold([
      [1, UP],
      [2, UP],
      [3, UP],
    ]);
    expect(history).toMatchObject({
      goodCount: 3,
      goodSince: 1,
      goodSentAts: [1, 2, 3],
      misses: [],
    });
  });

  test('only the last three sending times are kept', () => {
    expect(
      fold([
        [1, UP],
        [2, UP],
        [3, UP],
        [4, UP],
      ]).goodSentAts,
    ).toEqual([2, 3, 4]);
  });

  test('that overtake each other are kept in the order in which they were asked', () => {
    expect(
      fold([
        [2, UP],
        [1, UP],
        [3, UP],
      ]).goodSentAts,
    ).toEqual([1, 2, 3]);
  });

  test('end a silence, and begin a row anew', () => {
    const history = fold([
      [1, UP],
      [2, UP],
      [3, DOWN],
      [4, UP],
    ]);
    expect(history).toMatchObject({ goodCount: 1, goodSince: 4, misses: [] });
  });
});

describe('misses', () => {
  test('in a row are kept, oldest first', () => {
    expect(
      missedAt(
        fold([
          [1, UP],
          [2, DOWN],
          [3, DOWN],
        ]),
      ),
    ).toEqual([2, 3]);
  });

  test('that overtake each other are kept in the order in which they were asked', () => {
    expect(
      missedAt(
        fold([
          [1, DOWN],
          [3, DOWN],
          [2, DOWN],
        ]),
      ),
    ).toEqual([1, 2, 3]);
  });

  test('of a knock sent before the last answered one are no silence, but break the row', () => {
    expect(
      fold([
        [1, UP],
        [3, UP],
        [2, DOWN],
      ]),
    ).toMatchObject({ goodCount: 1, goodSince: 3, misses: [] });
  });

  test('of a knock sent before the whole row leave it as long as it is', () => {
    expect(
      fold([
        [2, UP],
        [3, UP],
        [1, DOWN],
      ]),
    ).toMatchObject({ goodCount: 2, goodSince: 2, misses: [] });
  });

  test('are not ended by the late answer to a knock that was sent before them', () => {
    expect(
      fold([
        [1, UP],
        [3, DOWN],
        [2, UP],
      ]),
    ).toMatchObject({ goodCount: 0, goodSince: null, misses: [{ sentAt: 3 }] });
  });

  test('are old news too when the answers themselves came out of order', () => {
    expect(
      fold([
        [3, UP],
        [1, UP],
        [2, DOWN],
      ]).misses,
    ).toEqual([]);
  });

  test('of a knock sent after it are not', () => {
    expect(
      missedAt(
        fold([
          [1, UP],
          [2, DOWN],
        ]),
      ),
    ).toEqual([2]);
  });

  test('before any answer are no speech', () => {
    expect(
      fold([
        [1, DOWN],
        [2, DOWN],
      ]).hasAnswered,
    ).toBe(false);
  });

  test('are bounded: the newest are kept', () => {
    const history = fold(Array.from({ length: 200 }, (_, at) => [at, DOWN] as const));
    expect(history.misses.length).toBe(MISSES_KEPT);
    expect(missedAt(history).at(-1)).toBe(199);
  });
});

describe('unknown', () => {
  test('is neither an answer nor a miss', () => {
    const before = fold([
      [1, UP],
      [2, DOWN],
    ]);
    const after = fold([[3, UNKNOWN]], before);
    expect(after).toEqual({
      ...before,
      recent: ['ok 5 ms', 'no answer', 'unknown: no route'],
      unknownWhy: 'no route',
    });
  });
});

describe('forgetting', () => {
  test('leaves that it has spoken and how, and nothing in a row', () => {
    expect(
      forgetRuns(
        fold([
          [1, UP],
          [2, UP],
          [3, DOWN],
        ]),
      ),
    ).toEqual({
      ...noHistory,
      hasAnswered: true,
      slowMs: 5,
      recent: ['ok 5 ms', 'ok 5 ms', 'no answer'],
      wasSilent: true,
    });
  });

  test('whether its last word was silence is known until it is asked again', () => {
    const silent = forgetRuns(
      fold([
        [1, UP],
        [2, DOWN],
      ]),
    );
    expect(forgetRuns(silent).wasSilent).toBe(true);
    expect(forgetRuns(fold([[1, UP]])).wasSilent).toBe(false);
    expect(fold([[3, UP]], silent).wasSilent).toBe(false);
    expect(fold([[3, DOWN]], forgetRuns(silent))).toMatchObject({
      wasSilent: true,
      misses: [{ sentAt: 3 }],
    });
  });
});

test('people read the last five', () => {
  const history = fold(Array.from({ length: 9 }, (_, at) => [at, UP] as const));
  expect(history.recent.length).toBe(5);
});

test('the slowest recent answer is remembered, and fades', () => {
  const slow = fold([[1, { kind: 'up', tookMs: 400 }]]);
  expect(slow.slowMs).toBe(400);
  expect(fold([[2, UP]], slow).slowMs).toBe(380);
});

test('in whatever order answers come: sorted, bounded, never good and missing at once', () => {
  const answer = fc.tuple(fc.nat(50), fc.constantFrom(UP, DOWN, UNKNOWN));
  fc.assert(
    fc.property(fc.array(answer, { maxLength: 60 }), (answers) => {
      const history = fold(answers);
      const { goodSentAts, goodCount, goodSince } = history;
      expect(goodSentAts).toEqual(goodSentAts.toSorted((a, b) => a - b));
      expect(missedAt(history)).toEqual(missedAt(history).toSorted((a, b) => a - b));
      expect(goodSentAts.length).toBeLessThanOrEqual(3);
      expect(history.misses.length > 0 && goodCount > 0).toBe(false);
      expect(goodSince === null).toBe(goodCount === 0);
      expect(history.hasAnswered).toBe(answers.some(([, { kind }]) => kind === 'up'));
    }),
  );
});

describe('the answer to a long probe', () => {
  const silent = fold([
    [1, UP],
    [2, DOWN],
    [3, DOWN],
  ]);
  const LIMITS = { timeoutMs: 800, silenceMs: 1_200 };
  const after = (result: ProbeResult, history = silent, sentAt = 4) =>
    foldLongAnswer(history, result, sentAt, LIMITS);
  const late = after({ kind: 'up', tookMs: 900 });

  test('801 ms late is remembered, and ends no silence', () => {
    const history = after({ kind: 'up', tookMs: 801 });
    expect(history.late).toEqual({ sentAt: 4, tookMs: 801, missedSince: null });
    expect(missedAt(history)).toEqual([2, 3]);
    expect(history.goodSentAts).toEqual([1]);
  });

  test('800 ms is an answer like any other, and no late one', () => {
    const history = after({ kind: 'up', tookMs: 800 });
    expect(history).toMatchObject({ late: null, misses: [], goodSentAts: [1, 4] });
  });

  test('that does not come for 1,200 ms ends what was known of late ones; 1,199 ms do not', () => {
    const once = after(DOWN, late, 1_000);
    expect(once.late).toMatchObject({ tookMs: 900, missedSince: 1_000 });
    expect(after(DOWN, once, 2_199).late).toMatchObject({ missedSince: 1_000 });
    expect(after(DOWN, once, 2_200).late).toBeNull();
    expect(missedAt(after(DOWN, once, 2_200))).toEqual([2, 3]);
  });

  test('that comes late again begins that silence anew', () => {
    const again = after({ kind: 'up', tookMs: 950 }, after(DOWN, late, 1_000), 2_000);
    expect(again.late).toEqual({ sentAt: 2_000, tookMs: 950, missedSince: null });
  });

  test('that is missed and was sent before the late one changes nothing', () => {
    expect(after(DOWN, late, 3)).toBe(late);
  });

  test('that is unknown changes nothing', () => {
    expect(after(UNKNOWN, late)).toBe(late);
  });

  test('that comes late to a target that has answered in time meanwhile is not remembered', () => {
    expect(after({ kind: 'up', tookMs: 900 }, fold([[1, UP]])).late).toBeNull();
  });

  test('late is remembered over a clock jump, without the silence that had begun', () => {
    expect(forgetRuns(after(DOWN, late, 1_000)).late).toEqual({ ...late.late, missedSince: null });
  });

  test('an ordinary answer in time ends what was known of late ones', () => {
    expect(foldAnswer(late, UP, 5, true).late).toBeNull();
  });
});

describe('keys', () => {
  const upWith = (keyId: string): ProbeResult => ({ kind: 'up', tookMs: 5, keyId });
  const downWith = (keyId: string): ProbeResult => ({
    kind: 'down',
    why: 'no answer',
    tookMs: 800,
    keyId,
  });
  const FAULT = { kind: 'unknown', why: 'the key /k: gone', isKeyFault: true } as const;

  test('silence under the key that was answered is a miss', () => {
    expect(
      missedAt(
        fold([
          [1, upWith('/k 1')],
          [2, downWith('/k 1')],
        ]),
      ),
    ).toEqual([2]);
  });

  test('silence under a key that was never answered, after another that was, proves nothing', () => {
    const history = fold([
      [1, upWith('/k 1')],
      [2, downWith('/k 2')],
      [3, downWith('/k 2')],
    ]);
    expect(history).toMatchObject({
      misses: [],
      hasAnswered: true,
      keyFault: 'no answer yet with the key /k, version 2',
    });
  });

  test('it is a miss again once the new key was answered, or the old one is back', () => {
    const changed = fold([
      [1, upWith('/k 1')],
      [2, downWith('/k 2')],
    ]);
    expect(
      missedAt(
        fold(
          [
            [3, upWith('/k 2')],
            [4, downWith('/k 2')],
          ],
          changed,
        ),
      ),
    ).toEqual([4]);
    expect(missedAt(fold([[3, downWith('/k 1')]], changed))).toEqual([3]);
  });

  test('silence from the first under one key is counted, and hides that it never answered no more than without', () => {
    const history = fold([
      [1, downWith('/k 1')],
      [2, downWith('/k 1')],
    ]);
    expect(missedAt(history)).toEqual([1, 2]);
    expect(history.hasAnswered).toBe(false);
  });

  test('a fault of the key is no miss, is told until an answer or a counted miss, and outlasts a clock jump', () => {
    const faulty = fold([
      [1, upWith('/k 1')],
      [2, FAULT],
    ]);
    expect(faulty).toMatchObject({ misses: [], keyFault: FAULT.why });
    expect(forgetRuns(faulty).keyFault).toBe(FAULT.why);
    expect(fold([[3, UNKNOWN]], faulty).keyFault).toBe(FAULT.why);
    expect(fold([[3, upWith('/k 1')]], faulty)).not.toHaveProperty('keyFault');
    expect(fold([[3, downWith('/k 1')]], faulty)).not.toHaveProperty('keyFault');
  });

  test('the newest four keys that were answered are kept', () => {
    const keyIds = ['1', '2', '3', '4', '5'];
    const history = fold(keyIds.map((keyId, at) => [at, upWith(keyId)] as const));
    expect(history.answeredKeys).toEqual(['2', '3', '4', '5']);
    expect(forgetRuns(history).answeredKeys).toEqual(['2', '3', '4', '5']);
  });
});
