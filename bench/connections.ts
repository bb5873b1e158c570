/**
 * Site-to-Site connections, and ten Client VPN endpoints beside them, on the emulator: how many API calls a poll of the
 * built pollConnections and pollEndpoints takes, how long (the emulator's own share apart), and with how much memory; and
 * what their metrics cost. `node bench/connections.ts [CONNECTIONS]` (default 100, then 500).
 */
import { once } from 'node:events';
import { createServer } from 'node:net';
import { ENDPOINT_METRIC_KEYS, ENDPOINT_METRICS } from '../lib/clientVpn/types/metrics.ts';
import { NETWORK_CALLS_MAX } from '../lib/network/observe.ts';
import { CONNECTION_POLICY as POLICY } from '../lib/siteToSite/types/policy.ts';
import { type Lab, openLab } from '../test/lab/lab.ts';
import { startContainer } from '../test/lab/lambda/container.ts';
import { environmentOf } from '../test/lab/lambda/environment.ts';
import { startDns } from '../test/probe/dnsServer.ts';
import { openPeers } from '../test/probe/peer.ts';
import { breakAll, buildConnections, buildEndpoints } from './vpnAccount.ts';

const ENDPOINTS = 10;
/** So many polls show whether memory grows with them. */
const POLLS = 24;
const MONTH_MS = 30 * 86_400_000;
/** $0.01 per 1,000 metrics asked for. @see https://aws.amazon.com/cloudwatch/pricing/ (third-party reading, 2026-11) */
const USD_A_METRIC = 0.000_01;

/** In a month, at the dearest: federated, with a connect handler. Baselines are asked for once an hour. */
const ENDPOINT_ASKED =
  ENDPOINTS *
  ENDPOINT_METRIC_KEYS.map((key) => ENDPOINT_METRICS[key]).reduce(
    (sum, { everyMs, hasBaseline }) =>
      sum + MONTH_MS / everyMs + (hasBaseline ? MONTH_MS / 3_600_000 : 0),
    0,
  );

const sizes = process.argv[2] === undefined ? [100, 500] : [Number(process.argv[2])];
for (const size of sizes) await measure(size);

async function measure(size: number): Promise<void> {
  const lab = await openLab({ groups: [] });
  const peers = openPeers();
  try {
    console.log(`building ${size} connections, ${2 * size} tunnels, ${ENDPOINTS} endpoints …`);
    const ids = await buildConnections(lab, size);
    const clients = await openPorts();
    await buildEndpoints(lab, ENDPOINTS, clients.port);
    const dns = await startDns(peers, { rcode: 0, address: '127.0.0.1' });
    const polls = {
      connections: await poller(lab, 'pollConnections', { MALLOC_ARENA_MAX: '1' }),
      endpoints: await poller(lab, 'pollEndpoints', { LAB_DNS: dns }),
    };
    const quiet = [...(await polls.connections.poll(POLLS)), ...(await polls.endpoints.poll(2))];
    await breakAll(lab, ids);
    await clients.close();
    const dark = [
      ...(await polls.connections.poll(2, 'all down, ')),
      ...(await polls.endpoints.poll(2, 'all down, ')),
    ];
    const peakMb = {
      connections: await polls.connections.end(),
      endpoints: await polls.endpoints.end(),
    };
    console.table([...quiet, ...dark]);
    const of = (results: Polls, name: string) => results.filter((one) => one.poll.includes(name));
    const largest = (results: Polls) =>
      most(of(results, 'Connections'), 'calls') + most(of(results, 'Endpoints'), 'calls');
    const connections = of([...quiet, ...dark], 'Connections');
    const usd = { connections: usdOf(connectionMetrics(size)), endpoints: usdOf(ENDPOINT_ASKED) };
    const usdBound = size <= 100 ? 20 : '-';
    console.table([
      {
        figure: 'API calls, all well, the largest polls of both',
        value: largest(quiet),
        bound: 80,
      },
      {
        figure: 'API calls, the same with as many transit gateway tables as are read',
        value: largest(quiet) + NETWORK_CALLS_MAX,
        bound: 80,
      },
      { figure: 'API calls, everything down at once', value: largest(dark), bound: 80 },
      {
        figure: 'ms, the longest poll of connections',
        value: most(connections, 'ms'),
        bound: 3_000,
      },
      {
        figure: 'ms of our own in it, at most',
        value: most(connections, 'ownMs'),
        bound: '-',
      },
      { figure: 'peak RSS MB, pollConnections', value: peakMb.connections, bound: 150 },
      { figure: 'peak RSS MB, pollEndpoints', value: peakMb.endpoints, bound: '-' },
      { figure: 'USD a month, connections', value: usd.connections, bound: '-' },
      { figure: 'USD a month, endpoints', value: usd.endpoints, bound: '-' },
      {
        figure: 'USD a month, together',
        value: Number((usd.connections + usd.endpoints).toFixed(2)),
        bound: usdBound,
      },
    ]);
  } finally {
    await peers.closeAll();
    await lab.close();
  }
}

async function poller(
  lab: Lab,
  bundle: 'pollConnections' | 'pollEndpoints',
  own: Readonly<Record<string, string>>,
) {
  const container = await startContainer(bundle, {
    ...environmentOf(bundle, lab.gateway.url, lab.account, bundle),
    // The stack has three.
    VPN_MEDIC_CHAT_TOPIC_ARN: lab.account.alertsTopicArn,
    VPN_MEDIC_PAGER_TOPIC_ARN: lab.account.alertsTopicArn,
    ...own,
  });
  return {
    async poll(count: number, weather = '') {
      const results = [];
      for (let turn = 1; turn <= count; turn += 1) {
        const before = lab.gateway.calls.length;
        const startedAt = performance.now();
        await container.invoke({}, 60_000);
        const tookMs = performance.now() - startedAt;
        const calls = lab.gateway.calls.slice(before);
        const emulatorMs = Math.round(underwayMs(calls));
        results.push({
          poll: `${weather}${bundle} ${turn}`,
          ms: Math.round(tookMs),
          emulatorMs,
          ownMs: Math.round(tookMs) - emulatorMs,
          rssMb: Math.round(container.peakMib()),
          calls: calls.length,
          metrics: metricCount(calls),
          actions: tally(calls.map(({ action }) => action)),
        });
      }
      return results;
    },
    async end() {
      const peakMb = Math.round(container.peakMib());
      await container.kill();
      return peakMb;
    },
  };
}

/** Ports of endpoints that answer as a TLS server that refuses the handshake. */
async function openPorts() {
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy());
    socket.once('data', () => socket.end(Buffer.from('15030100020228', 'hex')));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const at = server.address();
  const port = typeof at === 'object' && at !== null ? at.port : 0;
  return {
    port,
    close: async () => {
      server.close();
      await once(server, 'close');
    },
  };
}

type Polls = Awaited<ReturnType<Awaited<ReturnType<typeof poller>>['poll']>>;
type Calls = Lab['gateway']['calls'];

function most(polls: Polls, what: 'ms' | 'ownMs' | 'calls'): number {
  return Math.max(...polls.map((poll) => poll[what]));
}

/** While at least one call waited for the emulator; what we do meanwhile is not counted as ours. */
function underwayMs(calls: Calls): number {
  let total = 0;
  let untilMs = Number.NEGATIVE_INFINITY;
  for (const { arrivedAt, answeredAt } of calls.toSorted((a, b) => a.arrivedAt - b.arrivedAt)) {
    const endMs = answeredAt ?? performance.now();
    total += Math.max(0, endMs - Math.max(untilMs, arrivedAt));
    untilMs = Math.max(untilMs, endMs);
  }
  return total;
}

/** What is paid: metrics asked for, as they were counted on their way. */
function metricCount(calls: Calls): number {
  const asked = calls.filter(({ action }) => action === 'GetMetricData');
  const queries = asked.map(({ params }) => JSON.parse(params['MetricDataQueries'] ?? '[]'));
  return queries.reduce((sum: number, list: readonly unknown[]) => sum + list.length, 0);
}

function usdOf(metrics: number): number {
  return Number((metrics * USD_A_METRIC).toFixed(2));
}

function connectionMetrics(size: number): number {
  const asked = 3 * (MONTH_MS / POLICY.metricsEveryMs) + 2 * (MONTH_MS / POLICY.historyEveryMs);
  return 2 * size * asked;
}

function tally(actions: readonly string[]): string {
  return [...Map.groupBy(actions, (action) => action)]
    .map(([action, list]) => `${list.length} ${action}`)
    .join(', ');
}
