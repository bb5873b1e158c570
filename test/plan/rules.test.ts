/** Each safety rule on both of its sides: what it holds, and that it holds nothing beside it. */
import { describe, expect, test } from '@jest/globals';
import type { Finding } from '../../lib/model/finding.ts';
import type { GroupMemory, Memory } from '../../lib/model/memory.ts';
import type { Plan } from '../../lib/model/plan.ts';
import type { Policy } from '../../lib/model/policy.ts';
import { known, unknown } from '../../lib/model/reading.ts';
import type { Appliance, ManagedRoute } from '../../lib/model/topology.ts';
import type { Verdict } from '../../lib/model/verdict.ts';
import type { Ec2Signals, LeaseSight, World } from '../../lib/model/world.ts';
import { plan } from '../../lib/plan/routes.ts';
import { anInterface, NOW, zoneOf } from '../build/facts.ts';
import {
  aFinding,
  anAppliance,
  anAssessment,
  aRoute,
  aWorld,
  confirmedDown,
  down,
  groupMemory,
  homeAt,
  memoryOf,
  policyOf,
  unsure,
  up,
} from '../build/world.ts';

const KEY = 'rtb-1 10.0.0.0/8';
const MIN = 60_000;
const HOUR = 3_600_000;

interface Setting {
  /** i-a1's verdict; the route is its own. */
  readonly carrier?: Verdict;
  /** i-b1's verdict and signals: the only other appliance. */
  readonly target?: Verdict;
  readonly signals?: Partial<Ec2Signals>;
  readonly appliance?: Partial<Appliance>;
  readonly route?: Partial<ManagedRoute>;
  readonly world?: Partial<World>;
  readonly findings?: readonly Finding[];
  readonly group?: Partial<GroupMemory>;
  readonly memory?: Partial<Memory>;
  readonly policy?: Partial<Policy>;
}

function planFor(setting: Setting): Plan {
  const world = aWorld({
    appliances: [anAppliance('i-a1'), anAppliance('i-b1', setting.appliance)],
    routes: [aRoute(KEY, 'i-a1', setting.route)],
    ...(setting.signals === undefined ? {} : { signals: { 'i-b1': setting.signals } }),
    ...(setting.world === undefined ? {} : { over: setting.world }),
  });
  const verdicts = { 'i-a1': setting.carrier ?? down(), 'i-b1': setting.target ?? up() };
  const groups = new Map(
    setting.group === undefined ? [] : [['hq', groupMemory(setting.group)] as const],
  );
  return plan(
    world,
    anAssessment(world, verdicts, setting.findings),
    memoryOf({ groups, ...setting.memory }),
    policyOf(setting.policy),
    NOW,
  );
}

/** A failover to i-b1 as `moves`, or the rule that holds it. */
function outcome(setting: Setting): string {
  const { actions, held } = planFor(setting);
  return actions.length > 0 ? 'moves' : (held[0]?.rule ?? 'no wish');
}

/** A move home to i-b1. */
const homewards = (setting: Setting): Setting => ({
  carrier: up(),
  ...setting,
  route: { home: homeAt('i-b1'), ...setting.route },
});

test('nothing is against a failover to a proven appliance', () => {
  expect(planFor({}).actions).toMatchObject([
    {
      kind: 'failover',
      routeKey: KEY,
      from: 'i-a1',
      to: 'i-b1',
      toInterfaceId: 'eni-b1',
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
    expect(outcome({ carrier: confirmedDown(), world: gap(null) })).toBe('S1');
  });

  test('an unknown carrier is not down: no wish at all', () => {
    expect(outcome({ carrier: unsure() })).toBe('no wish');
  });
});

describe('S2: the target', () => {
  test.each([
    ['is unknown', { target: unsure() }],
    ['is down itself', { target: down() }],
    ['is not proven', { target: up({ isProven: false, lacks: 'it is young' }) }],
    ['is of unknown state', { signals: { state: unknown('zone b fails', NOW) } }],
    ['is pending', { signals: { state: known('pending', NOW) } }],
    ['is of unknown interface', { signals: { interface: unknown('zone b fails', NOW) } }],
    ['has no interface', { signals: { interface: known(null, NOW) } }],
    [
      'has an interface that is not in use',
      { signals: { interface: known(anInterface('i-b1', { status: 'attaching' }), NOW) } },
    ],
    [
      'has the source/destination check on',
      { signals: { interface: known(anInterface('i-b1', { hasSourceDestCheck: true }), NOW) } },
    ],
    [
      'forwards by nobody knows which interface',
      { appliance: { forwarding: { kind: 'ambiguous', interfaceIds: ['eni-1', 'eni-2'] } } },
    ],
    [
      'forwards by an interface that is not known',
      { appliance: { forwarding: { kind: 'unknown', why: 'zone b fails' } } },
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
        'vpn-b1 is no target: ike:500 is young (wanted because vpn-a1 is down: ike:500 does not answer)',
      until: null,
    });
  });

  test.each([
    ['another group', { appliance: { group: 'lab' } }],
    ['another VPC', { appliance: { vpcId: 'vpc-2' } }],
    ['no interface at all', { appliance: { forwarding: { kind: 'none' } } }],
  ] satisfies readonly (readonly [string, Setting])[])(
    'one of %s is not even considered: the route has nowhere to go',
    (_what, setting) => {
      const { actions, held } = planFor(setting);
      expect(actions).toEqual([]);
      expect(held).toMatchObject([{ to: null, rule: 'S3' }]);
    },
  );

  test('a pool’s owner in another group than its route’s carrier is no target', () => {
    const route = { home: { kind: 'pool', instanceId: 'i-b1', pool: '10.0.0.0/8' } } as const;
    expect(outcome({ carrier: up(), route, appliance: { group: 'lab' } })).toBe('S2');
  });
});

describe('S3: mass failure', () => {
  const findings = [aFinding('MassFailureSuspect')];

  test.each([
    ['a failover that only the probes ask for', { carrier: down() }, 'S3'],
    ['one that EC2 itself confirms', { carrier: confirmedDown() }, 'moves'],
    ['a move home', homewards({}), 'S3'],
  ])('%s', (_what, setting, expected) => {
    expect(outcome({ ...setting, findings })).toBe(expected);
  });

  test('another finding holds nothing', () => {
    expect(outcome({ findings: [aFinding('ZoneDown'), aFinding('GroupDown')] })).toBe('moves');
  });
});

describe('S4: up is slower', () => {
  test.each([
    ['4 min 59.999 s', 5 * MIN - 1, 1, 'S4'],
    ['5 min', 5 * MIN, 1, 'moves'],
    ['9 min 59.999 s, the second in a row', 10 * MIN - 1, 2, 'S4'],
    ['10 min, the second in a row', 10 * MIN, 2, 'moves'],
    ['59 min 59.999 s, the ninth in a row', HOUR - 1, 9, 'S4'],
    ['an hour, the ninth in a row', HOUR, 9, 'moves'],
  ])('a move home after the last failover of %s', (_what, agoMs, flapCount, expected) => {
    const group = { lastFailoverAt: NOW - agoMs, flapCount };
    expect(outcome(homewards({ group }))).toBe(expected);
  });

  test('it says until when', () => {
    const [held] = planFor(homewards({ group: { lastFailoverAt: NOW - 4 * MIN } })).held;
    expect(held).toMatchObject({ rule: 'S4', until: NOW + MIN });
  });

  test('a failover does not wait for the hold', () => {
    expect(outcome({ group: { lastFailoverAt: NOW - 1_000 } })).toBe('moves');
  });

  test('a clock that went back lengthens the hold', () => {
    expect(outcome(homewards({ group: { lastFailoverAt: NOW + HOUR } }))).toBe('S4');
  });

  const ats = (...agosMs: readonly number[]) => ({
    failoverAts: { [KEY]: agosMs.map((agoMs) => NOW - agoMs) },
  });
  test.each([
    ['the third within the hour', ats(40 * MIN, 20 * MIN), 'moves'],
    ['the fourth within the hour', ats(40 * MIN, 20 * MIN, MIN), 'S4'],
    ['the fourth, the first of them 59 min 59.999 s ago', ats(HOUR - 1, 20 * MIN, MIN), 'S4'],
    ['the fourth, the first of them an hour ago', ats(HOUR, 20 * MIN, MIN), 'moves'],
    ['the fourth, of another route', { failoverAts: { other: [NOW, NOW, NOW] } }, 'moves'],
  ])('a failover that is %s', (_what, group, expected) => {
    expect(outcome({ group })).toBe(expected);
  });

  test('the fourth is held also when EC2 confirms it, until the first is an hour old', () => {
    const setting = { carrier: confirmedDown(), group: ats(40 * MIN, 20 * MIN, MIN) };
    expect(planFor(setting).held).toMatchObject([{ rule: 'S4', until: NOW + 20 * MIN }]);
  });

  test.each([
    ['home', 'S4'],
    ['away from the dead', 'moves'],
  ])('a pinned route %s', (where, expected) => {
    const group = { lastFailoverAt: NOW - 24 * HOUR, pinnedAts: { [KEY]: NOW - 23 * HOUR } };
    expect(outcome(where === 'home' ? homewards({ group }) : { group })).toBe(expected);
  });

  test('a pinned route is held without an end, with the command that frees it', () => {
    const group = { lastFailoverAt: 0, pinnedAts: { [KEY]: 0 } };
    expect(planFor(homewards({ group })).held).toMatchObject([
      { until: null, because: expect.stringContaining('vpn-medic ack hq') },
    ]);
  });
});

describe('S5: the way home', () => {
  test.each([
    ['proven, not yet healthy (29 answers)', up({ isHealthy: false }), 'S5'],
    ['healthy (30 answers)', up(), 'moves'],
  ])('to an appliance that is %s', (_what, target, expected) => {
    expect(outcome(homewards({ target }))).toBe(expected);
  });

  test('the way out asks for less: proven is enough', () => {
    expect(outcome({ target: up({ isHealthy: false }) })).toBe('moves');
  });
});

describe('S6: a write that did not stick', () => {
  const pending = (tryCount: number, key = KEY): Partial<Memory> => ({
    pending: new Map([
      [key, { toInterfaceId: 'eni-b1', fromTargetId: 'eni-a1', writtenAt: NOW - 11_000, tryCount }],
    ]),
  });
  test.each([
    ['once: it is tried again', pending(1), 'moves'],
    ['twice: it is a person’s matter', pending(2), 'S6'],
    ['twice, of another route', pending(2, 'rtb-9 10.0.0.0/8'), 'moves'],
  ])('written %s', (_what, memory, expected) => {
    expect(outcome({ memory })).toBe(expected);
  });
});

describe('S7: one watcher decides from probes', () => {
  const others: readonly LeaseSight[] = [
    { kind: 'shadowing', until: NOW + 1_000 },
    { kind: 'lost', to: 'w2' },
    { kind: 'unreachable', why: 'no table' },
    { kind: 'none' },
  ];

  test.each(others)('with the lease %j the probes’ word moves nothing', (lease) => {
    expect(outcome({ world: { lease } })).toBe('S7');
    expect(outcome(homewards({ world: { lease } }))).toBe('S7');
  });

  test.each(others)('with the lease %j EC2’s own word does', (lease) => {
    expect(outcome({ carrier: confirmedDown(), world: { lease } })).toBe('moves');
  });

  test('an interface that is gone is not one of EC2’s two signals', () => {
    const carrier = down({ cause: 'interface' });
    expect(outcome({ carrier, world: { lease: { kind: 'none' } } })).toBe('S7');
  });

  test('the holder moves on both', () => {
    expect(outcome({ carrier: down() })).toBe('moves');
    expect(outcome({ carrier: confirmedDown() })).toBe('moves');
  });
});

describe('S8: the budget', () => {
  test.each([
    ['one token', 1, 0, 'moves'],
    ['0.999 tokens', 0.999, 0, 'S8'],
    ['none, a quarter of a second ago', 0, 250, 'moves'],
    ['none, 249 ms ago', 0, 249, 'S8'],
  ])('with %s', (_what, tokens, agoMs, expected) => {
    expect(outcome({ memory: { budget: { tokens, at: NOW - agoMs } } })).toBe(expected);
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
