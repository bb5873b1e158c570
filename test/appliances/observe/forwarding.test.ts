/** The interfaces of an appliance, and the addresses that are probed. */
import { describe, expect, test } from '@jest/globals';
import type { Topology } from '../../../lib/appliances/types/topology.ts';
import { anInstance, anInterface, aRouteFact, aStatus, aTableFact } from '../../builders/facts.ts';
import { HQ, one, read, reasons } from '../../builders/fleetReading.ts';
import { anArm, applianceMemory } from '../../builders/world.ts';

const withLinks = (...interfaces: readonly ReturnType<typeof anInterface>[]) =>
  read({
    tags: { 'i-a1': HQ, 'eni-tagged': HQ },
    instances: [anInstance('i-a1')],
    interfaces,
  });

const link = (interfaceId: string, deviceIndex: number, hasSourceDestCheck: boolean) =>
  anInterface('i-a1', { interfaceId, deviceIndex, hasSourceDestCheck });

describe('interfaces', () => {
  test('are listed by device index, each with its role, its families, and whether routes lead to it', () => {
    const topology = read({
      tags: { 'i-a1': HQ, 'eni-2': { role: 'lan' } },
      instances: [anInstance('i-a1')],
      interfaces: [
        anInterface('i-a1', { interfaceId: 'eni-2', deviceIndex: 1, ipv6s: ['fd00::2'] }),
        anInterface('i-a1', { interfaceId: 'eni-1', hasSourceDestCheck: true }),
      ],
      tables: [aTableFact('rtb-1', { routes: [aRouteFact('10.20.0.0/16', 'eni-2')] })],
    });
    expect(one(topology)?.interfaces).toEqual([
      anArm('eni-1', { hasSourceDestCheck: true, families: ['ipv4'] }),
      anArm('eni-2', { deviceIndex: 1, role: 'lan', hasCarried: true, ipv6: 'had' }),
    ]);
  });

  test('the only one with our group tag is its owner’s choice; a tag on all of them says nothing', () => {
    const links = [link('eni-1', 0, false), link('eni-tagged', 1, false)];
    expect(one(withLinks(...links))?.interfaces.map(({ isChosen }) => isChosen)).toEqual([
      false,
      true,
    ]);
    const all = read({
      tags: { 'i-a1': HQ, 'eni-1': HQ, 'eni-tagged': HQ },
      instances: [anInstance('i-a1')],
      interfaces: links,
    });
    expect(one(all)?.interfaces.some(({ isChosen }) => isChosen)).toBe(false);
  });

  test.each([
    ['lan;curl${IFS}x', 'is no role'],
    ['', 'is no role'],
  ])('a role tag that is no plain word (%j) is told, and the device index counts', (role, why) => {
    const topology = read({
      tags: { 'i-a1': HQ, 'eni-a1': { role } },
      instances: [anInstance('i-a1')],
    });
    expect(one(topology)?.interfaces).toMatchObject([{ role: null }]);
    expect(topology.faults.find(({ reason }) => reason === 'TagInvalid')?.summary).toContain(why);
  });

  const past = (over: Parameters<typeof anArm>[1] = {}) =>
    new Map([
      ['i-a1', applianceMemory({ interfaces: [anArm('eni-lost', { deviceIndex: 1, ...over })] })],
    ]);
  const armsAfter = (
    links: readonly ReturnType<typeof anInterface>[],
    memory: ReturnType<typeof past>,
    instance: Parameters<typeof anInstance>[1] = {},
  ) =>
    one(
      read(
        {
          tags: { 'i-a1': HQ, 'i-b1': HQ },
          instances: [anInstance('i-a1', instance), anInstance('i-b1')],
          interfaces: links,
        },
        memory,
      ),
    )?.interfaces.map(({ interfaceId, isAttached }) => `${interfaceId} ${isAttached}`);

  test('one that routes led to when it was lost is still the appliance’s; one that carried nothing is forgotten', () => {
    const links = [link('eni-1', 0, false)];
    expect(armsAfter(links, past({ hasCarried: true }))).toEqual(['eni-1 true', 'eni-lost false']);
    expect(armsAfter(links, past())).toEqual(['eni-1 true']);
  });

  test('one that DescribeInstances still lists is kept', () => {
    const links = [link('eni-1', 0, false)];
    expect(armsAfter(links, past(), { interfaceIds: ['eni-1', 'eni-lost'] })).toEqual([
      'eni-1 true',
      'eni-lost false',
    ]);
  });

  test('one whose place another has taken is forgotten', () => {
    const links = [link('eni-1', 0, false), link('eni-2', 1, false)];
    expect(armsAfter(links, past({ hasCarried: true }))).toEqual(['eni-1 true', 'eni-2 true']);
  });

  test('one that is attached to another appliance is that one’s', () => {
    const links = [
      link('eni-1', 0, false),
      anInterface('i-b1', { interfaceId: 'eni-lost', deviceIndex: 1 }),
    ];
    expect(armsAfter(links, past({ hasCarried: true }))).toEqual(['eni-1 true']);
  });

  test('a running appliance without one is told', () => {
    expect(one(withLinks())?.interfaces).toEqual([]);
    expect(reasons(withLinks())).toEqual(['InterfaceMissing']);
  });

  test('a terminated one is not: that it has none is no news', () => {
    const topology = read({
      tags: { 'i-a1': HQ },
      instances: [anInstance('i-a1', { state: 'terminated' })],
      interfaces: [],
      statuses: [aStatus('i-a1', { state: 'terminated' })],
    });
    expect(reasons(topology)).toEqual([]);
  });
});

describe('addresses', () => {
  test('are those of the interface that forwards, else of another, and of the instance only where no interface is known', () => {
    const two = (publicIp: string | null) => [
      anInterface('i-a1', {
        interfaceId: 'eni-1',
        hasSourceDestCheck: true,
        privateIp: '10.0.0.1',
        publicIp,
      }),
      anInterface('i-a1', {
        interfaceId: 'eni-2',
        deviceIndex: 1,
        privateIp: '10.0.0.2',
        publicIp: null,
        ipv6s: ['fd00::2'],
      }),
    ];
    const tags = { 'i-a1': HQ };
    const instances = [anInstance('i-a1', { privateIp: '10.0.0.9', publicIp: '192.0.2.9' })];
    expect(one(read({ tags, instances, interfaces: two('192.0.2.1') }))).toMatchObject({
      privateIp: '10.0.0.2',
      publicIp: '192.0.2.1',
      ipv6: 'fd00::2',
    });
    // DescribeInstances is read less often: the address that it shows may have moved to a peer since.
    const moved = one(read({ tags, instances, interfaces: two(null) }));
    expect(moved?.publicIp).toBeNull();
    expect(moved?.ownAddresses).not.toContain('192.0.2.9');
    expect(one(read({ tags, instances, interfaces: [] }))).toMatchObject({
      privateIp: '10.0.0.9',
      publicIp: '192.0.2.9',
      ipv6: null,
    });
  });

  test('the name is the instance’s, else the remembered one, else the id', () => {
    const nameOf = (topology: Topology) => one(topology)?.name;
    const tags = { 'i-a1': HQ };
    const past = new Map([['i-a1', applianceMemory({ name: 'old' })]]);
    const nameless = [anInstance('i-a1', { name: '' })];
    expect(nameOf(read({ tags, instances: [anInstance('i-a1')] }, past))).toBe('vpn-a1');
    expect(nameOf(read({ tags, instances: nameless }, past))).toBe('old');
    expect(nameOf(read({ tags, instances: nameless }))).toBe('i-a1');
  });
});
