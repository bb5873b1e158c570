/** The preferred next hop of a route: where it was learnt, by tag, and by the zone that a tag asks for. */
import { describe, expect, test } from '@jest/globals';
import { readTopology } from '../../../lib/appliances/observe/topology.ts';
import type { RouteTableFact } from '../../../lib/appliances/types/inventory.ts';
import type { LearntRoute, LearntRoutes } from '../../../lib/appliances/types/learnt.ts';
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
import { aLearntRoute, anArm, applianceMemory, failbackAt } from '../../builders/world.ts';

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
  readonly learnt?: LearntRoutes;
  /** Ids of instances that anybody may have tagged. */
  readonly strangers?: readonly string[];
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
  learnt = new Map(),
  strangers = [],
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
    learnt,
    ({ instanceId }) => !strangers.includes(instanceId),
  );
}

const preferredOf = (setting: Setting): Preferred | undefined => read(setting).routes[0]?.preferred;
const reasons = (setting: Setting): readonly string[] =>
  read(setting).faults.map(({ reason }) => reason);

const LEARNT = (instanceId: string, over: Partial<LearntRoute> = {}) =>
  new Map([[`rtb-1 ${DEST}`, aLearntRoute(instanceId, over)]]);

describe('as learnt', () => {
  test('what was never learnt is preferred where it leads now, whatever the zone of its table', () => {
    expect(preferredOf({ zones: 'a', nextHop: 'i-b1' })).toEqual(failbackAt('i-b1', 'learnt'));
  });

  test('the member that its owner put it at, also for a table without subnets', () => {
    const learnt = LEARNT('i-a2');
    expect(preferredOf({ zones: 'b', learnt })).toEqual(failbackAt('i-a2', 'learnt'));
    expect(preferredOf({ zones: '', learnt })).toEqual(failbackAt('i-a2', 'learnt'));
  });

  test('a member that another group has now is not, and the route stays where it is', () => {
    const more = { tags: { 'i-a2': { group: 'lab' } } };
    expect(preferredOf({ learnt: LEARNT('i-a2'), more, ids: ['i-a2', 'i-b1'] })).toEqual(
      failbackAt('i-b1', 'learnt'),
    );
  });

  describe('of a member that is gone for good', () => {
    const gone = new Map([['i-a0', applianceMemory({ interfaces: [anArm('eni-a0')] })]]);
    const heir = (launches: Readonly<Record<string, number>>, over: Partial<Setting> = {}) => {
      const instances = Object.entries(launches).map(([id, launchedAt]) =>
        anInstance(id, { launchedAt }),
      );
      const ids = Object.keys(launches);
      const learnt = LEARNT('i-a0', { launchedAt: 5 });
      const more = { instances, zones: { [zoneOf('a')]: {} } };
      return preferredOf({ ids, remembered: gone, learnt, more, ...over });
    };

    test('the newest of its zone takes over', () => {
      expect(heir({ 'i-a1': 6, 'i-a2': 7, 'i-b1': 8 })).toEqual(failbackAt('i-a2', 'learnt'));
    });

    test('not one that is not admitted, however new', () => {
      const launches = { 'i-a1': 6, 'i-a2': 7, 'i-b1': 8 };
      expect(heir(launches, { strangers: ['i-a2'] })).toEqual(failbackAt('i-a1', 'learnt'));
      const stranger = heir(launches, { strangers: ['i-a1', 'i-a2'] });
      expect(stranger).toEqual(failbackAt('i-b1', 'learnt'));
    });

    test('not one that is ending too', () => {
      const instances = [
        anInstance('i-a1', { launchedAt: 6 }),
        anInstance('i-a2', { launchedAt: 7, state: 'shutting-down' }),
        anInstance('i-b1'),
      ];
      const learnt = LEARNT('i-a0', { launchedAt: 5 });
      expect(preferredOf({ remembered: gone, learnt, more: { instances } })).toEqual(
        failbackAt('i-a1', 'learnt'),
      );
    });

    test('with none started after it in the zone, a next hop in that zone keeps the route', () => {
      expect(heir({ 'i-a1': 3, 'i-a2': 4, 'i-b1': 8 }, { nextHop: 'i-a1' })).toEqual(
        failbackAt('i-a1', 'learnt'),
      );
    });

    test('with none in the zone the next hop of now is preferred', () => {
      expect(heir({ 'i-b1': 1, 'i-c1': 9 })).toEqual(failbackAt('i-b1', 'learnt'));
    });
  });

  test('one that has only stopped keeps its routes', () => {
    const instances = IDS.map((id) => anInstance(id, id === 'i-a1' ? { state: 'stopped' } : {}));
    expect(preferredOf({ learnt: LEARNT('i-a1'), more: { instances } })).toEqual(
      failbackAt('i-a1', 'learnt'),
    );
  });
});

const BY_ZONE = { ...HQ, preferred: 'zone' };

describe('by the tag "zone"', () => {
  test.each([
    ['the zone of its only subnet', 'c', 'i-c1'],
    ['the zone of most subnets', 'acc', 'i-c1'],
    ['on a tie the lower zone name', 'ca', 'i-a1'],
    ['on a tie of three', 'cba', 'i-a1'],
  ])('it is in %s, whatever was learnt', (_what, zones, instanceId) => {
    expect(preferredOf({ zones, tableTags: BY_ZONE, learnt: LEARNT('i-b1') })).toEqual(
      failbackAt(instanceId, 'zone'),
    );
  });

  test('a next hop in that zone is left alone, be it not the lowest id', () => {
    expect(preferredOf({ zones: 'a', nextHop: 'i-a2', tableTags: BY_ZONE })).toEqual(
      failbackAt('i-a2', 'zone'),
    );
  });

  test('it is one that is admitted', () => {
    const setting = { zones: 'a', tableTags: BY_ZONE, learnt: LEARNT('i-b1') };
    expect(preferredOf({ ...setting, strangers: ['i-a1'] })).toEqual(failbackAt('i-a2', 'zone'));
  });

  test('in a zone without an appliance it says nothing: the learnt one counts', () => {
    const setting = { zones: 'c', ids: ['i-a1', 'i-b1'], tableTags: BY_ZONE };
    expect(preferredOf({ ...setting, learnt: LEARNT('i-a1') })).toEqual(
      failbackAt('i-a1', 'learnt'),
    );
  });

  test('an edge route prefers the zone of the subnet that it covers', () => {
    const edge = (destination: string) =>
      preferredOf({
        zones: '',
        tableTags: BY_ZONE,
        table: { subnetIds: [], routes: [aRouteFact(destination, 'eni-b1')] },
        more: {
          subnets: [
            aSubnet('subnet-x', zoneOf('a'), { cidrs: ['10.0.16.0/28'] }),
            aSubnet('subnet-y', zoneOf('c'), { cidrs: ['10.0.32.0/28'] }),
          ],
        },
      });
    expect(edge('10.0.16.0/28')).toEqual(failbackAt('i-a1', 'zone'));
    expect(edge('10.0.32.0/28')).toEqual(failbackAt('i-c1', 'zone'));
    expect(edge('10.0.0.0/16')).toEqual(failbackAt('i-b1', 'learnt'));
  });

  test('the main table serves every subnet that no table names', () => {
    const all = [...subnets('aac'), aSubnet('subnet-other', zoneOf('a'), { vpcId: 'vpc-2' })];
    const other = aTableFact('rtb-2', { subnetIds: ['subnet-0', 'subnet-1'] });
    const main = aTableFact('rtb-1', {
      isMain: true,
      routes: [aRouteFact(DEST, 'eni-b1')],
    });
    const of = (tables: readonly RouteTableFact[]) =>
      preferredOf({ tableTags: BY_ZONE, more: { subnets: all, tables } });
    expect(of([main, other])).toEqual(failbackAt('i-c1', 'zone'));
    expect(of([main])).toEqual(failbackAt('i-a1', 'zone'));
  });

  test('a table that is not the main one serves only its own', () => {
    const table = aTableFact('rtb-1', {
      subnetIds: ['subnet-2'],
      routes: [aRouteFact(DEST, 'eni-b1')],
    });
    const more = { subnets: subnets('aac'), tables: [table] };
    expect(preferredOf({ tableTags: BY_ZONE, more })).toEqual(failbackAt('i-c1', 'zone'));
  });

  describe('of several appliances in the zone', () => {
    const preferencesOf = (nextHops: readonly string[], setting: Setting = {}) =>
      read({
        ...setting,
        more: {
          subnets: subnets('a'),
          tables: nextHops.map((nextHop, index) =>
            aTableFact(`rtb-${index + 1}`, {
              subnetIds: ['subnet-0'],
              routes: [aRouteFact(DEST, nextHop.replace('i-', 'eni-'))],
            }),
          ),
          tags: Object.fromEntries(nextHops.map((_, index) => [`rtb-${index + 1}`, BY_ZONE])),
        },
      }).routes.map(({ preferred }) =>
        preferred.kind === 'appliance' ? preferred.instanceId : preferred.kind,
      );

    test('routes are shared out evenly, the lower id first', () => {
      expect(preferencesOf(['i-b1', 'i-b1', 'i-b1', 'i-b1'])).toEqual([
        'i-a1',
        'i-a2',
        'i-a1',
        'i-a2',
      ]);
    });

    test('the one with the fewest routes is preferred', () => {
      expect(preferencesOf(['i-a1', 'i-a1', 'i-b1'])).toEqual(['i-a1', 'i-a1', 'i-a2']);
    });

    test('one that is gone for good is not', () => {
      const gone = new Map([['i-a0', applianceMemory({ interfaces: [anArm('eni-a0')] })]]);
      const setting = { ids: ['i-a9', 'i-b1'], remembered: gone };
      expect(preferencesOf(['i-b1', 'i-b1'], setting)).toEqual(['i-a9', 'i-a9']);
    });
  });
});

describe('by tag', () => {
  test('the tag overrides what was learnt', () => {
    expect(
      preferredOf({ learnt: LEARNT('i-a1'), tableTags: { ...HQ, preferred: 'i-c1' } }),
    ).toEqual(failbackAt('i-c1', 'tag'));
  });

  test('also for a table without subnets', () => {
    expect(preferredOf({ zones: '', tableTags: { ...HQ, preferred: 'i-c1' } })).toEqual(
      failbackAt('i-c1', 'tag'),
    );
  });

  test.each([
    ['two homes', 'i-a1 i-c1', 'it names two instances'],
    ['no id', 'vpn-a', '"vpn-a" is neither an instance id nor "zone"'],
    ['nobody', 'i-0a0', 'i-0a0 is no appliance of group hq in vpc-1'],
  ])('a tag that names %s is told, and the route stays where it is', (_what, preferred, why) => {
    const topology = read({ tableTags: { ...HQ, preferred } });
    expect(topology.routes[0]?.preferred).toEqual(failbackAt('i-b1', 'learnt'));
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
    expect(preferredOf(setting)).toEqual(failbackAt('i-b1', 'learnt'));
    expect(reasons(setting)).toEqual([]);
  });

  test('in an edge table it counts only for the subnets of the zone of its instance', () => {
    const edge = (destination: string) =>
      preferredOf({
        tableTags: { ...HQ, preferred: 'i-c1' },
        table: { subnetIds: [], routes: [aRouteFact(destination, 'eni-b1')] },
        more: {
          subnets: [
            aSubnet('subnet-x', zoneOf('a'), { cidrs: ['10.0.16.0/28'] }),
            aSubnet('subnet-y', zoneOf('c'), { cidrs: ['10.0.32.0/28'] }),
          ],
        },
      });
    expect(edge('10.0.32.0/28')).toEqual(failbackAt('i-c1', 'tag'));
    expect(edge('10.0.16.0/28')).toEqual(failbackAt('i-b1', 'learnt'));
  });

  test('one bad tag is one fault, however many routes the table has', () => {
    const routes = [aRouteFact(DEST, 'eni-b1'), aRouteFact('10.30.0.0/16', 'eni-b1')];
    expect(reasons({ tableTags: { ...HQ, preferred: 'x' }, table: { routes } })).toEqual([
      'HomeInvalid',
    ]);
  });
});
