/** A command line run in this process: over the simulated account in virtual time, with a terminal that is a string. */

import type { Ports } from '../../lib/appliances/ports.ts';
import type { AwsClients } from '../../lib/cli/awsClients.ts';
import { run } from '../../lib/cli/program.ts';
import type { ExitCode, Terminal } from '../../lib/cli/terminal.ts';
import type { EndpointPort } from '../../lib/clientVpn/ports.ts';
import type { MetricPort } from '../../lib/core/metricPort.ts';
import { known, unknown } from '../../lib/core/reading.ts';
import type { StoredItem } from '../../lib/core/tablePort.ts';
import { systemClock } from '../../lib/core/time.ts';
import type { WatchTagPort } from '../../lib/metrics/ports.ts';
import { SimAccount } from '../../lib/simulator/account.ts';
import { defaultAccount } from '../../lib/simulator/defaults/account.ts';
import { USUAL_DELAYS } from '../../lib/simulator/delays.ts';
import type { VantageSetup } from '../../lib/simulator/probes.ts';
import type { Snapshot } from '../../lib/simulator/snapshot.ts';
import type { VpnPort } from '../../lib/siteToSite/ports.ts';
import { leaseId } from '../../lib/watcher/lease/item.ts';

export const START_AT = Date.UTC(2026, 10, 20, 21, 0, 0);

/** Who runs the commands. */
export const ANA = 'arn:aws:sts::123456789012:assumed-role/oncall/ana';

export interface Said {
  readonly exit: ExitCode;
  readonly out: string;
  readonly err: string;
}

export interface Fixture {
  readonly clients?: AwsClients;
  readonly clock?: Terminal['clock'];
  readonly env?: Terminal['env'];
  readonly columns?: number;
  readonly hasColour?: boolean;
  /** Null: no terminal to ask at. */
  readonly answer?: boolean | null;
  readonly onOut?: () => void;
  /** The terminal's own; absent: there is none. */
  readonly screen?: Pick<Terminal, 'onInterrupt' | 'redraw' | 'progress'>;
  /** False: no leader has ever looked. */
  readonly isWatched?: boolean;
}

/** Every AWS client fails: a command that opens one fails the test. */
export const closedClients: AwsClients = {
  profileRegion: async () => null,
  ec2: () => Promise.reject(new Error('opening EC2')),
  probes: () => Promise.reject(new Error('opening the probes')),
  store: () => Promise.reject(new Error('opening the state table')),
  identity: () => Promise.reject(new Error('opening the identity')),
  // No stack is deployed: commands go on without it.
  stack: async () => ({ outputs: async () => known(null, 0) }),
  stackChange: () => Promise.reject(new Error('opening the stack for a change')),
  deployment: () => Promise.reject(new Error('opening the deployment')),
  vpn: () => Promise.reject(new Error('opening Site-to-Site VPN')),
  transit: () => Promise.reject(new Error('opening transit gateways')),
  network: () => Promise.reject(new Error('opening the network')),
  endpoints: () => Promise.reject(new Error('opening Client VPN')),
  surroundings: () => Promise.reject(new Error('opening what surrounds endpoints')),
  dns: () => Promise.reject(new Error('opening Route 53')),
  crlEndpoints: () => Promise.reject(new Error('opening the CRLs of Client VPN')),
  crlBuckets: () => Promise.reject(new Error('opening the buckets of CRLs')),
  survey: () => Promise.reject(new Error('opening the survey')),
  table: () => Promise.reject(new Error('opening the table')),
  endpointReachability: () => Promise.reject(new Error('opening the probes of endpoints')),
  bucket: () => Promise.reject(new Error('opening a bucket')),
  metrics: () => Promise.reject(new Error('opening CloudWatch')),
  bandwidth: () => Promise.reject(new Error('opening EC2')),
  watchTags: () => Promise.reject(new Error('opening the tags of metrics')),
  agents: async () => ({ agent: async () => unknown('not asked in a test', 0) }),
  securityGroups: async () => ({
    groupIdsOf: async () => unknown('no security group is simulated', 0),
    groups: async () => unknown('no security group is simulated', 0),
    networkAcls: async () => unknown('no network ACL is simulated', 0),
  }),
  loadBalancers: () => Promise.reject(new Error('opening load balancers')),
  discovery: () => Promise.reject(new Error('opening the discovery')),
  repairs: () => Promise.reject(new Error('opening the repair function')),
};

export async function cli(argv: readonly string[], fixture: Fixture = {}): Promise<Said> {
  const said = { out: '', err: '' };
  const terminal: Terminal = {
    env: fixture.env ?? {},
    columns: fixture.columns ?? 200,
    hasColour: fixture.hasColour ?? false,
    clock: fixture.clock ?? systemClock,
    out: (text) => {
      said.out += text;
      fixture.onOut?.();
    },
    err: (text) => {
      said.err += text;
    },
    ask: async () => fixture.answer ?? null,
    ...fixture.screen,
  };
  const exit = await run(argv, terminal, fixture.clients ?? closedClients);
  return { exit, ...said };
}

const HERE: VantageSetup = { id: 'here', subnetIds: [], isInVpc: false, closedTo: [] };

export const simAccount = (
  snapshot: Snapshot = defaultAccount(START_AT),
  vantages: readonly VantageSetup[] = [HERE],
): SimAccount => new SimAccount({ snapshot, seed: 7, vantages, pace: USUAL_DELAYS, skewMsMax: 0 });

/** The AWS clients of a simulated account. */
export function simulatedClients(
  account: SimAccount,
  stackOutputs: ReadonlyMap<string, string> | null = null,
): {
  readonly clients: AwsClients;
  readonly ports: Ports;
} {
  const { ports, connectionPorts, endpointObserver } = account.start('cli');
  return {
    ports,
    clients: {
      profileRegion: async () => null,
      ec2: async () => ports.ec2,
      probes: async () => ports.probes,
      store: async () => ports.store,
      identity: async () => ({
        caller: async () =>
          known({ accountId: account.network.accountId, arn: ANA }, ports.clock.now()),
      }),
      stack: async () => ({ outputs: async () => known(stackOutputs, ports.clock.now()) }),
      stackChange: closedClients.stackChange,
      deployment: closedClients.deployment,
      vpn: async () => connectionPorts.vpn,
      transit: async () => connectionPorts.transit,
      network: async () => connectionPorts.network,
      endpoints: async () => endpointObserver.endpoints,
      dns: async () => ({
        healthChecks: async () => known([], 0),
        records: async () => known([], 0),
      }),
      crlEndpoints: closedClients.crlEndpoints,
      crlBuckets: closedClients.crlBuckets,
      survey: closedClients.survey,
      table: async () => ({
        all: async () => known(rowsOf(account), ports.clock.now()),
      }),
      endpointReachability: async () => endpointObserver.endpointProbes,
      surroundings: async () => endpointObserver.surroundings,
      bucket: closedClients.bucket,
      metrics: async () => endpointObserver.metrics,
      bandwidth: async () => ({ bandwidths: async () => known(new Map(), 0) }),
      watchTags: async () => noWatchTags(ports.clock),
      agents: closedClients.agents,
      securityGroups: closedClients.securityGroups,
      loadBalancers: closedClients.loadBalancers,
      discovery: closedClients.discovery,
      repairs: async () => ({ start: async () => ({ kind: 'started' }) }),
    },
  };
}

function rowsOf({ table, clock }: SimAccount): readonly StoredItem[] {
  return [...table.bodies()].flatMap(([id, body]) => {
    const row = table.get(id, clock.now());
    return row === null ? [] : [{ id, body, version: row.version, expiresAt: row.expiresAt }];
  });
}

type Now = Pick<Terminal['clock'], 'now'>;

/** A region without any connection, endpoint or metric. */
export const emptyVpn = (clock: Now): VpnPort => ({
  connections: async () => known([], clock.now()),
  customerGateways: async () => known([], clock.now()),
  withoutEcmp: async () => known([], 0),
  staticRoutes: async () => known(new Map(), clock.now()),
  maintenance: async () => unknown('no tunnel', clock.now()),
});
export const emptyEndpoints = (clock: Now): EndpointPort => ({
  endpoints: async () => known([], clock.now()),
  associations: async () => new Map(),
  sessions: async () => known([], clock.now()),
});
export const noWatchTags = (clock: Now): WatchTagPort => ({
  watched: async () => known([], clock.now()),
});
export const emptyMetrics = (clock: Now): MetricPort => ({
  series: async () => known([], clock.now()),
  points: async (queries) => queries.map(() => known({ points: [], droppedCount: 0 }, clock.now())),
});

/** A leader that has just looked, where no deployment runs. */
function watch({ table, network: { region } }: SimAccount, now: number): void {
  const id = leaseId(region, 'appliances');
  const lease = { leader: 'w1', token: 1, renewedAt: 0, startedAt: 0, isLookRequested: false };
  const before = table.get(id, now);
  if (before !== null && !before.body.includes('"w1"')) return;
  const body = { ...lease, lookedAt: now, mode: 'act' };
  table.put({ id, overVersion: before?.version ?? 0, body, expiresAt: null }, now);
}

/** One command over the simulated account, to its end in virtual time. */
export async function cliOver(
  account: SimAccount,
  argv: readonly string[],
  fixture: Fixture = {},
): Promise<Said> {
  const { clients, ports } = simulatedClients(account);
  if (fixture.isWatched !== false) watch(account, ports.clock.now());
  const env = { AWS_REGION: account.network.region, ...fixture.env };
  let hasEnded = false;
  const running = cli(argv, { clients, clock: ports.clock, ...fixture, env }).finally(() => {
    hasEnded = true;
  });
  await account.clock.run(account.clock.monotonicMs() + 120_000, () => hasEnded);
  return running;
}
