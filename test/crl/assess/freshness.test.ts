/** Goal: a CA that does not keep up is told of in time, and one that does is not. Method: one file's sight, both sides of each threshold. */
import { describe, expect, test } from '@jest/globals';
import { known, unknown } from '../../../lib/core/reading.ts';
import { freshnessFindings, thresholds } from '../../../lib/crl/assess/freshness.ts';
import type { FileMemory } from '../../../lib/crl/state.ts';
import type { CrlFacts, FileObservation } from '../../../lib/crl/types/world.ts';
import { NOW } from '../../builders/facts.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const observationOf = (facts: CrlFacts | { readonly why: string }): FileObservation => ({
  fileName: 'ca.crl',
  url: null,
  isStranger: false,
  isCrowd: false,
  issued: null,
  arrival: null,
  isAnnouncedOnly: false,
  candidates: [],
  base: null,
  published: known({ etag: 'e', sha256: 'f', facts, bytes: null }, NOW),
  replica: null,
  served: null,
  replicaServed: null,
  memo: unknown('not asked for', NOW),
});

const aMonth = (over: Partial<CrlFacts> = {}): CrlFacts => ({
  number: 7n,
  isDelta: false,
  entryCount: 3,
  thisUpdateAt: NOW - 10 * DAY,
  nextUpdateAt: NOW + 20 * DAY,
  nextPublishAt: null,
  oddities: [],
  scope: 'ca',
  ...over,
});

const said = (observation: FileObservation, memory?: FileMemory) =>
  freshnessFindings(observation, undefined, memory, NOW).map(
    ({ reason, severity }) => `${severity} ${reason}`,
  );

describe('a CA that announces its next list', () => {
  test.each([
    ['an hour from now', NOW + HOUR, []],
    ['15 min ago', NOW - 15 * MINUTE, []],
    ['more than 15 min ago', NOW - 15 * MINUTE - 1, ['warning CrlLate']],
  ])('for %s', (_what, nextPublishAt, expected) => {
    expect(said(observationOf(aMonth({ nextPublishAt })))).toEqual(expected);
  });

  test('and is so late that the list expires soon: both are said; expired: that alone', () => {
    const late = { nextPublishAt: NOW - DAY };
    expect(said(observationOf(aMonth({ ...late, nextUpdateAt: NOW + DAY })))).toEqual([
      'warning CrlLate',
      'critical CrlExpiring',
    ]);
    expect(said(observationOf(aMonth({ ...late, nextUpdateAt: NOW })))).toEqual([
      'critical CrlExpired',
    ]);
  });
});

describe('a list of 40 days', () => {
  const left = (ms: number) =>
    said(observationOf(aMonth({ thisUpdateAt: NOW + ms - 40 * DAY, nextUpdateAt: NOW + ms })));

  test.each([
    [7 * DAY, []],
    [7 * DAY - 1, ['warning CrlExpiring']],
    [2 * DAY, ['warning CrlExpiring']],
    [2 * DAY - 1, ['critical CrlExpiring']],
    [1, ['critical CrlExpiring']],
    [0, ['critical CrlExpired']],
  ])('with %d ms left', (ms, expected) => {
    expect(left(ms)).toEqual(expected);
  });
});

test('a shorter life warns at a quarter and is critical at a tenth of it', () => {
  expect(thresholds(NOW, NOW + 8 * HOUR)).toEqual({ warningMs: 2 * HOUR, criticalMs: 0.8 * HOUR });
  expect(thresholds(NOW, NOW + 40 * DAY)).toEqual({ warningMs: 7 * DAY, criticalMs: 2 * DAY });
});

test('a list without an end never expires, and one that says nothing of itself is not judged by age', () => {
  expect(said(observationOf(aMonth({ nextUpdateAt: null })))).toEqual([]);
  expect(said(observationOf({ why: 'not a list' }))).toEqual([]);
  expect(said({ ...observationOf(aMonth()), published: unknown('denied', NOW) })).toEqual([]);
});

describe('an inbox with a habit of a list each 6 h', () => {
  /** So many arrivals, the last of them `agoMs` ago. */
  const habit = (count: number, agoMs: number): FileMemory => ({
    etag: 'e',
    sequencer: null,
    sha256: null,
    arrivedAts: Array.from(
      { length: count },
      (_, index) => NOW - agoMs - (count - 1 - index) * 6 * HOUR,
    ),
  });

  test.each([
    ['silent for one and a half times its longest pause and an hour', 4, 10 * HOUR, []],
    ['silent for longer', 4, 10 * HOUR + 1, ['warning CrlInboxSilent']],
    ['silent for long, after too few lists for a habit', 3, 20 * HOUR, []],
  ])('%s', (_what, count, agoMs, expected) => {
    expect(said(observationOf(aMonth()), habit(count, agoMs))).toEqual(expected);
  });

  test('of which nothing is remembered is not called silent', () => {
    expect(said(observationOf(aMonth()))).toEqual([]);
  });
});
