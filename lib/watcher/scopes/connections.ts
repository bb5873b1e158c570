/** The stages of the connections' scope: watched, their endpoints replaced in a window, transit gateway routes over them moved. */

import { linksId } from '../../core/connectionEnds.ts';
import type { Finding } from '../../core/finding.ts';
import { lastResortsId, parseLastResorts } from '../../core/lastResort.ts';
import { compare } from '../../core/order.ts';
import type { Pause } from '../../core/pause.ts';
import { isOfConnection, parsePins, pinsId } from '../../core/pin.ts';
import { known as asKnown } from '../../core/reading.ts';
import type { Instant } from '../../core/time.ts';
import { assessNetwork } from '../../network/assess.ts';
import { observeLastResorts } from '../../network/observe/lastResorts.ts';
import { observeNetwork } from '../../network/observe.ts';
import { type NetworkMemory, recallNetwork } from '../../network/state.ts';
import { actOnReplacements } from '../../siteToSite/act.ts';
import { completed } from '../../siteToSite/assess/completed.ts';
import { linksOf } from '../../siteToSite/assess/links.ts';
import { connectionPaths } from '../../siteToSite/assess/paths.ts';
import { assessConnections } from '../../siteToSite/assess.ts';
import { observeConnections } from '../../siteToSite/observe.ts';
import { planReplacements } from '../../siteToSite/plan.ts';
import { afterReplacements, withReplacementIntents } from '../../siteToSite/state/replacements.ts';
import { type ConnectionMemory, recallConnections } from '../../siteToSite/state.ts';
import { actOnTransit, TRANSIT_STEPS } from '../../transitGateway/act.ts';
import { assessTransit } from '../../transitGateway/assess.ts';
import { observeTransit } from '../../transitGateway/observe.ts';
import { planTransit } from '../../transitGateway/plan.ts';
import { TRANSIT_RULES } from '../../transitGateway/rules.ts';
import { afterWrites } from '../../transitGateway/state/afterWrites.ts';
import { withIntents } from '../../transitGateway/state/intents.ts';
import {
  isNoTransitMemory,
  NO_TRANSIT_MEMORY,
  recallTransit,
  type TransitMemory,
} from '../../transitGateway/state.ts';
import { TRANSIT_POLICY } from '../../transitGateway/types/policy.ts';
import type { Poll } from '../poll/pass.ts';
import type { Assessed, Stages } from '../poll/stages.ts';
import { type PollLoop, poll } from '../poll.ts';
import { causeIds, causesIn, explainedBy, withCauses } from './connectionCauses.ts';
import { downByTunnel, reportOf, tunnelsDown } from './connectionReport.ts';
import {
  type ConnectionsOptions,
  isOfRoute,
  isOfTunnel,
  type ScopeMemory,
  type ScopeOutcome,
  type ScopePlan,
  type ScopePorts,
  type ScopeWorld,
  type TransitSafety,
} from './connectionTypes.ts';
import { isUrgent, lastResortsIn, networkConnections } from './networkConnections.ts';

export const TRANSIT_SAFETY: TransitSafety = { rules: TRANSIT_RULES, steps: TRANSIT_STEPS };

/**
 * As deployed: the next invocation comes after a minute and waits for the lease, so passes go on without a break while a
 * group of connections or a gateway of last resort exists.
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
  const hasLastResort = world.lastResorts.known && world.lastResorts.value.gateways.length > 0;
  if (world.transit === null && !hasLastResort) return null;
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
  const { clock, region, transit } = ports;
  const pathsNow = async ({ staticRoutes, connections }: ScopePlan, signal: AbortSignal) =>
    connectionPaths(await ports.vpn.connections(signal), staticRoutes, connections, clock.now());
  return {
    scope: 'connections',
    requestIds: [pinsId(region), linksId(region), lastResortsId(region), ...causeIds(region)],
    recall: (stored, items) => ({
      connections: recallConnections(stored),
      transit: recallTransit(Object(stored).transit),
      network: recallNetwork(Object(stored).network),
      pins: items
        .filter(({ id }) => id === pinsId(region))
        .flatMap(({ body }) => parsePins(body) ?? [])
        .filter(isOfConnection),
      causes: causesIn(items, region, clock.now()),
      lastResorts: parseLastResorts(items.find(({ id }) => id === lastResortsId(region))?.body),
    }),
    observe: (memory, signal) => observe(ports, memory, { accountId, health }, signal),
    sees: ({ connections }) => connections.known,
    assess,
    plan: (world, _findings, memory, now, pause) =>
      plan(world, memory, { mode, holdMs, pause, now }, safety),
    intend: ({ connections, transit: memory, network: around }, planned, now) =>
      (planned.transit?.actions ?? []).length + planned.replacements.actions.length === 0
        ? null
        : kept(
            withReplacementIntents(connections, planned.replacements.actions, now),
            planned.transit === null ? memory : withIntents(memory, planned.transit, now),
            around,
          ),
    // Routes first: a replacement waits, and may wait for the next pass.
    async act(planned, signal, askPause, confirmLease) {
      const guards = { confirmLease, askPause };
      const { replacements, connections } = planned;
      const moved =
        planned.transit === null
          ? []
          : await actOnTransit(
              { clock, region, transit, paths: (until) => pathsNow(planned, until) },
              planned.transit,
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
    share: (world, memory) => sharedOf(region, world, memory),
    measures: ({ connections }, findings) =>
      connections.known ? { TunnelsDown: tunnelsDown(findings) } : {},
    measureEach: ({ connections }, logger) => {
      if (!connections.known) return;
      logger.measureEach('TunnelDown', () => downByTunnel(connections.value));
    },
    report: reportOf,
  };
}

async function observe(
  ports: ScopePorts,
  { connections, transit: before, network: known, pins, lastResorts: readBefore }: ScopeMemory,
  asOf: Pick<ConnectionsOptions, 'accountId' | 'health'>,
  signal: AbortSignal,
): Promise<ScopeWorld> {
  const { clock, region, transit, network } = ports;
  const world = await observeConnections(ports, connections, asOf, signal);
  const now = clock.now();
  const paths = connectionPaths(world.connections, world.staticRoutes, connections, now);
  const asked = networkConnections(world.connections);
  const isNow = isUrgent(asked, connections.downSince, now);
  const looking = observeNetwork(network, region, known, now, signal, isNow);
  // Never both in one pass, whose calls are bounded: what was read before is believed for 60 s.
  const readingLastResorts = async () =>
    (await looking) === null
      ? lastResortsIn(await observeLastResorts(network, signal), world.connections, paths)
      : asKnown(readBefore, readBefore.at);
  const [over, around, lastResorts] = await Promise.all([
    observeTransit({ region, transit }, paths, before, pins, signal),
    looking,
    readingLastResorts(),
  ]);
  return { ...world, transit: over, network: around, lastResorts };
}

function assess(world: ScopeWorld, memory: ScopeMemory, now: Instant): Assessed<ScopeMemory> {
  const own = assessConnections(world, memory.connections, now);
  const over = world.transit === null ? null : assessTransit(world.transit, memory.transit, now);
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
      ...memory,
      connections,
      transit: over?.memory ?? NO_TRANSIT_MEMORY,
      network: around.memory,
    },
  };
}

interface PlanOptions extends Pick<ConnectionsOptions, 'mode' | 'holdMs'> {
  readonly pause: Pause | null;
  readonly now: Instant;
}

function plan(
  world: ScopeWorld,
  { transit: memory, connections }: ScopeMemory,
  by: PlanOptions,
  safety: TransitSafety,
): ScopePlan {
  const { staticRoutes } = world;
  const listed = world.connections.known ? world.connections.value : [];
  const replacements = planReplacements({
    connections: listed.map((one) => completed(one, staticRoutes, connections)),
    memory: connections,
    mode: by.mode,
    pause: by.pause,
    now: by.now,
  });
  if (world.transit === null) return { transit: null, replacements, connections, staticRoutes };
  const scene = { world: world.transit, memory, ...by };
  const over = planTransit(scene, safety.rules);
  return { transit: over, replacements, connections, staticRoutes };
}

/** What the leader of the appliances reads of this scope. */
function sharedOf(region: string, world: ScopeWorld, { transit: { routes } }: ScopeMemory) {
  const over = Object.values(routes);
  const links = linksOf(world, (id) => over.filter((one) => one.connectionId === id).length);
  const { lastResorts } = world;
  return [
    ...(links === null ? [] : [{ id: linksId(region), body: { links } }]),
    // Without any the item may stay: it is too old to be believed within a minute.
    ...(lastResorts.known && lastResorts.value.gateways.length > 0
      ? [{ id: lastResortsId(region), body: lastResorts.value }]
      : []),
  ];
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
