/** What a pass at connections asks for, and when: each metric asked for is paid. Method: passes in a row over a simulated CloudWatch. */
import { expect, test } from '@jest/globals';
import { known, type Reading, unknown } from '../../lib/core/reading.ts';
import { NO_METRIC_FAILURES, SimMetrics } from '../../lib/simulator/metrics.ts';
import { seededRandom } from '../../lib/simulator/random.ts';
import { assessConnections } from '../../lib/siteToSite/assess.ts';
import { observeConnections } from '../../lib/siteToSite/observe.ts';
import { type ConnectionFact, tunnelId } from '../../lib/siteToSite/types/connection.ts';
import { CONNECTION_POLICY as POLICY } from '../../lib/siteToSite/types/policy.ts';
import { aConnection, aTunnel, DAY, MINUTE, NOTHING, STRONG } from '../builders/connections.ts';
import { NOW, REGION } from '../builders/facts.ts';
import { calm } from '../builders/ports.ts';

const many = (count: number, hasLifecycleControl = false) =>
  Array.from({ length: count }, (_, index) => ({
    ...aConnection('a'),
    connectionId: `vpn-${index.toString(16).padStart(8, '0')}`,
    tunnels: [1, 2].map((side) =>
      aTunnel(`198.51.100.${side}`, { options: { ...STRONG, hasLifecycleControl } }),
    ),
  }));

/** One pass a minute; what each asked for. */
async function pass(
  connections: ReturnType<typeof many>,
  minutes: number,
  trouble = NO_METRIC_FAILURES,
) {
  let now = NOW;
  const names = ['TunnelState', 'TunnelDataIn', 'TunnelDataOut'];
  const series = connections.flatMap(({ connectionId, tunnels }) =>
    tunnels.flatMap(({ outsideIp }) =>
      names.map((metricName) => ({
        namespace: 'AWS/VPN',
        metricName,
        dimensions: { VpnId: connectionId, TunnelIpAddress: outsideIp },
        sample: () => 1,
      })),
    ),
  );
  const metrics = new SimMetrics(seededRandom(1), () => series);
  metrics.trouble = trouble;
  const clock = { now: () => now, monotonicMs: () => now, sleep: async () => {} };
  let maintenances = 0;
  const observer = {
    region: REGION,
    clock,
    metrics: metrics.port({ clock, pass: async () => {} }),
    vpn: {
      connections: async () => known(connections, now),
      customerGateways: async () => known([], now),
      withoutEcmp: async () => known([], 0),
      staticRoutes: async () => known(new Map<string, number>(), NOW),
      maintenance: async () => {
        maintenances += 1;
        return known({ isPending: false, autoAppliedAfter: null, lastAppliedAt: null }, now);
      },
    },
  };
  let memory = NOTHING;
  const passes = [];
  for (let minute = 0; minute < minutes; minute += 1) {
    const before = metrics.calls.length;
    maintenances = 0;
    const world = await observeConnections(observer, memory, { accountId: '', health: [] }, calm());
    memory = assessConnections(world, memory, now).memory;
    const asked = metrics.calls
      .slice(before)
      .reduce((sum, { seriesCount }) => sum + seriesCount, 0);
    passes.push({
      asked,
      recent: world.metrics?.tunnels.size ?? 0,
      histories: world.histories.size,
      maintenances,
    });
    now += MINUTE;
  }
  return { passes, memory };
}

test('the last hour every 20 minutes, two weeks once, and nothing in between', async () => {
  const { passes, memory } = await pass(many(1), 41);
  const busy = passes.flatMap(({ recent, histories }, minute) =>
    recent + histories > 0 ? [[minute, recent, histories]] : [],
  );
  expect(busy).toEqual([
    [0, 2, 0],
    [1, 0, 2],
    [20, 2, 0],
    [40, 2, 0],
  ]);
  expect(memory.tunnels[tunnelId('vpn-00000000', '198.51.100.1')]?.usual?.dayCount).toBe(14);
});

test('1,000 tunnels are read in turns: no pass reads more than 250 tunnels, or 150 histories, and all are known after 20 minutes', async () => {
  const { passes, memory } = await pass(many(500), 20);
  expect(Math.max(...passes.map(({ recent }) => recent))).toBe(POLICY.metricsAtOnce);
  expect(Math.max(...passes.map(({ histories }) => histories))).toBe(POLICY.historiesAtOnce);
  expect(passes.filter(({ recent, histories }) => recent > 0 && histories > 0)).toEqual([]);
  const tunnels = Object.values(memory.tunnels);
  expect(tunnels.filter(({ traffic, usual }) => traffic !== null && usual !== null)).toHaveLength(
    1_000,
  );
});

test('a month of 100 connections stays under 20 dollars of GetMetricData', async () => {
  const { passes } = await pass(many(100), 60);
  const [first = 0] = passes.map(({ asked }) => asked);
  expect(first).toBe(600);
  // An hour holds three rounds, and the one history of six hours.
  const anHour = passes.reduce((sum, { asked }) => sum + asked, 0) - 400;
  const aMonth = (anHour * 24 + 4 * 400) * 30 * 0.000_01;
  expect(aMonth).toBeLessThan(20);
  expect(aMonth).toBeGreaterThan(10);
});

test('what CloudWatch refuses is read again after 5 minutes, not in every pass', async () => {
  const { passes } = await pass(many(1), 11, { ...NO_METRIC_FAILURES, partialChance: 1 });
  const minutes = passes.flatMap(({ recent }, minute) => (recent > 0 ? [minute] : []));
  expect(minutes).toEqual([0, 5, 10]);
});

test('maintenance is read of ten tunnels in a pass, and only of those with lifecycle control', async () => {
  const { passes } = await pass(many(11, true), 4);
  expect(passes.map(({ maintenances }) => maintenances)).toEqual([10, 10, 2, 0]);
  expect((await pass(many(1), 1)).passes[0]?.maintenances).toBe(0);
});

function goneWatch() {
  const [first, second] = many(2);
  if (first === undefined || second === undefined) throw new Error('building two connections');
  const here = { list: [first, second], at: NOW };
  const clock = { now: () => here.at, monotonicMs: () => here.at, sleep: async () => {} };
  const observer = {
    region: REGION,
    clock,
    metrics: new SimMetrics(seededRandom(1), () => []).port({ clock, pass: async () => {} }),
    vpn: {
      connections: async () => known(here.list, here.at),
      customerGateways: async () => known([], here.at),
      withoutEcmp: async () => known([], 0),
      staticRoutes: async () => known(new Map<string, number>(), NOW),
      maintenance: async () =>
        known({ isPending: false, autoAppliedAfter: null, lastAppliedAt: null }, here.at),
    },
  };
  let memory = NOTHING;
  const goneAt = async (at: number, list: typeof here.list) => {
    Object.assign(here, { at, list });
    const world = await observeConnections(observer, memory, { accountId: '', health: [] }, calm());
    memory = assessConnections(world, memory, at).memory;
    return Object.keys(world.gone)
      .filter((id) => !id.startsWith('site/'))
      .toSorted();
  };
  return { first, second, goneAt };
}

test('what AWS has no more is named as gone for a day, and no longer when it is there again', async () => {
  const { first, second, goneAt } = goneWatch();
  const { connectionId } = second;
  const ids = [connectionId, ...second.tunnels.map((one) => tunnelId(connectionId, one.outsideIp))];
  expect(await goneAt(NOW, [first, second])).toEqual([]);
  expect(await goneAt(NOW + MINUTE, [first, { ...second, state: 'deleted' }])).toEqual(ids);
  expect(await goneAt(NOW + DAY, [first])).toEqual(ids);
  expect(await goneAt(NOW + DAY + MINUTE - 1, [first])).toEqual(ids);
  expect(await goneAt(NOW + DAY + MINUTE, [first])).toEqual([]);
  await goneAt(NOW + 2 * DAY, [first, second]);
  expect(await goneAt(NOW + 2 * DAY + MINUTE, [first, { ...second, state: 'deleted' }])).toEqual(
    ids,
  );
  expect(await goneAt(NOW + 2 * DAY + 2 * MINUTE, [first, second])).toEqual([]);
  const deleting = { ...second, stateWord: 'deleting', state: 'deleting' } as const;
  expect(await goneAt(NOW + 3 * DAY, [first, deleting])).toEqual([]);
  expect(await goneAt(NOW + 3 * DAY + 10 * MINUTE - 1, [first, deleting])).toEqual([]);
  expect(await goneAt(NOW + 3 * DAY + 10 * MINUTE, [first, deleting])).toEqual(ids);
});

test('a tunnel is gone when AWS lists two others of its connection, and not when one is left out', async () => {
  const { first, second, goneAt } = goneWatch();
  const [one, two] = second.tunnels;
  if (one === undefined || two === undefined) throw new Error('building two tunnels');
  expect(await goneAt(NOW, [first, second])).toEqual([]);
  expect(await goneAt(NOW + MINUTE, [first, { ...second, tunnels: [one] }])).toEqual([]);
  const moved = { ...second, tunnels: [one, { ...two, outsideIp: '198.51.100.99' }] };
  const id = tunnelId(second.connectionId, two.outsideIp);
  expect(await goneAt(NOW + 2 * MINUTE, [first, moved])).toEqual([id]);
  const back = [tunnelId(second.connectionId, '198.51.100.99')];
  expect(await goneAt(NOW + 3 * MINUTE, [first, second])).toEqual(back);
});

test('a site is gone when its connections were deleted, all or all but one; unreadable ones take no site with them', async () => {
  const list = many(3).map((one) => ({ ...one, site: 'hq' }));
  const [first, second, third] = list;
  if (first === undefined || second === undefined || third === undefined) throw new Error('three');
  const lonely = { ...aConnection('z'), customerGatewayId: null };
  const here: { reading: Reading<readonly ConnectionFact[]> } = { reading: known(list, NOW) };
  const clock = { now: () => NOW, monotonicMs: () => NOW, sleep: async () => {} };
  const observer = {
    region: REGION,
    clock,
    metrics: new SimMetrics(seededRandom(1), () => []).port({ clock, pass: async () => {} }),
    vpn: {
      connections: async () => here.reading,
      customerGateways: async () => known([], NOW),
      withoutEcmp: async () => known([], 0),
      staticRoutes: async () => known(new Map<string, number>(), NOW),
      maintenance: async () =>
        known({ isPending: false, autoAppliedAfter: null, lastAppliedAt: null }, NOW),
    },
  };
  let memory = NOTHING;
  const goneSites = async (reading: Reading<readonly ConnectionFact[]>) => {
    here.reading = reading;
    const world = await observeConnections(observer, memory, { accountId: '', health: [] }, calm());
    memory = assessConnections(world, memory, NOW).memory;
    return Object.keys(world.gone).filter((id) => id.startsWith('site/'));
  };
  const looked = (...some: readonly ConnectionFact[]) => goneSites(known(some, NOW));
  expect(await looked(...list, lonely)).toEqual([]);
  expect(await goneSites(unknown('throttled', NOW))).toEqual([]);
  expect(await looked({ ...first, state: 'deleted' }, second, third, lonely)).toEqual([]);
  expect(await looked({ ...second, state: 'deleted' }, third, lonely)).toEqual(['site/hq']);
  expect(await goneSites(unknown('throttled', NOW))).toEqual(['site/hq']);
  expect(await looked(third, lonely)).toEqual(['site/hq']);
  const deleted = { ...lonely, state: 'deleted' } as const;
  await looked(...list, deleted);
  expect(await looked(...list, deleted)).toEqual([`site/${lonely.connectionId}`]);
});
