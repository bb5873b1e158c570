/** Goal: each finding of transit gateway routes is found when it is so and not when it is not, and what cannot be read stays found. Method: worlds in memory, several passes where what was before counts. */
import { describe, expect, test } from '@jest/globals';
import { unknown } from '../../lib/core/reading.ts';
import { assessTransit } from '../../lib/transitGateway/assess.ts';
import { planTransit } from '../../lib/transitGateway/plan.ts';
import { withIntents } from '../../lib/transitGateway/state/intents.ts';
import {
  NO_TRANSIT_MEMORY,
  recallTransit,
  type TransitMemory,
} from '../../lib/transitGateway/state.ts';
import type { TransitMove } from '../../lib/transitGateway/types/plan.ts';
import type { TransitWorld } from '../../lib/transitGateway/types/world.ts';
import { NOW } from '../builders/facts.ts';
import {
  anAttachment,
  aPath,
  aRouteTo,
  aTable,
  aTransitWorld,
  DOWN_PATH,
  KEY,
  TABLE,
  UNKNOWN_PATH,
} from '../builders/transit.ts';

const MINUTE = 60_000;
const DEAD = aPath('a', { health: DOWN_PATH });

/** Findings after the last of some passes, as `Reason subject severity`; the memory goes through its stored form. */
function after(...worlds: readonly (readonly [number, TransitWorld])[]) {
  let memory: TransitMemory = NO_TRANSIT_MEMORY;
  let found: readonly string[] = [];
  for (const [now, world] of worlds) {
    const assessed = assessTransit(world, memory, now);
    memory = recallTransit(JSON.parse(JSON.stringify(assessed.memory)));
    found = assessed.findings.map(
      ({ reason, subject, severity }) => `${reason} ${subject.id} ${severity}`,
    );
  }
  return { found, memory };
}

const WELL = [NOW, aTransitWorld()] as const;
const later = (world: TransitWorld, ms: number = MINUTE) => [NOW + ms, world] as const;

const GROUP_DOWN = 'ConnectionGroupDown connections/core critical';
const HELD = 'TransitRouteHeld connections/core critical';
const AWAY = 'ConnectionRoutesAway vpn-0a warning';

describe('no way out', () => {
  const bothDown = aTransitWorld({ paths: [DEAD, aPath('b', { health: DOWN_PATH })] });
  test('all well: nothing is found', () => {
    expect(after(WELL, later(aTransitWorld())).found).toEqual([]);
  });
  test('both down is one finding of the group', () => {
    expect(after(WELL, later(bothDown)).found).toEqual([GROUP_DOWN]);
  });
  test('one down and the other able to take over is none of the group', () => {
    expect(after(WELL, later(aTransitWorld({ paths: [DEAD, aPath('b')] }))).found).toEqual([]);
  });
  test('one down and the other not known to be up: its routes are held', () => {
    const paths = [DEAD, aPath('b', { health: UNKNOWN_PATH })];
    expect(after(WELL, later(aTransitWorld({ paths }))).found).toEqual([HELD]);
  });
  test('one down that no route leads over is none of ours', () => {
    const paths = [aPath('a'), aPath('b', { health: DOWN_PATH })];
    expect(after(WELL, later(aTransitWorld({ paths }))).found).toEqual([]);
  });
  test.each([
    ['tables', { tables: unknown('denied', NOW) }],
    ['routes', { routes: new Map([[TABLE, unknown('denied', NOW)]]) }],
    ['attachments', { attachments: unknown('denied', NOW) }],
    ['connections', { paths: unknown('denied', NOW) }],
  ])('what was found stays found while %s cannot be read', (_what, over) => {
    const { found } = after(WELL, later(bothDown), later(aTransitWorld({ over }), 2 * MINUTE));
    expect(found).toEqual([GROUP_DOWN]);
  });
  test('and is over when all is read and well', () => {
    const over = { tables: unknown('denied', NOW) };
    const { found } = after(
      WELL,
      later(bothDown),
      later(aTransitWorld({ over }), 2 * MINUTE),
      later(aTransitWorld(), 3 * MINUTE),
    );
    expect(found).toEqual([]);
  });
});

describe('away from home', () => {
  const away = aTransitWorld({ paths: [DEAD, aPath('b')], routes: [aRouteTo('b')] });
  const ours: TransitMove = {
    kind: 'failover',
    routeKey: KEY,
    tableId: TABLE,
    tableName: 'spokes',
    destination: '10.0.0.0/8',
    group: 'core',
    from: 'vpn-0a',
    fromAttachmentId: 'tgw-attach-0a',
    to: 'vpn-0b',
    toAttachmentId: 'tgw-attach-0b',
    because: 'link-a is down',
  };
  const { memory } = after(WELL);
  test('a route that vpn-medic moved is away, and its preferred connection is remembered', () => {
    const intended = withIntents(memory, { actions: [ours], held: [] }, NOW);
    const { findings, memory: next } = assessTransit(away, intended, NOW + 1_000);
    expect(findings.map(({ reason }) => reason)).toEqual(['ConnectionRoutesAway']);
    expect(next.routes[KEY]).toMatchObject({ preferred: 'vpn-0a', failoverAts: [NOW] });
    expect(next.pending).toEqual({});
  });
  test('an intent that never showed is forgotten after 5 minutes: a later move is its owner’s', () => {
    const intended = withIntents(memory, { actions: [ours], held: [] }, NOW);
    const both = { paths: [aPath('a'), aPath('b')], routes: [aRouteTo('b')] };
    const at = (now: number) => {
      const once = assessTransit(aTransitWorld(both), intended, now).memory;
      return assessTransit(aTransitWorld(both), once, now).memory.routes[KEY]?.preferred;
    };
    expect(at(NOW + 5 * MINUTE)).toBe('vpn-0a');
    expect(at(NOW + 5 * MINUTE + 1)).toBe('vpn-0b');
  });
  test('a route that its owner moved to a living connection is home', () => {
    expect(after(WELL, later(aTransitWorld({ routes: [aRouteTo('b')] }))).found).toEqual([]);
  });
  test('the tag of the table says where home is', () => {
    const tables = [aTable({ preferredTag: 'vpn-0b' })];
    expect(after(WELL, later(aTransitWorld({ tables }))).found).toEqual([
      'ConnectionRoutesAway vpn-0b warning',
    ]);
  });
  test('a pinned route is where it is wanted', () => {
    const intended = withIntents(memory, { actions: [ours], held: [] }, NOW);
    const pin = { group: 'core', routeKey: null, to: 'vpn-0b', at: NOW, until: NOW + MINUTE };
    const pins = [{ ...pin, by: 'op', why: 'work' }];
    const found = (until: number) =>
      assessTransit(
        { ...away, pins: pins.map((one) => ({ ...one, until })) },
        intended,
        NOW + 1_000,
      ).findings.map(({ reason }) => reason);
    expect(found(NOW + MINUTE)).toEqual([]);
    expect(found(NOW + 1_000)).toEqual(['ConnectionRoutesAway']);
  });
  test('pointed back at the dead one by another tool: a finding for 10 minutes', () => {
    const intended = withIntents(memory, { actions: [ours], held: [] }, NOW);
    const moved = assessTransit(away, intended, NOW).memory;
    const back = aTransitWorld({ paths: [DEAD, aPath('b')] });
    const once = assessTransit(back, moved, NOW + MINUTE - 10_000);
    const rewritten = assessTransit(back, once.memory, NOW + MINUTE);
    const reasons = (at: number) =>
      assessTransit(back, rewritten.memory, at).findings.map(({ reason }) => reason);
    expect(rewritten.findings.map(({ reason }) => reason)).toEqual(['TransitRouteRewritten']);
    expect(reasons(NOW + 11 * MINUTE - 1)).toEqual(['TransitRouteRewritten']);
    expect(reasons(NOW + 11 * MINUTE)).toEqual([]);
  });
  describe('one answer that is older than our write', () => {
    const intended = withIntents(memory, { actions: [ours], held: [] }, NOW);
    const moved = assessTransit(away, intended, NOW).memory;
    const stale = aTransitWorld({ paths: [DEAD, aPath('b')] });
    const reasonsOf = ({ findings }: ReturnType<typeof assessTransit>) =>
      findings.map(({ reason }) => reason);
    const plannedIn = (world: TransitWorld, of: TransitMemory, now: number) =>
      planTransit({ world, memory: of, mode: 'act', holdMs: MINUTE, pause: null, now });

    test('is no rewriting, ends nothing, moves nothing, and teaches no other home', () => {
      const one = assessTransit(stale, moved, NOW + 10_000);
      expect(reasonsOf(one)).toEqual(['ConnectionRoutesAway']);
      expect(plannedIn(stale, one.memory, NOW + 10_000)).toEqual({ actions: [], held: [] });
      const next = assessTransit(away, one.memory, NOW + 20_000);
      expect(reasonsOf(next)).toEqual(['ConnectionRoutesAway']);
      expect(next.memory.routes[KEY]).toEqual(moved.routes[KEY]);
    });
    test('twice with a true one between is none either', () => {
      const one = assessTransit(stale, moved, NOW + 10_000);
      const two = assessTransit(away, one.memory, NOW + 20_000);
      expect(reasonsOf(assessTransit(stale, two.memory, NOW + 30_000))).toEqual([
        'ConnectionRoutesAway',
      ]);
    });
    test('twice in a row is what another tool did: the route is moved again', () => {
      const one = assessTransit(stale, moved, NOW + 10_000);
      const two = assessTransit(stale, one.memory, NOW + 20_000);
      expect(reasonsOf(two)).toEqual(['TransitRouteRewritten']);
      expect(plannedIn(stale, two.memory, NOW + 20_000).actions).toMatchObject([
        { kind: 'failover', from: 'vpn-0a', to: 'vpn-0b' },
      ]);
    });
  });
  describe('a route that one answer leaves out', () => {
    const moved = assessTransit(away, withIntents(memory, { actions: [ours], held: [] }, NOW), NOW);
    const without = aTransitWorld({ paths: [DEAD, aPath('b')], routes: [] });
    test('is known as before when it is back: what was found stays found, and its home', () => {
      const one = assessTransit(without, moved.memory, NOW + 10_000);
      expect(one.findings.map(({ reason }) => reason)).toEqual(['ConnectionRoutesAway']);
      const next = assessTransit(away, one.memory, NOW + 20_000);
      expect(next.memory.routes).toEqual(moved.memory.routes);
    });
    test('and the next one too, is gone', () => {
      const one = assessTransit(without, moved.memory, NOW + 10_000);
      const two = assessTransit(without, one.memory, NOW + 20_000);
      expect(two).toMatchObject({ findings: [], memory: { routes: {} } });
    });
  });
  test(`${AWAY}: named once however many routes`, () => {
    const two = ['10.0.0.0/8', '10.9.0.0/16'];
    const before = aTransitWorld({ routes: two.map((one) => aRouteTo('a', one)) });
    const intents = two.map((destination) => ({
      ...ours,
      destination,
      routeKey: `${TABLE} ${destination}`,
    }));
    const learnt = assessTransit(before, NO_TRANSIT_MEMORY, NOW).memory;
    const intended = withIntents(learnt, { actions: intents, held: [] }, NOW);
    const now = aTransitWorld({
      paths: [DEAD, aPath('b')],
      routes: two.map((one) => aRouteTo('b', one)),
    });
    const { findings } = assessTransit(now, intended, NOW);
    expect(findings.map(({ summary }) => summary)).toEqual([
      '2 transit gateway routes of link-a lead over link-b.',
    ]);
  });
});

describe('members and tags', () => {
  test('a connection that joins later waits to be admitted; at first sight it does not', () => {
    const three = aTransitWorld({
      paths: [aPath('a'), aPath('b'), aPath('c')],
      attachments: [anAttachment('a'), anAttachment('b'), anAttachment('c')],
    });
    expect(after(WELL, later(three)).found).toEqual(['ConnectionNotAdmitted vpn-0c warning']);
    expect(after([NOW, three]).found).toEqual([]);
  });
  test('admitted when its owner leads a route over it', () => {
    const over = aTransitWorld({
      paths: [aPath('a'), aPath('b'), aPath('c')],
      routes: [aRouteTo('c')],
    });
    expect(after(WELL, later(over)).found).toEqual([]);
  });
  test.each([
    ['vpn-medic:group', { groupTag: '!' }],
    ['vpn-medic:preferred', { preferredTag: 'i-0a' }],
    ['vpn-medic:members', { membersTag: 'vpn-0a i-0a' }],
  ])('a tag %s that cannot be read is named', (_what, over) => {
    expect(after([NOW, aTransitWorld({ tables: [aTable(over)] })]).found).toContain(
      `TagInvalid ${TABLE} warning`,
    );
    expect(
      after([NOW, aTransitWorld({ tables: [aTable({ ...over, ignored: 'x' })] })]).found,
    ).toEqual([]);
  });
});

test('unread for 2 minutes is notified, and not before', () => {
  const over = { tables: unknown('denied', NOW) };
  const first = [NOW, aTransitWorld({ over })] as const;
  const at = (ms: number) => after(first, later(aTransitWorld({ over }), ms)).found;
  expect(at(2 * MINUTE - 1)).toEqual([]);
  expect(at(2 * MINUTE)).toEqual(['TransitUnread eu-west-1 warning']);
});

test('a second refused try is a finding, the first is not', () => {
  const failing = (tryCount: number): TransitMemory => ({
    ...after(WELL).memory,
    pending: {
      [KEY]: {
        kind: 'failover',
        toAttachmentId: 'tgw-attach-0b',
        firstAt: NOW,
        lastAt: NOW,
        tryCount,
        answer: 'refused',
        why: 'denied',
      },
    },
  });
  const world = aTransitWorld({ paths: [DEAD, aPath('b')] });
  const found = (tryCount: number) =>
    assessTransit(world, failing(tryCount), NOW).findings.map(({ reason }) => reason);
  expect(found(1)).toEqual([]);
  expect(found(2)).toEqual(['TransitWriteFailed']);
});

test('a stored instant in the future counts as now: no hold-down lasts for ever', () => {
  const { memory } = after(WELL);
  const route = memory.routes[KEY];
  if (route === undefined) throw new Error('the route was not learnt');
  const ahead = { ...memory, routes: { [KEY]: { ...route, failoverAts: [NOW + 86_400_000] } } };
  expect(assessTransit(aTransitWorld(), ahead, NOW).memory.routes[KEY]?.failoverAts).toEqual([NOW]);
});

test.each([null, 'garbage', { routes: 1 }, { ...NO_TRANSIT_MEMORY, found: [{ reason: 'x' }] }])(
  'garbage (%j) is no memory',
  (stored) => {
    expect(recallTransit(stored)).toEqual(NO_TRANSIT_MEMORY);
  },
);
