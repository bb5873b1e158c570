/** The inventory kept fresh at EC2's price: each part at its own pace, zone by zone, and no gap unspoken. */
import { describe, expect, test } from '@jest/globals';
import type { ApplianceMemory } from '../../lib/model/memory.ts';
import { openKeeper } from '../../lib/observe/inventory.ts';
import { MemoryEc2 } from '../build/ec2.ts';
import {
  anInstance,
  anInterface,
  aRouteFact,
  aStatus,
  aSubnet,
  aTableFact,
  tagsOf,
  zoneOf,
} from '../build/facts.ts';
import { calm, somePorts, type TestPorts } from '../build/ports.ts';
import { applianceMemory } from '../build/world.ts';

const HQ = { group: 'hq' };

function aKeeper(remembered: ReadonlyMap<string, ApplianceMemory> = new Map()) {
  const ids = ['i-a1', 'i-b1'];
  const ec2 = new MemoryEc2({
    tags: tagsOf({ 'i-a1': HQ, 'i-b1': HQ, 'rtb-1': HQ }),
    instances: ids.map((id) => anInstance(id)),
    statuses: ids.map((id) => aStatus(id)),
    interfaces: ids.map((id) => anInterface(id)),
    subnets: [aSubnet('subnet-a', zoneOf('a'))],
    tables: [aTableFact('rtb-1', { routes: [aRouteFact('10.20.0.0/16', 'eni-a1')] })],
    lists: [{ prefixListId: 'pl-1', cidrs: ['10.30.0.0/16'] }],
  });
  const ports: TestPorts = somePorts({ ec2 });
  const keeper = openKeeper(ports, '', () => remembered);
  return {
    ec2,
    ports,
    keeper,
    look: () => keeper.readDue(calm()),
    /** Looks once a second, as the watcher does. */
    async watch(seconds: number) {
      for (let second = 0; second < seconds; second += 1) {
        await keeper.readDue(calm());
        await ports.clock.run(ports.clock.monotonicMs() + 1_000);
      }
    },
    /** Calls of each kind since the last time this was asked. */
    calls() {
      const counts: Record<string, number> = {};
      for (const call of ec2.calls.splice(0)) {
        const [part = ''] = call.split(' ');
        counts[part] = (counts[part] ?? 0) + 1;
      }
      return counts;
    },
  };
}

const whats = (keeper: ReturnType<typeof aKeeper>['keeper']): readonly string[] =>
  keeper.gaps().map(({ what }) => what);

describe('reading', () => {
  test('the first look reads everything, zone by zone', async () => {
    const { keeper, look } = aKeeper();
    await look();
    const { zones, accountId, routeTables } = keeper.inventory();
    expect(zones.map(({ zone }) => zone)).toEqual([zoneOf('a'), zoneOf('b')]);
    expect(accountId).toBe('111122223333');
    expect(routeTables.known && routeTables.value.length).toBe(1);
    expect(keeper.gaps()).toEqual([]);
  });

  test('asks for instances by id, one call a zone', async () => {
    const { ec2, look } = aKeeper();
    await look();
    expect(ec2.calls.filter((call) => call.startsWith('instances'))).toEqual([
      'instances i-a1',
      'instances i-b1',
    ]);
  });

  test('a steady minute of two zones takes 35 calls', async () => {
    const { watch, calls } = aKeeper();
    await watch(5);
    calls();
    await watch(60);
    expect(calls()).toEqual({
      tags: 2,
      statuses: 24,
      interfaces: 4,
      instances: 2,
      subnets: 1,
      tables: 2,
    });
  });

  test('the inventory is the same object until something has changed', async () => {
    const { keeper, look } = aKeeper();
    await look();
    const before = keeper.inventory();
    expect(keeper.inventory()).toBe(before);
    keeper.learn([aTableFact('rtb-1')]);
    expect(keeper.inventory()).not.toBe(before);
  });

  test('tables that were read elsewhere replace theirs, and no others', async () => {
    const { keeper, look } = aKeeper();
    await look();
    keeper.learn([aTableFact('rtb-1', { name: 'fresh' }), aTableFact('rtb-9')]);
    const { routeTables } = keeper.inventory();
    expect(routeTables.known && routeTables.value.map(({ name }) => name)).toEqual(['fresh']);
  });
});

describe('members', () => {
  test('one that comes is located and read at once, without waiting for its turn', async () => {
    const { ec2, keeper, watch } = aKeeper();
    await watch(2);
    const { tags, instances, statuses, interfaces } = ec2.facts;
    ec2.facts = {
      ...ec2.facts,
      tags: [...tags, ...tagsOf({ 'i-c1': HQ })],
      instances: [...instances, anInstance('i-c1')],
      statuses: [...statuses, aStatus('i-c1')],
      interfaces: [...interfaces, anInterface('i-c1')],
    };
    await watch(30);
    expect(keeper.inventory().zones.map(({ zone }) => zone)).toContain(zoneOf('c'));
    expect(keeper.newest().find(({ zone }) => zone === zoneOf('c'))?.statuses.known).toBe(true);
  });

  test('one that goes takes its zone with it', async () => {
    const { ec2, keeper, watch } = aKeeper();
    await watch(2);
    ec2.facts = { ...ec2.facts, tags: tagsOf({ 'i-a1': HQ, 'rtb-1': HQ }) };
    await watch(32);
    expect(keeper.inventory().zones.map(({ zone }) => zone)).toEqual([zoneOf('a')]);
  });

  test('one that is remembered is asked about, although its tags are gone', async () => {
    const { ec2, look } = aKeeper(new Map([['i-c9', applianceMemory({ zone: zoneOf('c') })]]));
    await look();
    expect(ec2.calls).toContain('statuses i-c9');
  });

  test('one that EC2 does not know is looked for once a minute, not every second', async () => {
    const { ec2, watch, calls } = aKeeper();
    ec2.facts = { ...ec2.facts, tags: [...ec2.facts.tags, ...tagsOf({ 'i-c9': HQ })] };
    await watch(5);
    calls();
    await watch(60);
    const { instances = 0, interfaces = 0 } = calls();
    expect([instances, interfaces]).toEqual([3, 5]);
  });
});

describe('a zone that fails', () => {
  test('blinds no other: its gap is its own', async () => {
    const { ec2, keeper, look } = aKeeper();
    ec2.fault = (part, ids) =>
      part !== 'interfaces' && ids.includes('i-a1') ? 'zone a fails' : null;
    await look();
    expect(keeper.gaps()).toMatchObject([
      { what: 'instances of eu-west-1a', why: 'zone a fails', zone: zoneOf('a') },
      { what: 'statuses of eu-west-1a', why: 'zone a fails', zone: zoneOf('a') },
    ]);
    expect(keeper.newest().find(({ zone }) => zone === zoneOf('b'))?.statuses.known).toBe(true);
  });

  test('its tables are read all the same: the interfaces say which VPC', async () => {
    const { ec2, keeper, look } = aKeeper();
    ec2.fault = (part) => (part === 'instances' ? 'denied' : null);
    await look();
    expect(keeper.inventory().routeTables.known).toBe(true);
  });

  test('its last known instances stay while it cannot be read', async () => {
    const { ec2, keeper, watch } = aKeeper();
    await watch(2);
    ec2.fault = (part, ids) =>
      ids.includes('i-a1') && part === 'instances' ? 'zone a fails' : null;
    await watch(62);
    const [a] = keeper.inventory().zones;
    expect(a?.instances.known && a.instances.value.length).toBe(1);
    expect(whats(keeper)).toEqual(['instances of eu-west-1a']);
  });
});

describe('what cannot be read at all is a gap over the region', () => {
  test.each([
    ['tags', ['tags']],
    ['tables', ['route tables']],
    ['subnets', ['subnets']],
  ])('%s', async (part, gaps) => {
    const { ec2, keeper, look } = aKeeper();
    ec2.fault = (asked) => (asked === part ? 'denied' : null);
    await look();
    expect(whats(keeper)).toEqual(gaps);
    expect(keeper.gaps().every(({ zone }) => zone === null)).toBe(true);
  });

  test('an appliance whose zone cannot be learnt: it is never silently left out', async () => {
    const { ec2, keeper, look, watch } = aKeeper();
    ec2.fault = (part) => (part === 'instances' || part === 'interfaces' ? 'denied' : null);
    await look();
    expect(keeper.gaps()).toMatchObject([
      { what: 'zones of i-a1 i-b1', why: 'denied', zone: null },
    ]);
    ec2.fault = () => null;
    await watch(4);
    expect(keeper.gaps()).toEqual([]);
  });

  test('its zone is learnt from its interface, where instances cannot be read', async () => {
    const { ec2, keeper, look } = aKeeper();
    ec2.fault = (part) => (part === 'instances' ? 'denied' : null);
    await look();
    expect(whats(keeper)).toEqual(['instances of eu-west-1a', 'instances of eu-west-1b']);
  });

  test('one that EC2 does not know is no gap', async () => {
    const { ec2, keeper, look } = aKeeper();
    ec2.facts = { ...ec2.facts, tags: [...ec2.facts.tags, ...tagsOf({ 'i-c9': HQ })] };
    await look();
    expect(keeper.gaps()).toEqual([]);
  });

  test('when everything fails after a good start, the last known stays and every part is a gap', async () => {
    const { ec2, keeper, watch } = aKeeper();
    await watch(2);
    const before = keeper.inventory();
    ec2.fault = () => 'throttled';
    await watch(62);
    expect(keeper.inventory().routeTables).toEqual(before.routeTables);
    expect(whats(keeper).toSorted()).toEqual([
      'instances of eu-west-1a',
      'instances of eu-west-1b',
      'interfaces of eu-west-1a',
      'interfaces of eu-west-1b',
      'route tables',
      'statuses of eu-west-1a',
      'statuses of eu-west-1b',
      'subnets',
      'tags',
    ]);
  });
});

describe('prefix lists', () => {
  const pointing = (ec2: MemoryEc2, destination: string): void => {
    ec2.facts = {
      ...ec2.facts,
      tables: [aTableFact('rtb-1', { routes: [aRouteFact(destination, 'eni-a1')] })],
    };
  };

  test('none that no route names is read', async () => {
    const { look, calls } = aKeeper();
    await look();
    expect(calls()['lists']).toBeUndefined();
  });

  test('one that a route of a tagged table comes to name is read with that very look', async () => {
    const { ec2, keeper, watch } = aKeeper();
    pointing(ec2, 'pl-1');
    await watch(1);
    ec2.facts = { ...ec2.facts, lists: [{ prefixListId: 'pl-2', cidrs: ['10.40.0.0/16'] }] };
    pointing(ec2, 'pl-2');
    await watch(31);
    const { prefixLists } = keeper.inventory();
    expect(prefixLists.known && prefixLists.value.map(({ prefixListId }) => prefixListId)).toEqual([
      'pl-2',
    ]);
  });

  test('one that cannot be read is a gap as long as a route names it, and none when no route does', async () => {
    const { ec2, keeper, watch } = aKeeper();
    pointing(ec2, 'pl-1');
    ec2.fault = (part) => (part === 'lists' ? 'denied' : null);
    await watch(2);
    expect(whats(keeper)).toEqual(['prefix lists']);
    pointing(ec2, '10.20.0.0/16');
    await watch(31);
    expect(whats(keeper)).toEqual([]);
  });
});
