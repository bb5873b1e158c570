/** The rules of sight, target and decision on both of their sides: what each holds, and that it holds nothing beside it. */
import { describe, expect, test } from '@jest/globals';
import type { LeaseState } from '../../lib/core/lease.ts';
import { known, unknown } from '../../lib/core/reading.ts';
import { anInterface, NOW, VPC, zoneOf } from '../builders/facts.ts';
import { failbacks, KEY, outcome, planFor, type Setting } from '../builders/plan.ts';
import {
  aFinding,
  aMassOf,
  anAppliance,
  anArm,
  confirmedDown,
  down,
  unsure,
  up,
} from '../builders/world.ts';

test('nothing is against a failover to a proven appliance', () => {
  expect(planFor({}).actions).toMatchObject([
    {
      kind: 'failover',
      routeKey: KEY,
      from: 'i-a1',
      to: 'i-b1',
      toTargetId: 'eni-b1',
      fromTargetId: 'eni-a1',
      because: 'vpn-a1 is down: ike:500 does not answer',
    },
  ]);
});

describe('S1: sight', () => {
  const gap = (zone: string | null) => ({
    gaps: [{ what: 'tags', why: 'throttled', since: NOW, zone }],
  });

  test.each([
    ['the whole region', null, 'S1'],
    ['the zone that it would move to', zoneOf('b'), 'S1'],
    ['the zone that it leaves', zoneOf('a'), 'moves'],
    ['a third zone', zoneOf('c'), 'moves'],
  ])('a gap over %s', (_what, zone, expected) => {
    expect(outcome({ world: gap(zone) })).toBe(expected);
  });

  test('a gap over the region holds even what EC2 itself confirms', () => {
    expect(outcome({ nextHop: confirmedDown(), world: gap(null) })).toBe('S1');
  });

  test('an unknown carrier is not down: no wish at all', () => {
    expect(outcome({ nextHop: unsure() })).toBe('no wish');
  });
});

describe('S2: who may join', () => {
  const stranger = { instanceProfile: null, autoScalingGroup: null };

  test('an instance that is tagged later gets no route, and the one command is named', () => {
    const { held } = planFor({ appliance: { identity: stranger } });
    expect(held).toMatchObject([
      { rule: 'S2', because: expect.stringContaining('vpn-medic admit i-b1') },
    ]);
  });

  test('with joinPolicy=any it gets the routes', () => {
    const appliance = { identity: stranger };
    expect(outcome({ appliance, policy: { joinPolicy: 'any' } })).toBe('moves');
  });

  test('its claim to a pool keeps no route on a dead next hop', () => {
    const pool = { kind: 'pool', instanceId: 'i-c1', pool: '10.0.0.0/8' } as const;
    const { actions } = planFor({
      appliances: [
        anAppliance('i-a1'),
        anAppliance('i-b1'),
        anAppliance('i-c1', { identity: stranger, pools: ['10.0.0.0/8'] }),
      ],
      route: { preferred: pool },
    });
    expect(actions).toMatchObject([{ kind: 'failover', to: 'i-b1' }]);
  });
});

describe('S2: the target', () => {
  test.each([
    ['is unknown', { target: unsure() }],
    ['is down itself', { target: down() }],
    ['is not proven', { target: up({ isProven: false, lacks: 'it is young' }) }],
    ['is of unknown state', { signals: { state: unknown('zone b fails', NOW) } }],
    ['is pending', { signals: { state: known('pending', NOW) } }],
    ['is of unknown interface', { signals: { interfaces: unknown('zone b fails', NOW) } }],
    ['has no interface', { signals: { interfaces: known([], NOW) } }],
    [
      'has an interface that is not in use',
      { signals: { interfaces: known([anInterface('i-b1', { status: 'attaching' })], NOW) } },
    ],
    [
      'has the source/destination check on',
      { signals: { interfaces: known([anInterface('i-b1', { hasSourceDestCheck: true })], NOW) } },
    ],
    [
      'has two interfaces that forward, and nothing says which takes over',
      { appliance: { interfaces: [anArm('eni-b1'), anArm('eni-b2', { deviceIndex: 1 })] } },
    ],
    [
      'forwards by an interface that is not known',
      { appliance: { interfacesUnreadWhy: 'zone b fails' } },
    ],
  ] satisfies readonly (readonly [string, Setting])[])('that %s is no target', (_what, setting) => {
    expect(outcome(setting)).toBe('S2');
  });

  test('what is held says what the target lacks, and what was wanted', () => {
    const [held] = planFor({ target: up({ isProven: false, lacks: 'ike:500 is young' }) }).held;
    expect(held).toMatchObject({
      rule: 'S2',
      to: 'i-b1',
      because:
        'vpn-b1 is not eligible: ike:500 is young (wanted because vpn-a1 is down: ike:500 does not answer)',
      until: null,
    });
  });

  test.each([
    ['another group', { appliance: { group: 'lab' } }],
    ['another VPC', { appliance: { vpcId: 'vpc-2' } }],
    ['no interface at all', { appliance: { interfaces: [] } }],
  ] satisfies readonly (readonly [string, Setting])[])(
    'one of %s is not even considered: the route has nowhere to go',
    (_what, setting) => {
      const { actions, held } = planFor(setting);
      expect(actions).toEqual([]);
      expect(held).toMatchObject([{ to: null, rule: 'S2' }]);
    },
  );

  test('a pool’s owner in another group than its route’s carrier is no target', () => {
    const route = { preferred: { kind: 'pool', instanceId: 'i-b1', pool: '10.0.0.0/8' } } as const;
    expect(outcome({ nextHop: down(), route, appliance: { group: 'lab' } })).toBe('S2');
  });
});

describe('S3: mass failure', () => {
  const findings = [aMassOf('group', 'hq')];

  test.each([
    ['a failover that only the probes ask for', { nextHop: down() }, 'S3'],
    ['one that EC2 itself confirms', { nextHop: confirmedDown() }, 'moves'],
    ['a move home', failbacks({}), 'S3'],
  ])('%s', (_what, setting, expected) => {
    expect(outcome({ ...setting, findings })).toBe(expected);
  });

  test.each([
    ['its group', aMassOf('group', 'hq'), 'S3'],
    ['its VPC', aMassOf('vpc', VPC), 'S3'],
    ['another group', aMassOf('group', 'lab'), 'moves'],
    ['another VPC', aMassOf('vpc', 'vpc-9'), 'moves'],
  ])('of %s', (_what, mass, expected) => {
    expect(outcome({ nextHop: down(), findings: [mass] })).toBe(expected);
  });

  test('another finding holds nothing', () => {
    expect(outcome({ findings: [aFinding('ZoneDown'), aFinding('GroupDown')] })).toBe('moves');
  });
});

describe('S7: one leader', () => {
  const notLeading: readonly LeaseState[] = [
    { kind: 'standby', until: NOW + 1_000 },
    { kind: 'lost', to: 'w2' },
    { kind: 'unreachable', why: 'no table', wasLeader: false },
  ];
  const byEc2Only: readonly LeaseState[] = [
    { kind: 'unreachable', why: 'no table', wasLeader: true },
    { kind: 'singlePass', token: 1 },
  ];

  test.each([...notLeading, ...byEc2Only])('with %j probes alone move nothing', (lease) => {
    expect(outcome({ world: { lease } })).toBe('S7');
    expect(outcome(failbacks({ world: { lease } }))).toBe('S7');
  });

  test.each(byEc2Only)('with %j what EC2 confirms moves', (lease) => {
    expect(outcome({ nextHop: confirmedDown(), world: { lease } })).toBe('moves');
  });

  test.each(notLeading)('with %j what EC2 confirms does not move either', (lease) => {
    expect(outcome({ nextHop: confirmedDown(), world: { lease } })).toBe('S7');
  });

  test('a strayed pool’s route goes back for the leader only', () => {
    const route = { preferred: { kind: 'pool', instanceId: 'i-b1', pool: '10.0.0.0/8' } } as const;
    expect(outcome({ nextHop: down(), route })).toBe('moves');
    expect(
      outcome({ nextHop: down(), route, world: { lease: { kind: 'singlePass', token: 1 } } }),
    ).toBe('S7');
  });

  test('an interface that is gone is not one of EC2’s two signals', () => {
    const nextHop = down({ cause: 'interface' });
    expect(outcome({ nextHop, world: { lease: { kind: 'singlePass', token: 1 } } })).toBe('S7');
  });

  test('the leader moves on both', () => {
    expect(outcome({ nextHop: down() })).toBe('moves');
    expect(outcome({ nextHop: confirmedDown() })).toBe('moves');
  });
});

describe('a pause', () => {
  test.each([
    ['holds what EC2 confirms too', 1, 'paused'],
    ['that has ended holds nothing', 0, 'moves'],
  ] as const)('%s', (_what, leftMs, expected) => {
    const pause = { at: NOW - 1_000, until: NOW + leftMs, by: 'ana', why: 'change' };
    expect(outcome({ nextHop: confirmedDown(), memory: { pause } })).toBe(expected);
  });
});

describe('observe', () => {
  test.each([
    ['observe', 'observe'],
    ['act', 'moves'],
  ] as const)('mode %s', (mode, expected) => {
    expect(outcome({ policy: { mode } })).toBe(expected);
  });
});
