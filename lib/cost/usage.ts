/** What a stack uses in a month of 30 days, from what it watches and how it is set up. Pure. */

import {
  ENDPOINT_METRIC_KEYS,
  ENDPOINT_METRICS,
  SERIES_EVERY_MS,
} from '../clientVpn/types/metrics.ts';
import { METRICS } from '../core/measures.ts';
import { isSwitchedOff, type Switch } from '../core/switches.ts';
import { counted } from '../core/text.ts';
import { CHECK_EVERY_MS } from '../crl/types/policy.ts';
import { METRIC_TABLE } from '../metrics/table.ts';
import { alarmsOf } from '../monitors/alarms.ts';
import { CATALOGUE } from '../monitors/catalogue.ts';
import { CONNECTION_POLICY } from '../siteToSite/types/policy.ts';
import { TRANSIT_POLICY } from '../transitGateway/types/policy.ts';
import type { PriceName } from './prices.ts';
import { STACK } from './stack.ts';

/** What there is to watch, in all watched regions together. */
export interface Inventory {
  readonly applianceCount: number;
  readonly connectionCount: number;
  /** Tunnels that CloudWatch has metrics of: two a connection, as a rule. */
  readonly tunnelCount: number;
  /** Of connections on transit gateways, and gateways of last resort: while there is one, connections are read all the time. */
  readonly connectionGroupCount: number;
  readonly endpointCount: number;
  /** Of those, with a client connect handler, and with SAML. */
  readonly handlerCount: number;
  readonly federatedCount: number;
  /** Series of the metric table: load balancers, health checks, Direct Connect, transit gateways. */
  readonly tableSeriesCount: number;
}

export interface Setup {
  readonly regionCount: number;
  /** `watchSeconds` of the deployment: 90 watches always, 12 looks once a minute. */
  readonly watchSeconds: number;
  /** `watchMemoryMb` of the deployment. */
  readonly watchMemoryMb: number;
  readonly probeFunctionCount: number;
  /** EC2 events of a day that reach the event function, in all watched regions: three for an instance that comes and goes. */
  readonly instanceEventsPerDay: number;
  /** What the deployment leaves out. */
  readonly off: readonly Switch[];
  /** `metricDimensions=resource`: a metric for each appliance and tunnel beside those by region. */
  readonly isMeasuredEach: boolean;
}

export interface Usage {
  /** `watchAppliances`, `byte counters of tunnels`, … */
  readonly item: string;
  readonly price: PriceName;
  readonly units: number;
  /** How the number came about, for people. */
  readonly how: string;
}

export const DEFAULT_SETUP: Setup = {
  regionCount: 1,
  watchSeconds: 90,
  watchMemoryMb: STACK.memoryMb,
  probeFunctionCount: 0,
  instanceEventsPerDay: 500,
  off: [],
  isMeasuredEach: false,
};

const MONTH_S = 30 * 24 * 3_600;
const MONTH_MS = MONTH_S * 1_000;
const MONTH_MINUTES = MONTH_S / 60;
const PASSES_PER_MINUTE = 60_000 / TRANSIT_POLICY.everyMs;

export function usageOf(all: Inventory, setup: Setup): readonly Usage[] {
  const inventory = watchedOf(all, setup.off);
  return [
    ...functionUsage(inventory, setup),
    ...askedMetrics(inventory, setup),
    ...ownMonitoring(inventory, setup),
    ...stateUsage(inventory, setup),
    ...notificationUsage(),
  ];
}

/** What is switched off is not asked about, however much of it there is. */
const watchedOf = (all: Inventory, off: readonly Switch[]): Inventory => ({
  ...all,
  ...(off.includes('connections') && {
    connectionCount: 0,
    tunnelCount: 0,
    connectionGroupCount: 0,
  }),
  ...(off.includes('endpoints') && {
    endpointCount: 0,
    handlerCount: 0,
    federatedCount: 0,
    tableSeriesCount: 0,
  }),
});

/** How much of each minute a watcher lives: always, when watchers overlap, is a minute and the hand-over. */
const watcherSeconds = ({ watchSeconds }: Setup): number =>
  Math.min(watchSeconds, 60 + STACK.handOverSeconds);

function functionUsage(inventory: Inventory, setup: Setup): readonly Usage[] {
  const ticks = MONTH_MINUTES * Math.min(60, setup.watchSeconds);
  const polled = (key: string, runs: number, moreSeconds: number) =>
    isSwitchedOff(key, setup.off) ? [] : run(key, runs, STACK.pollSeconds + moreSeconds);
  return [
    ...run('watchAppliances', MONTH_MINUTES, watcherSeconds(setup), setup.watchMemoryMb),
    // One invocation reads all regions side by side.
    ...(inventory.connectionGroupCount > 0
      ? run('pollConnections (groups, every 10 s)', MONTH_MINUTES, STACK.groupPollSeconds)
      : polled('pollConnections', MONTH_MINUTES, 0.004 * inventory.connectionCount)),
    ...polled('pollEndpoints', MONTH_MINUTES, 0.02 * inventory.endpointCount),
    ...polled('publishCrl', MONTH_MS / CHECK_EVERY_MS, 0),
    ...run('onInstanceChange', eventsOf(setup), STACK.eventSeconds),
    ...(setup.probeFunctionCount === 0
      ? []
      : run('probe functions', ticks * setup.probeFunctionCount, STACK.probeSeconds)),
  ];
}

const eventsOf = ({ instanceEventsPerDay }: Setup): number => 30 * instanceEventsPerDay;

/** One function for a month, its time and its requests. */
const run = (
  item: string,
  runs: number,
  seconds: number,
  memoryMb: number = STACK.memoryMb,
): readonly Usage[] => [
  {
    item,
    price: 'lambdaGbSecond',
    units: runs * seconds * (memoryMb / 1_024),
    how: `${whole(runs)} runs of ${tidy(seconds)} s with ${memoryMb} MB`,
  },
  { item, price: 'lambdaRequest', units: runs, how: `${whole(runs)} runs` },
];

/** Paid for by the series and the question, however many points it brings. */
function askedMetrics(inventory: Inventory, setup: Setup): readonly Usage[] {
  const { metricsEveryMs, historyEveryMs, seriesEveryMs } = CONNECTION_POLICY;
  const asked = (item: string, seriesCount: number, everyMs: number): Usage => ({
    item,
    price: 'metricAsked',
    units: seriesCount * (MONTH_MS / everyMs),
    how: `${seriesCount} series, every ${tidy(everyMs / 60_000)} min`,
  });
  const endpoints = ENDPOINT_METRIC_KEYS.map((key) => {
    const metric = ENDPOINT_METRICS[key];
    const counts = {
      'connect-handler': inventory.handlerCount,
      federated: inventory.federatedCount,
    } as const;
    const count = metric.only === null ? inventory.endpointCount : counts[metric.only];
    return asked(`${metric.metricName} of endpoints`, count, metric.everyMs);
  });
  const baselineCount = ENDPOINT_METRIC_KEYS.filter(
    (key) => ENDPOINT_METRICS[key].hasBaseline,
  ).length;
  const hasEndpoints = !setup.off.includes('endpoints');
  const hasConnections = !setup.off.includes('connections');
  const listed = hasEndpoints ? ENDPOINT_METRIC_KEYS.length + METRIC_TABLE.length : 0;
  const listsPerMonth =
    listed * (MONTH_MS / SERIES_EVERY_MS) + (hasConnections ? MONTH_MS / seriesEveryMs : 0);
  const [{ periodMs }] = METRIC_TABLE;
  const all: readonly Usage[] = [
    asked('state and bytes of tunnels', 3 * inventory.tunnelCount, metricsEveryMs),
    asked('two weeks of tunnels', 2 * inventory.tunnelCount, historyEveryMs),
    ...endpoints,
    asked('two weeks of endpoints', baselineCount * inventory.endpointCount, SERIES_EVERY_MS),
    asked(
      'load balancers, health checks, Direct Connect, transit gateways',
      inventory.tableSeriesCount,
      periodMs,
    ),
    {
      item: 'which series there are',
      price: 'metricRequest',
      units: setup.regionCount * listsPerMonth,
      how: `${listed + (hasConnections ? 1 : 0)} lists an hour and region`,
    },
  ];
  return all.filter(({ units }) => units > 0);
}

function ownMonitoring({ applianceCount, tunnelCount }: Inventory, setup: Setup): readonly Usage[] {
  const { regionCount } = setup;
  const eachCount = setup.isMeasuredEach ? applianceCount + tunnelCount : 0;
  const kinds = CATALOGUE.filter(
    ({ writtenBy, isOfMany }) =>
      !isSwitchedOff(writtenBy, setup.off) && (isOfMany !== true || regionCount > 1),
  ).map(({ name }) => METRICS[name]);
  const steady = kinds.filter((kind) => kind === 'steady').length;
  const rare = kinds.length - steady;
  const metricCount = (steady + STACK.rareShare * rare) * regionCount;
  const passes = MONTH_MINUTES * Math.min(60, setup.watchSeconds) * regionCount;
  const lines = Math.min(passes, MONTH_S * regionCount) + MONTH_MINUTES * eachCount;
  const gb = (lines * STACK.metricLineBytes) / 1e9 + STACK.otherLogGb;
  const alarmCount = alarmsOf({
    name: 'vpn-medic',
    regions: Array.from({ length: regionCount }, (_, index) => `region-${index + 1}`),
    functions: STACK.functions
      .filter((key) => !isSwitchedOff(key, setup.off))
      .map((key) => ({
        key,
        name: key,
        timeoutS: 60,
        memoryMb: STACK.memoryMb,
      })),
  }).length;
  return [
    {
      item: 'our own metrics',
      price: 'customMetric',
      units: metricCount,
      how: `${steady} steady and ${rare} rare ones in ${counted(regionCount, 'region')}`,
    },
    ...(eachCount === 0
      ? []
      : [
          {
            item: 'metrics of each resource',
            price: 'customMetric',
            units: eachCount,
            how: `${counted(applianceCount, 'appliance')} and ${counted(tunnelCount, 'tunnel')}`,
          } as const,
        ]),
    {
      item: 'alarms',
      price: 'alarm',
      units: alarmCount,
      how: 'over our metrics by region, and over functions',
    },
    { item: 'dashboard', price: 'dashboard', units: 1, how: 'one' },
    {
      item: 'log',
      price: 'logGb',
      units: gb,
      how: `${whole(lines)} lines of metrics, and little else`,
    },
    { item: 'log', price: 'logGbMonth', units: gb, how: '30 days' },
  ];
}

/** Writes by the kilobyte, reads by four. */
function stateUsage(inventory: Inventory, setup: Setup): readonly Usage[] {
  const { regionCount } = setup;
  const watched = MONTH_S * Math.min(1, watcherSeconds(setup) / 60) * regionCount;
  const leases = watched / STACK.leaseEverySeconds;
  const memoryKb = 1 + Math.ceil(inventory.applianceCount * STACK.applianceKb);
  // Kept every ten minutes while nothing changes.
  const memories = (MONTH_S / 600) * memoryKb * regionCount;
  const connectionKb = 1 + Math.ceil(inventory.tunnelCount * STACK.tunnelKb);
  const endpointKb = 1 + Math.ceil(inventory.endpointCount * STACK.endpointKb);
  const connectionPolls =
    (setup.off.includes('connections') ? 0 : MONTH_MINUTES) *
    (inventory.connectionGroupCount > 0 ? PASSES_PER_MINUTE : 1);
  // Metrics are judged once in five minutes, and with them the state of endpoints changes.
  const metricPolls = setup.off.includes('endpoints') ? 0 : MONTH_MINUTES / 5;
  const endpointPolls = inventory.endpointCount > 0 ? 5 * metricPolls : metricPolls;
  const polls = (connectionPolls * connectionKb + metricPolls * (endpointKb + 1)) * regionCount;
  // Each poll takes its scope's lease and releases it; endpoints and metrics have one each.
  const pollLeases = 2 * (connectionPolls + endpointPolls + metricPolls) * regionCount;
  const writes = leases + memories + polls + pollLeases;
  const requests = (2 * watched) / STACK.requestsEverySeconds;
  const eventReads = eventsOf(setup) * Math.ceil(STACK.eventReadKb / 4);
  const reads =
    requests + polls / 4 + pollLeases / 2 + 3 * MONTH_MINUTES * regionCount + eventReads;
  return [
    {
      item: 'state table',
      price: 'tableWrite',
      units: writes,
      how: `a lease renewed every ${STACK.leaseEverySeconds} s, and state`,
    },
    {
      item: 'state table',
      price: 'tableRead',
      units: reads,
      how: 'state, people’s requests, and one look for each event of an instance',
    },
  ];
}

/** A month with an incident a day. */
function notificationUsage(): readonly Usage[] {
  const notifications = STACK.notificationsPerMonth;
  return [
    { item: 'keys of the topics', price: 'key', units: STACK.keys, how: `${STACK.keys}` },
    {
      item: 'sealing notices',
      price: 'keyRequest',
      units: 3 * notifications,
      how: `${notifications} notices to three topics`,
    },
    {
      item: 'notifications',
      price: 'publish',
      units: 3 * notifications,
      how: `${notifications} notices to three topics`,
    },
    {
      item: 'notifications',
      price: 'email',
      units: notifications,
      how: `${notifications} notices to one address`,
    },
    { item: 'events', price: 'event', units: notifications, how: `${notifications} notices` },
  ];
}

const whole = (number: number): string => Math.round(number).toLocaleString('en-US');
const tidy = (number: number): string => String(Math.round(number * 100) / 100);
