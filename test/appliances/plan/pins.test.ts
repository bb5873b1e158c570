/**
 * Goal: a person's pin moves and keeps routes, and never past a safety rule.
 * Method: one route of i-a1, at home there, and i-b1, to which it is pinned.
 */
import { describe, expect, test } from '@jest/globals';
import { HOUR_MS } from '../../../lib/appliances/state/failover.ts';
import { NOW } from '../../builders/facts.ts';
import { aPin } from '../../builders/pins.ts';
import { KEY, outcome, planFor, type Setting } from '../../builders/plan.ts';
import { anAppliance, down, failbackAt, unsure, up } from '../../builders/world.ts';

const ON_PREFERRED: Setting = { nextHop: up(), route: { preferred: failbackAt('i-a1') } };
const pinned = (over: Parameters<typeof aPin>[0] = {}, setting: Setting = {}): Setting => ({
  ...ON_PREFERRED,
  ...setting,
  pins: [aPin(over)],
});

describe('a pin to a living appliance', () => {
  test('moves the route there from its living home, as a pin and in the person’s name', () => {
    const { actions } = planFor(pinned());
    expect(actions).toMatchObject([{ kind: 'pin', from: 'i-a1', to: 'i-b1', routeKey: KEY }]);
    expect(actions[0]?.because).toContain('user/ana pinned it to vpn-b1 until');
  });

  test('without a pin the same route stays at home', () => {
    expect(outcome(ON_PREFERRED)).toBe('no wish');
  });

  test.each([
    ['the group’s name', { routeKey: null }, 'moves'],
    ['another group’s name', { group: 'branch' }, 'no wish'],
    ['the route itself', { routeKey: KEY, group: 'hq' }, 'moves'],
    ['another route', { routeKey: 'rtb-2 10.0.0.0/8' }, 'no wish'],
  ])('given for %s: %s', (_what, over, expected) => {
    expect(outcome(pinned(over))).toBe(expected);
  });

  test.each([
    ['1 ms before its end', NOW + 1, 'moves'],
    ['at its end', NOW, 'no wish'],
  ])('%s: %s', (_when, until, expected) => {
    expect(outcome(pinned({ until }))).toBe(expected);
  });

  test('keeps a route that is already there, and lets it go home when it has run out', () => {
    const there: Setting = { nextHop: up(), route: { preferred: failbackAt('i-b1') } };
    const keeps = { ...there, pins: [aPin({ to: 'i-a1' })] };
    expect(outcome(keeps)).toBe('no wish');
    const over = { ...there, pins: [aPin({ to: 'i-a1', until: NOW })] };
    expect(planFor(over).actions).toMatchObject([{ kind: 'failback', to: 'i-b1' }]);
  });

  test('for one route counts more than the group’s newer one', () => {
    const pins = [aPin({ to: 'i-a1', at: NOW - 1 }), aPin({ routeKey: KEY, at: NOW - 9_000 })];
    expect(outcome({ ...ON_PREFERRED, pins })).toBe('moves');
  });

  test('the newest of two for the same group counts', () => {
    const pins = [aPin({ at: NOW - 9_000 }), aPin({ to: 'i-a1', at: NOW - 1_000 })];
    expect(outcome({ ...ON_PREFERRED, pins })).toBe('no wish');
    expect(outcome({ ...ON_PREFERRED, memory: { pins: pins.toReversed() } })).toBe('no wish');
  });

  test('of a group in several VPCs leaves those routes alone that its appliance cannot carry', () => {
    expect(outcome(pinned({}, { appliance: { vpcId: 'vpc-2' } }))).toBe('no wish');
    expect(outcome(pinned({ routeKey: KEY }, { appliance: { vpcId: 'vpc-2' } }))).toBe('S2');
  });

  test('leaves a client pool where it is: no other member can carry it', () => {
    const preferred = { kind: 'pool', instanceId: 'i-a1', pool: '10.0.0.0/8' } as const;
    expect(outcome(pinned({}, { route: { preferred } }))).toBe('no wish');
  });

  test('leaves a route alone that two appliances claim', () => {
    const preferred = { kind: 'contested', why: 'both', claims: [] } as const;
    expect(outcome(pinned({}, { route: { preferred } }))).toBe('no wish');
  });
});

describe('no pin moves anything past a safety rule', () => {
  const gap = { what: 'tags', why: 'denied', since: NOW, zone: null };
  test.each<[string, string, Setting]>([
    ['S1', 'sight is partial', { world: { gaps: [gap] } }],
    ['S2', 'its target is down', { target: down() }],
    ['S2', 'its target is unknown', { target: unsure() }],
    ['S2', 'its target is not proven', { target: up({ isProven: false, lacks: 'it is young' }) }],
    ['S5', 'its target has not risen', { target: up({ isHealthy: false }) }],
    ['S7', 'another watcher decides', { world: { lease: { kind: 'lost', to: 'w2' } } }],
    ['S8', 'the write budget is spent', { memory: { budget: { tokens: 0, at: NOW } } }],
    ['observe', 'nothing is to be written', { policy: { mode: 'observe' } }],
  ])('%s when %s', (rule, _why, setting) => {
    const over = pinned({}, setting);
    expect(outcome(over)).toBe(rule);
    expect(planFor(over).held).toMatchObject([{ kind: 'pin', to: 'i-b1' }]);
  });

  test('a target that is gone holds it, and names no other', () => {
    const { actions, held } = planFor(pinned({ to: 'i-zz' }));
    expect(actions).toEqual([]);
    expect(held).toMatchObject([{ kind: 'pin', rule: 'S2', to: null }]);
    expect(held[0]?.because).toContain('no appliance of the group any more');
  });
});

describe('S4: a pin knows what happened before it was made', () => {
  const failedOverAt = (lastFailoverAt: number, pinnedAts = {}): Setting => ({
    group: { lastFailoverAt, pinnedAts },
  });
  test.each<[string, Setting, string]>([
    ['a failover 1 ms before it does not hold it', failedOverAt(NOW - 60_001), 'moves'],
    ['a failover at its own instant holds it', failedOverAt(NOW - 60_000), 'S4'],
    ['a failover 1 ms after it holds it', failedOverAt(NOW - 59_999), 'S4'],
    [
      'flapping before it does not hold it',
      failedOverAt(NOW - HOUR_MS, { [KEY]: NOW - 61_000 }),
      'moves',
    ],
    ['flapping after it holds it', failedOverAt(NOW - HOUR_MS, { [KEY]: NOW - 59_000 }), 'S4'],
  ])('%s', (_what, setting, expected) => {
    expect(outcome({ ...ON_PREFERRED, ...setting, pins: [aPin()] })).toBe(expected);
  });

  test('the hold after a later failover runs out, and then it moves', () => {
    const group = { lastFailoverAt: NOW - 300_000 };
    const pins = [aPin({ at: NOW - 400_000 })];
    expect(outcome({ ...ON_PREFERRED, group, pins })).toBe('moves');
    const sooner = { lastFailoverAt: NOW - 299_999 };
    expect(outcome({ ...ON_PREFERRED, group: sooner, pins })).toBe('S4');
  });

  test.each([
    ['5 s ahead of us is believed', NOW + 5_000, 'moves'],
    ['further ahead is not, and waits for the hold like a move home', NOW + 5_001, 'S4'],
  ])('a pin from a clock %s', (_what, at, expected) => {
    const group = { lastFailoverAt: NOW - 1_000 };
    expect(outcome({ ...ON_PREFERRED, group, pins: [aPin({ at })] })).toBe(expected);
  });
});

describe('a pinned route whose carrier dies', () => {
  const dead: Setting = { nextHop: down(), route: { preferred: failbackAt('i-a1') } };

  test('leaves it all the same, as a failover', () => {
    const pins = [aPin({ to: 'i-a1' })];
    expect(planFor({ ...dead, pins }).actions).toMatchObject([
      { kind: 'failover', from: 'i-a1', to: 'i-b1' },
    ]);
  });

  test('prefers whom it is pinned to over the least loaded', () => {
    const appliances = [anAppliance('i-a1'), anAppliance('i-b1'), anAppliance('i-b2')];
    expect(planFor({ ...dead, appliances }).actions).toMatchObject([{ to: 'i-b1' }]);
    const pins = [aPin({ to: 'i-b2' })];
    expect(planFor({ ...dead, appliances, pins }).actions).toMatchObject([{ to: 'i-b2' }]);
  });
});
