/** From what a pass knew to what the map shows. */
import { describe, expect, test } from '@jest/globals';
import type { Held } from '../../lib/appliances/types/plan.ts';
import type { ManagedRoute } from '../../lib/appliances/types/topology.ts';
import type { Verdict } from '../../lib/appliances/types/verdict.ts';
import { FINDINGS } from '../../lib/core/findings/catalogue.ts';
import { mapAppliances, type Seen } from '../../lib/map/appliances.ts';
import type { MapRouteGroup } from '../../lib/map/scene.ts';
import { NOW } from '../builders/facts.ts';
import {
  aFinding,
  anAppliance,
  anAssessment,
  aRoute,
  aWorld,
  down,
  failbackAt,
  groupMemory,
  unsure,
  up,
} from '../builders/world.ts';

const APPLIANCES = [anAppliance('i-a1'), anAppliance('i-b1')];

const mapOf = (
  routes: readonly ManagedRoute[],
  verdicts: Readonly<Record<string, Verdict>> = {},
  over: Partial<Seen> = {},
) => {
  const world = over.world ?? aWorld({ appliances: APPLIANCES, routes });
  const assessment = anAssessment(world, verdicts);
  return mapAppliances({ world, assessment, held: [], groups: new Map(), mode: 'act', ...over });
};

test('an appliance shows the priority of its tag, and none without one', () => {
  const world = aWorld({ appliances: [anAppliance('i-a1', { priority: 7 }), anAppliance('i-b1')] });
  const [tagged, untagged] = mapOf([], {}, { world }).appliances;
  expect(tagged).toMatchObject({ priority: 7 });
  expect(untagged).not.toHaveProperty('priority');
});

describe('a group of routes', () => {
  const stateOf = (
    over: Partial<ManagedRoute>,
    nextHop: Verdict,
  ): MapRouteGroup['state'] | undefined =>
    mapOf([aRoute('rtb-1 10.0.0.0/8', 'i-a1', over)], { 'i-a1': nextHop }).tables[0]?.routeGroups[0]
      ?.state;

  test.each<[string, Partial<ManagedRoute>, Verdict, MapRouteGroup['state']]>([
    ['preferred on a proven appliance', {}, up(), 'preferred'],
    [
      'on another than its preferred next hop',
      { preferred: failbackAt('i-b1') },
      up(),
      'failedOver',
    ],
    [
      'away, on an appliance that may be ill',
      { preferred: failbackAt('i-b1') },
      unsure(),
      'failedOver',
    ],
    ['preferred on one that cannot be judged', {}, unsure(), 'unsure'],
    ['preferred on one that is not proven', {}, up({ isProven: false }), 'unsure'],
    [
      'judged by EC2 alone, without an answer',
      {},
      up({ isProven: false, isByEc2Alone: true }),
      'unsure',
    ],
    ['on a dead appliance', {}, down(), 'lost'],
    ['away, on a dead appliance', { preferred: failbackAt('i-b1') }, down(), 'lost'],
    ['a blackhole on one that is well', { isBlackhole: true }, up(), 'lost'],
  ])('%s', (_what, over, verdict, state) => {
    expect(stateOf(over, verdict)).toBe(state);
  });

  test('holds all routes of a table with the same next hops and state, and no other', () => {
    const { tables } = mapOf([
      aRoute('rtb-1 10.0.0.0/8', 'i-a1'),
      aRoute('rtb-1 10.9.0.0/16', 'i-a1'),
      aRoute('rtb-1 172.16.0.0/12', 'i-b1'),
      aRoute('rtb-2 10.0.0.0/8', 'i-a1'),
    ]);
    expect(
      tables.map(({ routeGroups }) => routeGroups.map(({ destinations }) => destinations)),
    ).toEqual([[['10.0.0.0/8', '10.9.0.0/16'], ['172.16.0.0/12']], [['10.0.0.0/8']]]);
  });

  test('says that it is pinned when its group has pinned it, and a pool when it is one', () => {
    const route = aRoute('rtb-1 10.0.0.0/8', 'i-a1', {
      preferred: { kind: 'pool', instanceId: 'i-a1', pool: '10.0.0.0/8' },
    });
    const groups = new Map([['hq', groupMemory({ pinnedAts: { 'rtb-1 10.0.0.0/8': NOW } })]]);
    expect(mapOf([route], {}, { groups }).tables[0]?.routeGroups[0]).toMatchObject({
      isPinned: true,
      isPool: true,
    });
    expect(mapOf([aRoute('rtb-1 10.0.0.0/8', 'i-a1')]).tables[0]?.routeGroups[0]).toMatchObject({
      isPinned: false,
      isPool: false,
    });
  });
});

test('a table without managed routes is not shown', () => {
  expect(mapOf([]).tables).toEqual([]);
});

test('an appliance says how it is, why, and what it carries', () => {
  const { appliances } = mapOf([aRoute('rtb-1 10.0.0.0/8', 'i-b1')], { 'i-a1': down() });
  expect(appliances).toMatchObject([
    { id: 'i-a1', health: 'down', why: 'ike:500 does not answer', routeCount: 0 },
    { id: 'i-b1', health: 'well', why: 'every probe answers', routeCount: 1 },
  ]);
});

test('what is wrong comes gravest first; what is for information only is left out', () => {
  const findings = [
    aFinding('TagInvalid', { severity: 'info' }),
    aFinding('RouteAway', { severity: 'warning' }),
    aFinding('ApplianceDown', { severity: 'critical' }),
  ];
  const world = aWorld({ appliances: APPLIANCES });
  const { incidents } = mapOf([], {}, { assessment: anAssessment(world, {}, findings) });
  expect(incidents.map(({ reason }) => reason)).toEqual(['ApplianceDown', 'RouteAway']);
  expect(incidents.map(({ title }) => title)).toEqual([
    FINDINGS.ApplianceDown.title,
    FINDINGS.RouteAway.title,
  ]);
});

test('like holds are one line with the latest end; an unlike one has its own', () => {
  const held = (over: Partial<Held>): Held => ({
    kind: 'failback',
    routeKey: 'rtb-1 10.0.0.0/8',
    group: 'hq',
    from: 'i-b1',
    to: 'i-a1',
    rule: 'S4',
    because: 'the hold is on',
    until: NOW + 1_000,
    ...over,
  });
  const lines = mapOf(
    [],
    {},
    {
      held: [held({}), held({ until: NOW + 2_000 }), held({ to: null, rule: 'S2', until: null })],
    },
  ).held;
  expect(lines).toEqual([
    {
      what: '2 routes on vpn-b1, not moved to vpn-a1',
      rule: 'S4',
      because: 'the hold is on',
      until: NOW + 2_000,
    },
    {
      what: '1 route on vpn-b1, no healthy next hop',
      rule: 'S2',
      because: 'the hold is on',
      until: null,
    },
  ]);
});

test('what could not be read is said on the map', () => {
  const gaps = [{ what: 'route tables', why: 'throttled', since: NOW, zone: null }];
  const world = aWorld({ appliances: APPLIANCES, over: { gaps } });
  expect(mapOf([], {}, { world }).gaps).toEqual(['route tables cannot be read: throttled']);
  expect(mapOf([]).gaps).toEqual([]);
});
