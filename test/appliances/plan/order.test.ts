/** Balance, order and economy: a dead zone's routes are spread, the worst harm comes first, and no write is made twice. */
import { describe, expect, test } from '@jest/globals';
import type { Memory } from '../../../lib/appliances/state.ts';
import type { Plan } from '../../../lib/appliances/types/plan.ts';
import type { ManagedRoute } from '../../../lib/appliances/types/topology.ts';
import { DEAD, planFor, routesBy } from '../../builders/candidates.ts';
import { eniOf, NOW } from '../../builders/facts.ts';
import { aPending, aRoute, confirmedDown, down, failbackAt } from '../../builders/world.ts';

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

  test('a route that is held weighs on nobody', () => {
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
