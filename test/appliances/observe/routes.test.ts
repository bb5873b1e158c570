/** Which routes are ours to move: created ones, in tables tagged for the group, of our own account. All others are only told. */
import { describe, expect, test } from '@jest/globals';
import { readTopology } from '../../../lib/appliances/observe/topology.ts';
import type { RouteFact, RouteTableFact } from '../../../lib/appliances/types/inventory.ts';
import type { Topology } from '../../../lib/appliances/types/topology.ts';
import {
  anInstance,
  anInterface,
  anInventory,
  aRouteFact,
  aTableFact,
  type InventoryParts,
} from '../../builders/facts.ts';
import { anArm, applianceMemory } from '../../builders/world.ts';

const HQ = { group: 'hq' };

interface Setting {
  readonly routes?: readonly RouteFact[];
  readonly table?: Partial<RouteTableFact>;
  /** Null: untagged. */
  readonly tableTag?: string | null;
  readonly parts?: InventoryParts;
  readonly remembered?: Parameters<typeof readTopology>[1];
}

function read({
  routes,
  table,
  tableTag = 'hq',
  parts,
  remembered = new Map(),
}: Setting): Topology {
  const ids = ['i-a1', 'i-b1', 'i-c1'];
  return readTopology(
    anInventory({
      instances: ids.map((id) => anInstance(id)),
      tables: [
        aTableFact('rtb-1', {
          subnetIds: ['subnet-a'],
          routes: routes ?? [aRouteFact('10.20.0.0/16', 'eni-a1')],
          ...table,
        }),
      ],
      ...parts,
      tags: {
        'i-a1': HQ,
        'i-b1': HQ,
        'i-c1': { group: 'lab' },
        ...(tableTag === null ? {} : { 'rtb-1': { group: tableTag } }),
        ...parts?.tags,
      },
    }),
    remembered,
  );
}

const keys = (setting: Setting) => read(setting).routes.map(({ key }) => key);
/** Without what is wrong with the group lab of one appliance. */
const faults = (setting: Setting) =>
  read(setting)
    .faults.filter(({ reason }) => reason !== 'GroupWithoutSpare')
    .map(({ reason, subject }) => `${reason} ${subject.id}`);

const leading = (destination: string): RouteFact => aRouteFact(destination, 'eni-a1');

describe('managed', () => {
  test.each([
    ['an IPv4 range', '10.20.0.0/16'],
    ['an IPv6 range', '2001:db8:20::/48'],
    ['a prefix list', 'pl-0a1b'],
  ])('a route to %s', (_what, destination) => {
    const setting = { routes: [aRouteFact(destination, 'eni-a1')] };
    expect(keys(setting)).toEqual([`rtb-1 ${destination}`]);
    expect(faults(setting)).toEqual([]);
  });

  test('a route that EC2 shows by its instance only', () => {
    const routes = [aRouteFact('10.20.0.0/16', null, { otherTarget: 'i-a1' })];
    expect(read({ routes }).routes[0]).toMatchObject({ nextHop: 'i-a1', targetId: 'i-a1' });
  });

  test('a blackholed route whose appliance is known', () => {
    const routes = [aRouteFact('10.20.0.0/16', 'eni-a1', { state: 'blackhole' })];
    expect(read({ routes }).routes[0]).toMatchObject({ nextHop: 'i-a1', isBlackhole: true });
    expect(faults({ routes })).toEqual([]);
  });

  test('a route to an interface of an appliance that EC2 no longer knows', () => {
    const remembered = new Map([['i-a0', applianceMemory({ interfaces: [anArm('eni-gone')] })]]);
    const routes = [aRouteFact('10.20.0.0/16', 'eni-gone', { state: 'blackhole' })];
    expect(read({ routes, remembered }).routes[0]?.nextHop).toBe('i-a0');
  });

  test('an interface that has moved to another appliance is that one’s, not whose it was', () => {
    const remembered = new Map([['i-c0', applianceMemory({ interfaces: [anArm('eni-moved')] })]]);
    const routes = [aRouteFact('10.20.0.0/16', 'eni-moved')];
    const interfaces = [
      anInterface('i-a1'),
      anInterface('i-b1'),
      anInterface('i-b1', { interfaceId: 'eni-moved', deviceIndex: 1 }),
    ];
    expect(read({ routes, remembered, parts: { interfaces } }).routes[0]?.nextHop).toBe('i-b1');
  });

  test('in a table of two groups the routes of both', () => {
    const routes = [aRouteFact('10.20.0.0/16', 'eni-a1'), aRouteFact('10.30.0.0/16', 'eni-c1')];
    expect(read({ routes, tableTag: 'hq lab' }).routes.map(({ group }) => group)).toEqual([
      'hq',
      'lab',
    ]);
  });

  test('ordered by table, then destination', () => {
    const tables = [
      aTableFact('rtb-2', { routes: [leading('10.30.0.0/16'), leading('10.20.0.0/16')] }),
      aTableFact('rtb-1', { routes: [leading('10.40.0.0/16')] }),
    ];
    expect(keys({ parts: { tables, tags: { 'rtb-2': HQ } } })).toEqual([
      'rtb-1 10.40.0.0/16',
      'rtb-2 10.20.0.0/16',
      'rtb-2 10.30.0.0/16',
    ]);
  });
});

describe('not managed', () => {
  test.each([
    ['the local route', aRouteFact('10.0.0.0/16', null, { otherTarget: 'local', origin: 'table' })],
    ['a route to a gateway', aRouteFact('0.0.0.0/0', null, { otherTarget: 'igw-1' })],
    ['a route to a stranger’s interface', aRouteFact('10.9.0.0/16', 'eni-stranger')],
  ])('%s, and that is no fault', (_what, route) => {
    expect(keys({ routes: [route] })).toEqual([]);
    expect(faults({ routes: [route] })).toEqual([]);
  });

  test.each(['propagated', 'advertised'] as const)(
    'a route that is %s: left to its owner, and listed',
    (origin) => {
      const setting = { routes: [aRouteFact('10.20.0.0/16', 'eni-a1', { origin })] };
      expect(keys(setting)).toEqual([]);
      expect(faults(setting)).toEqual(['RouteOwnedByOther rtb-1']);
      expect(faults({ ...setting, tableTag: null })).toEqual([]);
    },
  );

  test('a route in words that are not known: that route alone, which is listed', () => {
    const routes = [
      aRouteFact('10.20.0.0/16', 'eni-a1', { origin: 'unknown' }),
      aRouteFact('10.30.0.0/16', 'eni-a1'),
    ];
    expect(keys({ routes })).toEqual(['rtb-1 10.30.0.0/16']);
    expect(faults({ routes })).toEqual(['RouteUnreadable rtb-1 10.20.0.0/16']);
    expect(faults({ routes: routes.slice(0, 1), tableTag: null })).toEqual([]);
  });

  test('a table that leans on an appliance without our tag: told, never written', () => {
    expect(keys({ tableTag: null })).toEqual([]);
    expect(faults({ tableTag: null })).toEqual(['TableNotTagged rtb-1']);
  });

  test('a table tagged for another group only: told', () => {
    expect(keys({ tableTag: 'lab' })).toEqual([]);
    expect(faults({ tableTag: 'lab' })).toEqual(['TableNotTagged rtb-1']);
  });

  test('a tagged table without a route to a member is visible all the same: it leads somewhere', () => {
    const topology = read({ routes: [aRouteFact('0.0.0.0/0', null, { otherTarget: 'igw-1' })] });
    expect(topology.tables).toMatchObject([
      { tableId: 'rtb-1', name: 'rtb-1', preferredZone: 'eu-west-1a', subnetIds: ['subnet-a'] },
    ]);
  });

  test('a table of that name is called by it', () => {
    expect(read({ table: { name: 'private-a' } }).tables[0]?.name).toBe('private-a');
    const { faults: all } = read({ table: { name: 'private-a' }, tableTag: null });
    expect(all.find(({ reason }) => reason === 'TableNotTagged')?.subject.name).toBe('private-a');
  });

  test('an untagged table without a route to a member is not looked at', () => {
    const topology = read({ tableTag: null, routes: [aRouteFact('0.0.0.0/0', null)] });
    expect(topology.tables).toEqual([]);
    expect(topology.faults.map(({ reason }) => reason)).toEqual(['GroupWithoutSpare']);
  });

  test('a table with a tag that cannot be read: told', () => {
    expect(faults({ tableTag: ' ' })).toEqual(['TableNotTagged rtb-1', 'TagInvalid rtb-1']);
  });

  test('a table of another account (shared VPC): told, never written', () => {
    const setting = { table: { accountId: '999988887777' } };
    expect(keys(setting)).toEqual([]);
    expect(faults(setting)).toEqual(['TableForeign rtb-1']);
  });

  test('when the account is not known, nothing is managed and nothing is called foreign', () => {
    const parts: InventoryParts = {
      instances: [],
      interfaces: [anInterface('i-a1'), anInterface('i-b1')],
      over: { accountId: '' },
    };
    expect(keys({ parts })).toEqual([]);
    expect(faults({ parts })).toEqual([]);
  });

  test('a blackholed route to an interface that was never seen: notified, not moved on a guess', () => {
    const routes = [aRouteFact('10.20.0.0/16', 'eni-x', { state: 'blackhole' })];
    expect(keys({ routes })).toEqual([]);
    expect(faults({ routes })).toEqual(['RouteBlackholed rtb-1 10.20.0.0/16']);
  });

  test.each([
    ['of an untagged table', { tableTag: null }, {}],
    ['that is active', {}, { state: 'active' as const }],
    ['that another wrote', {}, { origin: 'propagated' as const }],
  ])('a route to a stranger %s is no fault', (_what, setting, route) => {
    const routes = [aRouteFact('10.20.0.0/16', 'eni-x', { state: 'blackhole', ...route })];
    expect(faults({ ...setting, routes })).toEqual([]);
  });
});

test('bad tables harm no other: the good one beside them is managed', () => {
  const route = aRouteFact('10.20.0.0/16', 'eni-a1');
  const tables = [
    aTableFact('rtb-1', { routes: [route], accountId: '999988887777' }),
    aTableFact('rtb-2', { routes: [route] }),
    aTableFact('rtb-3', { routes: [route] }),
  ];
  const tags = { 'rtb-2': { group: ' ' }, 'rtb-3': HQ };
  expect(keys({ parts: { tables, tags } })).toEqual(['rtb-3 10.20.0.0/16']);
});

test('a table’s ways are in the order of their priority: ours before a propagated one, a CIDR before a prefix list', () => {
  const routes = [
    aRouteFact('10.20.0.0/16', null, { otherTarget: 'vgw-1', origin: 'propagated' }),
    aRouteFact('pl-1', 'eni-b1'),
    aRouteFact('10.20.0.0/16', 'eni-a1'),
  ];
  const lists = [{ prefixListId: 'pl-1', cidrs: ['10.20.0.0/16'] }];
  const [table] = read({ routes, parts: { lists } }).tables;
  expect(table?.ways.map(({ targetId }) => targetId)).toEqual(['eni-a1', 'eni-b1', 'vgw-1']);
});
