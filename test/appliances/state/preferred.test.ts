/** What is learnt of a route's owner: where it was first seen to live, and where somebody else pointed it since. */
import { describe, expect, test } from '@jest/globals';
import {
  learnPreferred,
  parsePreferred,
  storedPreferred,
  withMoves,
} from '../../../lib/appliances/state/preferred.ts';
import type { Memory } from '../../../lib/appliances/state.ts';
import type { LearntRoute } from '../../../lib/appliances/types/learnt.ts';
import type { ManagedRoute } from '../../../lib/appliances/types/topology.ts';
import type { Verdict } from '../../../lib/appliances/types/verdict.ts';
import type { World } from '../../../lib/appliances/types/world.ts';
import { NOW, zoneOf } from '../../builders/facts.ts';
import { aPin } from '../../builders/pins.ts';
import {
  aLearntRoute,
  aMove,
  anAppliance,
  anAssessment,
  aPending,
  aRoute,
  aWorld,
  down,
  failbackAt,
  memoryOf,
  unsure,
} from '../../builders/world.ts';

const KEY = 'rtb-1 10.0.0.0/8';
const DAY_MS = 86_400_000;

interface Setting {
  readonly nextHop: string;
  readonly before?: Partial<LearntRoute> & { readonly instanceId: string };
  readonly verdicts?: Readonly<Record<string, Verdict>>;
  readonly memory?: Partial<Memory>;
  readonly route?: Partial<ManagedRoute>;
  readonly world?: Partial<World>;
}

function learn({ nextHop, before, verdicts, memory, route, world: over = {} }: Setting) {
  const known =
    before === undefined ? [] : [[KEY, aLearntRoute(before.instanceId, before)] as const];
  const preferred = new Map(known);
  const world = aWorld({
    appliances: ['i-a1', 'i-a2', 'i-b1'].map((id) => anAppliance(id)),
    routes: [
      aRoute(KEY, nextHop, { preferred: failbackAt(before?.instanceId ?? nextHop), ...route }),
    ],
    over,
  });
  const judged = anAssessment(world, verdicts).verdicts;
  const after = learnPreferred(world, judged, memoryOf({ preferred, ...memory }), NOW);
  return { route: after.get(KEY), isSame: after === preferred };
}

test('a route that left a dead member, and no record says who moved it, is still preferred there', () => {
  const setting = { nextHop: 'i-b1', before: { instanceId: 'i-a1' } };
  expect(learn({ ...setting, verdicts: { 'i-a1': down() } }).route).toMatchObject({
    instanceId: 'i-a1',
    movedTo: ['i-b1'],
    changed: null,
  });
  expect(learn(setting).route).toMatchObject({ instanceId: 'i-b1', changed: { from: 'i-a1' } });
});

describe('a route that was not known', () => {
  test('is learnt where it lives', () => {
    expect(learn({ nextHop: 'i-b1' }).route).toEqual(aLearntRoute('i-b1'));
  });

  test.each([
    ['down', down()],
    ['not judged', unsure()],
  ])('is not learnt at a next hop that is %s', (_what, verdict) => {
    const { route } = learn({ nextHop: 'i-b1', verdicts: { 'i-b1': verdict } });
    expect(route).toBeUndefined();
  });

  test('is not learnt while a part of the region cannot be read, and is while only a zone cannot', () => {
    const gap = (zone: string | null) => ({ gaps: [{ what: 'tags', why: 'x', since: NOW, zone }] });
    expect(learn({ nextHop: 'i-b1', world: gap(null) }).isSame).toBe(true);
    expect(learn({ nextHop: 'i-b1', world: gap(zoneOf('a')) }).isSame).toBe(false);
  });
});

describe('a known route', () => {
  const A = { instanceId: 'i-a1' };

  test('at its preferred next hop is not learnt again', () => {
    expect(learn({ nextHop: 'i-a1', before: A }).isSame).toBe(true);
  });

  test('that another writer pointed at another living member is learnt there, with what was before', () => {
    expect(learn({ nextHop: 'i-b1', before: A }).route).toEqual(
      aLearntRoute('i-b1', { changed: { at: NOW, from: 'i-a1' } }),
    );
  });

  test('not while that member is not known to live', () => {
    expect(learn({ nextHop: 'i-b1', before: A, verdicts: { 'i-b1': down() } }).isSame).toBe(true);
    expect(learn({ nextHop: 'i-b1', before: A, verdicts: { 'i-b1': unsure() } }).isSame).toBe(true);
  });

  test('that vpn-medic moved there keeps its preferred next hop', () => {
    const before = { ...A, movedTo: ['i-b1'], movedAt: NOW - DAY_MS / 2 };
    expect(learn({ nextHop: 'i-b1', before }).isSame).toBe(true);
    expect(learn({ nextHop: 'i-a2', before }).route?.instanceId).toBe('i-a2');
  });

  test('back for more than 60 s is forgotten to have been moved, and for 60 s it is not', () => {
    const moved = (agoMs: number) => ({ ...A, movedTo: ['i-b1'], movedAt: NOW - agoMs });
    expect(learn({ nextHop: 'i-a1', before: moved(60_000) }).isSame).toBe(true);
    expect(learn({ nextHop: 'i-a1', before: moved(60_001) }).route).toEqual(aLearntRoute('i-a1'));
  });

  test.each([
    ['a write that does not show yet', { pending: new Map([[KEY, aPending()]]) }],
    ['a pin', { pins: [aPin({ to: 'i-b1' })] }],
    ['a pin that ended less than 60 s ago', { pins: [aPin({ to: 'i-b1', until: NOW - 59_000 })] }],
  ])('says nothing of its owner while there is %s', (_what, memory) => {
    expect(learn({ nextHop: 'i-b1', before: A, memory }).isSame).toBe(true);
  });

  test('of a client pool stays its owner’s, wherever it leads', () => {
    const route = { preferred: { kind: 'pool', instanceId: 'i-a1', pool: '10.0.0.0/8' } } as const;
    expect(learn({ nextHop: 'i-b1', before: A, route }).isSame).toBe(true);
  });
});

describe('when the preferred member is gone for good', () => {
  const gone = (over: Partial<LearntRoute> = {}) => ({ ...aLearntRoute('i-a0'), ...over });
  const at = (nextHop: string, agoMs: number) =>
    learn({
      nextHop,
      before: gone({ movedTo: [nextHop], movedAt: NOW - agoMs }),
      route: { preferred: failbackAt(nextHop) },
    });

  test('its heir in the zone is preferred from 60 s after the move on', () => {
    expect(at('i-a1', 59_999).isSame).toBe(true);
    expect(at('i-a1', 60_000).route).toEqual(aLearntRoute('i-a1'));
  });

  test('a next hop in another zone is after a day: until then a member launched in the zone takes over', () => {
    expect(at('i-b1', DAY_MS - 1).isSame).toBe(true);
    expect(at('i-b1', DAY_MS).route).toEqual(aLearntRoute('i-b1'));
  });
});

describe('moves that are about to be written', () => {
  const world = aWorld({ appliances: ['i-a1', 'i-b1', 'i-b2'].map((id) => anAppliance(id)) });
  const move = (from: string, to: string) => aMove({ routeKey: KEY, from, to });

  test('are noted as vpn-medic’s own', () => {
    const before = new Map([[KEY, aLearntRoute('i-a1')]]);
    const after = withMoves(before, [move('i-a1', 'i-b1')], world, NOW);
    expect(after.get(KEY)).toEqual(aLearntRoute('i-a1', { movedTo: ['i-b1'], movedAt: NOW }));
    const later = withMoves(after, [move('i-b1', 'i-b2')], world, NOW + 1);
    expect(later.get(KEY)?.movedTo).toEqual(['i-b1', 'i-b2']);
  });

  test('of a route that was never seen to live leave it where its owner had put it', () => {
    expect(withMoves(new Map(), [move('i-a1', 'i-b1')], world, NOW).get(KEY)).toEqual(
      aLearntRoute('i-a1', { movedTo: ['i-b1'], movedAt: NOW }),
    );
  });

  test('planned anew every second are noted once', () => {
    const first = withMoves(new Map(), [move('i-a1', 'i-b1')], world, NOW);
    const again = withMoves(first, [move('i-a1', 'i-b1')], world, NOW + 1_000);
    expect(again.get(KEY)).toBe(first.get(KEY));
  });
});

describe('stored', () => {
  const past = (ms: number) => Math.min(ms, NOW);
  const routes = (count: number) =>
    new Map(
      Array.from({ length: count }, (_, index) => [
        `rtb-0a1b2c3d4e5f60718 10.${index >> 8}.${index & 255}.0/24`,
        aLearntRoute('i-0a1b2c3d4e5f60718', { movedTo: ['i-b1'], movedAt: NOW }),
      ]),
    );

  test('it comes back as it was', () => {
    const some = routes(3);
    expect(parsePreferred(storedPreferred(some), past)).toEqual(some);
  });

  test('5,000 routes fit into an item of the state table', () => {
    const many = routes(5_000);
    const body = storedPreferred(many);
    expect(JSON.stringify(body).length).toBeLessThan(200_000);
    expect(parsePreferred(body, past).size).toBe(5_000);
  });

  test.each([
    ['nothing', undefined],
    ['text', 'x'],
    ['other things', { [KEY]: { instanceId: 3 } }],
  ])('%s is nothing learnt', (_what, body) => {
    expect(parsePreferred(body, past).size).toBe(0);
  });

  test('an instant from the future counts as now', () => {
    const ahead = new Map([[KEY, aLearntRoute('i-a1', { movedAt: NOW + DAY_MS })]]);
    expect(parsePreferred(storedPreferred(ahead), past).get(KEY)?.movedAt).toBe(NOW);
  });
});
