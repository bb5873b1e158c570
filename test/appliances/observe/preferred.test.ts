/** Where a route belongs when all are well: by tag, by the zone of most subnets, by pool; and where it stays in peace. */
import { describe, expect, test } from '@jest/globals';
import { readTopology } from '../../../lib/appliances/observe/topology.ts';
import type { RouteTableFact } from '../../../lib/appliances/types/inventory.ts';
import type { Preferred, Topology } from '../../../lib/appliances/types/topology.ts';
import {
  anInstance,
  anInventory,
  aRouteFact,
  aSubnet,
  aTableFact,
  type InventoryParts,
  zoneOf,
} from '../../builders/facts.ts';
import { anArm, applianceMemory, failbackAt } from '../../builders/world.ts';

const HQ = { group: 'hq' };
const DEST = '10.20.0.0/16';
const IDS = ['i-a1', 'i-a2', 'i-b1', 'i-c1'];

const subnets = (zones: string) =>
  zones.split('').map((zone, index) => aSubnet(`subnet-${index}`, zoneOf(zone)));

interface Setting {
  /** The table's subnets, by zone letter: `aab`. */
  readonly zones?: string;
  readonly nextHop?: string;
  readonly ids?: readonly string[];
  readonly tableTags?: Readonly<Record<string, string>>;
  readonly table?: Partial<RouteTableFact>;
  readonly more?: InventoryParts;
  readonly remembered?: Parameters<typeof readTopology>[1];
}

/** One table with one route, in an account of one or two appliances a zone. */
function read({
  zones = 'a',
  nextHop = 'i-b1',
  ids = IDS,
  tableTags = HQ,
  table,
  more,
  remembered = new Map(),
}: Setting): Topology {
  const all = subnets(zones);
  return readTopology(
    anInventory({
      instances: ids.map((id) => anInstance(id)),
      subnets: all,
      tables: [
        aTableFact('rtb-1', {
          subnetIds: all.map(({ subnetId }) => subnetId),
          routes: [aRouteFact(DEST, nextHop.replace('i-', 'eni-'))],
          ...table,
        }),
      ],
      ...more,
      tags: {
        ...Object.fromEntries(ids.map((id) => [id, HQ])),
        'rtb-1': tableTags,
        ...more?.tags,
      },
    }),
    remembered,
  );
}

const preferredOf = (setting: Setting): Preferred | undefined => read(setting).routes[0]?.preferred;
const reasons = (setting: Setting): readonly string[] =>
  read(setting).faults.map(({ reason }) => reason);

describe('by zone', () => {
  test.each([
    ['the zone of its only subnet', 'c', 'i-c1'],
    ['the zone of most subnets', 'acc', 'i-c1'],
    ['on a tie the lower zone name', 'ca', 'i-a1'],
    ['on a tie of three', 'cba', 'i-a1'],
  ])('home is in %s', (_what, zones, instanceId) => {
    expect(preferredOf({ zones })).toEqual(failbackAt(instanceId));
  });

  test('a carrier in that zone is left in peace, be it not the lowest id', () => {
    expect(preferredOf({ zones: 'a', nextHop: 'i-a2' })).toEqual(failbackAt('i-a2'));
  });

  test('a table without subnets has no home', () => {
    expect(preferredOf({ zones: '' })).toEqual({ kind: 'none', why: 'rtb-1 serves no subnet' });
  });

  test('a table in a zone without an appliance has none either', () => {
    expect(preferredOf({ zones: 'c', ids: ['i-a1', 'i-b1'] })).toEqual({
      kind: 'none',
      why: 'group hq has no appliance in eu-west-1c',
    });
  });

  test('the main table serves every subnet that no table names', () => {
    const all = [...subnets('aac'), aSubnet('subnet-other', zoneOf('a'), { vpcId: 'vpc-2' })];
    const other = aTableFact('rtb-2', { subnetIds: ['subnet-0', 'subnet-1'] });
    const main = aTableFact('rtb-1', {
      isMain: true,
      routes: [aRouteFact(DEST, 'eni-b1')],
    });
    expect(preferredOf({ more: { subnets: all, tables: [main, other] } })).toEqual(
      failbackAt('i-c1'),
    );
    expect(preferredOf({ more: { subnets: all, tables: [main] } })).toEqual(failbackAt('i-a1'));
  });

  test('a table that is not the main one serves only its own', () => {
    const all = subnets('aac');
    const table = aTableFact('rtb-1', {
      subnetIds: ['subnet-2'],
      routes: [aRouteFact(DEST, 'eni-b1')],
    });
    expect(preferredOf({ more: { subnets: all, tables: [table] } })).toEqual(failbackAt('i-c1'));
  });
});

const tables = (nextHops: readonly string[]) =>
  nextHops.map((nextHop, index) =>
    aTableFact(`rtb-${index + 1}`, {
      subnetIds: ['subnet-0'],
      routes: [aRouteFact(DEST, nextHop.replace('i-', 'eni-'))],
    }),
  );

describe('of several appliances in the zone', () => {
  const preferencesOf = (nextHops: readonly string[], setting: Setting = {}) =>
    read({
      ...setting,
      more: {
        ...setting.more,
        subnets: subnets('a'),
        tables: tables(nextHops),
        tags: Object.fromEntries(nextHops.map((_, index) => [`rtb-${index + 1}`, HQ])),
      },
    }).routes.map(({ preferred }) =>
      preferred.kind === 'appliance' ? preferred.instanceId : preferred.kind,
    );

  test('routes on their way home are dealt evenly, the lower id first', () => {
    expect(preferencesOf(['i-b1', 'i-b1', 'i-b1', 'i-b1'])).toEqual([
      'i-a1',
      'i-a2',
      'i-a1',
      'i-a2',
    ]);
  });

  test('whoever carries fewest of the zone’s routes is the home', () => {
    expect(preferencesOf(['i-a1', 'i-a1', 'i-b1'])).toEqual(['i-a1', 'i-a1', 'i-a2']);
  });

  test('the terminated predecessor of an appliance is no home while its successor lives', () => {
    const gone = new Map([['i-a0', applianceMemory({ interfaces: [anArm('eni-a0')] })]]);
    expect(preferencesOf(['i-b1', 'i-b1'], { ids: ['i-a9', 'i-b1'], remembered: gone })).toEqual([
      'i-a9',
      'i-a9',
    ]);
  });

  test('it stays the home while it has no successor', () => {
    const gone = new Map([['i-a0', applianceMemory({ interfaces: [anArm('eni-a0')] })]]);
    expect(preferencesOf(['i-b1'], { ids: ['i-b1'], remembered: gone })).toEqual(['i-a0']);
  });
});

describe('by tag', () => {
  test('the tag overrides the zone', () => {
    expect(preferredOf({ zones: 'a', tableTags: { ...HQ, preferred: 'i-c1' } })).toEqual(
      failbackAt('i-c1', 'tag'),
    );
  });

  test('also for a table without subnets', () => {
    expect(preferredOf({ zones: '', tableTags: { ...HQ, preferred: 'i-c1' } })).toEqual(
      failbackAt('i-c1', 'tag'),
    );
  });

  test.each([
    ['two homes', 'i-a1 i-c1', 'it names two instances'],
    ['no id', 'vpn-a', '"vpn-a" is no instance id'],
    ['nobody', 'i-0a0', 'i-0a0 is no appliance of group hq in vpc-1'],
  ])('a tag that names %s is told, and the route stays where it is', (_what, preferred, why) => {
    const topology = read({ tableTags: { ...HQ, preferred } });
    expect(topology.routes[0]?.preferred.kind).toBe('none');
    expect(topology.faults).toMatchObject([
      { reason: 'HomeInvalid', subject: { id: 'rtb-1' }, summary: expect.stringContaining(why) },
    ]);
  });

  test('a tag that names an appliance of another group is told', () => {
    const more = {
      instances: [...IDS.map((id) => anInstance(id)), anInstance('i-c2')],
      tags: { 'i-c2': { group: 'lab' } },
    };
    expect(reasons({ tableTags: { ...HQ, preferred: 'i-c2' }, more })).toContain('HomeInvalid');
  });

  test('in a table of both groups it speaks for its own group only, and is no fault', () => {
    const more = {
      instances: [...IDS.map((id) => anInstance(id)), anInstance('i-c2'), anInstance('i-b2')],
      tags: { 'i-c2': { group: 'lab' }, 'i-b2': { group: 'lab' } },
    };
    const setting = { tableTags: { group: 'hq lab', preferred: 'i-c2' }, more };
    expect(preferredOf(setting)).toMatchObject({ kind: 'none' });
    expect(reasons(setting)).toEqual([]);
  });

  test('one bad tag is one fault, however many routes the table has', () => {
    const routes = [aRouteFact(DEST, 'eni-b1'), aRouteFact('10.30.0.0/16', 'eni-b1')];
    expect(reasons({ tableTags: { ...HQ, preferred: 'x' }, table: { routes } })).toEqual([
      'HomeInvalid',
    ]);
  });
});
