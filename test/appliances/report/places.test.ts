/** What an appliance, a route or a table is part of, as inhibition, maintenance and ignore go by it. */
import { expect, test } from '@jest/globals';
import { withPlaces } from '../../../lib/appliances/report/places.ts';
import { applianceReport } from '../../../lib/appliances/report.ts';
import type { Finding } from '../../../lib/core/finding.ts';
import { NOW, REGION, VPC, zoneOf } from '../../builders/facts.ts';
import {
  aFinding,
  anAppliance,
  anAssessment,
  applianceMemory,
  aRoute,
  aWorld,
} from '../../builders/world.ts';

const WORLD = aWorld({
  appliances: [anAppliance('i-a1')],
  routes: [aRoute('rtb-1 10.8.0.0/24', 'i-a1')],
});

const about = (kind: Finding['subject']['kind'], id: string, within?: readonly string[]): Finding =>
  aFinding('ApplianceDown', {
    subject: { kind, id, name: id, group: null, zone: null, ...(within && { within }) },
  });

test.each([
  ['appliance', 'i-a1', [zoneOf('a'), 'hq', VPC, REGION]],
  ['appliance', 'i-nobody', [REGION]],
  ['route', 'rtb-1 10.8.0.0/24', ['i-a1', zoneOf('a'), 'hq', VPC, 'rtb-1', REGION]],
  ['route', 'rtb-9 10.9.0.0/24', ['rtb-9', REGION]],
  ['table', 'rtb-1', [REGION]],
  ['zone', zoneOf('a'), ['hq', VPC, REGION]],
  ['group', 'hq', [VPC, REGION]],
  ['region', REGION, []],
] as const)('%s %s is within %j', (kind, id, within) => {
  expect(withPlaces([about(kind, id)], WORLD)[0]?.subject.within).toEqual(within);
});

test('who says himself what he is part of is believed', () => {
  expect(withPlaces([about('tunnel', 't', ['vpn-1'])], WORLD)[0]?.subject.within).toEqual([
    'vpn-1',
  ]);
});

test.each([
  ['2 min ago, less a millisecond', NOW - 119_999, ['i-a1']],
  ['2 min ago', NOW - 120_000, []],
  ['at a time not known', null, []],
] as const)('an appliance that joined %s is new: %j', (_what, firstSeenAt, expected) => {
  const assessment = anAssessment(WORLD, {}, []);
  const appliances = new Map([['i-a1', applianceMemory({ firstSeenAt })]]);
  const plan = { actions: [], held: [] };
  const report = applianceReport(WORLD, { ...assessment, appliances }, plan, []);
  expect([...(report.newSubjectIds ?? [])]).toEqual(expected);
});
