/** Goal: a transit gateway route moves only from a connection that is known to be down to one that is known to be up, comes home after the hold-down, and every rule holds what it should. Method: worlds in memory, the boundary on both sides. */
import { describe, expect, test } from '@jest/globals';
import { known, unknown } from '../../lib/core/reading.ts';
import { assessTransit } from '../../lib/transitGateway/assess.ts';
import { planTransit } from '../../lib/transitGateway/plan.ts';
import { TRANSIT_RULES } from '../../lib/transitGateway/rules.ts';
import { NO_TRANSIT_MEMORY, type TransitMemory } from '../../lib/transitGateway/state.ts';
import type { TransitRule } from '../../lib/transitGateway/types/plan.ts';
import { ACCOUNT, NOW } from '../builders/facts.ts';
import {
  anAttachment,
  aPath,
  aRouteTo,
  aTable,
  aTransitWorld,
  BLACKHOLE,
  DOWN_PATH,
  KEY,
  TABLE,
  type TransitParts,
  UNKNOWN_PATH,
} from '../builders/transit.ts';

const HOLD = 300_000;
const DEAD = aPath('a', { health: DOWN_PATH });
const LIVE = aPath('b');

interface Options {
  readonly memory?: TransitMemory;
  readonly now?: number;
  readonly mode?: 'act' | 'observe';
  readonly without?: TransitRule;
  readonly isPaused?: boolean;
}

/** What was learnt while both were up and the route led over the first. */
const LEARNT = assessTransit(aTransitWorld(), NO_TRANSIT_MEMORY, NOW).memory;

function decide(parts: TransitParts, options: Options = {}) {
  const { memory = LEARNT, now = NOW, mode = 'act', without, isPaused = false } = options;
  const world = aTransitWorld(parts, now);
  const rules = TRANSIT_RULES.filter(([rule]) => rule !== without);
  const pause = isPaused ? { at: now, until: now + 1, by: 'op', why: 'work' } : null;
  const assessed = assessTransit(world, memory, now);
  const scene = { world, memory: assessed.memory, mode, holdMs: HOLD, pause, now };
  const { actions, held } = planTransit(scene, rules);
  return [
    ...actions.map(({ kind, destination, from, to }) => `${kind} ${destination} ${from} ${to}`),
    ...held.map(({ rule, kind, to }) => `held ${rule} ${kind} ${to ?? 'nowhere'}`),
  ];
}

const MOVED = ['failover 10.0.0.0/8 vpn-0a vpn-0b'];

describe('failover', () => {
  test('a route of a connection that is down moves to the member that is up', () => {
    expect(decide({ paths: [DEAD, LIVE] })).toEqual(MOVED);
  });
  test('well: nothing moves', () => {
    expect(decide({})).toEqual([]);
  });
  test('not known to be up is not down: nothing moves', () => {
    expect(decide({ paths: [aPath('a', { health: UNKNOWN_PATH }), LIVE] })).toEqual([]);
  });
  test('connections that cannot be read: nothing moves', () => {
    const over = { paths: unknown('throttled', NOW) };
    expect(decide({ paths: [DEAD, LIVE], over })).toEqual([]);
  });
  test('both down: nothing moves', () => {
    const paths = [DEAD, aPath('b', { health: DOWN_PATH })];
    expect(decide({ paths })).toEqual(['held S2 failover nowhere']);
  });
  test.each([
    ['not known to be up', aPath('b', { health: UNKNOWN_PATH }), anAttachment('b')],
    ['of another group', aPath('b', { group: 'other' }), anAttachment('b')],
    ['on another gateway', aPath('b', { transitGatewayId: 'tgw-0b' }), anAttachment('b')],
    ['ignored', aPath('b', { ignored: 'being built' }), anAttachment('b')],
    ['without an attachment', LIVE, anAttachment('c')],
    ['attached to another gateway', LIVE, anAttachment('b', { transitGatewayId: 'tgw-0b' })],
    ['with an attachment that goes', LIVE, anAttachment('b', { stateWord: 'deleting' })],
  ])('never to one that is %s', (_what, path, attachment) => {
    const parts = { paths: [DEAD, path], attachments: [anAttachment('a'), attachment] };
    expect(decide(parts)).toEqual(['held S2 failover nowhere']);
  });
  test('attachments that cannot be read: nothing moves', () => {
    const over = { attachments: unknown('denied', NOW) };
    expect(decide({ paths: [DEAD, LIVE], over })).toEqual(['held S2 failover nowhere']);
  });
  test('of two that are up, the one that has been up for longer', () => {
    const younger = aPath('b', { health: { kind: 'up', since: NOW - 1_000 } });
    const paths = [DEAD, younger, aPath('c')];
    const attachments = ['a', 'b', 'c'].map((letter) => anAttachment(letter));
    const memory = assessTransit(
      aTransitWorld({ paths: [aPath('a'), LIVE, aPath('c')] }),
      NO_TRANSIT_MEMORY,
      NOW,
    ).memory;
    expect(decide({ paths, attachments }, { memory })).toEqual([
      'failover 10.0.0.0/8 vpn-0a vpn-0c',
    ]);
  });
  test('one that joined the group later gets no route; named by the table, it does', () => {
    const joined = {
      paths: [DEAD, aPath('c')],
      attachments: [anAttachment('a'), anAttachment('c')],
    };
    expect(decide(joined)).toEqual(['held S2 failover nowhere']);
    expect(decide({ ...joined, tables: [aTable({ membersTag: 'vpn-0c' })] })).toEqual([
      'failover 10.0.0.0/8 vpn-0a vpn-0c',
    ]);
  });
  test('named by another table of the group it gets no route of this one, also after it has carried one there', () => {
    const other = aTable({ tableId: 'tgw-rtb-2', membersTag: 'vpn-0c' });
    const parts = (health: typeof DOWN_PATH): TransitParts => ({
      paths: [aPath('a', { health }), aPath('c')],
      attachments: [anAttachment('a'), anAttachment('c')],
      tables: [aTable(), other],
    });
    const carried = {
      ...aTransitWorld(parts(LIVE.health)),
      routes: new Map([
        [TABLE, known([aRouteTo('a')], NOW)],
        ['tgw-rtb-2', known([aRouteTo('c')], NOW)],
      ]),
    };
    const { memory } = assessTransit(carried, LEARNT, NOW);
    expect(decide(parts(DOWN_PATH), { memory })).toEqual(['held S2 failover nowhere']);
  });
});

describe('what is managed', () => {
  const paths = [DEAD, LIVE];
  test.each([
    ['a table of another group', { tables: [aTable({ groupTag: 'other' })] }],
    ['an ignored table', { tables: [aTable({ ignored: 'ours' })] }],
    ['a connection that lost the tag', { paths: [{ ...DEAD, group: null }, LIVE] }],
    [
      'a route to a VPC',
      {
        routes: [
          {
            ...aRouteTo('a'),
            attachment: { attachmentId: 'x', resourceId: 'vpn-0a', resourceType: 'vpc' },
          },
        ],
      },
    ],
  ])('%s is left alone', (_what, parts) => {
    expect(decide({ paths, ...parts })).toEqual([]);
  });
  test('the blackhole that a deleted connection leaves moves', () => {
    const parts = { paths: [LIVE], attachments: [anAttachment('b')], routes: [BLACKHOLE] };
    expect(decide(parts)).toEqual(MOVED);
  });
  test('a blackhole that a person made beside a standing attachment stays', () => {
    expect(decide({ routes: [BLACKHOLE] })).toEqual([]);
    expect(decide({ paths, routes: [BLACKHOLE] })).toEqual([]);
  });
});

describe('failback', () => {
  /** It failed over at NOW, and leads over the second since. */
  const away = (failovers: readonly number[] = [NOW]): TransitMemory => ({
    ...LEARNT,
    routes: {
      [KEY]: {
        preferred: 'vpn-0a',
        attachmentId: 'tgw-attach-0b',
        connectionId: 'vpn-0b',
        failoverAts: [...failovers],
        rewriteAts: [],
        movedAt: NOW,
        doubt: null,
      },
    },
  });
  const back = (now: number, options: Options = {}, since: number = NOW) =>
    decide(
      { paths: [aPath('a', { health: { kind: 'up', since } }), LIVE], routes: [aRouteTo('b')] },
      { memory: away(), now, ...options },
    );
  const HOME = ['failback 10.0.0.0/8 vpn-0b vpn-0a'];

  test('after the hold-down, not before', () => {
    expect(back(NOW + HOLD - 1)).toEqual(['held S5 failback vpn-0a']);
    expect(back(NOW + HOLD)).toEqual(HOME);
  });
  test('S5: the preferred one has to be up for the hold-down without a break', () => {
    const options = { without: 'S4' } as const;
    expect(back(NOW + 2 * HOLD - 1, options, NOW + HOLD)).toEqual(['held S5 failback vpn-0a']);
    expect(back(NOW + 2 * HOLD, options, NOW + HOLD)).toEqual(HOME);
    expect(back(NOW + 1, { without: 'S5' }, NOW + HOLD)).toEqual(['held S4 failback vpn-0a']);
  });
  test('S4: each failover of the hour doubles it', () => {
    const memory = away([NOW - 60_000, NOW]);
    expect(back(NOW + 2 * HOLD - 1, { memory, without: 'S5' })).toEqual([
      'held S4 failback vpn-0a',
    ]);
    expect(back(NOW + 2 * HOLD, { memory })).toEqual(HOME);
  });
  test('S4: after three failovers within the hour it stays until the first is an hour old', () => {
    const memory = away([NOW - 3_000, NOW - 2_000, NOW - 1_000]);
    const since = NOW - 3_600_000;
    expect(back(NOW + 3_596_999, { memory }, since)).toEqual(['held S4 failback vpn-0a']);
    expect(back(NOW + 3_598_000, { memory }, since)).toEqual(HOME);
  });
  test('a preferred one that is not known to be up: nothing moves', () => {
    const paths = [aPath('a', { health: UNKNOWN_PATH }), LIVE];
    expect(decide({ paths, routes: [aRouteTo('b')] }, { memory: away(), now: NOW + HOLD })).toEqual(
      [],
    );
  });
  test('damping never keeps a route on what is down', () => {
    const paths = [aPath('a'), aPath('b', { health: DOWN_PATH })];
    const memory = away([NOW - 3, NOW - 2, NOW - 1]);
    expect(decide({ paths, routes: [aRouteTo('b')] }, { memory })).toEqual([
      'failover 10.0.0.0/8 vpn-0b vpn-0a',
    ]);
  });
  test('where an owner moved it between living connections it stays', () => {
    const moved = aTransitWorld({ routes: [aRouteTo('b')] });
    const own = assessTransit(moved, assessTransit(moved, LEARNT, NOW).memory, NOW).memory;
    expect(own.routes[KEY]?.preferred).toBe('vpn-0b');
    expect(decide({ routes: [aRouteTo('b')] }, { memory: own, now: NOW + HOLD })).toEqual([]);
  });
  test('the tag of the table overrides what was learnt', () => {
    const tables = [aTable({ preferredTag: 'vpn-0b' })];
    expect(decide({ tables })).toEqual(['failback 10.0.0.0/8 vpn-0a vpn-0b']);
  });
});

describe('an operator', () => {
  const pin = {
    group: 'core',
    routeKey: null,
    to: 'vpn-0b',
    at: NOW - 1_000,
    until: NOW + 60_000,
    by: `arn:aws:iam::${ACCOUNT}:user/op`,
    why: 'test',
  };
  test('pins a route to another member, until the pin ends', () => {
    const over = { pins: [pin] };
    expect(decide({ over })).toEqual(['pin 10.0.0.0/8 vpn-0a vpn-0b']);
    expect(decide({ over: { pins: [{ ...pin, until: NOW }] } })).toEqual([]);
  });
  test('pins one route alone', () => {
    const routes = [aRouteTo('a'), aRouteTo('a', '10.9.0.0/16')];
    const over = { pins: [{ ...pin, routeKey: `${TABLE} 10.9.0.0/16` }] };
    expect(decide({ routes, over })).toEqual(['pin 10.9.0.0/16 vpn-0a vpn-0b']);
  });
  test('a pin keeps a route where it is, and not on what is down', () => {
    const over = { pins: [{ ...pin, to: 'vpn-0a' }] };
    const tables = [aTable({ preferredTag: 'vpn-0b' })];
    expect(decide({ over, tables })).toEqual([]);
    expect(decide({ over, paths: [DEAD, LIVE] })).toEqual(MOVED);
  });
  test('no pin moves a route to a connection that is not known to be up, or not there', () => {
    const over = { pins: [pin] };
    const paths = [aPath('a'), aPath('b', { health: UNKNOWN_PATH })];
    expect(decide({ over, paths })).toEqual(['held S2 pin vpn-0b']);
    expect(decide({ over: { pins: [{ ...pin, to: 'vpn-0d' }] } })).toEqual(['held S2 pin vpn-0d']);
  });
  test('pauses: nothing is written; without the rule it would be', () => {
    const parts = { paths: [DEAD, LIVE] };
    expect(decide(parts, { isPaused: true })).toEqual(['held paused failover vpn-0b']);
    expect(decide(parts, { isPaused: true, without: 'paused' })).toEqual(MOVED);
  });
  test('observes only: nothing is written; without the rule it would be', () => {
    const parts = { paths: [DEAD, LIVE] };
    expect(decide(parts, { mode: 'observe' })).toEqual(['held observe failover vpn-0b']);
    expect(decide(parts, { mode: 'observe', without: 'observe' })).toEqual(MOVED);
  });
});

test('S6: a write that does not show waits 5 s, then 10 s', () => {
  const pending = (tryCount: number): TransitMemory => ({
    ...LEARNT,
    pending: {
      [KEY]: {
        kind: 'failover',
        toAttachmentId: 'tgw-attach-0b',
        firstAt: NOW,
        lastAt: NOW,
        tryCount,
        answer: 'accepted',
        why: '',
      },
    },
  });
  const at = (now: number, tryCount: number) =>
    decide({ paths: [DEAD, LIVE] }, { memory: pending(tryCount), now });
  expect(at(NOW + 4_999, 1)).toEqual(['held S6 failover vpn-0b']);
  expect(at(NOW + 5_000, 1)).toEqual(MOVED);
  expect(at(NOW + 9_999, 2)).toEqual(['held S6 failover vpn-0b']);
  expect(at(NOW + 10_000, 2)).toEqual(MOVED);
});

test('S8: 20 writes a pass, the widest destinations first; the 21st waits', () => {
  const destinations = Array.from({ length: 21 }, (_, index) => `10.${index}.0.0/${28 - index}`);
  const routes = destinations.map((one) => aRouteTo('a', one));
  const decided = decide({ paths: [DEAD, LIVE], routes });
  expect(decided).toHaveLength(21);
  expect(decided[0]).toBe('failover 10.20.0.0/8 vpn-0a vpn-0b');
  expect(decided.at(-1)).toBe('held S8 failover vpn-0b');
  expect(decide({ paths: [DEAD, LIVE], routes }, { without: 'S8' }).at(-1)).toBe(
    'failover 10.0.0.0/28 vpn-0a vpn-0b',
  );
});

test('a table that cannot be read keeps what was learnt of it', () => {
  const over = { routes: new Map([[TABLE, unknown('throttled', NOW)]]) };
  const memory = assessTransit(aTransitWorld({ over }), LEARNT, NOW).memory;
  expect(memory.routes[KEY]?.preferred).toBe('vpn-0a');
  const without = aTransitWorld({ over: { tables: known([], NOW) } });
  const once = assessTransit(without, LEARNT, NOW).memory;
  expect(once.routes[KEY]?.preferred).toBe('vpn-0a');
  expect(assessTransit(without, once, NOW).memory.routes).toEqual({});
});

test('a connection that has been up for a second may take a route', () => {
  const young = aPath('b', { health: { kind: 'up', since: NOW - 1_000 } });
  expect(decide({ paths: [DEAD, young] })).toEqual(MOVED);
});
