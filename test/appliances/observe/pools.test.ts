/** Client pools: a route inside one is pinned to its owner; what two claim, or what is mixed, is left alone and told. */
import { describe, expect, test } from '@jest/globals';
import { readTopology } from '../../../lib/appliances/observe/topology.ts';
import type { Topology } from '../../../lib/appliances/types/topology.ts';
import { unknown } from '../../../lib/core/reading.ts';
import {
  anInstance,
  anInventory,
  aRouteFact,
  aTableFact,
  type InventoryParts,
  NOW,
  VPC,
  zoneOf,
} from '../../builders/facts.ts';
import { anArm, applianceMemory } from '../../builders/world.ts';

const HQ = { group: 'hq' };

type Zones = Required<InventoryParts>['zones'];

interface Setting {
  readonly destination?: string;
  /** By instance id. */
  readonly pools: Readonly<Record<string, string>>;
  readonly lists?: Readonly<Record<string, readonly string[]>>;
  readonly otherVpc?: string;
}

/** A route by i-b1 of a table in zone a. */
function read({ destination = '10.8.0.0/24', pools, lists = {}, otherVpc }: Setting): Topology {
  const ids = ['i-a1', 'i-b1', 'i-c1'];
  return readTopology(
    anInventory({
      instances: ids.map((id) => anInstance(id, id === otherVpc ? { vpcId: 'vpc-2' } : {})),
      tags: {
        ...Object.fromEntries(
          ids.map((id) => {
            const pool = pools[id];
            return [id, pool === undefined ? HQ : { ...HQ, pool }];
          }),
        ),
        'rtb-1': HQ,
      },
      tables: [
        aTableFact('rtb-1', {
          subnetIds: ['subnet-a'],
          routes: [aRouteFact(destination, 'eni-b1')],
        }),
      ],
      lists: Object.entries(lists).map(([prefixListId, cidrs]) => ({ prefixListId, cidrs })),
    }),
    new Map(),
  );
}

const preferred = (setting: Setting) => read(setting).routes[0]?.preferred;
const reasons = (setting: Setting) => read(setting).faults.map(({ reason }) => reason);
const pinnedTo = (instanceId: string, pool: string) => ({ kind: 'pool', instanceId, pool });

test.each([
  ['the pool itself', '10.8.0.0/24', '10.8.0.0/24'],
  ['a part of it', '10.8.0.128/25', '10.8.0.0/24'],
  ['an IPv6 pool', 'fd00:8::/64', 'fd00:8::/48'],
])('a route to %s that leads to its claimant is pinned to it', (_what, destination, pool) => {
  expect(preferred({ destination, pools: { 'i-b1': pool } })).toEqual(pinnedTo('i-b1', pool));
});

test('a claim takes no route from a living appliance at which its owner put it, and that is told', () => {
  const setting = { pools: { 'i-c1': '10.8.0.0/24' } };
  expect(preferred(setting)).toEqual({ kind: 'appliance', instanceId: 'i-b1', why: 'learnt' });
  expect(reasons(setting)).toEqual(['PoolNotFollowed']);
});

test.each([
  ['a range that holds the pool and more', '10.8.0.0/16'],
  ['another range', '10.9.0.0/24'],
  ['the same range in IPv6', '::ffff:10.8.0.0/120'],
])('a route to %s is not', (_what, destination) => {
  expect(preferred({ destination, pools: { 'i-c1': '10.8.0.0/24' } })?.kind).toBe('appliance');
});

test('a pool of an appliance in another VPC pins nothing here', () => {
  expect(preferred({ pools: { 'i-c1': '10.8.0.0/24' }, otherVpc: 'i-c1' })?.kind).toBe('appliance');
});

describe('two claims', () => {
  test.each([
    ['the same pool', '10.8.0.0/24', 'PoolClaimedTwice'],
    ['a pool around it', '10.8.0.0/16', 'PoolsOverlap'],
    ['a part of it', '10.8.0.0/25', 'PoolsOverlap'],
  ])('%s: told, and its routes are left alone', (_what, pool, reason) => {
    const setting = { pools: { 'i-b1': '10.8.0.0/24', 'i-c1': pool } };
    expect(reasons(setting)).toEqual([reason]);
    expect(preferred(setting)).toMatchObject({ kind: 'contested' });
  });

  test('pools side by side are no fault', () => {
    expect(reasons({ pools: { 'i-b1': '10.8.0.0/24', 'i-c1': '10.8.1.0/24' } })).toEqual([]);
  });

  test('nor is one pool in two VPCs', () => {
    const pools = { 'i-b1': '10.8.0.0/24', 'i-c1': '10.8.0.0/24' };
    expect(reasons({ pools, otherVpc: 'i-c1' })).toEqual(['GroupSpansVpcs']);
  });

  test('nor are two pools of one appliance, one inside the other', () => {
    const setting = { pools: { 'i-b1': '10.8.0.0/16 10.8.0.0/24' } };
    expect(reasons(setting)).toEqual([]);
    expect(preferred(setting)).toEqual(pinnedTo('i-b1', '10.8.0.0/16'));
  });
});

const listed = (cidrs: readonly string[], pools: Setting['pools']): Setting => ({
  destination: 'pl-1',
  pools,
  lists: { 'pl-1': cidrs },
});

describe('a prefix list', () => {
  test('of nothing but one appliance’s pools is pinned to it', () => {
    const setting = listed(['10.8.0.0/24', '10.8.1.0/24'], { 'i-b1': '10.8.0.0/16' });
    expect(preferred(setting)).toEqual(pinnedTo('i-b1', '10.8.0.0/16'));
    expect(reasons(setting)).toEqual([]);
  });

  test('of a pool and more besides is left alone, and told', () => {
    const setting = listed(['10.8.0.0/24', '10.20.0.0/16'], { 'i-b1': '10.8.0.0/16' });
    expect(preferred(setting)).toMatchObject({ kind: 'contested' });
    expect(reasons(setting)).toEqual(['PoolsOverlap']);
  });

  test('of no pool is a route like any other', () => {
    expect(preferred(listed(['10.20.0.0/16'], { 'i-c1': '10.8.0.0/16' }))?.kind).toBe('appliance');
  });
});

describe('the pools of an appliance that is gone', () => {
  const past = new Map([
    [
      'i-a0',
      applianceMemory({ pools: ['10.8.0.0/24', '10.9.0.0/24'], interfaces: [anArm('eni-a0')] }),
    ],
  ]);
  const readZone: Zones = { [zoneOf('a')]: {} };
  const topologyWith = (
    pools: Setting['pools'],
    { zones = readZone, vpcId = VPC }: { readonly zones?: Zones; readonly vpcId?: string } = {},
  ) => {
    const tags = Object.entries(pools).map(([id, pool]) => [id, { ...HQ, pool }] as const);
    return readTopology(
      anInventory({
        instances: [anInstance('i-b1', { vpcId })],
        zones,
        tags: { 'i-b1': HQ, 'rtb-1': HQ, ...Object.fromEntries(tags) },
        tables: [
          aTableFact('rtb-1', {
            subnetIds: ['subnet-a'],
            routes: [aRouteFact('10.8.0.0/24', 'eni-a0'), aRouteFact('10.9.0.0/24', 'eni-a0')],
          }),
        ],
      }),
      past,
    );
  };
  const preferences = (...setting: Parameters<typeof topologyWith>) =>
    topologyWith(...setting).routes.map(({ destination, preferred: to }) => [
      destination,
      to.kind,
      to.kind === 'pool' ? to.instanceId : '',
    ]);

  test('stay pinned to it as long as it is remembered, although its tags went with it', () => {
    expect(preferences({})).toEqual([
      ['10.8.0.0/24', 'pool', 'i-a0'],
      ['10.9.0.0/24', 'pool', 'i-a0'],
    ]);
  });

  test('go to the appliance that claims them now, each by itself', () => {
    expect(preferences({ 'i-b1': '10.8.0.0/24' })).toEqual([
      ['10.8.0.0/24', 'pool', 'i-b1'],
      ['10.9.0.0/24', 'pool', 'i-a0'],
    ]);
  });

  test('are known as inherited, are remembered as its own, and are no pool that is claimed twice', () => {
    const { routes, appliances, faults } = topologyWith({ 'i-b1': '10.8.0.0/24' });
    expect(routes.map(({ preferred: to }) => to)).toEqual([
      { ...pinnedTo('i-b1', '10.8.0.0/24'), isInherited: true },
      pinnedTo('i-a0', '10.9.0.0/24'),
    ]);
    expect(appliances[0]?.pools).toEqual(['10.8.0.0/24', '10.9.0.0/24']);
    expect(faults.map(({ reason }) => reason)).not.toContain('PoolClaimedTwice');
  });

  test('stay contested while its zone cannot be read: then it is not known that it is gone', () => {
    const zones = { [zoneOf('a')]: { instances: unknown('zone disrupted', NOW) } };
    expect(preferences({ 'i-b1': '10.8.0.0/24' }, { zones })[0]).toEqual([
      '10.8.0.0/24',
      'contested',
      '',
    ]);
  });

  test('do not go to an appliance of another VPC', () => {
    const vpcId = 'vpc-elsewhere';
    expect(preferences({ 'i-b1': '10.8.0.0/24' }, { vpcId })[0]).toEqual([
      '10.8.0.0/24',
      'pool',
      'i-a0',
    ]);
  });
});
