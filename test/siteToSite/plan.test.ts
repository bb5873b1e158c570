/** Goal: an endpoint is replaced only inside its window and while the other tunnel carries; one at a time. Method: the pure plan, one thing off at a time, on both sides of each threshold. */
import { describe, expect, test } from '@jest/globals';
import { parseQuiet } from '../../lib/core/quiet.ts';
import { parseInstant } from '../../lib/core/time.ts';
import { assessConnections } from '../../lib/siteToSite/assess.ts';
import { isInWindow, planReplacements, type ReplacementScene } from '../../lib/siteToSite/plan.ts';
import { underway } from '../../lib/siteToSite/state/replacements.ts';
import { type ConnectionMemory, recallConnections } from '../../lib/siteToSite/state.ts';
import { type ConnectionFact, NOT_LISTED } from '../../lib/siteToSite/types/connection.ts';
import {
  aConnection,
  aWorldOf,
  BGP_DOWN,
  DOWN,
  HOUR,
  IP1,
  IP2,
  MINUTE,
  NOTHING,
  SILENT,
  STRONG,
} from '../builders/connections.ts';
import { NOW } from '../builders/facts.ts';

// NOW is a Friday, 21:00 UTC: 22:00 in Paris.
const WINDOW = 'Fri 22:00-24:00 Europe/Paris';
const CONTROLLED = { options: { ...STRONG, hasLifecycleControl: true } };
const T1 = `vpn-0a/${IP1}`;
const T2 = `vpn-0a/${IP2}`;

type Over = Parameters<typeof aConnection>[1];
const connectionOf = (over: Over = {}, letter = 'a', window = WINDOW): ConnectionFact =>
  aConnection(letter, {
    maintenanceWindow: parseQuiet(window),
    ...over,
    one: { ...CONTROLLED, ...over?.one },
    two: { ...CONTROLLED, ...over?.two },
  });

/** As after a pass that has found maintenance pending for these. */
function memoryOf(
  connections: readonly ConnectionFact[],
  pending: readonly string[],
  replacements: ConnectionMemory['replacements'] = {},
): ConnectionMemory {
  const { memory } = assessConnections(aWorldOf(connections), NOTHING, NOW);
  const tunnels = Object.fromEntries(
    Object.entries(memory.tunnels).map(([id, tunnel]) => [
      id,
      {
        ...tunnel,
        maintenance: {
          askedAt: NOW,
          isPending: pending.includes(id),
          autoAppliedAfter: null,
          since: NOW,
        },
      },
    ]),
  );
  return { ...memory, tunnels, replacements };
}

function planned(
  connections: readonly ConnectionFact[],
  over: Partial<ReplacementScene> = {},
  pending: readonly string[] = [T1],
) {
  const memory = memoryOf(connections, pending);
  const scene = { connections, memory, mode: 'act', pause: null, now: NOW, ...over } as const;
  const { actions, held } = planReplacements(scene);
  return {
    actions: actions.map(({ tunnelId }) => tunnelId),
    held: held.map(
      ({ replacement, rule, because }) => `${replacement.tunnelId} ${rule} ${because}`,
    ),
  };
}

describe('a pending replacement', () => {
  test('is applied inside its window, while the other tunnel is up with routes', () => {
    expect(planned([connectionOf()])).toEqual({ actions: [T1], held: [] });
  });

  test('of both tunnels: one, and the other waits', () => {
    const { actions, held } = planned([connectionOf()], {}, [T1, T2]);
    expect(actions).toEqual([T1]);
    expect(held).toEqual([`${T2} S8 ${T1} is replaced before ${T2}`]);
  });

  test('of two connections: one in the region at a time', () => {
    const both = [connectionOf(), connectionOf({}, 'b')];
    expect(planned(both, {}, [T1, `vpn-0b/${IP1}`]).actions).toEqual([T1]);
  });

  test.each<[string, Over]>([
    ['its connection is being modified', { state: 'pending', stateWord: 'pending' }],
    ['its connection is in an unknown state', { state: 'unknown', stateWord: 'odd' }],
    ['its connection is not listed', { stateWord: NOT_LISTED }],
    ['its connection is ignored', { ignored: 'old' }],
    ['AWS decides alone', { one: { options: STRONG } }],
    ['its options are not told', { one: { options: null } }],
  ])('is neither applied nor held while %s', (_what, over) => {
    expect(planned([connectionOf(over)])).toEqual({ actions: [], held: [] });
  });

  test('is neither without the tag, with a wrong one, nor when nothing is pending', () => {
    expect(planned([aConnection('a', { one: CONTROLLED })])).toEqual({ actions: [], held: [] });
    expect(planned([connectionOf({}, 'a', 'Sunday night')])).toEqual({ actions: [], held: [] });
    expect(planned([connectionOf()], {}, [])).toEqual({ actions: [], held: [] });
  });

  test.each<[string, Over, RegExp]>([
    ['down', { two: DOWN }, /is not up/],
    ['without BGP', { two: BGP_DOWN }, /is not up/],
    ['not told', { two: SILENT }, /is not up/],
    ['up without routes', { two: { acceptedRouteCount: 0 } }, /has no routes/],
    ['up with an untold number of routes', { two: { acceptedRouteCount: null } }, /has no routes/],
    ['up for 4 min 59 s', { two: { changedAt: NOW - 5 * MINUTE + 1_000 } }, /less than 5 min/],
  ])('is held while the other tunnel is %s', (_what, over, why) => {
    const { actions, held } = planned([connectionOf(over)]);
    expect(actions).toEqual([]);
    expect(held).toEqual([expect.stringMatching(why)]);
  });

  test('is applied with the other one up for 5 min, and over static routes in place of BGP', () => {
    const steady = connectionOf({ two: { changedAt: NOW - 5 * MINUTE } });
    expect(planned([steady]).actions).toEqual([T1]);
    const isStatic = connectionOf({
      isStatic: true,
      staticRouteCount: 1,
      two: { acceptedRouteCount: 0 },
    });
    expect(planned([isStatic]).actions).toEqual([T1]);
  });

  test('is held without a second tunnel', () => {
    const one = { ...connectionOf(), tunnels: connectionOf().tunnels.slice(0, 1) };
    expect(planned([one]).held).toEqual([`${T1} S9 no other tunnel is known`]);
  });

  test('is held by a pause until that ends, and in a deployment that only observes', () => {
    const pause = { at: NOW - 1, until: NOW + 1, by: 'ana', why: 'change' };
    expect(planned([connectionOf()], { pause })).toMatchObject({ actions: [] });
    expect(planned([connectionOf()], { pause: { ...pause, until: NOW } }).actions).toEqual([T1]);
    expect(planned([connectionOf()], { mode: 'observe' }).held).toEqual([
      `${T1} observe this deployment only observes`,
    ]);
  });

  test('waits while one of the same connection or customer gateway is not over, and not for another', () => {
    const withUnderway = (connectionId: string, customerGatewayId: string | null) =>
      planned([connectionOf()], {
        memory: memoryOf([connectionOf()], [T1], {
          'x/1': { connectionId, customerGatewayId, askedAt: NOW - MINUTE },
        }),
      }).actions;
    expect(withUnderway('vpn-0a', null)).toEqual([]);
    expect(withUnderway('vpn-0b', 'cgw-0a')).toEqual([]);
    expect(withUnderway('vpn-0b', 'cgw-0b')).toEqual([T1]);
    expect(withUnderway('vpn-0b', null)).toEqual([T1]);
  });
});

describe('a window', () => {
  const at = (window: string, time: string) =>
    isInWindow(connectionOf({}, 'a', window), parseInstant(time) ?? Number.NaN);
  const NIGHT = 'Sun 02:00-04:00 Europe/Paris';

  test.each([
    ['begins at 02:00', '2026-11-22T01:00:00Z', true],
    ['not a second earlier', '2026-11-22T00:59:59Z', false],
    ['is used until a quarter of an hour before its end', '2026-11-22T02:44:59Z', true],
    ['and no longer', '2026-11-22T02:45:00Z', false],
    ['is over after its end', '2026-11-22T03:00:00Z', false],
    ['is none on another day', '2026-11-23T01:30:00Z', false],
  ])('%s: %s', (_what, time, is) => {
    expect(at(NIGHT, time)).toBe(is);
  });

  test.each([
    // 29 March 2026: 02:00 becomes 03:00 at 01:00 UTC.
    ['begins at 03:00 when there is no 02:00', '2026-03-29T01:00:00Z', true],
    ['and not before the clock changes', '2026-03-29T00:59:59Z', false],
    ['and ends at 04:00 of the new time', '2026-03-29T01:45:00Z', false],
    // 25 October 2026: 03:00 becomes 02:00 at 01:00 UTC.
    ['counts 02:00 twice when there are two', '2026-10-25T00:00:00Z', true],
    ['the second one as well', '2026-10-25T01:00:00Z', true],
    ['and ends at 04:00', '2026-10-25T02:45:00Z', false],
  ])('over a change of the clock %s: %s', (_what, time, is) => {
    expect(at(NIGHT, time)).toBe(is);
  });

  test('that the change of the clock cuts short is not used at its end', () => {
    // 01:30 to 03:00, when the clock jumps: 02:30 does not come.
    const short = 'Sun 01:30-02:30 Europe/Paris';
    expect(at(short, '2026-03-29T00:44:59Z')).toBe(true);
    expect(at(short, '2026-03-29T00:46:00Z')).toBe(false);
  });

  test('over midnight belongs to the day on which it begins', () => {
    const late = 'Sat 23:30-01:00 Europe/Paris';
    expect(at(late, '2026-11-21T23:30:00Z')).toBe(true);
    expect(at(late, '2026-11-22T23:30:00Z')).toBe(false);
  });
});

describe('a replacement that was asked for', () => {
  const ASKED = NOW - HOUR;
  const isKept = (
    tunnel: Partial<ConnectionMemory['tunnels'][string]>,
    maintenance: Partial<{ readonly askedAt: number; readonly isPending: boolean }> = {},
    askedAt = ASKED,
  ) => {
    const memory = memoryOf([connectionOf()], []);
    const base = memory.tunnels[T1];
    if (base?.maintenance == null) throw new Error('no tunnel');
    const changed = {
      ...base,
      since: askedAt + 10 * MINUTE,
      changedAt: askedAt + 10 * MINUTE,
      ...tunnel,
      maintenance: { ...base.maintenance, ...maintenance },
    };
    const entry = { connectionId: 'vpn-0a', customerGatewayId: null, askedAt };
    return T1 in underway({ [T1]: entry }, new Map([[T1, changed]]), NOW);
  };

  test.each<[string, boolean, Parameters<typeof isKept>]>([
    ['is over when its tunnel has gone and is up again', false, [{}]],
    ['is not, while that is up for 4 min 59 s', true, [{ since: NOW - 5 * MINUTE + 1_000 }]],
    ['is not, while its tunnel is down', true, [{ status: 'down' }]],
    ['is not, while it has no routes', true, [{ status: 'no-routes' }]],
    ['is not, while AWS calls it pending', true, [{}, { isPending: true }]],
    ['is not, before AWS was asked again', true, [{}, { askedAt: ASKED }]],
    [
      'is not within 30 min, when its tunnel showed no change',
      true,
      [{ since: 0, changedAt: 0 }, {}, NOW - 30 * MINUTE + 1_000],
    ],
    [
      'is over after 30 min without a change',
      false,
      [{ since: 0, changedAt: 0 }, {}, NOW - 30 * MINUTE],
    ],
    ['is waited for, 23 h 59 min', true, [{ status: 'down' }, {}, NOW - 24 * HOUR + MINUTE]],
    ['and no longer', false, [{ status: 'down' }, {}, NOW - 24 * HOUR]],
  ])('%s', (_what, kept, args) => {
    expect(isKept(...args)).toBe(kept);
  });

  test('that is stored comes back; what was stored before there were any has none', () => {
    const memory = memoryOf([connectionOf()], [], {
      [T1]: { connectionId: 'vpn-0a', customerGatewayId: null, askedAt: NOW },
    });
    expect(recallConnections(JSON.parse(JSON.stringify(memory))).replacements).toEqual(
      memory.replacements,
    );
    const { replacements: _none, ...old } = memory;
    expect(recallConnections(old).replacements).toEqual({});
  });
});
