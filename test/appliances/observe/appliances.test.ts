/** Which instances are appliances, through which interface they forward, and what is wrong with their tags. */
import { describe, expect, test } from '@jest/globals';
import { readTopology } from '../../../lib/appliances/observe/topology.ts';
import { unknown } from '../../../lib/core/reading.ts';
import {
  anInstance,
  anInterface,
  anInventory,
  aStatus,
  aTableFact,
  NOW,
  VPC,
  zoneOf,
} from '../../builders/facts.ts';
import { HQ, lost, one, read, reasons, remembered } from '../../builders/fleetReading.ts';

describe('who is an appliance', () => {
  test('an instance with the group tag is one', () => {
    const topology = read({ tags: { 'i-a1': HQ }, instances: [anInstance('i-a1')] });
    expect(one(topology)).toMatchObject({
      group: 'hq',
      vpcId: VPC,
      zone: zoneOf('a'),
      interfaces: [{ interfaceId: 'eni-a1', isAttached: true }],
      interfacesUnreadWhy: null,
      probes: [[{ text: 'ike:500' }]],
    });
  });

  test('an instance without it is none', () => {
    expect(read({ instances: [anInstance('i-a1')] }).appliances).toEqual([]);
  });

  test('one with a group tag that cannot be read is none, and says which tag', () => {
    const topology = read({
      tags: { 'i-a1': { group: 'hq lab' } },
      instances: [anInstance('i-a1')],
    });
    expect(topology.appliances).toEqual([]);
    expect(topology.faults).toMatchObject([
      {
        reason: 'TagInvalid',
        subject: { id: 'i-a1' },
        fix: 'Mend the tag vpn-medic:group on i-a1.',
      },
    ]);
  });

  test('they are ordered by id, whatever the order of the answers', () => {
    const ids = ['i-b1', 'i-a2', 'i-c1', 'i-a1'];
    const topology = read({
      tags: Object.fromEntries(ids.map((id) => [id, HQ])),
      instances: ids.map((id) => anInstance(id)),
    });
    expect(topology.appliances.map(({ instanceId }) => instanceId)).toEqual([
      'i-a1',
      'i-a2',
      'i-b1',
      'i-c1',
    ]);
  });

  test('one that its owner took out by removing the tag is none, although it is remembered', () => {
    expect(read({ instances: [anInstance('i-a1')] }, remembered).appliances).toEqual([]);
  });

  test.each([
    ['running: its owner did', [aStatus('i-a1')], 0],
    [
      'shutting down: its fact is older than that',
      [aStatus('i-a1', { state: 'shutting-down' })],
      1,
    ],
    ['not there any more: so is it', [], 1],
  ])('one without its tag whose status is %s', (_what, statuses, count) => {
    const parts = { instances: [anInstance('i-a1')], statuses };
    expect(read(parts, remembered).appliances).toHaveLength(count);
  });

  test('one without its tag in a zone whose statuses cannot be read was taken out, as far as is known', () => {
    const zones = { [zoneOf('a')]: { statuses: unknown('no answer', NOW) } };
    expect(read({ instances: [anInstance('i-a1')], zones }, remembered).appliances).toEqual([]);
  });

  test('nor when another of our tags is still on it', () => {
    const parts = { tags: { 'i-a1': { probe: 'ike:500' } }, instances: [anInstance('i-a1')] };
    expect(read(parts, remembered).appliances).toEqual([]);
  });

  test('one that EC2 no longer knows is remembered with its interfaces, and is no target', () => {
    expect(one(read({}, remembered))).toMatchObject({
      group: 'hq',
      interfaces: [{ interfaceId: 'eni-old', isAttached: false }],
      interfacesUnreadWhy: expect.any(String),
    });
  });

  test.each(['terminated', 'shutting-down'] as const)(
    'one that is %s and has lost its tags is remembered',
    (state) => {
      expect(one(read({ instances: [anInstance('i-a1', { state })] }, remembered))).toBeDefined();
    },
  );

  test('one whose tags cannot be read is remembered, and is no target', () => {
    const parts = { instances: [anInstance('i-a1')], over: { tags: unknown('throttled', NOW) } };
    expect(one(read(parts, remembered))?.interfacesUnreadWhy).not.toBeNull();
  });
});

describe('a zone that cannot be read', () => {
  test('its remembered appliance stays in the picture', () => {
    const zones = { [zoneOf('a')]: { instances: lost, statuses: lost, interfaces: lost } };
    expect(one(read({ tags: { 'i-a1': HQ }, zones }, remembered))).toMatchObject({
      zone: zoneOf('a'),
      vpcId: VPC,
      interfaces: [{ interfaceId: 'eni-old', isAttached: false }],
      interfacesUnreadWhy: 'zone a fails',
    });
  });

  test('one that is not in the state is known by its interface', () => {
    const topology = read({
      tags: { 'i-a1': HQ },
      interfaces: [anInterface('i-a1')],
      zones: { [zoneOf('a')]: { instances: lost, statuses: lost } },
    });
    expect(one(topology)).toMatchObject({ zone: zoneOf('a'), vpcId: VPC });
  });

  test('it hides no appliance of another zone', () => {
    const topology = read({
      tags: { 'i-a1': HQ, 'i-b1': HQ },
      instances: [anInstance('i-b1')],
      zones: { [zoneOf('a')]: { instances: lost, statuses: lost, interfaces: lost } },
    });
    expect(one(topology, 'i-b1')?.interfacesUnreadWhy).toBeNull();
  });
});

const tagged = (tags: Readonly<Record<string, string>>) =>
  read({
    tags: { 'i-a1': { ...HQ, ...tags }, 'i-b1': HQ },
    instances: [anInstance('i-a1'), anInstance('i-b1')],
  });

describe('bad tags', () => {
  test('a probe tag that cannot be read leaves the appliance to EC2’s own checks, and says so', () => {
    const topology = tagged({ probe: 'tcp:70000' });
    expect(one(topology)?.probes).toEqual([]);
    expect(topology.faults).toMatchObject([
      {
        reason: 'TagInvalid',
        summary: expect.stringContaining('"tcp:70000" has no port from 1 to 65535'),
        fix: 'Mend the tag vpn-medic:probe on i-a1.',
      },
    ]);
  });

  test.each([
    ['tcp:127.0.0.1:443', false],
    ['ike:500|tcp:127.9.9.9:443', false],
    ['tcp:[::1]:443', false],
    ['tcp:[::ffff:127.0.0.1]:443', false],
    ['tcp:169.254.169.254:80', false],
    ['tcp:[fe80::1]:443', false],
    ['tcp:224.0.0.1:443', false],
    ['tcp:255.255.255.255:443', false],
    ['tcp:0.0.0.0:443', false],
    ['tcp:[::]:443', false],
    ['tcp:10.20.0.5:443', true],
    ['tcp:203.0.113.9:443', true],
  ])('a probe of %s is taken: %s', (probe, isTaken) => {
    const topology = tagged({ probe });
    expect(one(topology)?.probes.length).toBe(isTaken ? 1 : 0);
    expect(reasons(topology)).toEqual(isTaken ? [] : ['TagInvalid']);
  });

  test('an address that EC2 shows as its own is never refused', () => {
    const topology = read({
      tags: { 'i-a1': { ...HQ, probe: 'tcp:127.1.0.4:443' }, 'i-b1': HQ },
      instances: [anInstance('i-a1', { privateIp: '127.1.0.4' }), anInstance('i-b1')],
    });
    expect(one(topology)?.probes.length).toBe(1);
  });

  test('a pool tag that cannot be read pins nothing, not even its good half, and says so', () => {
    const topology = tagged({ pool: '10.8.0.0/24 10.9.0.0/40' });
    expect(one(topology)?.pools).toEqual([]);
    expect(reasons(topology)).toEqual(['TagInvalid']);
  });

  test('two bad tags are two faults', () => {
    expect(reasons(tagged({ probe: 'x', pool: 'y' }))).toEqual(['TagInvalid', 'TagInvalid']);
  });

  test('they harm no other', () => {
    expect(one(tagged({ probe: 'x', pool: 'y' }), 'i-b1')?.probes.length).toBe(1);
  });
});

const group = (...instances: readonly ReturnType<typeof anInstance>[]) =>
  read({
    tags: Object.fromEntries(instances.map(({ instanceId }) => [instanceId, HQ])),
    instances,
  });

describe('groups', () => {
  test('a group in two zones of one VPC is right', () => {
    expect(group(anInstance('i-a1'), anInstance('i-b1')).faults).toEqual([]);
  });

  test('a group in one zone has no spare', () => {
    expect(reasons(group(anInstance('i-a1'), anInstance('i-a2')), 'hq')).toEqual([
      'GroupWithoutSpare',
    ]);
  });

  test('an instance in another zone that is not admitted is no spare, one that is admitted is', () => {
    const instances = [anInstance('i-a1'), anInstance('i-b1')];
    const tags = { 'i-a1': HQ, 'i-b1': HQ, 'rtb-1': HQ };
    const inventory = anInventory({ tags, instances, tables: [aTableFact('rtb-1')] });
    const faultsWith = (isAdmitted: boolean) =>
      readTopology(
        inventory,
        new Map(),
        new Map(),
        ({ zone }) => isAdmitted || zone === zoneOf('a'),
      ).faults.map(({ reason }) => reason);
    expect(faultsWith(false)).toEqual(['GroupWithoutSpare']);
    expect(faultsWith(true)).toEqual([]);
  });

  test('a group spread over two VPCs is told, with both', () => {
    const [fault] = group(anInstance('i-a1'), anInstance('i-b1', { vpcId: 'vpc-2' })).faults;
    expect(fault).toMatchObject({
      reason: 'GroupSpansVpcs',
      summary: expect.stringContaining('(vpc-1, vpc-2)'),
    });
  });
});

describe('priority', () => {
  const prioritised = (priority: string) =>
    read({ tags: { 'i-a1': { ...HQ, priority } }, instances: [anInstance('i-a1')] });

  test('is the number of the tag', () => {
    expect(one(prioritised('7'))).toMatchObject({ priority: 7 });
  });

  test('is none without a tag, nor by a tag that cannot be read, which is said', () => {
    const untagged = read({ tags: { 'i-a1': HQ }, instances: [anInstance('i-a1')] });
    expect(one(untagged)).not.toHaveProperty('priority');
    const unreadable = prioritised('first');
    expect(one(unreadable)).not.toHaveProperty('priority');
    expect(
      unreadable.faults.flatMap(({ reason, summary }) => (reason === 'TagInvalid' ? summary : [])),
    ).toEqual([expect.stringContaining('Until then it counts as 100.')]);
  });
});
