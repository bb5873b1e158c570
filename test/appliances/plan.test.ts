/** Which moves are wished for, to whom, in which order, and that no more are made than are needed. */
import { describe, expect, test } from '@jest/globals';
import type { ManagedRoute } from '../../lib/appliances/types/topology.ts';
import { DEAD, moves, planFor, routesBy, targets } from '../builders/candidates.ts';
import { zoneOf } from '../builders/facts.ts';
import { aRoute, aTable, down, failbackAt, up } from '../builders/world.ts';

describe('candidates', () => {
  test.each([
    ['at home', failbackAt('i-a1')],
    ['contested', { kind: 'contested', why: 'two claim it', claims: [] }],
    ['in its pool', { kind: 'pool', instanceId: 'i-a1', pool: '10.0.0.0/8' }],
  ] as const)('a route %s, carried by the living, stays', (_what, preferred) => {
    const routes = [aRoute('rtb-1 10.0.0.0/8', 'i-a1', { preferred })];
    expect(planFor({ ids: ['i-a1', 'i-b1'], routes })).toEqual({ actions: [], held: [] });
  });

  test.each([
    ['at home', failbackAt('i-a1'), ['failover rtb-1 10.0.0.0/8 -> i-b1']],
    ['away from home', failbackAt('i-b1'), ['failover rtb-1 10.0.0.0/8 -> i-b1']],
    ['contested', { kind: 'contested', why: 'two claim it', claims: [] }, []],
    ['in its pool', { kind: 'pool', instanceId: 'i-a1', pool: '10.0.0.0/8' }, []],
    [
      'strayed from its pool',
      { kind: 'pool', instanceId: 'i-b1', pool: '10.0.0.0/8' },
      ['pool rtb-1 10.0.0.0/8 -> i-b1'],
    ],
  ] as const)('a route %s, carried by the dead', (_what, preferred, expected) => {
    const routes = [aRoute('rtb-1 10.0.0.0/8', 'i-a1', { preferred })];
    expect(moves(planFor({ ids: ['i-a1', 'i-b1'], routes, verdicts: DEAD }))).toEqual(expected);
  });

  test('a pool’s route is repaired, never moved away: not even when its owner is dead and another could carry it', () => {
    const preferred = { kind: 'pool', instanceId: 'i-b1', pool: '10.0.0.0/8' } as const;
    const routes = [aRoute('rtb-1 10.0.0.0/8', 'i-a1', { preferred })];
    const verdicts = { 'i-a1': down(), 'i-b1': down() };
    const { actions, held } = planFor({ ids: ['i-a1', 'i-b1', 'i-c1'], routes, verdicts });
    expect(actions).toEqual([]);
    expect(held).toMatchObject([{ kind: 'pool', to: 'i-b1', rule: 'S2' }]);
  });

  test('a preferred next hop that is gone is no candidate', () => {
    const routes = [aRoute('rtb-1 10.0.0.0/8', 'i-a1', { preferred: failbackAt('i-z9') })];
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
      ['S2', 'vpn-b1 is not eligible'],
      ['S2', 'vpn-b1 is not eligible'],
    ]);
  });
});

test.each([
  ['zone', 'vpn-b1 is its preferred next hop (eu-west-1b)'],
  ['tag', 'vpn-b1 is its preferred next hop (by tag)'],
] as const)('a move home by %s says why', (why, because) => {
  const routes = [aRoute('rtb-1 10.0.0.0/8', 'i-a1', { preferred: failbackAt('i-b1', why) })];
  expect(planFor({ ids: ['i-a1', 'i-b1'], routes }).actions).toMatchObject([
    { kind: 'failback', because },
  ]);
});

describe('who takes over', () => {
  const one = (over: Partial<ManagedRoute>) => [aRoute('rtb-1 10.0.0.0/8', 'i-a1', over)];
  const tables = [aTable('rtb-1', { preferredZone: zoneOf('b') })];
  const ids = ['i-a1', 'i-b1', 'i-b2', 'i-c1'];

  test('the home first', () => {
    const routes = one({ preferred: failbackAt('i-c1', 'tag') });
    expect(targets(planFor({ ids, tables, routes, verdicts: DEAD }))).toEqual(['i-c1']);
  });

  test('then one of the table’s zone, although another carries less', () => {
    const routes = [...one({}), ...routesBy('i-b1', 3, 2), ...routesBy('i-b2', 2, 5)];
    const some = [...tables, ...[2, 3, 4, 5, 6].map((n) => aTable(`rtb-${n}`))];
    expect(targets(planFor({ ids, tables: some, routes, verdicts: DEAD }))).toEqual(['i-b2']);
  });

  test('then the member that carries least', () => {
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
