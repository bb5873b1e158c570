/** What the inventory cannot read: a zone's gap is its own, everything else is the region's, and none goes unspoken. */
import { describe, expect, test } from '@jest/globals';
import { tagsOf, zoneOf } from '../../builders/facts.ts';
import { aKeeper, HQ, whats } from '../../builders/memory.ts';

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
    const { since } = keeper.gaps()[0] ?? {};
    await watch(10);
    expect(keeper.gaps()).toEqual([
      { what: 'zones of i-a1 i-b1', why: 'denied', since, zone: null },
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
