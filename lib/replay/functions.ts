/** The functions of a deployment, each at its schedule, with the real adapters over recorded answers. */

import type { HookPort } from '../appliances/ports.ts';
import type { Policy } from '../appliances/types/policy.ts';
import type { CallHook } from '../aws/client.ts';
import { crlEndpointPort } from '../aws/clientVpn/crls.ts';
import { endpointPort } from '../aws/clientVpn/endpoints.ts';
import { surroundingsPort } from '../aws/clientVpn/surroundings.ts';
import { metricPort } from '../aws/cloudWatch.ts';
import { ec2Port } from '../aws/ec2/port.ts';
import { networkPort } from '../aws/network/port.ts';
import { bucketPort } from '../aws/s3/bucket.ts';
import { vpnPort } from '../aws/siteToSite/port.ts';
import { watchTagPort } from '../aws/tagging.ts';
import { transitGatewayPort } from '../aws/transitGateway/port.ts';
import { CHECK_EVERY_MS, type CrlSettings } from '../crl/types/policy.ts';
import type { RegionPorts } from '../incidents/ports.ts';
import { METRICS_EVERY_MS } from '../metrics/state.ts';
import { rowsOf } from '../metrics/table.ts';
import type { VirtualClock } from '../simulator/clock.ts';
import { readCrlEvent } from '../watcher/events/crl.ts';
import { poll } from '../watcher/poll.ts';
import { connectionStages, loopOf } from '../watcher/scopes/connections.ts';
import { publish } from '../watcher/scopes/crls.ts';
import { endpointStages, metricStages } from '../watcher/scopes/endpoints.ts';
import { watch } from '../watcher/watch.ts';
import type { Arrival, Buckets } from './objects.ts';
import type { OpenedRegion } from './region.ts';
import type { RunContext, Schedule } from './schedule.ts';
import { withoutUnrecorded } from './unrecorded.ts';

interface Setup {
  readonly accountId: string;
  readonly regions: readonly string[];
  readonly policy: Policy;
  readonly crl: Omit<CrlSettings, 'mode'>;
  readonly clock: VirtualClock;
  readonly schedule: Schedule;
  readonly base: RegionPorts;
  readonly onCall: CallHook;
}

export interface RegionSetup extends Setup, Omit<OpenedRegion, 'onCall'> {}

const MINUTE_MS = 60_000;
/** As in deploy/watchAppliances.yml: the next watcher takes over before this one's time is over. */
const WATCH_MS = 90_000;
/** As in deploy/pollConnections.yml. */
const POLL_MS = 90_000;
/** A watcher with less time left than this ends in order. */
const END_MS = 3_000;
/** As in deploy/publishCrl.yml. */
const PUBLISH_MS = 300_000;

/** A function runs when the capture holds an answer that it begins with. Returns the names of those that run. */
export function scheduleRegion(setup: RegionSetup): readonly string[] {
  const { answers, schedule } = setup;
  const names: string[] = [];
  if (answers.has('ec2', APPLIANCE_READS)) {
    schedule.every({ name: 'watchAppliances', everyMs: MINUTE_MS, run: watchRun(setup) });
    names.push('watchAppliances');
  }
  if (answers.has('ec2', ['DescribeVpnConnections'])) {
    schedule.every({ name: 'pollConnections', everyMs: MINUTE_MS, run: connectionsRun(setup) });
    names.push('pollConnections');
  }
  const polls: readonly (readonly [everyMs: number, Run])[] = [
    ...(answers.has('ec2', ['DescribeClientVpnEndpoints'])
      ? [[MINUTE_MS, endpointsRun(setup)] as const]
      : []),
    ...(answers.has('cloudwatch', ['ListMetrics'])
      ? [[METRICS_EVERY_MS, metricsRun(setup)] as const]
      : []),
  ];
  for (const [everyMs, run] of polls) schedule.every({ name: 'pollEndpoints', everyMs, run });
  return polls.length === 0 ? names : [...names, 'pollEndpoints'];
}

const APPLIANCE_READS = ['DescribeTags', 'DescribeInstances', 'DescribeRouteTables'];

type Run = (context: RunContext) => Promise<unknown>;

function watchRun(setup: RegionSetup): Run {
  const { base, clock, onCall, probed, accountId, policy } = setup;
  const { probes } = probed;
  const ports = { ...base, ec2: ec2Port(base.region, clock, onCall), probes, hooks: NO_HOOKS };
  let count = 0;
  return ({ startedMs, endMs, signal }) => {
    count += 1;
    const lastMs = Math.min(startedMs + WATCH_MS, endMs + END_MS);
    return watch(ports, {
      accountId,
      policy,
      watcherId: `watchAppliances ${count}`,
      remainingMs: () => lastMs - clock.monotonicMs(),
      signal,
      repairs: null,
    });
  };
}

/** A capture holds no notice of Auto Scaling. */
const NO_HOOKS: HookPort = {
  complete: () =>
    Promise.resolve({ kind: 'refused', why: 'a replay completes no lifecycle action' }),
};

function connectionsRun(setup: RegionSetup): Run {
  const { base, clock, onCall, accountId, policy, hasMetrics } = setup;
  const { region } = base;
  const metrics = metricPort(region, clock, onCall);
  const ports = {
    ...base,
    vpn: vpnPort(region, clock, onCall),
    transit: transitGatewayPort(region, clock, onCall),
    network: networkPort(region, clock, onCall),
    metrics,
  };
  const { mode, holdMs } = policy;
  const stages = withoutUnrecorded(
    connectionStages(ports, { accountId, health: [], mode, holdMs }),
    hasMetrics,
  );
  return ({ startedMs, signal }) =>
    poll(
      ports,
      stages,
      mode,
      signal,
      loopOf(() => startedMs + POLL_MS - clock.monotonicMs()),
    );
}

function endpointsRun(setup: RegionSetup): Run {
  const { base, clock, onCall, probed, accountId, regions, policy, hasMetrics } = setup;
  const { region } = base;
  const metrics = metricPort(region, clock, onCall);
  const ports = {
    ...base,
    endpoints: endpointPort(region, clock, onCall),
    surroundings: surroundingsPort(region, clock, onCall),
    endpointProbes: probed.endpointProbes,
    metrics,
  };
  const scope = { accountId, regionCount: regions.length, policy };
  const stages = withoutUnrecorded(endpointStages(ports, scope), hasMetrics);
  return ({ signal }) => poll(ports, stages, policy.mode, signal);
}

function metricsRun(setup: RegionSetup): Run {
  const { base, clock, onCall, accountId, policy, hasMetrics } = setup;
  const { region } = base;
  const ports = {
    ...base,
    metrics: metricPort(region, clock, onCall),
    watchTags: watchTagPort(region, clock, onCall),
  };
  const stages = withoutUnrecorded(
    metricStages(ports, accountId, rowsOf(region, true)),
    hasMetrics,
  );
  return ({ signal }) => poll(ports, stages, policy.mode, signal);
}

export interface CrlSetup extends Setup {
  readonly buckets: Buckets;
  /** `atMs` since the replay's beginning. */
  readonly arrivals: readonly (Arrival & { readonly atMs: number })[];
}

/** Every 15 minutes, and at every upload to the inbox. */
export function scheduleCrls(setup: CrlSetup): void {
  const { base, clock, onCall, regions, buckets, arrivals, schedule, accountId } = setup;
  const { region } = base;
  const ports = {
    ...base,
    source: bucketPort(buckets.source, region, clock, onCall),
    stateStore: bucketPort(buckets.published, region, clock, onCall),
    replica: null,
    // The public address is not recorded: only the bucket behind it is.
    site: null,
    endpoints: crlEndpointPort(regions, clock, onCall),
  };
  const settings = { ...setup.crl, mode: setup.policy.mode };
  const runOn =
    (event: unknown): Run =>
    async ({ startedMs, signal }) => {
      const read = readCrlEvent(event, buckets.source);
      if (read.kind === 'ignored') return;
      const remainingMs = () => startedMs + PUBLISH_MS - clock.monotonicMs();
      await publish(ports, { accountId, settings, event: read, remainingMs }, signal);
    };
  schedule.every({ name: 'publishCrl', everyMs: CHECK_EVERY_MS, run: runOn({}) });
  for (const { atMs, key, etag, sequencer } of arrivals) {
    const detail = { bucket: { name: buckets.source }, object: { key, etag, sequencer } };
    schedule.at(atMs, 'publishCrl', runOn({ source: 'aws.s3', detail }));
  }
}
