/** A failback whose tunnel was lost: its routes return to where they came from, and damping does not hold them. */
import { expect, test } from '@jest/globals';
import { plan } from '../../../lib/appliances/plan.ts';
import type { GroupMemory } from '../../../lib/appliances/state.ts';
import type { Verdict } from '../../../lib/appliances/types/verdict.ts';
import { NOW } from '../../builders/facts.ts';
import { KEY } from '../../builders/plan.ts';
import {
  anAppliance,
  anAssessment,
  applianceMemory,
  aRoute,
  aWorld,
  down,
  failoversAt,
  groupMemory,
  memoryOf,
  policyOf,
  up,
} from '../../builders/world.ts';

const UNDONE = { since: NOW - 1_000, why: 'undone' } as const;
const HOME = { at: NOW - 20_000, to: 'i-a1', from: 'i-c1', farSides: [] };
const MINUTE = 60_000;

/** i-a1 carries the route, which came back to it from i-c1 20 s ago; three failovers were within the hour. */
function actionsOf(verdict: Verdict, group: Partial<GroupMemory>, doubt: typeof UNDONE | null) {
  const world = aWorld({
    appliances: ['i-a1', 'i-b1', 'i-c1'].map((id) => anAppliance(id)),
    routes: [aRoute(KEY, 'i-a1')],
  });
  const verdicts = { 'i-a1': verdict, 'i-b1': up(), 'i-c1': up() };
  const damped = {
    failovers: { [KEY]: failoversAt(NOW - 40 * MINUTE, NOW - 20 * MINUTE, NOW - MINUTE) },
    lastTargets: { [KEY]: 'eni-a1' },
  };
  return plan(
    world,
    {
      ...anAssessment(world, verdicts),
      appliances: new Map([['i-a1', applianceMemory({ doubt })]]),
    },
    memoryOf({ groups: new Map([['hq', groupMemory({ ...damped, ...group })]]) }),
    policyOf({}),
    NOW,
  ).actions;
}

test.each<[string, Verdict]>([
  ['its tunnel is lost behind a living daemon', up({ tunnel: 'lost' })],
  ['its tunnel and its daemon are lost', down()],
])('where %s, the route returns to where it came from at once', (_what, verdict) => {
  const actions = actionsOf(verdict, { homecomings: { [KEY]: HOME } }, UNDONE);
  expect(actions).toMatchObject([{ kind: 'failover', to: 'i-c1' }]);
});

test('without a failback that is watched, a lost tunnel behind a living daemon moves nothing', () => {
  expect(actionsOf(up({ tunnel: 'lost' }), {}, UNDONE)).toEqual([]);
  const long = { homecomings: { [KEY]: { ...HOME, at: NOW - 300_000 } } };
  expect(actionsOf(up({ tunnel: 'lost' }), long, UNDONE)).toEqual([]);
});

test('a death that is no return moves it to the best successor instead', () => {
  expect(actionsOf(down(), { homecomings: { [KEY]: HOME } }, null)).toMatchObject([
    { kind: 'failover', to: 'i-b1' },
  ]);
});
