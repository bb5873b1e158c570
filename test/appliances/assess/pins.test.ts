/** Goal: nobody wonders why routes are not at home. Method: routes of group hq, away from home, with and without a person's pin. */
import { describe, expect, test } from '@jest/globals';
import { findInRoutes, unjudgedAway } from '../../../lib/appliances/assess/routes.ts';
import type { Finding } from '../../../lib/core/finding.ts';
import type { Pin } from '../../../lib/core/pin.ts';
import { NOW } from '../../builders/facts.ts';
import { aPin } from '../../builders/pins.ts';
import { anAppliance, aRoute, aWorld, failbackAt, memoryOf } from '../../builders/world.ts';

const ROUTES = [1, 2].map((n) =>
  aRoute(`rtb-${n} 10.0.0.0/8`, 'i-b1', { preferred: failbackAt('i-a1') }),
);

function found(pins: readonly Pin[], routes = ROUTES): readonly Finding[] {
  const appliances = [anAppliance('i-a1'), anAppliance('i-b1')];
  const world = aWorld({ appliances, routes });
  return findInRoutes(world, new Map(), new Map(), memoryOf({ pins }), NOW);
}
const reasons = (findings: readonly Finding[]) => findings.map(({ reason }) => reason);

describe('routes where a person has pinned them', () => {
  test('are told as pinned, by whom, until when and why, and not as away', () => {
    const [finding, ...others] = found([aPin()]);
    expect(others).toEqual([]);
    expect(finding).toMatchObject({ reason: 'RoutePinned', subject: { kind: 'group', id: 'hq' } });
    expect(finding?.summary).toMatch(
      /^2 routes of group hq are pinned to vpn-b1 \(eu-west-1b\) until \d{4}-.*Z by arn:aws:iam::\d+:user\/ana: the line in zone a is noisy\.$/,
    );
    expect(finding?.hint).toContain('vpn-medic unpin hq');
  });

  test('without a pin are told as away', () => {
    expect(reasons(found([]))).toEqual(['RouteAway']);
  });

  test.each([
    ['59 s ago are on their way home, and no news', 59_999, []],
    ['1 min ago are away', 60_000, ['RouteAway']],
  ])('whose pin ended %s', (_what, agoMs, expected) => {
    expect(reasons(found([aPin({ at: NOW - 90_000, until: NOW - agoMs })]))).toEqual(expected);
  });
});

test.each([
  ['is pinned there', aPin(), 'i-b1', ['RouteAway i-a1']],
  [
    'is pinned there no more since 59 s',
    aPin({ at: NOW - 90_000, until: NOW - 59_999 }),
    'i-b1',
    ['RouteAway i-a1'],
  ],
  ['is home', aPin({ to: 'i-a1' }), 'i-a1', []],
  ['is pinned to where it is not', aPin({ to: 'i-a1' }), 'i-b1', []],
] as const)(
  'a route that %s: what it may have failed over before stays open',
  (_what, pin, nextHop, expected) => {
    const route = aRoute('rtb-1 10.0.0.0/8', nextHop, { preferred: failbackAt('i-a1') });
    const appliances = [anAppliance('i-a1'), anAppliance('i-b1')];
    const world = aWorld({ appliances, routes: [route] });
    expect([...unjudgedAway(world, memoryOf({ pins: [pin] }), NOW)]).toEqual(expected);
  },
);

test('a pin to where a route is not leaves it away, and says how many are there', () => {
  const findings = found([aPin({ to: 'i-a1' })]);
  expect(reasons(findings)).toEqual(['RouteAway', 'RoutePinned']);
  expect(findings[1]?.evidence[0]).toContain('0 of 2 there');
});

test('a pin of one route is undone by the route’s own name', () => {
  const [finding] = found([aPin({ routeKey: 'rtb-1 10.0.0.0/8' })]).filter(
    ({ reason }) => reason === 'RoutePinned',
  );
  expect(finding?.summary).toContain('1 route of group hq is pinned');
  expect(finding?.hint).toContain("vpn-medic unpin 'rtb-1 10.0.0.0/8'");
});

test('several pins of a group are one finding that says so', () => {
  const pins = ROUTES.map(({ key }) => aPin({ routeKey: key }));
  const pinned = found(pins).filter(({ reason }) => reason === 'RoutePinned');
  expect(pinned).toHaveLength(1);
  expect(pinned[0]?.summary).toContain('There is 1 more pin in this group.');
  expect(pinned[0]?.evidence).toHaveLength(2);
});

test('a pin to an appliance that is gone says that nothing moves there', () => {
  const pinned = found([aPin({ to: 'i-zz' })]).find(({ reason }) => reason === 'RoutePinned');
  expect(pinned?.summary).toContain('i-zz is no appliance of the group any more');
});

test('a pin of a group without routes is not notified', () => {
  expect(found([aPin({ group: 'branch' })], ROUTES).map(({ reason }) => reason)).toEqual([
    'RouteAway',
  ]);
});
