/** A simulated account that keeps running, at a chosen speed, with faults that a person starts and ends. */

import { DEFAULT_POLICY } from '../../../appliances/types/policy.ts';
import type { Tick } from '../../../appliances/types/tick.ts';
import { bySeverity } from '../../../core/finding.ts';
import { unpacked } from '../../../core/packed.ts';
import { pageIds, readPage, SCOPES } from '../../../incidents/store/page.ts';
import { mapAppliances, mapIncident } from '../../../map/appliances.ts';
import { mapEndpoints } from '../../../map/clientVpn.ts';
import type { MapScene } from '../../../map/scene.ts';
import { mapSites } from '../../../map/siteToSite.ts';
import { mapTransitTables } from '../../../map/transitGateway.ts';
import type { SimAccount } from '../../../simulator/account.ts';
import { AS_DEPLOYED, Deployment } from '../../../simulator/deployment.ts';
import { describeFault, recoveredText } from '../../../simulator/faults/describe.ts';
import type { Fault } from '../../../simulator/faults.ts';
import { openFixture } from '../../../simulator/open.ts';
import { openEndpointPoller, openPoller } from '../../../simulator/poller.ts';
import type { Roles } from '../../../simulator/roles.ts';
import type { TimelineEvent } from '../../../simulator/timeline.ts';
import { recallConnections } from '../../../siteToSite/state.ts';
import { tunnelId } from '../../../siteToSite/types/connection.ts';
import { recallTransit } from '../../../transitGateway/state.ts';
import type { Poll } from '../../../watcher/poll/pass.ts';

export interface Live {
  /** Runs for `ms` of virtual time. Never call it twice at the same time. */
  advance(ms: number): Promise<void>;
  /** Fails a resource, or ends its fault; what it did in words, or null for what cannot be failed. */
  toggle(subject: string): string | null;
  /** Null before the first tick. */
  scene(): MapScene | null;
  /** The subjects that `toggle` has failed. */
  failed(): readonly string[];
  /** The events since the last call. */
  take(): readonly TimelineEvent[];
  /** Virtual time since it began. */
  elapsedMs(): number;
  stop(): void;
}

export function openLive(roles: Roles, seed: string): Live {
  const { account, clock, nameOf, timeline } = openFixture(roles, seed);
  let latest: Tick | null = null;
  const deployment = new Deployment(account, {
    seed,
    policy: DEFAULT_POLICY,
    ...AS_DEPLOYED,
    onTick(by, tick) {
      timeline.tick(by, tick, clock.monotonicMs());
      const { kind } = tick.world.lease;
      if (kind === 'leader' || latest === null) latest = tick;
    },
    onNotifications: (by, notifications) =>
      timeline.notifications(by, notifications, clock.monotonicMs()),
  });
  let endpoints: MapScene['endpoints'] = [];
  const answered = (scope: string, by: string, { findings, notifications }: Poll<unknown>) => {
    timeline.polled(scope, by, findings, clock.monotonicMs());
    timeline.notifications(by, notifications, clock.monotonicMs());
  };
  const connections = openPoller(account, {
    seed,
    onPoll: (by, poll) => answered('connections', by, poll),
  });
  const clients = openEndpointPoller(account, {
    seed,
    onPoll(by, poll) {
      answered('endpoints', by, poll);
      endpoints = mapEndpoints(poll.world.endpoints ?? []);
    },
  });
  deployment.start();
  if (roles.vpn.connections.length > 0) connections.start();
  if (roles.endpoints.length > 0) clients.start();
  const going = new Map<string, Fault>();
  const note = (kind: 'fault' | 'recovered', text: string): string => {
    timeline.note({ atMs: clock.monotonicMs(), kind, by: null, text });
    return text;
  };
  return {
    advance: (ms) => clock.run(clock.monotonicMs() + ms),
    toggle(subject) {
      const ending = going.get(subject);
      if (ending !== undefined) {
        account.faults.end(ending);
        going.delete(subject);
        return note('recovered', recoveredText(describeFault(ending, nameOf)));
      }
      const fault = faultOf(subject, roles);
      if (fault === null) return null;
      going.set(subject, fault);
      account.faults.add(fault, clock.monotonicMs(), Number.POSITIVE_INFINITY);
      return note('fault', describeFault(fault, nameOf));
    },
    scene: () => (latest === null ? null : { ...sceneOf(latest, account), endpoints }),
    failed: () => [...going.keys()],
    take: () => timeline.take(),
    elapsedMs: () => clock.monotonicMs(),
    stop() {
      deployment.stop();
      connections.stop();
      clients.stop();
    },
  };
}

const sceneOf = ({ world, assessment, plan, memory }: Tick, account: SimAccount): MapScene => ({
  ...mapAppliances({ world, assessment, held: plan.held, groups: memory.groups, mode: 'act' }),
  incidents: incidentsOf(account),
  ...polledOf(account),
});

/** As the leader stores them: a look's own findings begin anew with each look, and are not grouped under their cause. */
function incidentsOf({ table, clock, network: { region } }: SimAccount): MapScene['incidents'] {
  return SCOPES.flatMap((scope) => pageIds(region, scope))
    .flatMap((id) => {
      const row = table.get(id, clock.now());
      return row === null ? [] : readPage(JSON.parse(row.body)).incidents;
    })
    .filter(
      ({ resolvedAt, inhibitedBy, severity }) =>
        resolvedAt === null && inhibitedBy === null && severity !== 'info',
    )
    .toSorted((a, b) => bySeverity(a, b) || a.openedAt - b.openedAt)
    .map((one) => mapIncident(one, clock.now()));
}

/** Read as the map widget does: from the stored state of the poll. */
function polledOf({
  table,
  clock,
  network,
}: SimAccount): Pick<MapScene, 'sites' | 'transitTables'> {
  const row = table.get(`memory#connections#${network.region}`, clock.now());
  const kept = unpacked(row === null ? null : JSON.parse(row.body));
  const memory = recallConnections(kept);
  return {
    sites: mapSites(memory, true),
    transitTables: mapTransitTables(recallTransit(Object(kept).transit), memory, true),
  };
}

/** Subjects as the map names them: `appliance:ID`, `zone:NAME`, `tunnel:ID`, `endpoint:ID`. */
function faultOf(subject: string, { appliances, vpn, endpoints }: Roles): Fault | null {
  const [kind = '', id = ''] = subject.split(/:(.*)/s);
  if (kind === 'appliance' && appliances.some(({ instanceId }) => instanceId === id)) {
    return { kind: 'host-dead', instanceId: id };
  }
  if (kind === 'zone' && appliances.some(({ zone }) => zone === id)) {
    return { kind: 'zone-dead', zone: id, hidesInterfaces: false };
  }
  const tunnels = vpn.connections.flatMap(({ connectionId, tunnels: two }) =>
    two.map(({ outsideIp }) => ({ connectionId, outsideIp })),
  );
  const tunnel = tunnels.find((one) => tunnelId(one.connectionId, one.outsideIp) === id);
  if (kind === 'tunnel' && tunnel !== undefined) {
    return { kind: 'tunnel-down', ...tunnel, isBgp: false };
  }
  if (kind === 'endpoint' && endpoints.some(({ endpointId }) => endpointId === id)) {
    return { kind: 'associations-lost', endpointId: id, leaves: 0 };
  }
  return null;
}
