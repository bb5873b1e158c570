/** The stages of the connections' scope: watched, their endpoints replaced in a window, transit gateway routes over them moved. */

import { linksId } from '../../core/connectionEnds.ts';
import type { Finding } from '../../core/finding.ts';
import { compare } from '../../core/order.ts';
import { isOfConnection, type Pin, parsePins, pinsId } from '../../core/pin.ts';
import type { Report } from '../../core/report.ts';
import { assessNetwork } from '../../network/assess.ts';
import { observeNetwork } from '../../network/observe.ts';
import type { NetworkPort } from '../../network/ports.ts';
import { type NetworkMemory, recallNetwork } from '../../network/state.ts';
import type { NetworkWorld } from '../../network/types.ts';
import { actOnReplacements } from '../../siteToSite/act.ts';
import { completed } from '../../siteToSite/assess/completed.ts';
import { linksOf } from '../../siteToSite/assess/links.ts';
import { connectionPaths } from '../../siteToSite/assess/paths.ts';
import { assessConnections } from '../../siteToSite/assess.ts';
import { observeConnections } from '../../siteToSite/observe.ts';
import { planReplacements } from '../../siteToSite/plan.ts';
import type { ConnectionPorts } from '../../siteToSite/ports.ts';
import {
  reportedHeldReplacement,
  reportedReplacement,
} from '../../siteToSite/report/replacements.ts';
import { connectionsReport } from '../../siteToSite/report.ts';
import { afterReplacements, withReplacementIntents } from '../../siteToSite/state/replacements.ts';
import { type ConnectionMemory, recallConnections } from '../../siteToSite/state.ts';
import type { ConnectionFact, HealthNote } from '../../siteToSite/types/connection.ts';
import type { ReplacementOutcome, ReplacementPlan } from '../../siteToSite/types/replacement.ts';
import type { ConnectionWorld } from '../../siteToSite/types/world.ts';
import { actOnTransit, TRANSIT_STEPS, type TransitSteps } from '../../transitGateway/act.ts';
import { assessTransit } from '../../transitGateway/assess.ts';
import { observeTransit } from '../../transitGateway/observe.ts';
import { planTransit } from '../../transitGateway/plan.ts';
import type { TransitGatewayPort } from '../../transitGateway/ports.ts';
import { transitReport } from '../../transitGateway/report.ts';
import { TRANSIT_RULES } from '../../transitGateway/rules.ts';
import { afterWrites } from '../../transitGateway/state/afterWrites.ts';
import { withIntents } from '../../transitGateway/state/intents.ts';
import {
  isNoTransitMemory,
  NO_TRANSIT_MEMORY,
  recallTransit,
  type TransitMemory,
} from '../../transitGateway/state.ts';
import type { TransitOutcome, TransitPlan } from '../../transitGateway/types/plan.ts';
import { TRANSIT_POLICY } from '../../transitGateway/types/policy.ts';
import type { TransitWorld } from '../../transitGateway/types/world.ts';
import type { Poll } from '../poll/pass.ts';
import type { Stages } from '../poll/stages.ts';
import { type PollLoop, poll } from '../poll.ts';
import {
  type Cause,
  causeIds,
  causesIn,
  causesOf,
  explainedBy,
  withCauses,
} from './connectionCauses.ts';
import { isUrgent, networkConnections } from './networkConnections.ts';

export type ScopePorts = ConnectionPorts & {
  readonly transit: TransitGatewayPort;
  readonly network: NetworkPort;
};

export interface ConnectionsOptions {
  readonly accountId: string;
  readonly mode: 'act' | 'observe';
  /** How long a route stays where a failover put it, and how long a connection must have been up for a failback. */
  readonly holdMs: number;
  /** What the event that started this pass said. */
  readonly health: readonly HealthNote[];
  /** Absent: all of it. */
  readonly safety?: TransitSafety;
}

/** The rules and steps that keep writes safe. A test removes one to see it missed. */
export interface TransitSafety {
  readonly rules: typeof TRANSIT_RULES;
  readonly steps: TransitSteps;
}

export const TRANSIT_SAFETY: TransitSafety = { rules: TRANSIT_RULES, steps: TRANSIT_STEPS };

type ScopeOutcome = TransitOutcome | ReplacementOutcome;

const isOfRoute = (outcome: ScopeOutcome): outcome is TransitOutcome => 'move' in outcome;
const isOfTunnel = (outcome: ScopeOutcome): outcome is ReplacementOutcome => !isOfRoute(outcome);

export interface ScopeWorld extends ConnectionWorld {
  /** Null: no connection of a transit gateway is a member of a group. */
  readonly transit: TransitWorld | null;
  /** Null: not read in this pass. */
  readonly network: NetworkWorld | null;
}

interface ScopeMemory {
  readonly connections: ConnectionMemory;
  readonly transit: TransitMemory;
  readonly network: NetworkMemory;
  readonly pins: readonly Pin[];
  /** Appliances that are down, with the connections that end on them. */
  readonly causes: readonly Cause[];
}

interface ScopePlan {
  /** Null: no connection of a transit gateway is a member of a group. */
  readonly transit: TransitPlan | null;
  readonly replacements: ReplacementPlan;
  /** What was known of connections when it was made. */
  readonly connections: ConnectionMemory;
  readonly staticRoutes: ConnectionWorld['staticRoutes'];
}

/**
 * As deployed: the next invocation comes after a minute and waits for the lease, so passes go on without a break while a
 * group of connections exists.
 */
export const loopOf = (
  remainingMs: () => number,
  onPass?: (poll: Poll<ScopeWorld>) => void,
): PollLoop<ScopeWorld> => ({
  againMs,
  lastsMs: LASTS_MS,
  remainingMs,
  ...(onPass === undefined ? {} : { onPass }),
});

/** What the write budget left is written at once, while writes take. */
function againMs({ world, report: { held, actions } }: Poll<ScopeWorld>): number | null {
  if (world.transit === null) return null;
  const isCut = held.some(({ rule }) => rule === 'S8');
  return isCut && actions.every(({ outcome }) => outcome === 'done') ? 0 : TRANSIT_POLICY.everyMs;
}

/** A minute and the lateness of a schedule. */
const LASTS_MS = 65_000;

export const lookAtConnections = (
  ports: ScopePorts,
  options: ConnectionsOptions,
  signal: AbortSignal,
  loop: PollLoop<ScopeWorld> | null = null,
): Promise<Poll<ScopeWorld> | null> =>
  poll(ports, connectionStages(ports, options), options.mode, signal, loop);

export function connectionStages(
  ports: ScopePorts,
  { accountId, health, mode, holdMs, safety = TRANSIT_SAFETY }: ConnectionsOptions,
): Stages<ScopeWorld, ScopeMemory, ScopePlan, ScopeOutcome> {
  const { clock, region, transit, network } = ports;
  const pathsNow = async ({ staticRoutes, connections }: ScopePlan, signal: AbortSignal) =>
    connectionPaths(await ports.vpn.connections(signal), staticRoutes, connections, clock.now());
  return {
    scope: 'connections',
    requestIds: [pinsId(region), linksId(region), ...causeIds(region)],
    recall: (stored, items) => ({
      connections: recallConnections(stored),
      transit: recallTransit(Object(stored).transit),
      network: recallNetwork(Object(stored).network),
      pins: items
        .filter(({ id }) => id === pinsId(region))
        .flatMap(({ body }) => parsePins(body) ?? [])
        .filter(isOfConnection),
      causes: causesIn(items, region, clock.now()),
    }),
    async observe({ connections, transit: before, network: known, pins }, signal) {
      const world = await observeConnections(ports, connections, { accountId, health }, signal);
      const now = clock.now();
      const paths = connectionPaths(world.connections, world.staticRoutes, connections, now);
      const asked = networkConnections(world.connections);
      const isNow = isUrgent(asked, connections.downSince, now);
      const [over, around] = await Promise.all([
        observeTransit({ region, transit }, paths, before, pins, signal),
        observeNetwork(network, region, known, now, signal, isNow),
      ]);
      return { ...world, transit: over, network: around };
    },
    sees: ({ connections }) => connections.known,
    assess(world, memory, now) {
      const own = assessConnections(world, memory.connections, now);
      const over =
        world.transit === null ? null : assessTransit(world.transit, memory.transit, now);
      const asked = networkConnections(world.connections);
      const around = assessNetwork(world.network, asked, memory.network, now);
      const explained = {
        ...explainedBy(memory.causes, own.memory, now),
        ...Object.fromEntries(
          [...around.below].map(([id, causeId]) => [id, { instanceId: causeId, at: now }]),
        ),
      };
      const connections = { ...own.memory, explained };
      return {
        findings: withCauses(
          [...own.findings, ...(over?.findings ?? []), ...around.findings],
          connections,
        ).toSorted(byReason),
        unjudged: own.unjudged,
        memory: {
          connections,
          transit: over?.memory ?? NO_TRANSIT_MEMORY,
          network: around.memory,
          pins: memory.pins,
          causes: memory.causes,
        },
      };
    },
    plan(world, _findings, { transit: memory, connections }, now, pause) {
      const { staticRoutes } = world;
      const listed = world.connections.known ? world.connections.value : [];
      const replacements = planReplacements({
        connections: listed.map((one) => completed(one, staticRoutes, connections)),
        memory: connections,
        mode,
        pause,
        now,
      });
      if (world.transit === null) return { transit: null, replacements, connections, staticRoutes };
      const scene = { world: world.transit, memory, mode, holdMs, pause, now };
      const over = planTransit(scene, safety.rules);
      return { transit: over, replacements, connections, staticRoutes };
    },
    intend: ({ connections, transit: memory, network: around }, plan, now) =>
      (plan.transit?.actions ?? []).length + plan.replacements.actions.length === 0
        ? null
        : kept(
            withReplacementIntents(connections, plan.replacements.actions, now),
            plan.transit === null ? memory : withIntents(memory, plan.transit, now),
            around,
          ),
    // Routes first: a replacement waits, and may wait for the next pass.
    async act(plan, signal, askPause, confirmLease) {
      const guards = { confirmLease, askPause };
      const { replacements, connections } = plan;
      const moved =
        plan.transit === null
          ? []
          : await actOnTransit(
              { clock, region, transit, paths: (until) => pathsNow(plan, until) },
              plan.transit,
              guards,
              signal,
              safety.steps,
            );
      const own = { clock, vpn: ports.vpn, memory: connections };
      return [...moved, ...(await actOnReplacements(own, replacements.actions, guards, signal))];
    },
    remember: ({ connections, transit: memory, network: around }, outcomes, now) =>
      kept(
        afterReplacements(connections, outcomes.filter(isOfTunnel)),
        afterWrites(memory, outcomes.filter(isOfRoute), now),
        around,
      ),
    share(world, { transit: { routes } }) {
      const links = linksOf(
        world,
        (id) => Object.values(routes).filter(({ connectionId }) => connectionId === id).length,
      );
      return links === null ? null : { id: linksId(region), body: { links } };
    },
    measures: ({ connections }, findings) =>
      connections.known ? { TunnelsDown: tunnelsDown(findings) } : {},
    measureEach: ({ connections }, logger) => {
      if (!connections.known) return;
      logger.measureEach('TunnelDown', () => downByTunnel(connections.value));
    },
    report: (world, findings, plan, outcomes) => reportOf(world, findings, plan, outcomes),
  };
}

const byReason = (a: Finding, b: Finding): number =>
  compare(a.reason, b.reason) || compare(a.subject.id, b.subject.id);

/** As it is stored: without groups it is the connections' memory alone. */
const kept = (
  connections: ConnectionMemory,
  transit: TransitMemory,
  network: NetworkMemory,
): unknown => ({
  ...connections,
  ...(isNoTransitMemory(transit) ? {} : { transit }),
  ...(network.readAt === null ? {} : { network }),
});

function reportOf(
  world: ScopeWorld,
  findings: readonly Finding[],
  plan: ScopePlan,
  outcomes: readonly ScopeOutcome[],
): Report {
  const report = {
    ...connectionsReport(world, findings),
    causes: causesOf(findings),
  };
  const over =
    plan.transit === null || world.transit === null
      ? report
      : transitReport(world.transit, plan.transit, outcomes.filter(isOfRoute));
  return {
    ...report,
    actions: [...over.actions, ...outcomes.filter(isOfTunnel).map(reportedReplacement)],
    held: [...over.held, ...plan.replacements.held.map(reportedHeldReplacement)],
  };
}

/** A connection that is down is one finding; it counts as its two tunnels. */
function tunnelsDown(findings: readonly Finding[]): number {
  const down = findings.filter(({ reason }) => DOWN.has(reason));
  return down.reduce((sum, { subject }) => sum + (subject.kind === 'connection' ? 2 : 1), 0);
}

/** As AWS says it; a status that is not known is left out. */
const downByTunnel = (connections: readonly ConnectionFact[]): ReadonlyMap<string, number> =>
  new Map(
    connections.flatMap(({ connectionId, tunnels }) =>
      tunnels.flatMap(({ outsideIp, status }): [string, number][] =>
        status === null ? [] : [[`${connectionId} ${outsideIp}`, Number(status === 'down')]],
      ),
    ),
  );

const DOWN: ReadonlySet<Finding['reason']> = new Set(['ConnectionDown', 'TunnelDown', 'BgpDown']);
