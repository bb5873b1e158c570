/**
 * Goal: routes leave what is about to end, for a proven peer alone, and never go to what leaves (S14).
 * Method: one route of i-a1, at home there and alive, and one other appliance, i-b1.
 */
import { describe, expect, test } from '@jest/globals';
import type { LeaveCause } from '../../../lib/appliances/state/leave.ts';
import { NOW } from '../../builders/facts.ts';
import { aPin } from '../../builders/pins.ts';
import { failbacks, KEY, outcome, planFor, type Setting } from '../../builders/plan.ts';
import {
  aLeave,
  aScheduledEvent,
  confirmedDown,
  down,
  failbackAt,
  up,
} from '../../builders/world.ts';

const leaving = (setting: Setting = {}): Setting => ({
  nextHop: up(),
  route: { preferred: failbackAt('i-a1') },
  leaves: [aLeave('i-a1')],
  ...setting,
});

describe('a route of what leaves', () => {
  test.each<[LeaveCause, boolean]>([
    ['spot', true],
    ['lifecycle', true],
    ['rebalance', true],
    ['drain', false],
  ])('by %s moves to the proven peer; EC2 confirms it: %s', (cause, isEc2Confirmed) => {
    const { actions } = planFor(leaving({ leaves: [aLeave('i-a1', { cause })] }));
    expect(actions).toMatchObject([
      { kind: 'leave', from: 'i-a1', to: 'i-b1', routeKey: KEY, isEc2Confirmed },
    ]);
  });

  test('stays without a notice, and once the notice is over', () => {
    expect(outcome(leaving({ leaves: [] }))).toBe('no wish');
    expect(outcome(leaving({ leaves: [aLeave('i-a1', { until: NOW + 1 })] }))).toBe('moves');
    expect(outcome(leaving({ leaves: [aLeave('i-a1', { until: NOW })] }))).toBe('no wish');
  });

  test('stays where EC2 has started the instance again since it was announced; a drain goes on', () => {
    const at = NOW - 60_000;
    const of = (cause: LeaveCause, launchedAt: number) =>
      outcome(leaving({ leaves: [aLeave('i-a1', { cause, at })], nextHopSignals: { launchedAt } }));
    expect(of('spot', at)).toBe('moves');
    expect(of('spot', at + 1)).toBe('no wish');
    expect(of('drain', at + 1)).toBe('moves');
  });

  test.each([
    ['an hour and 1 ms away', 3_600_001, 'no wish'],
    ['an hour away', 3_600_000, 'moves'],
    ['past, and still listed', -86_400_000, 'moves'],
  ])('with an event of EC2 that is %s: %s', (_when, inMs, expected) => {
    const events = [aScheduledEvent(NOW + inMs)];
    expect(outcome(leaving({ leaves: [], nextHopSignals: { events } }))).toBe(expected);
  });

  test('stays where the other appliance is not proven, leaves too, or is down', () => {
    expect(outcome(leaving({ target: up({ isProven: false, lacks: 'not yet' }) }))).toBe('S2');
    expect(outcome(leaving({ leaves: [aLeave('i-a1'), aLeave('i-b1')] }))).toBe('S14');
    expect(outcome(leaving({ target: down() }))).toBe('S2');
  });

  test('does not wait for the hold-down, and not for the answers that a failback needs', () => {
    const group = { lastFailoverAt: NOW - 1_000 };
    expect(outcome(leaving({ group, target: up({ isHealthy: false }) }))).toBe('moves');
  });

  test('is moved off it once a minute against another tool that points it back', () => {
    const at = (leftAt: number) => leaving({ memory: { leftAts: new Map([[KEY, leftAt]]) } });
    expect(outcome(at(NOW - 59_999))).toBe('S4');
    expect(outcome(at(NOW - 60_000))).toBe('moves');
  });

  test('of a client pool stays with its owner', () => {
    const preferred = { kind: 'pool', instanceId: 'i-a1', pool: '10.0.0.0/8' } as const;
    expect(outcome(leaving({ route: { preferred } }))).toBe('no wish');
  });

  test.each([
    ['in mode observe', { policy: { mode: 'observe' } }, 'observe'],
    [
      'in a pause',
      { memory: { pause: { at: NOW - 1, until: NOW + 1, by: 'ana', why: 'work' } } },
      'paused',
    ],
  ] as const)('is held %s', (_what, setting, rule) => {
    expect(outcome(leaving(setting))).toBe(rule);
  });

  test('fails over, and does not leave, when it is down by now', () => {
    expect(planFor(leaving({ nextHop: confirmedDown() })).actions).toMatchObject([
      { kind: 'failover' },
    ]);
  });
});

describe('a pin to what leaves', () => {
  const pinned = (cause: LeaveCause, pinnedAt: number) =>
    outcome(
      leaving({
        leaves: [aLeave('i-a1', { cause, at: NOW - 1_000 })],
        pins: [aPin({ to: 'i-a1', at: pinnedAt })],
      }),
    );

  test.each<[LeaveCause, string]>([
    ['spot', 'moves'],
    ['lifecycle', 'moves'],
    ['drain', 'moves'],
    ['rebalance', 'no wish'],
  ])('that is older than the notice of %s: %s', (cause, expected) => {
    expect(pinned(cause, NOW - 1_000)).toBe(expected);
  });

  test('that is newer than the notice keeps the route', () => {
    expect(pinned('spot', NOW - 999)).toBe('no wish');
    expect(pinned('drain', NOW - 999)).toBe('no wish');
  });

  test('to a peer names the one that takes the route', () => {
    const { actions } = planFor(leaving({ pins: [aPin({ to: 'i-b1' })] }));
    expect(actions).toMatchObject([{ kind: 'leave', to: 'i-b1' }]);
  });
});

describe('what leaves as a target', () => {
  const toLeaver = { leaves: [aLeave('i-b1', { at: NOW - 1_000 })] };

  test('gets no failback, and no pin that is older than the notice', () => {
    expect(outcome(failbacks(toLeaver))).toBe('S14');
    const home: Setting = { nextHop: up(), route: { preferred: failbackAt('i-a1') }, ...toLeaver };
    expect(outcome({ ...home, pins: [aPin({ to: 'i-b1', at: NOW - 1_000 })] })).toBe('S14');
    expect(outcome({ ...home, pins: [aPin({ to: 'i-b1', at: NOW - 999 })] })).toBe('moves');
  });

  test('gets a failover when nothing else is left: it is alive, and the present next hop is not', () => {
    expect(outcome(toLeaver)).toBe('moves');
  });
});
