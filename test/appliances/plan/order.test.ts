/** Balance, order and economy: a dead zone's routes are spread, the worst harm comes first, and no write is made twice. */
import { describe, expect, test } from '@jest/globals';
import type { Memory } from '../../../lib/appliances/state.ts';
import type { Plan } from '../../../lib/appliances/types/plan.ts';
import type { ManagedRoute } from '../../../lib/appliances/types/topology.ts';
import { DEAD, planFor, routesBy, targets } from '../../builders/candidates.ts';
import { eniOf, NOW } from '../../builders/facts.ts';
import {
  anAppliance,
  aPending,
  aRoute,
  confirmedDown,
  down,
  failbackAt,
  up,
} from '../../builders/world.ts';

describe('balance', () => {
  const count = (made: Plan): Readonly<Record<string, number>> =>
    Object.fromEntries(
      [...Map.groupBy(made.actions, ({ to }) => to)].map(([to, list]) => [to, list.length]),
    );

  test('a dead appliance’s routes are spread evenly over the living', () => {
    const ids = ['i-a1', 'i-b1', 'i-b2', 'i-c1'];
    expect(count(planFor({ ids, routes: routesBy('i-a1', 9), verdicts: DEAD }))).toEqual({
      'i-b1': 3,
      'i-b2': 3,
      'i-c1': 3,
    });
  });

  test('a dead zone’s routes too', () => {
    const ids = ['i-a1', 'i-a2', 'i-b1', 'i-c1'];
    const routes = [...routesBy('i-a1', 4), ...routesBy('i-a2', 4, 5)];
    const verdicts = { 'i-a1': down(), 'i-a2': down() };
    expect(count(planFor({ ids, routes, verdicts }))).toEqual({ 'i-b1': 4, 'i-c1': 4 });
  });

  test('what they carry already counts', () => {
    const routes = [...routesBy('i-a1', 4), ...routesBy('i-b1', 4, 5)];
    const ids = ['i-a1', 'i-b1', 'i-c1'];
    expect(count(planFor({ ids, routes, verdicts: DEAD }))).toEqual({ 'i-c1': 4 });
  });

  test('a route that is held counts for no target', () => {
    const memory: Partial<Memory> = {
      pending: new Map([1, 2].map((n) => [`rtb-${n} 10.0.0.0/8`, aPending({ tryCount: 2 })])),
    };
    const ids = ['i-a1', 'i-b1', 'i-c1'];
    expect(count(planFor({ ids, routes: routesBy('i-a1', 4), verdicts: DEAD, memory }))).toEqual({
      'i-b1': 1,
      'i-c1': 1,
    });
  });
});

describe('priority: lower first', () => {
  const ids = ['i-a1', 'i-a2', 'i-b1', 'i-b2', 'i-c1'];
  const members = (priorities: Readonly<Record<string, number>>) =>
    ids.map((id) => {
      const priority = priorities[id];
      return anAppliance(id, priority === undefined ? {} : { priority });
    });
  const to = (
    priorities: Readonly<Record<string, number>>,
    over: Partial<Parameters<typeof planFor>[0]> = {},
  ) =>
    targets(
      planFor({
        appliances: members(priorities),
        routes: routesBy('i-a1', 4),
        verdicts: DEAD,
        ...over,
      }),
    );

  test('a dead member’s routes go to the lowest, before zone and load, balanced among equals', () => {
    expect(to({ 'i-b1': 50, 'i-c1': 50, 'i-a2': 200 })).toEqual(['i-b1', 'i-c1', 'i-b1', 'i-c1']);
    const routes = [...routesBy('i-a1', 2), ...routesBy('i-b1', 9, 5)];
    expect(to({ 'i-b1': 50 }, { routes })).toEqual(['i-b1', 'i-b1']);
  });

  test('a member without the tag counts as 100: behind 99, before 101', () => {
    expect(to({ 'i-a2': 101, 'i-b2': 101, 'i-c1': 101 })).toEqual(Array(4).fill('i-b1'));
    expect(to({ 'i-c1': 99 })).toEqual(Array(4).fill('i-c1'));
  });

  test('a spare that costs more takes over when no other is well, and not before', () => {
    const verdicts = { ...DEAD, 'i-a2': down(), 'i-b1': down(), 'i-c1': down() };
    expect(to({ 'i-b2': 900 }, { verdicts })).toEqual(Array(4).fill('i-b2'));
    expect(to({ 'i-b2': 900 }, { verdicts: { ...DEAD, 'i-a2': down() } })).not.toContain('i-b2');
  });

  test('a well one of 999 is before one of 0 that is down and one of 1 that is not proven', () => {
    const verdicts = { ...DEAD, 'i-b1': down(), 'i-c1': up({ isProven: false, lacks: 'new' }) };
    const priorities = { 'i-b1': 0, 'i-c1': 1, 'i-a2': 999, 'i-b2': 999 };
    expect(to(priorities, { verdicts })).toEqual(Array(4).fill('i-a2'));
  });

  test('the preferred member takes its route back whatever its priority', () => {
    const routes = [aRoute('rtb-1 10.0.0.0/8', 'i-a1', { preferred: failbackAt('i-c1') })];
    expect(to({ 'i-c1': 999 }, { routes })).toEqual(['i-c1']);
    const strayed = [aRoute('rtb-1 10.0.0.0/8', 'i-b1', { preferred: failbackAt('i-c1') })];
    expect(to({ 'i-c1': 999, 'i-b1': 0 }, { routes: strayed, verdicts: {} })).toEqual(['i-c1']);
  });

  test('while the preferred member is down its zone takes a route only at the priority of the current one or lower', () => {
    const routes = [aRoute('rtb-1 10.0.0.0/8', 'i-c1', { preferred: failbackAt('i-a1') })];
    expect(to({ 'i-a2': 100 }, { routes })).toEqual(['i-a2']);
    expect(to({ 'i-a2': 101 }, { routes })).toEqual([]);
    expect(to({ 'i-a2': 101, 'i-c1': 101 }, { routes })).toEqual(['i-a2']);
  });

  test('a living member keeps its routes, whatever the others’ priorities', () => {
    expect(to({ 'i-a1': 999, 'i-b1': 0 }, { verdicts: {} })).toEqual([]);
  });

  test('the plan says the priority of a tagged target, and nothing of an untagged one', () => {
    const because = (priorities: Readonly<Record<string, number>>) =>
      planFor({ appliances: members(priorities), routes: routesBy('i-a1', 1), verdicts: DEAD })
        .actions[0]?.because;
    expect(because({ 'i-b1': 5 })).toMatch(/ is down: .*; vpn-b1 has priority 5$/);
    expect(because({})).not.toContain('priority');
  });
});

describe('order: the most specific harm first (S8)', () => {
  const ids = ['i-a1', 'i-b1', 'i-c1', 'i-d1'];
  const routes = [
    aRoute('rtb-1 10.0.0.0/8', 'i-c1', { preferred: failbackAt('i-d1') }),
    aRoute('rtb-2 10.8.0.0/24', 'i-a1', {
      preferred: { kind: 'pool', instanceId: 'i-d1', pool: '10.8.0.0/24' },
    }),
    aRoute('rtb-3 10.0.0.0/8', 'i-a1'),
    aRoute('rtb-4 10.0.0.0/8', 'i-b1'),
    aRoute('rtb-5 10.0.0.0/8', 'i-b1'),
  ];
  const verdicts = { 'i-a1': down(), 'i-b1': confirmedDown() };
  const keys = (tokens: number) => {
    const budget = { tokens, at: NOW };
    const { actions, held } = planFor({ ids, routes, verdicts, memory: { budget } });
    return [actions, held].map((list) => list.map(({ routeKey }) => routeKey.slice(0, 5)));
  };

  test('what EC2 confirms dead, then the other dead, then strayed pools, then homecomings', () => {
    expect(keys(40)[0]).toEqual(['rtb-4', 'rtb-5', 'rtb-3', 'rtb-2', 'rtb-1']);
  });

  test('what EC2 has refused goes last, and takes no budget from the others', () => {
    const pending = new Map([
      ['rtb-4 10.0.0.0/8', aPending({ answer: 'refused', fromTargetId: 'eni-b1', writtenAt: 0 })],
    ]);
    const of = (tokens: number) => {
      const memory = { budget: { tokens, at: NOW }, pending };
      const { actions } = planFor({ ids, routes, verdicts, memory });
      return actions.map(({ routeKey }) => routeKey.slice(0, 5));
    };
    expect(of(40)).toEqual(['rtb-5', 'rtb-3', 'rtb-2', 'rtb-1', 'rtb-4']);
    expect(of(4)).toEqual(['rtb-5', 'rtb-3', 'rtb-2', 'rtb-1']);
  });

  test('a budget of three goes to the dead; the rest waits, and says so', () => {
    expect(keys(3)).toEqual([
      ['rtb-4', 'rtb-5', 'rtb-3'],
      ['rtb-2', 'rtb-1'],
    ]);
  });
});

describe('minimal', () => {
  /** The world after the plan, nothing else changed. */
  const carriedOut = (routes: readonly ManagedRoute[], { actions }: Plan) =>
    routes.map((route) => {
      const move = actions.find(({ routeKey }) => routeKey === route.key);
      return move === undefined ? route : { ...route, nextHop: move.to, targetId: eniOf(move.to) };
    });

  test('a plan that was carried out leaves nothing to do', () => {
    const ids = ['i-a1', 'i-b1', 'i-c1', 'i-d1'];
    const routes = [
      ...routesBy('i-a1', 5),
      aRoute('rtb-6 10.0.0.0/8', 'i-c1', { preferred: failbackAt('i-d1') }),
      aRoute('rtb-7 10.8.0.0/24', 'i-a1', {
        preferred: { kind: 'pool', instanceId: 'i-d1', pool: '10.8.0.0/24' },
      }),
    ];
    const first = planFor({ ids, routes, verdicts: DEAD });
    expect(first.actions.length).toBe(7);
    expect(planFor({ ids, routes: carriedOut(routes, first), verdicts: DEAD }).actions).toEqual([]);
  });

  test('only the dead one’s routes move', () => {
    const routes = [...routesBy('i-a1', 2), ...routesBy('i-b1', 2, 3), ...routesBy('i-c1', 2, 5)];
    const { actions } = planFor({ ids: ['i-a1', 'i-b1', 'i-c1'], routes, verdicts: DEAD });
    expect(actions.map(({ from }) => from)).toEqual(['i-a1', 'i-a1']);
  });
});
