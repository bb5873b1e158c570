/** Dates of certificates that probes saw. */
import { expect, test } from '@jest/globals';
import { certificatesOf, findCertificates } from '../../../lib/appliances/assess/certificates.ts';
import { foldAnswer, foldCertificate, forgetRuns, noHistory } from '../../../lib/probe/history.ts';
import type { CertificateDates, ProbeClause } from '../../../lib/probe/types.ts';
import { NOW } from '../../builders/facts.ts';
import { HERE } from '../../builders/ports.ts';
import { anAppliance, applianceMemory, aWorld, memoryOf } from '../../builders/world.ts';

const DAY_MS = 86_400_000;
const clauses: readonly ProbeClause[] = [
  [{ text: 'https:443', kind: 'https', address: null, port: 443 }],
];
const appliance = anAppliance('i-a1', { probes: clauses });

const seenAt = (certificate: CertificateDates | undefined, at = NOW, id = 'here') => ({
  vantage: { ...HERE, id },
  histories: new Map([
    [
      'i-a1 https:443',
      foldAnswer(
        noHistory,
        { kind: 'up', tookMs: 2, ...(certificate !== undefined && { certificate }) },
        at,
        true,
      ),
    ],
  ]),
  rounds: [],
  unreachables: new Map(),
});

const find = (certificate: CertificateDates | undefined) =>
  findCertificates(
    appliance,
    aWorld({ appliances: [appliance], vantages: [seenAt(certificate)] }),
    memoryOf({}),
    NOW,
  ).map(({ severity, reason, summary }) => `${severity} ${reason} ${summary}`);

/** Valid for so many days in all, of which so many milliseconds are left. */
const valid = (days: number, leftMs: number): CertificateDates => ({
  startsAt: NOW + leftMs - days * DAY_MS,
  endsAt: NOW + leftMs,
});

test.each([
  ['of a year, with 30 days left', valid(365, 30 * DAY_MS), 'warning'],
  ['of a year, with 7 days and 1 ms left', valid(365, 7 * DAY_MS + 1), 'warning'],
  ['of a year, with 7 days left', valid(365, 7 * DAY_MS), 'critical'],
  ['of 90 days, with 22 days left', valid(90, 22 * DAY_MS), 'warning'],
  ['of 90 days, with 7 days left', valid(90, 7 * DAY_MS), 'critical'],
  ['of 6 days, with a day and a half left', valid(6, 1.5 * DAY_MS), 'warning'],
  ['of 6 days, with half a day left', valid(6, DAY_MS / 2), 'critical'],
  ['that has just ended', valid(90, 0), 'critical'],
  ['that begins in a second', { startsAt: NOW + 1_000, endsAt: NOW + 90 * DAY_MS }, 'critical'],
])('a certificate %s is found', (_, dates, severity) => {
  expect(find(dates)).toEqual([
    expect.stringMatching(`^${severity} ProbeCertificateEnding .* of https:443 `),
  ]);
});

test.each([
  ['of a year, with 30 days and 1 ms left', valid(365, 30 * DAY_MS + 1)],
  ['of 90 days, on the day of its usual renewal', valid(90, 30 * DAY_MS)],
  ['of 6 days, with a day and a half and 1 ms left', valid(6, 1.5 * DAY_MS + 1)],
  ['that begins now', { startsAt: NOW, endsAt: NOW + 90 * DAY_MS }],
])('a certificate %s is well', (_, dates) => {
  expect(find(dates)).toEqual([]);
});

test('a probe that saw none says nothing', () => {
  expect(find(undefined)).toEqual([]);
});

test('what is remembered counts until a newer certificate was seen, and is dropped with its probe', () => {
  const memory = memoryOf({
    appliances: new Map([
      [
        'i-a1',
        applianceMemory({
          certificates: { 'https:443': valid(90, -1), 'https:8443': valid(90, -1) },
        }),
      ],
    ]),
  });
  const unseen = aWorld({ appliances: [appliance], vantages: [seenAt(undefined)] });
  expect(findCertificates(appliance, unseen, memory, NOW)).toHaveLength(1);
  expect(Object.keys(certificatesOf(appliance, unseen, memory))).toEqual(['https:443']);
  const renewed = aWorld({ appliances: [appliance], vantages: [seenAt(valid(90, 89 * DAY_MS))] });
  expect(findCertificates(appliance, renewed, memory, NOW)).toEqual([]);
});

test('of two vantages the newer answer counts, whichever is named first', () => {
  const old = seenAt(valid(90, -1), NOW - 1_000, 'a');
  const renewed = seenAt(valid(90, 89 * DAY_MS), NOW, 'b');
  for (const vantages of [
    [old, renewed],
    [renewed, old],
  ]) {
    const world = aWorld({ appliances: [appliance], vantages });
    expect(findCertificates(appliance, world, memoryOf({}), NOW)).toEqual([]);
  }
});

test('of two vantages the one that read it last counts, whichever was answered last', () => {
  const old = foldAnswer(
    foldCertificate(noHistory, { kind: 'up', tookMs: 2, certificate: valid(90, -1) }, NOW - 2_000),
    { kind: 'up', tookMs: 2 },
    NOW,
    true,
  );
  const stale = { ...seenAt(undefined), histories: new Map([['i-a1 https:443', old]]) };
  const renewed = seenAt(valid(90, 89 * DAY_MS), NOW - 1_000, 'b');
  const world = aWorld({ appliances: [appliance], vantages: [stale, renewed] });
  expect(findCertificates(appliance, world, memoryOf({}), NOW)).toEqual([]);
});

test('dates that were read alone are neither an answer nor a miss', () => {
  const certificate = valid(90, DAY_MS);
  expect(foldCertificate(noHistory, { kind: 'up', tookMs: 2, certificate }, NOW)).toEqual({
    ...noHistory,
    certificate: { ...certificate, seenAt: NOW },
  });
  for (const result of [
    { kind: 'up', tookMs: 2 },
    { kind: 'down', why: 'reset by the far side (ECONNRESET)', tookMs: 2 },
    { kind: 'unknown', why: 'no route' },
  ] as const) {
    expect(foldCertificate(noHistory, result, NOW)).toBe(noHistory);
  }
});

test('a miss and a clock jump do not forget a certificate', () => {
  const dates = valid(90, -1);
  const seen = foldAnswer(noHistory, { kind: 'up', tookMs: 1, certificate: dates }, 1, true);
  const missed = foldAnswer(seen, { kind: 'down', why: 'no answer', tookMs: 800 }, 2, true);
  const kept = { ...dates, seenAt: 1 };
  expect(missed.certificate).toEqual(kept);
  expect(forgetRuns(missed).certificate).toEqual(kept);
  expect(foldAnswer(missed, { kind: 'up', tookMs: 1 }, 3, true).certificate).toEqual(kept);
});
