/** Goal: a connection counts as up only on a tunnel that is known to carry traffic, as down only when all are known not to, and stays down until then. Method: facts and the memory of passes before. */
import { describe, expect, test } from '@jest/globals';
import { known, unknown } from '../../../lib/core/reading.ts';
import { connectionPaths } from '../../../lib/siteToSite/assess/paths.ts';
import { assessConnections } from '../../../lib/siteToSite/assess.ts';
import type { ConnectionFact } from '../../../lib/siteToSite/types/connection.ts';
import {
  aConnection,
  aWorldOf,
  BEFORE,
  BGP_DOWN,
  DOWN,
  MINUTE,
  NOTHING,
  SILENT,
} from '../../builders/connections.ts';
import { NOW } from '../../builders/facts.ts';

const gateway = { kind: 'transit', id: 'tgw-0a' } as const;

function healthAfter(...passes: readonly ConnectionFact[]) {
  let memory = NOTHING;
  let health: unknown = null;
  for (const [index, connection] of passes.entries()) {
    const now = NOW + index * MINUTE;
    const reading = known([connection], now);
    const paths = connectionPaths(reading, new Map(), memory, now);
    health = paths.known ? paths.value[0]?.health : null;
    ({ memory } = assessConnections(aWorldOf([connection], { at: now }), memory, now));
  }
  return health;
}

const of = (one: object, two: object, over: Partial<ConnectionFact> = {}) =>
  aConnection('a', { one, two, gateway, ...over });
const UP = {};

test('one tunnel up is up, since that tunnel is', () => {
  expect(healthAfter(of(UP, DOWN))).toEqual({ kind: 'up', since: BEFORE });
});
test('a tunnel that came back is up since it came back', () => {
  const back = of({ changedAt: NOW + MINUTE }, DOWN);
  expect(healthAfter(of(DOWN, DOWN), back)).toEqual({ kind: 'up', since: NOW + MINUTE });
});
test.each([
  ['both down', of(DOWN, DOWN)],
  ['BGP down on both', of(BGP_DOWN, BGP_DOWN)],
  ['one that is being deleted', of(UP, UP, { state: 'deleting' })],
])('%s is down', (_what, connection) => {
  expect(healthAfter(connection)).toMatchObject({ kind: 'down' });
});
describe('both up, and AWS accepts no route', () => {
  const silent = { acceptedRouteCount: 0 };
  test('down where there were routes, unless a static route leads to it', () => {
    expect(healthAfter(of(UP, UP), of(silent, silent))).toMatchObject({ kind: 'down' });
    const over = { staticRouteCount: 1 };
    expect(healthAfter(of(UP, UP, over), of(silent, silent, over))).toMatchObject({ kind: 'up' });
  });
  test('up where there never was one: it may be made for static routes', () => {
    expect(healthAfter(of(silent, silent))).toMatchObject({ kind: 'up' });
  });
});
test.each([
  ['one down and one that reports nothing', of(DOWN, SILENT)],
  ['both tell nothing', of(SILENT, SILENT)],
  ['no tunnel in the answer', of(UP, UP, { tunnels: [] })],
])('%s is neither up nor down', (_what, connection) => {
  expect(healthAfter(connection)).toMatchObject({ kind: 'unknown' });
});
test('down stays down while nothing is said, until a tunnel is up', () => {
  expect(healthAfter(of(DOWN, DOWN), of(SILENT, SILENT))).toMatchObject({ kind: 'down' });
  expect(healthAfter(of(DOWN, DOWN), of(SILENT, UP))).toMatchObject({ kind: 'up' });
});
test('up does not stay up while nothing is said', () => {
  expect(healthAfter(of(UP, UP), of(SILENT, SILENT))).toMatchObject({ kind: 'unknown' });
});

test('a path has the group and the transit gateway of its connection; deleted ones are absent', () => {
  const reading = known(
    [
      of(UP, UP, { group: 'core', ignored: 'x' }),
      aConnection('b'),
      aConnection('c', { state: 'deleted' }),
    ],
    NOW,
  );
  const paths = connectionPaths(reading, new Map(), NOTHING, NOW);
  expect(paths).toMatchObject({
    known: true,
    value: [
      { connectionId: 'vpn-0a', group: 'core', transitGatewayId: 'tgw-0a', ignored: 'x' },
      { connectionId: 'vpn-0b', group: null, transitGatewayId: null, ignored: null },
    ],
  });
});
test('connections that cannot be read have no paths', () => {
  expect(connectionPaths(unknown('denied', NOW), new Map(), NOTHING, NOW)).toMatchObject({
    known: false,
  });
});
