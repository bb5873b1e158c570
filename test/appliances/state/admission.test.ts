/** Who may carry the routes of a group: each way in beside what is no way in. */
import { describe, expect, test } from '@jest/globals';
import { admissionOf, joinOf, withFounders } from '../../../lib/appliances/state/admission.ts';
import { learnAdmissions, parseAdmissions } from '../../../lib/appliances/state/joining.ts';
import type { Memory } from '../../../lib/appliances/state.ts';
import type { Identity } from '../../../lib/appliances/types/topology.ts';
import type { World } from '../../../lib/appliances/types/world.ts';
import { NOW } from '../../builders/facts.ts';
import { anAppliance, aRoute, aTable, aWorld, memoryOf, policyOf } from '../../builders/world.ts';

const KEY = 'rtb-1 10.0.0.0/8';
const VPN: Identity = {
  instanceProfile: 'arn:aws:iam::1:instance-profile/x/vpn',
  autoScalingGroup: null,
};
const FLEET: Identity = { instanceProfile: null, autoScalingGroup: 'fleet' };
const OTHER: Identity = {
  instanceProfile: 'arn:aws:iam::1:instance-profile/web',
  autoScalingGroup: null,
};
const NONE: Identity = { instanceProfile: null, autoScalingGroup: null };

/** i-a1 carries the only route; the others are members by their tag. */
const worldOf = (
  identities: Readonly<Record<string, Identity>>,
  members?: readonly string[],
): World =>
  aWorld({
    appliances: Object.entries(identities).map(([id, identity]) => anAppliance(id, { identity })),
    routes: [aRoute(KEY, 'i-a1')],
    tables: [aTable('rtb-1', members === undefined ? {} : { members })],
  });

function isAdmitted(
  id: string,
  world: World,
  memory: Memory,
  joinPolicy: 'admitted' | 'any' = 'admitted',
) {
  const one = world.topology.appliances.find(({ instanceId }) => instanceId === id);
  if (one === undefined) throw new Error(`no ${id}`);
  return admissionOf(one, world.topology.tables[0], { memory, policy: policyOf({ joinPolicy }) })
    .isAdmitted;
}

/** The group is known since a day; then the world is another. */
function later(before: World, over: Partial<Memory> = {}): Memory {
  const memory = memoryOf();
  const at = NOW - 86_400_000;
  return memoryOf({ admissions: learnAdmissions(before, memory, policyOf(), at), ...over });
}

describe('at first sight', () => {
  test.each<readonly [string, Identity, Identity, boolean]>([
    ['of the same profile as a carrier is a founder', VPN, VPN, true],
    ['of the same auto scaling group is a founder', FLEET, FLEET, true],
    ['of another profile is none', VPN, OTHER, false],
    ['without a profile beside a carrier with one is none', VPN, NONE, false],
    ['with a profile beside a carrier without one is none', NONE, VPN, false],
    ['without a profile beside a carrier without one is a founder', NONE, NONE, true],
  ])('a member that never carried, %s', (_what, carrier, member, expected) => {
    const world = worldOf({ 'i-a1': carrier, 'i-b1': member });
    expect(isAdmitted('i-b1', world, withFounders(memoryOf(), world.topology, NOW))).toBe(expected);
  });

  test('two members of different profiles that both carry are both admitted', () => {
    const world = aWorld({
      appliances: [
        anAppliance('i-a1', { identity: VPN }),
        anAppliance('i-b1', { identity: OTHER }),
      ],
      routes: [aRoute(KEY, 'i-a1'), aRoute('rtb-2 10.0.0.0/8', 'i-b1')],
    });
    const memory = withFounders(memoryOf(), world.topology, NOW);
    expect([isAdmitted('i-a1', world, memory), isAdmitted('i-b1', world, memory)]).toEqual([
      true,
      true,
    ]);
  });

  test('nothing is asked of a group that no route leads to', () => {
    const world = aWorld({
      appliances: [
        anAppliance('i-a1', { identity: VPN }),
        anAppliance('i-b1', { identity: OTHER }),
      ],
    });
    expect(isAdmitted('i-b1', world, withFounders(memoryOf(), world.topology, NOW))).toBe(true);
  });

  test('nothing is stored while a zone cannot be read', () => {
    const world = worldOf({ 'i-a1': VPN, 'i-b1': VPN });
    const gap = { what: 'instances', why: 'denied', since: NOW, zone: 'eu-west-1a' };
    expect(learnAdmissions({ ...world, gaps: [gap] }, memoryOf(), policyOf(), NOW).size).toBe(0);
    expect(learnAdmissions(world, memoryOf(), policyOf(), NOW).size).toBe(1);
  });
});

describe('a newcomer', () => {
  const before = worldOf({ 'i-a1': VPN });

  test.each<readonly [string, Identity, boolean]>([
    ['of the profile of a member that has carried is admitted', VPN, true],
    ['of another profile is not', OTHER, false],
    ['without any is not', NONE, false],
  ])('%s', (_what, identity, expected) => {
    const now = worldOf({ 'i-a1': VPN, 'i-b1': identity });
    expect(isAdmitted('i-b1', now, later(before))).toBe(expected);
  });

  test('without a profile is not admitted to a group without profiles either', () => {
    const now = worldOf({ 'i-a1': NONE, 'i-b1': NONE });
    expect(isAdmitted('i-b1', now, later(worldOf({ 'i-a1': NONE })))).toBe(false);
  });

  test('is admitted by the profile of a carrier that is gone', () => {
    const now = aWorld({
      appliances: [anAppliance('i-b1', { identity: VPN })],
      tables: [aTable('rtb-1')],
    });
    expect(isAdmitted('i-b1', now, later(before))).toBe(true);
  });

  test('of a profile of a member that never carried is not admitted', () => {
    const founders = worldOf({ 'i-a1': NONE, 'i-b1': NONE, 'i-c1': VPN });
    const now = worldOf({ 'i-a1': NONE, 'i-b1': NONE, 'i-c1': VPN, 'i-a2': VPN });
    expect(isAdmitted('i-a2', now, later(founders))).toBe(false);
  });

  test('that a route of the group is pointed at by another writer is a next hop from then on', () => {
    const pointed = aWorld({
      appliances: [
        anAppliance('i-a1', { identity: VPN }),
        anAppliance('i-b1', { identity: OTHER }),
      ],
      routes: [aRoute(KEY, 'i-b1')],
    });
    const memory = later(before);
    const admissions = learnAdmissions(pointed, memory, policyOf(), NOW);
    const after = worldOf({ 'i-a1': VPN, 'i-b1': OTHER, 'i-c1': OTHER });
    expect(isAdmitted('i-b1', after, memoryOf({ admissions }))).toBe(true);
    // Its profile counts from then on.
    expect(isAdmitted('i-c1', after, memoryOf({ admissions }))).toBe(true);
  });

  test('is admitted by its tag alone only with joinPolicy=any', () => {
    const now = worldOf({ 'i-a1': VPN, 'i-b1': OTHER });
    expect(isAdmitted('i-b1', now, later(before), 'any')).toBe(true);
    expect(isAdmitted('i-b1', now, later(before), 'admitted')).toBe(false);
  });

  test.each([
    ['its id', 'i-b1', true],
    ['its profile by name', 'web', true],
    ['its profile by ARN', 'arn:aws:iam::1:instance-profile/web', true],
    ['another id', 'i-b2', false],
    ['a part of its id', 'i-b', false],
  ])('is admitted by the tag of the table with %s', (_what, name, expected) => {
    const now = worldOf({ 'i-a1': VPN, 'i-b1': OTHER }, ['x', name]);
    expect(isAdmitted('i-b1', now, later(before))).toBe(expected);
  });

  test('of the right profile is not admitted to a table whose tag does not name it; a founder stays', () => {
    const now = worldOf({ 'i-a1': VPN, 'i-b1': VPN }, ['i-c1']);
    expect(isAdmitted('i-b1', now, later(before))).toBe(false);
    expect(isAdmitted('i-b1', now, later(worldOf({ 'i-a1': VPN, 'i-b1': VPN })))).toBe(true);
  });
});

describe('by the tag of one table', () => {
  const before = later(worldOf({ 'i-a1': VPN }));
  /** i-b1 is named by rtb-1 and carries what `keys` say; rtb-2 has no such tag. */
  const carrying = (keys: readonly string[], isNamed = true): World =>
    aWorld({
      appliances: [
        anAppliance('i-a1', { identity: VPN }),
        anAppliance('i-b1', { identity: OTHER }),
      ],
      routes: keys.map((key) => aRoute(key, 'i-b1')),
      tables: [aTable('rtb-2'), aTable('rtb-1', isNamed ? { members: ['i-a1', 'i-b1'] } : {})],
    });
  const after = (...worlds: readonly World[]): Memory =>
    worlds.reduce(
      (memory, world) => memoryOf({ admissions: learnAdmissions(world, memory, policyOf(), NOW) }),
      before,
    );
  const mayCarry = (memory: Memory, isNamed: boolean) =>
    ['rtb-1', 'rtb-2'].filter((tableId) => {
      const { topology } = carrying([], isNamed);
      const [, one] = topology.appliances;
      const table = topology.tables.find((each) => each.tableId === tableId);
      if (one === undefined) throw new Error('no i-b1');
      return admissionOf(one, table, { memory, policy: policyOf() }).isAdmitted;
    });

  test('it may carry the routes of that table, and of no other, also after it has carried them', () => {
    const memory = after(carrying([]), carrying([KEY]), carrying([]));
    expect(mayCarry(memory, true)).toEqual(['rtb-1']);
    expect(memory.admissions.get('hq')?.identities).toEqual([
      'instance profile arn:aws:iam::1:instance-profile/x/vpn',
    ]);
  });

  test('nor when nothing was learnt between the tag and its first route', () => {
    expect(mayCarry(after(carrying([KEY])), true)).toEqual(['rtb-1']);
  });

  test('without the tag it may carry none, though its routes have not left it yet', () => {
    const unnamed = carrying([KEY], false);
    const memory = after(carrying([]), carrying([KEY]), unnamed, unnamed);
    expect(mayCarry(memory, false)).toEqual([]);
  });

  test('one whose route of another table its owner points at it before any tag named it may carry both', () => {
    const memory = after(carrying(['rtb-2 10.0.0.0/8'], false));
    expect(mayCarry(memory, true)).toEqual(['rtb-1', 'rtb-2']);
  });
});

describe('what a person says', () => {
  const admit = (isIn: boolean, group = 'hq') =>
    ({
      instanceId: 'i-b1',
      group,
      isAdmitted: isIn,
      at: NOW,
      by: 'ana',
      why: 'new spare',
    }) as const;
  const before = worldOf({ 'i-a1': VPN });
  const now = worldOf({ 'i-a1': VPN, 'i-b1': OTHER });

  test.each([
    ['admits', [admit(true)], true],
    ['to another group admits not', [admit(true, 'lab')], false],
    ['the last word counts', [admit(true), admit(false)], false],
    ['also when it admits again', [admit(false), admit(true)], true],
  ])('%s', (_what, admits, expected) => {
    expect(isAdmitted('i-b1', now, later(before, { admits }))).toBe(expected);
  });

  test('revokes also what the profile would admit, and a founder', () => {
    const same = worldOf({ 'i-a1': VPN, 'i-b1': VPN });
    const admits = [admit(false)];
    expect(isAdmitted('i-b1', same, later(before, { admits }))).toBe(false);
    expect(isAdmitted('i-b1', same, later(same, { admits }))).toBe(false);
  });
});

test('what is stored reads back; garbage and too much of it is nothing', () => {
  const { admissions } = later(worldOf({ 'i-a1': VPN, 'i-b1': VPN }));
  const again = (body: unknown) => parseAdmissions(body, (at) => at);
  expect(again(JSON.parse(JSON.stringify(Object.fromEntries(admissions))))).toEqual(admissions);
  expect(again({ hq: { members: { 'i-a1': { how: 'god', at: 1 } }, identities: [] } }).size).toBe(
    0,
  );
  const many = Object.fromEntries(
    Array.from({ length: 2_001 }, (_, at) => [`i-${at}`, { how: 'founder', at: 1 }]),
  );
  expect(again({ hq: { members: many, identities: [] } }).size).toBe(0);
});

test('a member of two tables is a member of the group when one of them admits it, and only that one gives it routes', () => {
  const world = aWorld({
    appliances: [anAppliance('i-a1', { identity: VPN }), anAppliance('i-b1', { identity: OTHER })],
    routes: [aRoute(KEY, 'i-a1')],
    tables: [aTable('rtb-1', { members: ['i-c1'] }), aTable('rtb-2', { members: ['i-b1'] })],
  });
  const [, b] = world.topology.appliances;
  if (b === undefined) throw new Error('no i-b1');
  const memory = later(worldOf({ 'i-a1': VPN }));
  const scene = { topology: world.topology, memory, policy: policyOf() };
  expect(joinOf(b, scene).isAdmitted).toBe(true);
  expect(isAdmitted('i-b1', world, memory)).toBe(false);
});
