/** Goal: a connection that was never up is no outage at the first look either. Method: first looks over a simulated CloudWatch. */
import { expect, test } from '@jest/globals';
import { known } from '../../lib/core/reading.ts';
import { NO_METRIC_FAILURES, SimMetrics } from '../../lib/simulator/metrics.ts';
import { seededRandom } from '../../lib/simulator/random.ts';
import { assessConnections } from '../../lib/siteToSite/assess.ts';
import { observeConnections } from '../../lib/siteToSite/observe.ts';
import {
  aConnection,
  DAY,
  DOWN,
  HOUR,
  IP1,
  IP2,
  MINUTE,
  NOTHING,
} from '../builders/connections.ts';
import { NOW, REGION } from '../builders/facts.ts';
import { calm } from '../builders/ports.ts';

interface Past {
  /** Of each tunnel: from when CloudWatch has points; null: it has none. */
  readonly from: number | null;
  /** Until when it was up; absent: never. */
  readonly upUntil?: number;
  /** CloudWatch has none before; absent: it has them at once. */
  readonly shownFrom?: number;
}

/** Of another connection of the region. */
const MEASURED: Past = { from: NOW - DAY };

/** The gravest finding of each look at a connection of which no tunnel is up since `downSince`. */
async function looks(
  ats: readonly number[],
  downSince: number,
  pasts: readonly Past[],
  { trouble = NO_METRIC_FAILURES, other = MEASURED } = {},
) {
  let now = NOW;
  const clock = { now: () => now, monotonicMs: () => now, sleep: async () => {} };
  const connection = aConnection('a', {
    one: { ...DOWN, changedAt: downSince },
    two: { ...DOWN, changedAt: downSince },
  });
  const metrics = new SimMetrics(seededRandom(1), () =>
    [...pasts, other].flatMap(({ from, upUntil = 0, shownFrom = 0 }, index) =>
      from === null
        ? []
        : {
            namespace: 'AWS/VPN',
            metricName: 'TunnelState',
            dimensions: {
              VpnId: index < pasts.length ? connection.connectionId : 'vpn-other',
              TunnelIpAddress: [IP1, IP2][index] ?? '203.0.113.99',
            },
            sample: (at: number) => (at < from || now < shownFrom ? null : Number(at < upUntil)),
          },
    ),
  );
  metrics.trouble = trouble;
  const observer = {
    region: REGION,
    clock,
    metrics: metrics.port({ clock, pass: async () => {} }),
    vpn: {
      connections: async () => known([connection], NOW),
      customerGateways: async () => known([], NOW),
      withoutEcmp: async () => known([], NOW),
      staticRoutes: async () => known(new Map<string, number>(), NOW),
      maintenance: async () =>
        known({ isPending: false, autoAppliedAfter: null, lastAppliedAt: null }, NOW),
    },
  };
  const found: (string | null)[] = [];
  let memory = NOTHING;
  for (const at of ats) {
    now = at;
    const world = await observeConnections(observer, memory, { accountId: '', health: [] }, calm());
    const assessed = assessConnections(world, memory, now);
    memory = assessed.memory;
    const own = assessed.findings.find(({ reason }) =>
      ['ConnectionDown', 'NotYetUp', 'LongDown'].includes(reason),
    );
    found.push(own === undefined ? null : `${own.severity} ${own.reason}`);
  }
  return found;
}

const firstLook = async (
  downSince: number,
  pasts: readonly Past[],
  more?: Parameters<typeof looks>[3],
) => (await looks([NOW], downSince, pasts, more))[0];

const OUTAGE = 'critical ConnectionDown';
const NEW = 'info NotYetUp';

test.each<readonly [string, number, readonly Past[], string]>([
  [
    'made three days ago, and never up',
    3 * DAY,
    [{ from: NOW - 3 * DAY }, { from: NOW - 3 * DAY }],
    NEW,
  ],
  [
    'made 40 minutes ago, and never up',
    40 * MINUTE,
    [{ from: NOW - 38 * MINUTE }, { from: NOW - 38 * MINUTE }],
    NEW,
  ],
  [
    'up until three days ago by one of its tunnels',
    3 * DAY,
    [{ from: NOW - 60 * DAY, upUntil: NOW - 3 * DAY }, { from: NOW - 60 * DAY }],
    OUTAGE,
  ],
  [
    'up until five minutes ago',
    5 * MINUTE,
    [{ from: NOW - HOUR, upUntil: NOW - 5 * MINUTE }, { from: NOW - HOUR }],
    OUTAGE,
  ],
  ['of which CloudWatch has no points', 3 * DAY, [{ from: null }, { from: null }], OUTAGE],
  [
    'made 30 minutes ago, before the first points',
    30 * MINUTE,
    [{ from: null }, { from: null }],
    NEW,
  ],
  [
    'changed 30 minutes and 1 ms ago, without points',
    30 * MINUTE + 1,
    [{ from: null }, { from: null }],
    OUTAGE,
  ],
  [
    'with the first points of one tunnel, none of which says up',
    10 * MINUTE,
    [{ from: NOW - 5 * MINUTE }, { from: null }],
    NEW,
  ],
  [
    'with the first points of one tunnel, which was up',
    10 * MINUTE,
    [{ from: NOW - 10 * MINUTE, upUntil: NOW - 5 * MINUTE }, { from: null }],
    OUTAGE,
  ],
  [
    'of one tunnel of which it has none',
    3 * DAY,
    [{ from: NOW - 3 * DAY }, { from: null }],
    OUTAGE,
  ],
  [
    'never up, and down for 15 days',
    15 * DAY,
    [{ from: NOW - 15 * DAY }, { from: NOW - 15 * DAY }],
    NEW,
  ],
])('%s', async (_, downMs, pasts, finding) => {
  expect(await firstLook(NOW - downMs, pasts)).toBe(finding);
});

test.each([
  ['of three days', 3 * DAY, NOW - 3 * DAY],
  ['without a point', 10 * MINUTE, null],
])('whose metrics cannot be read, %s: an outage', async (_, downMs, from) => {
  const trouble = { ...NO_METRIC_FAILURES, partialChance: 1 };
  expect(await firstLook(NOW - downMs, [{ from }, { from }], { trouble })).toBe(OUTAGE);
});

test('where CloudWatch has points of no connection a missing one says nothing: an outage', async () => {
  const other = { from: null };
  expect(await firstLook(NOW - 10 * MINUTE, [{ from: null }, { from: null }], { other })).toBe(
    OUTAGE,
  );
});

test.each<readonly [string, Past, readonly string[]]>([
  [
    'say that it was up: an outage',
    { from: NOW - HOUR, upUntil: NOW - 12 * MINUTE, shownFrom: NOW + 5 * MINUTE },
    [NEW, OUTAGE, OUTAGE],
  ],
  ['say that it was not', { from: NOW - 5 * MINUTE, shownFrom: NOW + 5 * MINUTE }, [NEW, NEW, NEW]],
  ['do not come in half an hour: an outage', { from: null }, [NEW, NEW, OUTAGE]],
])('a guess holds until the first points, which %s', async (_, past, expected) => {
  const ats = [NOW, NOW + 10 * MINUTE, NOW + 21 * MINUTE];
  expect(await looks(ats, NOW - 10 * MINUTE, [past, past])).toEqual(expected);
});
