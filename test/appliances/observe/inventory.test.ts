/** The inventory kept fresh at EC2's price: each part at its own pace, zone by zone, and no gap unspoken. */
import { describe, expect, test } from '@jest/globals';
import type { MemoryEc2 } from '../../builders/ec2.ts';
import {
  anInstance,
  anInterface,
  aRouteFact,
  aStatus,
  aTableFact,
  tagsOf,
  zoneOf,
} from '../../builders/facts.ts';
import { aKeeper, HQ, whats } from '../../builders/memory.ts';
import { applianceMemory } from '../../builders/world.ts';

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

  test('one that comes into a zone that is known makes everything that hangs on the members due with that look', async () => {
    const { ec2, keeper, look, ports } = aKeeper();
    await look();
    const { tags, instances, statuses, interfaces } = ec2.facts;
    ec2.facts = {
      ...ec2.facts,
      tags: [...tags, ...tagsOf({ 'i-a2': HQ })],
      instances: [...instances, anInstance('i-a2')],
      statuses: [...statuses, aStatus('i-a2')],
      interfaces: [...interfaces, anInterface('i-a2')],
    };
    await ports.clock.run(30_000);
    ec2.calls.splice(0);
    await look();
    expect(ec2.calls).toEqual(expect.arrayContaining(['instances i-a1 i-a2', 'subnets vpc-1']));
    const [a] = keeper.newest();
    expect([...(a?.askedIds ?? [])]).toEqual(['i-a1', 'i-a2']);
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
    const { ec2, keeper, look, ports } = aKeeper();
    pointing(ec2, 'pl-1');
    await look();
    ec2.facts = { ...ec2.facts, lists: [{ prefixListId: 'pl-2', cidrs: ['10.40.0.0/16'] }] };
    pointing(ec2, 'pl-2');
    await ports.clock.run(30_000);
    await look();
    const { prefixLists } = keeper.inventory();
    expect(prefixLists.known && prefixLists.value.map(({ prefixListId }) => prefixListId)).toEqual([
      'pl-2',
    ]);
  });

  test('one that stays named is read again after 5 min, not before', async () => {
    const { ec2, look, ports, calls } = aKeeper();
    pointing(ec2, 'pl-1');
    await look();
    await ports.clock.run(299_999);
    await look();
    expect(calls()['lists']).toBe(1);
    await ports.clock.run(300_000);
    await look();
    expect(calls()['lists']).toBe(1);
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
