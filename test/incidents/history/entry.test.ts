/** A file is bounded, holds nothing twice, and keeps how trouble began and how it ended. */
import { describe, expect, test } from '@jest/globals';
import { actionEntry } from '../../../lib/incidents/history/entries.ts';
import {
  type AuditEntry,
  type CaseFile,
  mergeCases,
  parseCase,
} from '../../../lib/incidents/history/entry.ts';
import { NOW } from '../../builders/facts.ts';
import { aReportedAction, ID } from '../../builders/incidents.ts';

const entry = (n: number, over = {}): AuditEntry =>
  actionEntry(aReportedAction({ at: NOW + n, summary: `deed ${n}`, ...over }));
const file = (
  entries: readonly AuditEntry[],
  openedAt = NOW,
  seen: readonly string[] = [],
): CaseFile => ({
  version: 1,
  incidentId: ID,
  chapters: [
    { openedAt, lastGoodAt: null, seen: [...seen], found: [], entries: [...entries], dropped: 0 },
  ],
});
const many = (count: number) => Array.from({ length: count }, (_, n) => entry(n));

describe('merging', () => {
  test('keeps both sides’ entries once each, in order of time', () => {
    const merged = mergeCases(file([entry(1), entry(3)]), file([entry(2), entry(3)]));
    expect(merged.chapters[0]?.entries.map(({ at }) => at - NOW)).toEqual([1, 2, 3]);
  });

  test('keeps what was seen first', () => {
    const merged = mergeCases(file([], NOW, ['first']), file([], NOW, ['later']));
    expect(merged.chapters[0]?.seen).toEqual(['first']);
    expect(mergeCases(file([]), file([], NOW, ['later'])).chapters[0]?.seen).toEqual(['later']);
  });

  test('of nothing and mine is mine', () => {
    expect(mergeCases(null, file([entry(1)]))).toEqual(file([entry(1)]));
  });
});

describe('bounds', () => {
  test.each([
    ['80 entries are all kept', 80, 80, 0],
    ['of 81 the first 20 and the last 60 are', 81, 80, 1],
    ['of 500 too', 500, 80, 420],
  ])('%s', (_what, count, kept, dropped) => {
    const [chapter] = mergeCases(null, file(many(count))).chapters;
    expect(chapter?.entries).toHaveLength(kept);
    expect(chapter?.dropped).toBe(dropped);
    expect(chapter?.entries[0]?.at).toBe(NOW);
    expect(chapter?.entries.at(-1)?.at).toBe(NOW + count - 1);
  });

  test('five times are kept of what comes back, the latest ones', () => {
    const all = Array.from({ length: 6 }, (_, n) => file([entry(n)], NOW + n));
    const merged = all.reduce<CaseFile | null>((before, one) => mergeCases(before, one), null);
    expect(merged?.chapters.map(({ openedAt }) => openedAt - NOW)).toEqual([1, 2, 3, 4, 5]);
  });

  test('no file is larger than 100 KB, whatever names and tags it is made of', () => {
    const long = 'x'.repeat(390);
    const entries = Array.from({ length: 80 }, (_, n) =>
      entry(n, {
        summary: long,
        because: long,
        why: long,
        concerns: Array.from({ length: 20 }, (__, c) => `${c}${long}`),
      }),
    );
    const merged = mergeCases(file(entries, NOW - 1), file(entries, NOW, [long]));
    expect(Buffer.byteLength(JSON.stringify(merged))).toBeLessThanOrEqual(100_000);
    expect(merged.chapters).toHaveLength(1);
    expect(merged.chapters[0]?.openedAt).toBe(NOW);
  });
});

test.each([null, '?', {}, { version: 1 }, { version: 2, incidentId: ID, chapters: [] }])(
  '%j is no file',
  (garbage) => {
    expect(parseCase(garbage)).toBeNull();
  },
);

test('a file is read as it was written', () => {
  const made = file(many(3), NOW, ['a']);
  expect(parseCase(JSON.parse(JSON.stringify(made)))).toEqual(made);
});
