/**
 * Goal: over a day of drawn faults nothing unknown is called down, everything that comes back is told as over, and a calm
 * day is silent. Method: storms from seeds in virtual time; a failing seed is named.
 */
import { describe, expect, jest, test } from '@jest/globals';
import type { EndpointFact } from '../../lib/clientVpn/types/endpoint.ts';
import { askedUsd, billOf } from '../../lib/cost/bill.ts';
import { DEFAULT_SETUP, usageOf } from '../../lib/cost/usage.ts';
import { DEFAULT_ENDPOINTS } from '../../lib/simulator/defaults/clientVpn.ts';
import type { Fault } from '../../lib/simulator/faults.ts';
import { type Storm, storm } from './endpoints.ts';
import { CAUSES, falselyOver, openOf, unfounded } from './endpointTruth.ts';

// A guard against hanging: beside other work a storm has been seen to take 20 s.
jest.setTimeout(300_000);

/** Together they meet every finding. */
const SEEDS = [1, 2, 3, 4, 5, 6, 7, 8, 9];
const HOUR_MS = 3_600_000;
const [STAFF = '', PARTNERS = ''] = DEFAULT_ENDPOINTS.map(({ endpointId }) => endpointId);

const storms = new Map<number, Promise<Storm>>();
const stormOf = (seed: number): Promise<Storm> => {
  const lived = storms.get(seed) ?? storm(seed, { stormHours: 5, calmHours: 2.5 });
  storms.set(seed, lived);
  return lived;
};

describe.each(SEEDS)('seed %i', (seed) => {
  test('nothing is told without a cause, all of it is over in the calm, and then there is silence', async () => {
    const lived = await stormOf(seed);
    expect(unfounded(lived)).toEqual([]);
    expect(falselyOver(lived)).toEqual([]);
    const last = lived.polls.at(-1);
    const isDeleted = lived.spells.some(
      ({ fault }) => fault.kind === 'endpoint-deleted' && fault.endpointId === PARTNERS,
    );
    expect(last?.findings.map(({ reason }) => reason)).toEqual(
      isDeleted ? [] : ['EndpointNotHealthCheckable'],
    );
    expect(openOf(lived)).toEqual([]);
    const late = lived.notified.filter(({ at }) => at > lived.calmAt + 1.75 * HOUR_MS);
    expect(late).toEqual([]);
  });
});

test('a storm is one: over these seeds every kind of finding is met', async () => {
  const met = new Set<string>();
  for (const seed of SEEDS) {
    const { polls } = await stormOf(seed);
    for (const { findings } of polls) for (const { reason } of findings) met.add(reason);
  }
  expect(Object.keys(CAUSES).filter((reason) => !met.has(reason))).toEqual([]);
});

test('were a state that is not known taken for deleted, a seed would find an outage called over', async () => {
  const misread = (fact: EndpointFact): EndpointFact =>
    fact.state === 'unknown' ? { ...fact, state: 'deleted' } : fact;
  const found = [];
  for (const seed of SEEDS) {
    found.push(...falselyOver(await storm(seed, { stormHours: 5, calmHours: 0, misread })));
    if (found.length > 0) break;
  }
  expect(found).not.toEqual([]);
});

describe('one fault', () => {
  const only = (fault: Fault, lastsMs = HOUR_MS) =>
    storm(1, { stormHours: 4, calmHours: 3, faults: [[fault, 2 * HOUR_MS, lastsMs]] });
  const reasons = ({ notified }: Storm) =>
    notified.map(({ state, incidentId }) => `${state} ${incidentId.split('/').at(-1)}`);

  test('a shut door is told once, within one poll, and so is its end', async () => {
    const lived = await only({ kind: 'endpoint-unreachable', endpointId: STAFF });
    expect(reasons(lived)).toEqual(['opened EndpointUnreachable', 'resolved EndpointUnreachable']);
    const [opened, over] = lived.notified;
    const [spell] = lived.spells;
    expect((opened?.at ?? 0) - (spell?.startAt ?? 0)).toBeLessThan(90_000);
    expect((over?.at ?? 0) - (spell?.endAt ?? 0)).toBeLessThan(3 * 60_000);
  });

  test('DNS of our own that is dead says nothing of any endpoint', async () => {
    const lived = await only({ kind: 'probe-dns-dead' });
    expect(reasons(lived).filter((text) => !text.endsWith('SightLost'))).toEqual([]);
  });

  test('users who fall away are told, with the traffic that they took along', async () => {
    const notified = reasons(await only({ kind: 'users-gone', endpointId: STAFF }));
    expect(notified).toContain('opened ConnectionsDropped');
    expect(notified).toContain('resolved ConnectionsDropped');
  });

  test('an endpoint that is deleted is told as nothing', async () => {
    expect(reasons(await only({ kind: 'endpoint-deleted', endpointId: PARTNERS }))).toEqual([]);
  });
});

test('a day in which nothing happens is silent, and asks CloudWatch for what the bill says', async () => {
  const quiet = await storm(7, { stormHours: 0, calmHours: 24, faults: [] });
  expect(quiet.notified).toEqual([]);
  const asked = quiet.metricCalls
    .filter(({ action }) => action === 'GetMetricData')
    .reduce((sum, { seriesCount }) => sum + seriesCount, 0);
  const network = {
    applianceCount: 0,
    connectionCount: 0,
    tunnelCount: 0,
    connectionGroupCount: 0,
    endpointCount: 2,
    // Of five counters the simulated handler publishes one.
    handlerCount: 1,
    federatedCount: 1,
    tableSeriesCount: 0,
  };
  const billed = askedUsd(billOf(usageOf(network, DEFAULT_SETUP)));
  const unpublished = (4 * 2_880) / 100_000;
  // The first pass of all is one more than the bill counts.
  const first = (asked * 30) / 100_000 - (billed - unpublished);
  expect(first).toBeGreaterThanOrEqual(0);
  expect(first).toBeLessThan(0.01);
});
