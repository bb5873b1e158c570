/**
 * Goal: whatever happens to tunnels and to our sight of them, nothing is called down that is not known to be, what is down
 * is told, nothing is over that is broken (S13), and when all is well again everything is over and quiet.
 * Method: storms from seeds in virtual time; then the product with another view of what AWS answers.
 */
import { describe, expect, test } from '@jest/globals';
import { parseQuiet } from '../../lib/core/quiet.ts';
import type { SimAccount } from '../../lib/simulator/account.ts';
import type { ConnectionFact } from '../../lib/siteToSite/types/connection.ts';
import { connectionStorm, type Weathered } from './connections.ts';

const SEEDS = Array.from({ length: 16 }, (_, index) => index + 1);

const known = new Map<number, Promise<Weathered>>();
function weathered(seed: number): Promise<Weathered> {
  const result = known.get(seed) ?? connectionStorm(seed);
  known.set(seed, result);
  return result;
}

describe.each(SEEDS)('seed %i', (seed) => {
  test('no promise is broken in the storm, and the calm is calm', async () => {
    const { broken, lastFindings, openAtEnd, notificationsInQuiet } = await weathered(seed);
    expect({ broken, lastFindings, openAtEnd, notificationsInQuiet }).toEqual({
      broken: [],
      lastFindings: [],
      openAtEnd: 0,
      notificationsInQuiet: [],
    });
  });
});

test('over all seeds more than ten endpoints were replaced, each in its window while the other tunnel was up', async () => {
  let count = 0;
  for (const seed of SEEDS) count += (await weathered(seed)).replacedCount;
  expect(count).toBeGreaterThan(10);
});

test('storms are storms: over all seeds every gravity of trouble was told', async () => {
  const reasons = [
    'ConnectionDown',
    'TunnelDown',
    'BgpDown',
    'TunnelFlapping',
    'SiteDown',
    'TunnelUnknown',
    'ConnectionsUnread',
  ];
  const notified: string[] = [];
  for (const seed of SEEDS) notified.push(...(await weathered(seed)).notified);
  expect(
    reasons.filter(
      (reason) =>
        !notified.some((line) => line.includes(` ${reason},`) || line.includes(`: ${reason}`)),
    ),
  ).toEqual([]);
});

/** The product with another view of what AWS answers. */
const misread =
  (misreading: (one: ConnectionFact) => ConnectionFact) =>
  (account: SimAccount): void => {
    const start = account.start.bind(account);
    account.start = (by) => {
      const started = start(by);
      const { vpn, ...others } = started.connectionPorts;
      const connections: typeof vpn.connections = async (signal) => {
        const reading = await vpn.connections(signal);
        return reading.known ? { ...reading, value: reading.value.map(misreading) } : reading;
      };
      return { ...started, connectionPorts: { ...others, vpn: { ...vpn, connections } } };
    };
  };

const unknownIs =
  (status: 'up' | 'down') =>
  (one: ConnectionFact): ConnectionFact => ({
    ...one,
    tunnels: one.tunnels.map((tunnel) => ({ ...tunnel, status: tunnel.status ?? status })),
  });

test.each<readonly [string, number, (one: ConnectionFact) => ConnectionFact, string]>([
  [
    'a window is taken for one without end',
    2,
    (one) => ({
      ...one,
      ...(one.maintenanceWindow && { maintenanceWindow: parseQuiet('00:00-24:00') }),
    }),
    'is replaced outside its window',
  ],
  [
    'a tunnel that is down is taken for one that has long been up with routes',
    2,
    (one) => ({
      ...one,
      tunnels: one.tunnels.map((tunnel) => ({
        ...tunnel,
        status: 'up',
        acceptedRouteCount: 3,
        changedAt: 0,
      })),
    }),
    'is replaced while its other tunnel was not up',
  ],
  ['a tunnel that reports nothing is taken for down', 1, unknownIs('down'), 'is called down'],
  [
    'a tunnel that reports nothing is taken for up',
    2,
    unknownIs('up'),
    'is over, and it is broken',
  ],
  [
    'a word that is not known is taken for deleted',
    3,
    (one) => (one.state === 'unknown' ? { ...one, state: 'deleted' } : one),
    'is over, and it is broken',
  ],
  [
    'a connection that is deleting is taken for deleted',
    3,
    (one) => (one.state === 'deleting' ? { ...one, state: 'deleted' } : one),
    'is over, and it is broken',
  ],
  [
    'a tunnel without routes is taken for one with',
    45,
    (one) => ({
      ...one,
      tunnels: one.tunnels.map((tunnel) => ({ ...tunnel, acceptedRouteCount: null })),
    }),
    'is over, and it is broken',
  ],
])('were it so that %s, seed %i would fail', async (_, seed, misreading, line) => {
  const { broken } = await connectionStorm(seed, misread(misreading));
  expect(broken.filter((one) => one.includes(line))).not.toEqual([]);
});
