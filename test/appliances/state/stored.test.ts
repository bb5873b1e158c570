/** The stored state: what a new leader goes on with, and what it refuses to believe. */
import { describe, expect, test } from '@jest/globals';
import {
  handedOver,
  parseState,
  type StoredMemory,
  stateBody,
} from '../../../lib/appliances/state/stored.ts';
import type { ApplianceMemory } from '../../../lib/appliances/state.ts';
import { NOW } from '../../builders/facts.ts';
import { aPending, applianceMemory, groupMemory, memoryOf } from '../../builders/world.ts';

const A = 'i-a1';
const KEY = 'rtb-1 10.0.0.0/8';

const stored = (
  over: Partial<ApplianceMemory>,
  rest: Partial<StoredMemory> = {},
): StoredMemory => ({
  appliances: new Map([[A, applianceMemory(over)]]),
  groups: new Map(),
  pending: new Map(),
  budget: { tokens: 40, at: NOW },
  preferred: new Map(),
  admissions: new Map(),
  drills: new Map(),
  ...rest,
});

const taken = (own: Partial<ApplianceMemory>, theirs: Partial<ApplianceMemory>) =>
  handedOver(
    memoryOf({ appliances: new Map([[A, applianceMemory(own)]]) }),
    stored(theirs),
  ).appliances.get(A);

describe('a new leader', () => {
  test('knows every probe that has answered the previous leader or itself', () => {
    const { answered } = taken({ answered: ['here ike:500'] }, { answered: ['v1 ike:500'] }) ?? {};
    expect(answered).toEqual(['here ike:500', 'v1 ike:500']);
  });

  test('judges by its own probes who is down', () => {
    expect(taken({ downSince: null }, { downSince: NOW - 9 })?.downSince).toBeNull();
  });

  test('knows the appliances of both', () => {
    const own = memoryOf({ appliances: new Map([['i-b1', applianceMemory()]]) });
    expect([...handedOver(own, stored({})).appliances.keys()].toSorted()).toEqual([A, 'i-b1']);
  });

  test('goes on with the stored groups, writes under way and budget', () => {
    const rest = {
      groups: new Map([['hq', groupMemory({ flapCount: 3 })]]),
      pending: new Map([[KEY, aPending()]]),
      budget: { tokens: 3, at: NOW },
    };
    const { groups, pending, budget } = handedOver(memoryOf(), stored({}, rest));
    expect({ groups, pending, budget }).toEqual(rest);
  });
});

describe('what is stored', () => {
  const group = groupMemory({ failovers: { [KEY]: [NOW - 60_000] }, pinnedAts: { [KEY]: NOW } });
  const memory = memoryOf({
    appliances: new Map([[A, applianceMemory({ seenAt: NOW })]]),
    groups: new Map([['hq', group]]),
    pending: new Map([[KEY, aPending()]]),
  });
  const again = (at: number) =>
    parseState(JSON.parse(JSON.stringify(stateBody(memory, 7, NOW))), at);

  test('reads back as it was, with its fencing token', () => {
    const { pins: _p, admits: _a, pause: _w, ...own } = memory;
    const { leaves: _l, leftAts: _at, completedHooks: _h, failbacks: _f, ...more } = own;
    const { drillCounts: _c, drillRequests: _r, windows: _m, lastResorts: _l2, ...rest } = more;
    expect(again(NOW)).toMatchObject({ token: 7, memory: rest });
  });

  test('an instant 5 s in the future stays, one of 5.001 s ahead counts as now', () => {
    const at = (now: number) => again(now)?.memory.groups.get('hq')?.lastFailoverAt;
    expect([at(NOW - 5_000), at(NOW - 5_001)]).toEqual([NOW, NOW - 5_001]);
  });

  test('an appliance not seen for a day is forgotten, one seen a millisecond later is not', () => {
    const count = (now: number) => again(now)?.memory.appliances.size;
    expect([count(NOW + 86_399_999), count(NOW + 86_400_000)]).toEqual([1, 0]);
  });

  test.each([
    ['four failovers of one route', { failovers: { [KEY]: [1, 2, 3, 4] } }],
    ['a negative instant', { lastFailoverAt: -1 }],
    ['a flap count of zero', { flapCount: 0 }],
  ])('%s is not believed', (_what, over) => {
    const body = JSON.parse(JSON.stringify(stateBody(memory, 7, NOW)));
    const bad = { ...body, groups: { hq: { ...body.groups.hq, ...over } } };
    const parsed = parseState(bad, NOW);
    expect(parsed?.dropped).toEqual(['group hq']);
    expect(parsed?.memory.groups.size).toBe(0);
    // The rest is.
    expect(parsed?.memory.appliances.size).toBe(1);
  });

  test('what is no state is not believed at all', () => {
    expect(parseState({ appliances: 3 }, NOW)).toBeNull();
  });

  test('a debt of the write budget counts as none', () => {
    const body = JSON.parse(JSON.stringify(stateBody(memory, 7, NOW)));
    const budget = { tokens: -1e12, at: NOW };
    expect(parseState({ ...body, budget }, NOW)?.memory.budget.tokens).toBe(0);
  });
});

test.each(['hq', 'constructor', 'prototype', '__proto__', 'toString'])(
  'what is stored of a group "%s" comes back',
  (name) => {
    const founder = { how: 'founder', at: NOW } as const;
    const memory = memoryOf({
      groups: new Map([[name, groupMemory({ failovers: { [KEY]: [NOW - 9] } })]]),
      admissions: new Map([[name, { members: { [A]: founder }, identities: [] }]]),
      drills: new Map([[name, { taggedAt: NOW, askedAt: NOW, drills: [] }]]),
    });
    const body: unknown = JSON.parse(JSON.stringify(stateBody(memory, 7, NOW)));
    const { groups, admissions, drills } = parseState(body, NOW)?.memory ?? memoryOf();
    expect([...groups.keys(), ...admissions.keys(), ...drills.keys()]).toEqual([name, name, name]);
    expect(groups.get(name)?.failovers).toEqual({ [KEY]: [NOW - 9] });
    expect(admissions).toEqual(memory.admissions);
  },
);
