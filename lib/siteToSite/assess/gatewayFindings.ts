/** Findings on what the connections of one gateway have in common: its throughput, its routes, the sites behind it. Pure. */
import { overlap } from '../../core/cidr.ts';
import type { Finding, Subject } from '../../core/finding.ts';
import { CONNECTION_FINDINGS } from '../../core/findings/siteToSite.ts';
import { counted } from '../../core/text.ts';
import type { Instant } from '../../core/time.ts';
import type { TunnelMemory } from '../state.ts';
import {
  type ConnectionFact,
  type CustomerGatewayFact,
  isAbsent,
  tunnelId,
} from '../types/connection.ts';
import { CONNECTION_POLICY as POLICY } from '../types/policy.ts';
import type { Site } from './sites.ts';
import { bytesText, type Sinces, siteSubject } from './subjects.ts';
import { bothWays, lastPeriods, percent } from './tunnelPeriods.ts';

export interface GatewayScene {
  readonly sites: readonly Site[];
  readonly gateways: readonly CustomerGatewayFact[];
  readonly tunnels: ReadonlyMap<string, TunnelMemory>;
  /** Ids of transit gateways. */
  readonly withoutEcmp: readonly string[];
  readonly sinces: Sinces;
  readonly now: Instant;
}

/** One connection with its site. */
interface Member {
  readonly connection: ConnectionFact;
  readonly site: Site;
}

export function gatewayFindings(scene: GatewayScene): readonly Finding[] {
  const members = scene.sites.flatMap((site) =>
    site.connections.map((connection): Member => ({ connection, site })),
  );
  const byGateway = [...Map.groupBy(members, ({ connection }) => connection.gateway.id)];
  return [
    ...byGateway
      .filter(([id]) => id !== '')
      .flatMap(([id, own]) => {
        // Of one that an answer leaves out, not even the kind of its gateway is known.
        const seen = own.filter(({ connection }) => !isAbsent(connection));
        const found = [
          ...saturated(id, seen, scene),
          ...announced(id, seen, scene),
          ...sharedAsns(id, seen, scene),
          ...sharedRanges(id, seen, scene),
        ];
        return seen.length === own.length ? found : open(found, OF_GATEWAY, id, scene);
      }),
    ...scene.sites.flatMap((site) => {
      const found = unusedPaths(site, scene);
      return site.connections.some(isAbsent) ? open(found, OF_SITE, site.id, scene) : found;
    }),
  ];
}

const OF_GATEWAY = [
  'GatewaySaturated',
  'RouteLimitNear',
  'SiteAsnShared',
  'SiteRangesOverlap',
] as const;
const OF_SITE = ['TransitEcmpOff'] as const;

/** What is not found of those that are seen may be so with those that are not: it ends nothing (S13). */
function open(
  found: readonly Finding[],
  reasons: readonly Finding['reason'][],
  id: string,
  { sinces }: GatewayScene,
): readonly Finding[] {
  const missing = reasons.filter((reason) => !found.some((one) => one.reason === reason));
  for (const reason of missing) sinces.cannotTell(reason, id);
  return found;
}

const subjectOf = (id: string): Subject => ({
  kind: 'gateway',
  id,
  name: id,
  group: null,
  zone: null,
});

/** A tunnel whose counters have a gap counts as nothing: the sum is at least what is written. */
function saturated(
  id: string,
  members: readonly Member[],
  { tunnels, sinces, now }: GatewayScene,
): readonly Finding[] {
  const kind = members[0]?.connection.gateway.kind;
  const most = kind === 'virtual-private' || kind === 'concentrator' ? LIMITS[kind] : null;
  if (most === null || members.length < 2) return [];
  const subject = subjectOf(id);
  const lanes = members.flatMap(({ connection }) =>
    connection.tunnels.map(({ outsideIp }) => {
      const tunnel = tunnels.get(tunnelId(connection.connectionId, outsideIp));
      return tunnel === undefined ? null : lastPeriods(tunnel, POLICY.saturatedPeriods);
    }),
  );
  const known = lanes.flatMap((periods) => (periods === null ? [] : [periods]));
  const sums = Array.from({ length: POLICY.saturatedPeriods }, (_, index) =>
    known.reduce((sum, periods) => sum + (periods[index] ? bothWays(periods[index]) : 0), 0),
  );
  // One that is full by itself is TunnelSaturated.
  const isOneFull = members.some(({ connection }) => {
    const own = POLICY.bitsPerSecondMax[connection.bandwidth];
    return connection.tunnels.some(({ outsideIp }) => {
      const tunnel = tunnels.get(tunnelId(connection.connectionId, outsideIp));
      const periods = tunnel === undefined ? null : lastPeriods(tunnel, POLICY.saturatedPeriods);
      return periods?.every((one) => shareOf(bothWays(one), own) > POLICY.saturatedShare) === true;
    });
  });
  const shares = sums.map((bytes) => shareOf(bytes, most));
  if (isOneFull || !shares.every((share) => share > POLICY.saturatedShare)) {
    if (isOneFull || known.length < lanes.length) sinces.cannotTell('GatewaySaturated', id);
    return [];
  }
  return [
    {
      reason: 'GatewaySaturated',
      subject,
      severity: 'warning',
      summary: `The ${counted(members.length, 'connection')} of ${id} carry ${percent(Math.min(...shares))} of the ${most / 1e9} Gbps that it can, together: packets are about to be dropped.`,
      evidence: sums.map((bytes) => `5 min: ${bytesText(bytes)} both directions`),
      since: sinces.since('GatewaySaturated', id, now),
      hint: CONNECTION_FINDINGS.GatewaySaturated.hint,
    },
  ];
}

/** Of what it carries at most, in one period. */
const shareOf = (bytes: number, bitsPerSecondMax: number): number =>
  (bytes * 8) / (POLICY.periodMs / 1_000) / bitsPerSecondMax;

const LIMITS = POLICY.gatewayBitsPerSecondMax;

/** To each customer gateway go the routes of all other connections, and the ranges of the VPC, which are few. */
function announced(
  id: string,
  members: readonly Member[],
  { sinces, now }: GatewayScene,
): readonly Finding[] {
  if (members[0]?.connection.gateway.kind !== 'virtual-private') return [];
  const counts = members.map(({ connection }) => routeCountOf(connection));
  const all = counts.reduce((sum, count) => sum + count, 0);
  const most = all - Math.min(...counts);
  if (most < POLICY.announcedRoutesMax * POLICY.routesNearShare) return [];
  const isReached = most >= POLICY.announcedRoutesMax;
  return [
    {
      reason: 'RouteLimitNear',
      subject: subjectOf(id),
      severity: 'warning',
      summary: `${id} announces ${most} of at most ${POLICY.announcedRoutesMax} routes to a customer gateway: ${isReached ? 'further ones are' : 'beyond that they are'} left out without a word.`,
      evidence: [
        `${all} routes of ${counted(members.length, 'connection')}, limit ${POLICY.announcedRoutesMax}, warned from ${POLICY.announcedRoutesMax * POLICY.routesNearShare}`,
      ],
      since: sinces.since('RouteLimitNear', id, now),
      hint: 'Summarise what the customer devices announce and the static routes, or move connections to a transit gateway (5,000 routes).',
    },
  ];
}

/** Both tunnels announce the same. */
const routeCountOf = ({ tunnels, staticCidrs, isStatic }: ConnectionFact): number =>
  isStatic === true
    ? staticCidrs.length
    : Math.max(0, ...tunnels.map(({ acceptedRouteCount }) => acceptedRouteCount ?? 0));

/** Of connections with BGP alone: elsewhere the ASN says nothing. */
function sharedAsns(
  id: string,
  members: readonly Member[],
  { gateways, sinces, now }: GatewayScene,
): readonly Finding[] {
  if (members[0]?.connection.gateway.kind !== 'virtual-private') return [];
  const asns = new Map(gateways.map(({ customerGatewayId, asn }) => [customerGatewayId, asn]));
  const named = members.flatMap(({ connection, site }) => {
    const asn = asns.get(connection.customerGatewayId ?? '') ?? null;
    return asn === null || connection.isStatic !== false ? [] : [{ asn, site: site.name }];
  });
  const shared = [...Map.groupBy(named, ({ asn }) => asn)].flatMap(([asn, some]) => {
    const sites = [...new Set(some.map(({ site }) => site))].toSorted();
    return sites.length < 2 ? [] : [`ASN ${asn}: ${sites.join(', ')}`];
  });
  if (shared.length === 0) return [];
  return [
    {
      reason: 'SiteAsnShared',
      subject: subjectOf(id),
      severity: 'info',
      summary: `Sites on ${id} have the same BGP ASN (${shared.join('; ')}): they do not reach each other over it.`,
      evidence: shared,
      since: sinces.since('SiteAsnShared', id, now),
      hint: CONNECTION_FINDINGS.SiteAsnShared.hint,
    },
  ];
}

function sharedRanges(
  id: string,
  members: readonly Member[],
  { sinces, now }: GatewayScene,
): readonly Finding[] {
  const ranges = members.flatMap(({ connection, site }) =>
    connection.staticCidrs
      // A default route is meant to cover everything.
      .filter((cidr) => cidr !== '0.0.0.0/0' && cidr !== '::/0')
      .map((cidr) => ({ cidr, site, name: connection.name })),
  );
  const pairs = ranges.flatMap((one, index) =>
    ranges
      .slice(index + 1)
      .filter((other) => other.site !== one.site && overlap(one.cidr, other.cidr))
      .map((other) => `${one.cidr} of ${one.name} and ${other.cidr} of ${other.name}`),
  );
  const [first] = pairs;
  if (first === undefined) return [];
  return [
    {
      reason: 'SiteRangesOverlap',
      subject: subjectOf(id),
      severity: 'info',
      summary: `Static routes of two sites on ${id} overlap: ${first}${pairs.length > 1 ? ` and ${counted(pairs.length - 1, 'more pair')}` : ''}.`,
      evidence: pairs.slice(0, EVIDENCE_MAX),
      since: sinces.since('SiteRangesOverlap', id, now),
      hint: CONNECTION_FINDINGS.SiteRangesOverlap.hint,
    },
  ];
}

const EVIDENCE_MAX = 10;

function unusedPaths(site: Site, { withoutEcmp, sinces, now }: GatewayScene): readonly Finding[] {
  const routed = site.connections.filter(
    ({ gateway, isStatic }) => gateway.kind === 'transit' && isStatic !== true,
  );
  const bad = [...Map.groupBy(routed, ({ gateway }) => gateway.id)].filter(
    ([id, some]) => some.length > 1 && withoutEcmp.includes(id),
  );
  if (bad.length === 0) return [];
  const subject = siteSubject(site);
  return [
    {
      reason: 'TransitEcmpOff',
      subject,
      severity: 'info',
      summary: `Site ${site.name} has several connections on ${bad.map(([id]) => id).join(', ')}, where ECMP is off: of equal paths one carries everything.`,
      evidence: bad.map(
        ([id, some]) => `${id}: ${some.map(({ name }) => name).join(', ')}, VpnEcmpSupport disable`,
      ),
      since: sinces.since('TransitEcmpOff', subject.id, now),
      hint: CONNECTION_FINDINGS.TransitEcmpOff.hint,
    },
  ];
}
