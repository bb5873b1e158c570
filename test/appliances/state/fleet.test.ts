/** What the next watcher takes over: voices it has not heard, writes under way, the poorer budget; and what it keeps as its own. */
import { describe, expect, test } from '@jest/globals';
import { type FleetMemory, parseFleet, takeOver } from '../../../lib/appliances/state/fleet.ts';
import type { ApplianceMemory } from '../../../lib/appliances/state.ts';
import { NOW } from '../../builders/facts.ts';
import { aPending, applianceMemory, memoryOf } from '../../builders/world.ts';

const A = 'i-a1';

const stored = (over: Partial<ApplianceMemory>, rest: Partial<FleetMemory> = {}): FleetMemory => ({
  appliances: new Map([[A, applianceMemory(over)]]),
  pending: new Map(),
  budget: { tokens: 40, at: NOW },
  ...rest,
});

const taken = (mine: Partial<ApplianceMemory>, theirs: Partial<ApplianceMemory>) =>
  takeOver(
    memoryOf({ appliances: new Map([[A, applianceMemory(mine)]]) }),
    stored(theirs),
  ).appliances.get(A);

describe('an appliance', () => {
  test('has spoken wherever either has heard it', () => {
    expect(taken({ answered: ['here ike:500'] }, { answered: ['v1 ike:500'] })?.answered).toEqual([
      'here ike:500',
      'v1 ike:500',
    ]);
  });

  test('is not down on the forerunner’s word alone', () => {
    expect(taken({ downSince: null }, { downSince: NOW - 9 })?.downSince).toBeNull();
  });

  test('that only the forerunner knew is known, and so is one that only the heir has seen', () => {
    const mine = memoryOf({ appliances: new Map([['i-b1', applianceMemory()]]) });
    expect([...takeOver(mine, stored({})).appliances.keys()].toSorted()).toEqual([A, 'i-b1']);
  });
});

describe('the rest', () => {
  test('a write under way is under way for both', () => {
    const theirs = stored({}, { pending: new Map([['rtb-1 10.0.0.0/8', aPending()]]) });
    expect(takeOver(memoryOf(), theirs).pending.size).toBe(1);
  });

  test.each([
    [3, 40, 3],
    [40, 3, 3],
  ])('of budgets of %d and %d tokens the poorer one', (mine, theirs, expected) => {
    const budget = { tokens: mine, at: NOW };
    const left = stored({}, { budget: { tokens: theirs, at: NOW } });
    expect(takeOver(memoryOf({ budget }), left).budget.tokens).toBe(expected);
  });

  test('garbage is nobody’s memory', () => {
    expect(parseFleet({ appliances: 3 }, NOW)).toBeNull();
  });
});
