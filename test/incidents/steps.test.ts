/** What is said to have ended an incident, and where one stands that is found no more. */
import { describe, expect, test } from '@jest/globals';
import { endingText, restoredBy } from '../../lib/incidents/steps.ts';
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
