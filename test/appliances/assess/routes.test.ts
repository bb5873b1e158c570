/** What is wrong with routes: away from home, pinned by flapping, stranded with their pool. */
import { describe, expect, test } from '@jest/globals';
import { findInRoutes } from '../../../lib/appliances/assess/routes.ts';
import type { GroupMemory, Memory } from '../../../lib/appliances/state.ts';
import type { ManagedRoute } from '../../../lib/appliances/types/topology.ts';
import type { Verdict } from '../../../lib/appliances/types/verdict.ts';
import type { Finding } from '../../../lib/core/finding.ts';
import { NOW } from '../../builders/facts.ts';
import {
  anAppliance,
  anAssessment,
  aPending,
  aRoute,
  aWorld,
  down,
  failbackAt,
  groupMemory,
  memoryOf,
  unsure,
} from '../../builders/world.ts';

interface Setting {
  readonly routes: readonly ManagedRoute[];
  readonly verdicts?: Readonly<Record<string, Verdict>>;
  readonly group?: Partial<GroupMemory>;
  readonly pending?: Memory['pending'];
}

function find({ routes, verdicts = {}, group, pending = new Map() }: Setting): readonly Finding[] {
  const world = aWorld({
    appliances: ['i-a1', 'i-b1', 'i-c1'].map((id) => anAppliance(id)),
    routes,
  });
  const groups = new Map(group === undefined ? [] : [['hq', groupMemory(group)]]);
  return findInRoutes(
    world,
    anAssessment(world, verdicts).verdicts,
    new Map(),
    memoryOf({ groups, pending }),
    NOW,
  );
}

const one = (over: Partial<ManagedRoute> = {}, key = 'rtb-1 10.0.0.0/8') =>
  aRoute(key, 'i-a1', over);

describe('failedOver', () => {
  test('a route at home is no finding', () => {
    expect(find({ routes: [one()] })).toEqual([]);
  });

  test('one whose failback was written and does not show yet is still away', () => {
    const failedOver = one({ preferred: failbackAt('i-c1') });
    const pending = new Map([[failedOver.key, aPending()]]);
    expect(find({ routes: [failedOver], pending }).map(({ reason }) => reason)).toEqual([
      'RouteAway',
    ]);
  });

  test('all routes of one home are one finding of that appliance, since the group’s last failover', () => {
    const preferred = failbackAt('i-c1');
    const routes = [
      one({ preferred }),
      aRoute('rtb-2 10.0.0.0/8', 'i-b1', { preferred }),
      one({}, 'rtb-3 10.0.0.0/8'),
    ];
    expect(find({ routes, group: { lastFailoverAt: NOW - 5_000 } })).toMatchObject([
      {
        reason: 'RouteAway',
        subject: { id: 'i-c1' },
        since: NOW - 5_000,
        severity: 'warning',
        summary:
          '2 routes of vpn-c1 (eu-west-1c) are carried by vpn-a1 (eu-west-1a) and vpn-b1 (eu-west-1b).',
        evidence: ['rtb-1 10.0.0.0/8', 'rtb-2 10.0.0.0/8'],
      },
    ]);
  });
});

describe('pinned', () => {
  test('a pinned route is told with the command that frees it', () => {
    const group = { pinnedAts: { 'rtb-1 10.0.0.0/8': NOW - 60_000 } };
    expect(find({ routes: [one()], group })).toMatchObject([
      {
        reason: 'RoutePinned',
        subject: { kind: 'group', id: 'hq' },
        since: NOW - 60_000,
        hint: 'Mend what flaps, then run: vpn-medic ack hq',
      },
    ]);
  });

  test('the pin of a route that is no longer there is no finding', () => {
    expect(find({ routes: [one()], group: { pinnedAts: { 'rtb-9 10.0.0.0/8': NOW } } })).toEqual(
      [],
    );
  });
});

describe('withoutNextHop', () => {
  const pool = { kind: 'pool', instanceId: 'i-a1', pool: '10.0.0.0/8' } as const;
  const contested = { kind: 'contested', why: 'two claim it', claims: [] } as const;

  test.each([
    ['a pool', pool],
    ['a contested pool', contested],
  ])('%s whose carrier is down is critical', (_what, preferred) => {
    expect(find({ routes: [one({ preferred })], verdicts: { 'i-a1': down() } })).toMatchObject([
      {
        reason: 'RouteStranded',
        severity: 'critical',
        subject: { id: 'rtb-1 10.0.0.0/8' },
        summary: expect.stringContaining('10.0.0.0/8 in rtb-1 leads to vpn-a1, which is down'),
        evidence: preferred.kind === 'contested' ? ['two claim it'] : [],
      },
    ]);
  });

  test.each([
    ['up: it is about to be repaired', {}, []],
    ['down too', { 'i-b1': down() }, ['RouteStranded']],
    ['unknown', { 'i-b1': unsure() }, ['RouteStranded']],
  ])('a strayed pool whose carrier is down and whose owner is %s', (_what, owner, expected) => {
    const strayed = one({ preferred: { ...pool, instanceId: 'i-b1' } });
    const found = find({ routes: [strayed], verdicts: { 'i-a1': down(), ...owner } });
    expect(found.map(({ reason }) => reason)).toEqual(expected);
  });

  test.each([
    ['up', {}],
    ['unknown', { 'i-a1': unsure() }],
  ])('one whose carrier is %s is not', (_what, verdicts) => {
    expect(find({ routes: [one({ preferred: pool })], verdicts })).toEqual([]);
  });

  test('a route like any other is not stranded: it fails over', () => {
    expect(find({ routes: [one()], verdicts: { 'i-a1': down() } })).toEqual([]);
  });
});
