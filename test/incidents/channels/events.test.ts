/** Goal: every change is an event of the published schema, small enough for the bus, whatever it is made of. Method: docs/event.schema.json. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { eventOf } from '../../../lib/incidents/channels/events.ts';
import { NOW } from '../../builders/facts.ts';
import { aChange, aReportedAction, ID } from '../../builders/incidents.ts';

const isEvent = new Ajv2020({
  allowUnionTypes: true,
  formats: { 'date-time': /^\d{4}-\d\d-\d\dT[\d:.]+Z$/ },
}).compile(
  JSON.parse(readFileSync(new URL('../../../docs/event.schema.json', import.meta.url), 'utf8')),
);
const detailOf = (change: Parameters<typeof eventOf>[0]) => JSON.parse(eventOf(change).detail);

describe('the schema takes', () => {
  test.each([
    ['opened', 'vpn-medic Incident Opened'],
    ['updated', 'vpn-medic Incident Updated'],
    ['repeated', 'vpn-medic Incident Repeated'],
    ['resolved', 'vpn-medic Incident Resolved'],
  ] as const)('an incident %s, as %s', (kind, detailType) => {
    const change = aChange(kind, { actions: [aReportedAction()] });
    expect(eventOf(change)).toMatchObject({ detailType, resources: ['i-a1'], at: NOW + 100 });
    expect(isEvent(detailOf(change))).toBe(true);
  });

  test('one that is over, acknowledged, in maintenance, explained and not sent', () => {
    const change = aChange(
      'resolved',
      {
        resolvedAt: NOW + 9_000,
        restoredBy: 'vpn-medic: 1 step',
        ackedAt: NOW + 1_000,
        ackedBy: 'ana',
        silence: { until: NOW + 60_000, why: 'swap', by: 'ana' },
        inhibitedBy: 'zone',
        times: { decidedAt: null, firstWriteAt: null, lastWriteAt: null, readBackAt: null },
      },
      { notification: null },
    );
    expect(isEvent(detailOf(change))).toBe(true);
    expect(detailOf(change)).toMatchObject({ notified: null, incident: { decidedAt: null } });
  });

  test.each(['version', 'id', 'change', 'at', 'incident', 'notified'])(
    'none without its %s',
    (name) => {
      const { [name]: _gone, ...rest } = detailOf(aChange());
      expect(isEvent(rest)).toBe(false);
    },
  );
});

describe('its id', () => {
  test('is the same when the same change is sent again', () => {
    expect(eventOf(aChange()).id).toBe(eventOf(aChange()).id);
    expect(eventOf(aChange()).id).toContain(ID);
  });

  test.each([
    ['kind', aChange('resolved')],
    ['opening', aChange('opened', { openedAt: NOW + 1 })],
    ['moment', aChange('opened', {}, { at: NOW + 1 })],
    ['subject', aChange('opened', { id: 'other' })],
  ])('is another one for another %s', (_what, change) => {
    expect(eventOf(change).id).not.toBe(eventOf(aChange()).id);
  });
});

test('is under 200 KB, whatever tags, evidence and deeds hold', () => {
  const long = '\u{1f6a8}"\n'.repeat(4_000);
  const change = aChange('opened', {
    summary: long,
    hint: long,
    evidence: Array.from({ length: 500 }, () => long),
    actions: Array.from({ length: 20 }, () => aReportedAction({ summary: long, why: long })),
    subject: { kind: 'appliance', id: 'i-a1', name: long, group: 'hq', zone: null },
  });
  const { detail } = eventOf(change);
  expect(Buffer.byteLength(detail)).toBeLessThan(200_000);
  expect(isEvent(JSON.parse(detail))).toBe(true);
});
