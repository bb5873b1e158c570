/** Judges the networks of one region: routes over peerings, propagation, PrivateLink endpoints, ranges, transit gateway tables, Direct Connect. Pure. */
import { overlap } from '../core/cidr.ts';
import { NETWORK_FINDINGS } from '../core/findings/network.ts';
import { compare } from '../core/order.ts';
import { counted } from '../core/text.ts';
import type { Instant } from '../core/time.ts';
import { belowDown, directConnectFindings, seenInterfaces } from './assess/directConnect.ts';
import { subjectOf } from './assess/finding.ts';
import { overlappingRanges } from './assess/ranges.ts';
import { routesTo, routesToNothing } from './assess/targets.ts';
import { announcedRoutes, isUnread, preferredBackups } from './assess/transitTables.ts';
import { unreadLines, unreadParts } from './assess/unread.ts';
import type { NetworkFinding, NetworkMemory, NetworkReason } from './state.ts';
import {
  NETWORK_EVERY_MS,
  type NetworkConnection,
  type NetworkRoute,
  type NetworkTable,
  type NetworkWorld,
  type PeeringFact,
} from './types.ts';

export interface NetworkAssessed {
  /** Ordered by reason, then subject. */
  readonly findings: readonly NetworkFinding[];
  readonly memory: NetworkMemory;
  /** By connection: the Direct Connect gateway that it is down with. */
  readonly below: ReadonlyMap<string, string>;
}

/**
 * `world` null: not read now. What was found stands until it can be read again. `connections` null: they could not be
 * read.
 */
export function assessNetwork(
  world: NetworkWorld | null,
  connections: readonly NetworkConnection[] | null,
  memory: NetworkMemory,
  now: Instant,
): NetworkAssessed {
  const isDown = (id: string) => connections?.some((one) => one.isDown && one.connectionId === id);
  const before = Object.entries(memory.below).filter(([id]) => isDown(id) !== false);
  if (world === null) return { findings: memory.findings, memory, below: new Map(before) };
  const stands = (reason: NetworkReason) =>
    memory.findings.filter((finding) => finding.reason === reason);
  const since = ({ reason, subject }: NetworkFinding) =>
    memory.findings.find((one) => one.reason === reason && one.subject.id === subject.id)?.since ??
    now;
  const direct = directConnectFindings(world, connections);
  const findings = [
    ...(brokenRoutes(world) ?? stands('PeeringRouteBroken')),
    ...(routesToNothing(world) ?? stands('RouteTargetGone')),
    ...(withoutPropagation(world) ?? stands('PropagationOff')),
    ...(privateLinks(world) ?? stands('PrivateLinkImpaired')),
    ...overlappingRanges(world, connections, stands('RangesOverlap')),
    ...announcedRoutes(world),
    ...preferredBackups(world),
    ...[...stands('TransitRoutesNearLimit'), ...stands('BackupPreferred')].filter(({ subject }) =>
      isUnread(world, subject.id),
    ),
    ...(['DirectConnectBackupMissing', 'BackupInUse', 'DirectConnectBelowDown'] as const).flatMap(
      (reason) => direct?.[reason] ?? stands(reason),
    ),
    ...unreadParts(world),
  ]
    .map((finding) => ({ ...finding, since: Math.min(now, since(finding)) }))
    .toSorted((a, b) => compare(a.reason, b.reason) || compare(a.subject.id, b.subject.id));
  const below = belowDown(world, connections) ?? new Map(before);
  return {
    findings,
    memory: {
      readAt: readAtOf(world),
      below: Object.fromEntries(below),
      directConnect: seenInterfaces(world.directConnect) ?? memory.directConnect,
      findings,
    },
    below,
  };
}

/** Where a part could not be read, the next look is ten minutes later. */
const readAtOf = (world: NetworkWorld): Instant =>
  unreadLines(world).length === 0 ? world.at : world.at - NETWORK_EVERY_MS + RETRY_MS;

const RETRY_MS = 600_000;

/** Null: it is not known. */
function brokenRoutes({ peerings, tables, at }: NetworkWorld): readonly NetworkFinding[] | null {
  if (!peerings.known || !tables.known) return null;
  const byId = new Map(peerings.value.map((one) => [one.peeringId, one]));
  return tables.value
    .filter(({ ignored }) => ignored === null)
    .flatMap((table) => {
      const bad = table.routes.flatMap((route) => {
        if (!route.target.startsWith('pcx-')) return [];
        const why = faultOf(route, table, byId.get(route.target), tables.value);
        return why === null ? [] : [`${route.destination} by ${route.target}: ${why}`];
      });
      if (bad.length === 0) return [];
      return [
        {
          reason: 'PeeringRouteBroken' as const,
          subject: subjectOf('table', table.tableId, table.name),
          severity: table.isWatched ? ('warning' as const) : ('info' as const),
          summary: `${counted(bad.length, 'route')} of ${table.name} (${table.vpcId}) ${bad.length === 1 ? 'leads' : 'lead'} to a peering that carries nothing: ${bad[0] ?? ''}.`,
          evidence: bad,
          since: at,
          hint: NETWORK_FINDINGS.PeeringRouteBroken.hint,
        },
      ];
    });
}

/** A peering that is not listed is gone only where EC2 calls the route a blackhole too. */
function faultOf(
  route: NetworkRoute,
  { vpcId }: NetworkTable,
  peering: PeeringFact | undefined,
  tables: readonly NetworkTable[],
): string | null {
  if (peering === undefined) return route.isBlackhole ? 'the peering is gone' : null;
  if (BROKEN.has(peering.state)) return `the peering is ${peering.state}`;
  if (peering.state !== 'active') return null;
  const isAccepter = peering.accepter.vpcId === vpcId;
  const near = isAccepter ? peering.accepter : peering.requester;
  const far = isAccepter ? peering.requester : peering.accepter;
  const theirs = tables.filter((one) => one.vpcId === far.vpcId);
  // Of another account or region there is none to see.
  if (theirs.length === 0 || near.cidrs.length === 0) return null;
  const hasWayBack = theirs.some(({ routes }) =>
    routes.some(
      ({ target, destination }) =>
        target === peering.peeringId &&
        (destination.startsWith('pl-') || near.cidrs.some((cidr) => overlap(cidr, destination))),
    ),
  );
  return hasWayBack ? null : `no route table of ${far.vpcId} leads back`;
}

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_VpcPeeringConnectionStateReason.html (read 2026-11-29) */
const BROKEN: ReadonlySet<string> = new Set([
  'pending-acceptance',
  'failed',
  'expired',
  'rejected',
  'deleting',
  'deleted',
]);

function withoutPropagation({
  gateways,
  tables,
  at,
}: NetworkWorld): readonly NetworkFinding[] | null {
  if (!gateways.known || !tables.known) return null;
  return gateways.value.flatMap(({ gatewayId, name, vpcId, ignored, isWatched }) => {
    if (vpcId === null || ignored !== null) return [];
    const bad = tables.value.filter(
      (table) =>
        table.vpcId === vpcId &&
        table.ignored === null &&
        table.subnetIds.length > 0 &&
        !table.propagating.includes(gatewayId) &&
        !table.routes.some(({ target }) => target === gatewayId) &&
        !isPublic(table),
    );
    if (bad.length === 0) return [];
    return [
      {
        reason: 'PropagationOff' as const,
        subject: subjectOf('gateway', gatewayId, name),
        severity: isWatched ? ('warning' as const) : ('info' as const),
        summary: `${counted(bad.length, 'route table')} of ${vpcId} ${bad.length === 1 ? 'has' : 'have'} no route to ${name}, neither propagated nor static: ${bad.map((one) => one.name).join(', ')}.`,
        evidence: bad.map(({ tableId, subnetIds }) => `${tableId}: ${subnetIds.join(', ')}`),
        since: at,
        hint: NETWORK_FINDINGS.PropagationOff.hint,
      },
    ];
  });
}

const isPublic = ({ routes }: NetworkTable): boolean =>
  routes.some(
    ({ destination, target }) => destination === '0.0.0.0/0' && target.startsWith('igw-'),
  );

function privateLinks({
  privateLinks: links,
  tables,
  at,
}: NetworkWorld): readonly NetworkFinding[] | null {
  if (!links.known) return null;
  return links.value
    .filter(({ ignored }) => ignored === null)
    .flatMap((link) => {
      const { endpointId, name, kind, state, stateWhy, subnetIds, hasPrivateDns, serviceName } =
        link;
      const faults = [
        ...(state === 'available' || state === 'pending'
          ? []
          : [`it is ${state}${stateWhy === '' ? '' : ` (AWS says: ${stateWhy})`}`]),
        ...(kind === 'Interface' && subnetIds.length < 2
          ? [`it lies in ${counted(subnetIds.length, 'subnet')}: with that zone it is gone`]
          : []),
        ...(kind === 'Interface' && hasPrivateDns === false && OF_AWS.test(serviceName)
          ? ["private DNS is off: the service's usual name does not lead to it"]
          : []),
      ];
      if (faults.length === 0) return [];
      return [
        {
          reason: 'PrivateLinkImpaired' as const,
          subject: subjectOf('privateLink', endpointId, name),
          severity: 'warning' as const,
          summary: `${name} to ${serviceName}: ${faults.join('; ')}.`,
          evidence: [...faults, ...routesTo(endpointId, tables)],
          since: at,
          hint: NETWORK_FINDINGS.PrivateLinkImpaired.hint,
        },
      ];
    });
}

/** Services of customers are `com.amazonaws.vpce.…`, and have no usual name. */
const OF_AWS = /^com\.amazonaws\.(?!vpce\.)/;
