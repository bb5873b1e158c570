/** How incidents lie in the table: always on the same page, never too large, and only what can be read comes back. */
import { describe, expect, test } from '@jest/globals';
import {
  isLedOn,
  pageIdOf,
  pageIds,
  readPage,
  writePage,
} from '../../../lib/incidents/store/page.ts';
import type { Incident } from '../../../lib/incidents/types.ts';
import { NOW, REGION } from '../../builders/facts.ts';
import { anIncident, DOWN } from '../../builders/notifier.ts';

const HOUR_MS = 3_600_000;
const many = (count: number, over: Partial<Incident> = {}): readonly Incident[] =>
  Array.from({ length: count }, (_, index) =>
    anIncident(DOWN, {
      id: `111122223333/${REGION}/i-${index}/ApplianceDown`,
      evidence: ['e'.repeat(300)],
      ...over,
    }),
  );
const stored = (incidents: readonly Incident[]) =>
  readPage(JSON.parse(JSON.stringify(writePage(incidents, 1, NOW)))).incidents;

test('an incident always lies on the same of its scope’s pages', () => {
  const all = pageIds(REGION, 'appliances');
  for (const { id } of many(100)) {
    expect(all).toContain(pageIdOf(REGION, 'appliances', id));
    expect(pageIdOf(REGION, 'appliances', id)).toBe(pageIdOf(REGION, 'appliances', id));
  }
});

test('10,000 incidents spread so that every page stays under DynamoDB’s 400 KB', () => {
  const pages = Map.groupBy(many(10_000), ({ id }) => pageIdOf(REGION, 'appliances', id));
  expect(pages.size).toBe(pageIds(REGION, 'appliances').length);
  for (const page of pages.values()) {
    expect(Buffer.byteLength(JSON.stringify(writePage(page, 1, NOW)))).toBeLessThan(390_000);
    expect(stored(page)).toHaveLength(page.length);
  }
});

describe('a page that would be too large', () => {
  test('keeps all that is told by itself, and leaves out first what greater trouble explains', () => {
    const own = many(300);
    const explained = many(1_500, { inhibitedBy: 'z' }).map((one) => ({
      ...one,
      id: `x${one.id}`,
    }));
    const kept = stored([...own, ...explained]);
    expect(kept.filter(({ inhibitedBy }) => inhibitedBy === null)).toHaveLength(300);
    expect(kept.length).toBeLessThan(1_800);
  });

  test('is whole as long as it fits', () => {
    const own = many(100);
    expect(stored(own)).toEqual(own);
  });
});

describe('what is over', () => {
  test.each([
    ['is still open, is kept for its end', null, true],
    ['is over, is not', NOW - 1, false],
  ])('in the notification of another that %s', (_what, resolvedAt, isKept) => {
    const lead = anIncident(DOWN, { id: 'a/b/i-lead/R', resolvedAt });
    const member = anIncident(DOWN, {
      id: 'a/b/i-led/R',
      parent: lead.id,
      resolvedAt: NOW - 3 * HOUR_MS,
    });
    const others = Array.from({ length: 20 }, (_, index) => over(2 * HOUR_MS, index));
    const all = new Map([lead, member].map((one) => [one.id, one]));
    const page = writePage([...others, member], 1, NOW, (one) => isLedOn(one, all));
    const ids = readPage(JSON.parse(JSON.stringify(page))).incidents.map(({ id }) => id);
    expect(ids.includes(member.id)).toBe(isKept);
  });

  const over = (agoMs: number, index: number) =>
    anIncident(DOWN, { id: `a/b/i-${index}/R`, resolvedAt: NOW - agoMs, restoredBy: 'x' });

  test.each([
    [HOUR_MS - 1, 20],
    [HOUR_MS, 6],
  ])('%d ms ago is kept: %d of 20', (agoMs, count) => {
    const all = Array.from({ length: 20 }, (_, index) => over(agoMs, index));
    expect(stored(all)).toHaveLength(count);
  });

  test('is dropped oldest first', () => {
    const all = Array.from({ length: 20 }, (_, index) => over(HOUR_MS + index, index));
    expect(stored(all).map(({ id }) => id)).toEqual(all.slice(0, 6).map(({ id }) => id));
  });
});

test.each([null, 1, 'x', [], {}, { incidents: {} }, { incidents: [1, null, { id: 'x' }] }])(
  'garbage (%j) is no incident',
  (body) => {
    expect(readPage(body).incidents).toEqual([]);
  },
);

test('one that cannot be read costs no other', () => {
  const good = anIncident(DOWN);
  expect(readPage({ version: 1, incidents: [{ ...good, openedAt: 'x' }, good] }).incidents).toEqual(
    [good],
  );
});
