/** What is said to have ended an incident, and where one stands that is found no more. */
import { describe, expect, test } from '@jest/globals';
import { durationMs, endingText, lastedMs, restoredBy } from '../../lib/incidents/steps.ts';
import { NOW } from '../builders/facts.ts';
import { anIncident, aReportedAction } from '../builders/incidents.ts';

const NOT_ENDED = { gone: new Set<string>(), ignored: new Map<string, string>() };

describe('a route that leads to an appliance again', () => {
  const failback = (at: string) =>
    aReportedAction({
      at: NOW + 90_000,
      kind: 'failback',
      summary: 'home',
      concerns: [],
      serves: [at],
    });

  test('did not restore the appliance: it was moved because that is well', () => {
    const incident = anIncident({ reason: 'ApplianceDown', openedAt: NOW });
    const ended = { ...incident, actions: [failback(incident.subject.id)] };
    expect(restoredBy(ended, NOT_ENDED)).toMatch(/^itself or a change outside vpn-medic/);
  });

  test.each(['RouteAway', 'RouteStranded'])('ended %s', (reason) => {
    const incident = anIncident({ reason, openedAt: NOW });
    const ended = { ...incident, actions: [failback(incident.subject.id)] };
    expect(restoredBy(ended, NOT_ENDED)).toBe('vpn-medic: home');
  });
});

describe('an incident is ending', () => {
  test.each([
    ['not while it is found', null, null, null],
    ['from the first look that does not find it', NOW, null, 'not found since'],
    ['not once it has ended', NOW, NOW + 30_000, null],
  ])('%s', (_when, missedAt, resolvedAt, words) => {
    const text = endingText({ missedAt, resolvedAt });
    expect(text === null ? null : text.slice(0, 15)).toBe(words);
  });
});

describe('an incident lasts', () => {
  const found = { since: NOW - 60_000, openedAt: NOW };
  test.each<[string, Parameters<typeof anIncident>[0], number]>([
    ['from its first sign until the first pass without it', { missedAt: NOW + 30_000 }, 90_000],
    ['not at all when it was found in one pass only', { seenAt: NOW }, 0],
    ['from its opening where its first sign is later', { since: NOW + 5, missedAt: NOW + 10 }, 10],
  ])('%s', (_, over, expected) => {
    expect(lastedMs(anIncident({ ...found, ...over }))).toBe(expected);
  });

  test('until now while it is found', () => {
    expect(durationMs(anIncident(found), NOW + 30_000)).toBe(90_000);
  });
});
