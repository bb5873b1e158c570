/** Which moves are wished for, to whom, in which order, and that no more are made than are needed. */
import { describe, expect, test } from '@jest/globals';
import type { Memory } from '../../lib/model/memory.ts';
import type { Plan } from '../../lib/model/plan.ts';
import type { Appliance, ManagedRoute, TableSight } from '../../lib/model/topology.ts';
import type { Verdict } from '../../lib/model/verdict.ts';
import { plan } from '../../lib/plan/routes.ts';
import { eniOf, NOW, zoneOf } from '../build/facts.ts';
import {
  anAppliance,
  anAssessment,
  aRoute,
  aTable,
  aWorld,
  confirmedDown,
  down,
  homeAt,
  memoryOf,
  policyOf,
  up,
} from '../build/world.ts';

interface Setting {
  readonly ids?: readonly string[];
  readonly appliances?: readonly Appliance[];
  readonly routes: readonly ManagedRoute[];
  readonly tables?: readonly TableSight[];
  readonly verdicts?: Readonly<Record<string, Verdict>>;
  readonly memory?: Partial<Memory>;
}

function planFor({ ids = [], appliances, routes, tables, verdicts, memory }: Setting): Plan {
  const world = aWorld({
    appliances: appliances ?? ids.map((id) => anAppliance(id)),
    routes,
    ...(tables === undefined ? {} : { tables }),
  });
  return plan(world, anAssessment(world, verdicts), memoryOf(memory), policyOf(), NOW);
}

const moves = ({ actions }: Plan): readonly string[] =>
  actions.map(({ kind, routeKey, to }) => `${kind} ${routeKey} -> ${to}`);
const targets = ({ actions }: Plan): readonly string[] => actions.map(({ to }) => to);

/** `count` routes of one table each, all by one carrier and at home there. */
const routesBy = (carrier: string, count: number, from = 1): readonly ManagedRoute[] =>
  Array.from({ length: count }, (_, index) => aRoute(`rtb-${from + index} 10.0.0.0/8`, carrier));

const DEAD = { 'i-a1': down() };

describe('wishes', () => {
  test.each([
    ['at home', homeAt('i-a1')],
    ['without a home', { kind: 'none', why: 'no subnet' }],
    ['contested', { kind: 'contested', why: 'two claim it' }],
    ['in its pool', { kind: 'pool', instanceId: 'i-a1', pool: '10.0.0.0/8' }],
  ] as const)('a route %s, carried by the living, stays', (_what, home) => {
    const routes = [aRoute('rtb-1 10.0.0.0/8', 'i-a1', { home })];
    expect(planFor({ ids: ['i-a1', 'i-b1'], routes })).toEqual({ actions: [], held: [] });
  });

  test.each([
    ['at home', homeAt('i-a1'), ['failover rtb-1 10.0.0.0/8 -> i-b1']],
    ['away from home', homeAt('i-b1'), ['failover rtb-1 10.0.0.0/8 -> i-b1']],
    ['without a home', { kind: 'none', why: 'no subnet' }, ['failover rtb-1 10.0.0.0/8 -> i-b1']],
    ['contested', { kind: 'contested', why: 'two claim it' }, []],
    ['in its pool', { kind: 'pool', instanceId: 'i-a1', pool: '10.0.0.0/8' }, []],
    [
      'strayed from its pool',
      { kind: 'pool', instanceId: 'i-b1', pool: '10.0.0.0/8' },
      ['pool rtb-1 10.0.0.0/8 -> i-b1'],
    ],
  ] as const)('a route %s, carried by the dead', (_what, home, expected) => {
    const routes = [aRoute('rtb-1 10.0.0.0/8', 'i-a1', { home })];
    expect(moves(planFor({ ids: ['i-a1', 'i-b1'], routes, verdicts: DEAD }))).toEqual(expected);
  });

  test('a pool’s route is repaired, never moved away: not even when its owner is dead and another could carry it', () => {
    const home = { kind: 'pool', instanceId: 'i-b1', pool: '10.0.0.0/8' } as const;
    const routes = [aRoute('rtb-1 10.0.0.0/8', 'i-a1', { home })];
    const verdicts = { 'i-a1': down(), 'i-b1': down() };
    const { actions, held } = planFor({ ids: ['i-a1', 'i-b1', 'i-c1'], routes, verdicts });
    expect(actions).toEqual([]);
    expect(held).toMatchObject([{ kind: 'pool', to: 'i-b1', rule: 'S2' }]);
  });

  test('a home that nobody knows any more is no wish', () => {
    const routes = [aRoute('rtb-1 10.0.0.0/8', 'i-a1', { home: homeAt('i-z9') })];
    expect(planFor({ ids: ['i-a1'], routes })).toEqual({ actions: [], held: [] });
  });

  test('all dead: every route is held, and says why', () => {
    const verdicts = { 'i-a1': down(), 'i-b1': down() };
    const { actions, held } = planFor({
      ids: ['i-a1', 'i-b1'],
      routes: routesBy('i-a1', 2),
      verdicts,
    });
    expect(actions).toEqual([]);
    expect(held.map(({ rule, because }) => [rule, because.split(':')[0]])).toEqual([
      ['S2', 'vpn-b1 is no target'],
      ['S2', 'vpn-b1 is no target'],
    ]);
  });
});

test.each([
  ['zone', 'vpn-b1 is its home (eu-west-1b)'],
  ['tag', 'vpn-b1 is its home (by tag)'],
] as const)('a move home by %s says why', (why, because) => {
  const routes = [aRoute('rtb-1 10.0.0.0/8', 'i-a1', { home: homeAt('i-b1', why) })];
  expect(planFor({ ids: ['i-a1', 'i-b1'], routes }).actions).toMatchObject([
    { kind: 'home', because },
  ]);
});

describe('who takes over', () => {
  const one = (over: Partial<ManagedRoute>) => [aRoute('rtb-1 10.0.0.0/8', 'i-a1', over)];
  const tables = [aTable('rtb-1', { homeZone: zoneOf('b') })];
  const ids = ['i-a1', 'i-b1', 'i-b2', 'i-c1'];

  test('the home first', () => {
    const routes = one({ home: homeAt('i-c1', 'tag') });
    expect(targets(planFor({ ids, tables, routes, verdicts: DEAD }))).toEqual(['i-c1']);
  });

  test('then one of the table’s zone, although another carries less', () => {
    const routes = [...one({}), ...routesBy('i-b1', 3, 2), ...routesBy('i-b2', 2, 5)];
    const some = [...tables, ...[2, 3, 4, 5, 6].map((n) => aTable(`rtb-${n}`))];
    expect(targets(planFor({ ids, tables: some, routes, verdicts: DEAD }))).toEqual(['i-b2']);
  });

  test('then whoever carries least', () => {
    const routes = [
      ...one({}),
      ...routesBy('i-b1', 2, 2),
      ...routesBy('i-b2', 1, 4),
      ...routesBy('i-c1', 2, 5),
    ];
    expect(targets(planFor({ ids, routes, verdicts: DEAD }))).toEqual(['i-b2']);
  });

  test('then the lower id', () => {
    expect(targets(planFor({ ids, routes: one({}), verdicts: DEAD }))).toEqual(['i-b1']);
  });

  test('the first that no rule forbids: an unproven one is passed over', () => {
    const verdicts = { ...DEAD, 'i-b1': up({ isProven: false, lacks: 'it is young' }) };
    expect(targets(planFor({ ids, routes: one({}), verdicts }))).toEqual(['i-b2']);
  });

  test('when all are forbidden, the best one is named with its rule', () => {
    const unproven = up({ isProven: false, lacks: 'it is young' });
    const verdicts = { ...DEAD, 'i-b1': unproven, 'i-b2': down(), 'i-c1': unproven };
    expect(planFor({ ids, routes: one({}), verdicts }).held).toMatchObject([
      { to: 'i-b1', rule: 'S2' },
    ]);
  });
});

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
      pending: new Map(
        [1, 2].map((n) => [
          `rtb-${n} 10.0.0.0/8`,
          { toInterfaceId: 'eni-b1', fromTargetId: 'eni-a1', writtenAt: NOW, tryCount: 2 },
        ]),
      ),
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
    aRoute('rtb-1 10.0.0.0/8', 'i-c1', { home: homeAt('i-d1') }),
    aRoute('rtb-2 10.8.0.0/24', 'i-c1', {
      home: { kind: 'pool', instanceId: 'i-d1', pool: '10.8.0.0/24' },
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
      return move === undefined ? route : { ...route, carrier: move.to, targetId: eniOf(move.to) };
    });

  test('a plan that was carried out leaves nothing to do', () => {
    const ids = ['i-a1', 'i-b1', 'i-c1', 'i-d1'];
    const routes = [
      ...routesBy('i-a1', 5),
      aRoute('rtb-6 10.0.0.0/8', 'i-c1', { home: homeAt('i-d1') }),
      aRoute('rtb-7 10.8.0.0/24', 'i-c1', {
        home: { kind: 'pool', instanceId: 'i-d1', pool: '10.8.0.0/24' },
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
