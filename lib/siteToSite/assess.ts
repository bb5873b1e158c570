/** Judges Site-to-Site connections by this pass and the state of earlier ones. Pure. */

import type { Finding, Subject } from '../core/finding.ts';
import { CONNECTION_FINDINGS } from '../core/findings/siteToSite.ts';
import { notesAfter } from '../core/healthNotes.ts';
import { compare } from '../core/order.ts';
import { describeMs, type Instant, toIso } from '../core/time.ts';
import { asymmetricSites } from './assess/asymmetry.ts';
import { completed } from './assess/completed.ts';
import { settingFindings, sharedDevices } from './assess/configuration.ts';
import { gatewayFindings } from './assess/gatewayFindings.ts';
import { siteFindings } from './assess/siteFindings.ts';
import { type Site, sitesOf } from './assess/sites.ts';
import { openSinces } from './assess/subjects.ts';
import { type Judged, stateFindings } from './assess/tunnelFindings.ts';
import { withMetrics } from './assess/tunnelMetrics.ts';
import { followTunnels } from './assess/tunnels.ts';
import { trafficFindings } from './assess/tunnelTraffic.ts';
import { underway } from './state/replacements.ts';
import type { ConnectionMemory } from './state.ts';
import { type ConnectionFact, type HealthNote, isStanding } from './types/connection.ts';
import { CONNECTION_POLICY as POLICY } from './types/policy.ts';
import type { ConnectionWorld } from './types/world.ts';

export interface ConnectionsAssessed {
  /** Ordered by reason, then subject. */
  readonly findings: readonly Finding[];
  readonly memory: ConnectionMemory;
  /** By `unjudgedKey`: what this pass can neither find nor deny. */
  readonly unjudged: ReadonlySet<string>;
}

export function assessConnections(
  world: ConnectionWorld,
  memory: ConnectionMemory,
  now: Instant,
): ConnectionsAssessed {
  const health = healthAfter(memory.health, world.health, now);
  const series = world.series?.known
    ? { at: world.series.at, tunnelIds: [...world.series.value] }
    : memory.series;
  const blindness = blindnessOf(world, memory, now);
  const ecmp = world.withoutEcmp?.known
    ? { at: world.withoutEcmp.at, off: [...world.withoutEcmp.value] }
    : memory.ecmp;
  const base = { ...memory, ...blindness, health, series, ecmp };
  if (!world.connections.known) {
    return { findings: blindFindings(world, base, now), memory: base, unjudged: new Set() };
  }
  const connections = [...world.connections.value, ...world.absent].map((one) =>
    completed(one, world.staticRoutes, memory),
  );
  const gateways = world.customerGateways.known ? world.customerGateways.value : memory.gateways;
  const followed = followTunnels(connections, world, memory, now);
  const tunnels = withMetrics(followed.tunnels, world);
  const sites = sitesOf(connections, gateways);
  const sinces = openSinces(memory.sinces);
  const measured = series === null ? null : new Set(series.tunnelIds);
  const common = { tunnels, health, logs: world.logs, sinces, now };
  const findings = connections.filter(isStanding).flatMap((connection) => {
    const site = sites.find((one) => one.connections.includes(connection)) ?? null;
    const judged = { ...common, connection, site, ...followedIn(followed, connection) };
    return [
      ...stateFindings(judged),
      ...trafficFindings(judged, measured),
      ...settingFindings(judged),
    ];
  });
  const scene = { sites, gateways, tunnels, withoutEcmp: ecmp?.off ?? [], sinces, now };
  const all = [
    ...findings,
    ...siteFindings(sites, { ...followed, tunnels }, health, sinces, now),
    ...sharedDevices(gateways, sites, sinces, now),
    ...gatewayFindings(scene),
    ...asymmetricSites(scene),
    ...blindFindings(world, base, now),
  ];
  const replacements = underway(memory.replacements, tunnels, now);
  return {
    findings: all
      .map((one) => withReplacement(one, replacements))
      .toSorted((a, b) => compare(a.reason, b.reason) || compare(a.subject.id, b.subject.id)),
    unjudged: sinces.unjudged(),
    memory: {
      ...base,
      tunnels: Object.fromEntries(tunnels),
      downSince: Object.fromEntries(followed.downSince),
      connections: Object.fromEntries(followed.connections),
      hasLooked: true,
      sinces: sinces.kept(),
      gateways: [...gateways],
      gone: { ...world.gone },
      replacements,
      sites: sites.map(placed),
    },
  };
}

function followedIn(
  { connections, downSince }: ReturnType<typeof followTunnels>,
  { connectionId }: ConnectionFact,
): Pick<Judged, 'status' | 'downSince'> {
  const status = connections.get(connectionId);
  if (status === undefined) throw new Error(`judging ${connectionId}: it is not followed`);
  return { status, downSince: downSince.get(connectionId) ?? null };
}

/** What is wrong with a tunnel whose endpoint was replaced may come of that. */
function withReplacement(
  finding: Finding,
  replacements: ConnectionMemory['replacements'],
): Finding {
  const replacement = replacements[finding.subject.id];
  if (replacement === undefined || finding.reason === 'TunnelMaintenancePending') return finding;
  const line = `vpn-medic applied its pending maintenance at ${toIso(replacement.askedAt)}: its endpoint is being replaced`;
  return { ...finding, evidence: [...finding.evidence, line] };
}

/** Stored for the next pass: names, and which connections form a site. */
const placed = ({ id, name, connections }: Site): ConnectionMemory['sites'][number] => ({
  id,
  name,
  connections: connections.map((one) => ({
    id: one.connectionId,
    name: one.name,
    gateway: one.gateway.id,
  })),
});

const healthAfter = (
  before: readonly HealthNote[],
  arrived: readonly HealthNote[],
  now: Instant,
): ConnectionMemory['health'] =>
  notesAfter<ConnectionMemory['health'][number]>(
    [...before, ...arrived].map((note) => ({ ...note, connectionIds: [...note.connectionIds] })),
    (known, page) => {
      const connectionIds = [...(known?.connectionIds ?? []), ...page.connectionIds];
      return { ...page, connectionIds: [...new Set(connectionIds)].slice(-IDS_KEPT) };
    },
    POLICY.healthMs,
    now,
  );

/** More connections than that are a region's outage. */
const IDS_KEPT = 500;

function blindnessOf(
  { connections, customerGateways, series, metrics }: ConnectionWorld,
  memory: ConnectionMemory,
  now: Instant,
): Pick<ConnectionMemory, 'blindSince' | 'metricsBlindSince'> {
  const answers = [...(metrics?.tunnels.values() ?? [])];
  // A readable list of series proves nothing of their points.
  const isBlind =
    answers.length > 0 ? answers.every(({ known }) => !known) : series?.known === false;
  const hasSeen =
    answers.some(({ known }) => known) || (series?.known === true && series.value.length === 0);
  return {
    blindSince: connections.known && customerGateways.known ? null : (memory.blindSince ?? now),
    metricsBlindSince: isBlind
      ? (memory.metricsBlindSince ?? now)
      : hasSeen
        ? null
        : memory.metricsBlindSince,
  };
}

function blindFindings(
  world: ConnectionWorld,
  { blindSince, metricsBlindSince }: ConnectionMemory,
  now: Instant,
): readonly Finding[] {
  const subject: Subject = {
    kind: 'region',
    id: world.region,
    name: world.region,
    group: null,
    zone: null,
  };
  const findings: Finding[] = [];
  const unread = [world.connections, world.customerGateways].filter(({ known }) => !known);
  if (unread.length > 0 && blindSince !== null && now - blindSince >= POLICY.blindMs) {
    const whys = unread.flatMap((one) => (one.known ? [] : [one.why]));
    findings.push({
      reason: 'ConnectionsUnread',
      subject,
      severity: 'warning',
      summary: world.connections.known
        ? `Customer gateways of ${world.region} cannot be read for ${describeMs(now - blindSince)}: sites are distinguished by what was known before.`
        : `Site-to-Site connections of ${world.region} cannot be read for ${describeMs(now - blindSince)}: nothing is said of them, neither up nor down.`,
      evidence: whys,
      since: blindSince,
      hint: whys.some((why) => why.includes('not accepted'))
        ? `Enable ${world.region} for the account, or take it out of VPN_MEDIC_REGIONS.`
        : 'If it says "denied": grant the action to the role of pollConnections (PollConnectionsRole). If "throttled": find who else calls it.',
    });
  }
  if (metricsBlindSince !== null && now - metricsBlindSince >= POLICY.metricsBlindMs) {
    const whys = [world.series, ...(world.metrics?.tunnels.values() ?? [])].flatMap((one) =>
      one === null || one.known ? [] : [one.why],
    );
    findings.push({
      reason: 'MetricsUnread',
      subject,
      severity: 'warning',
      summary: `CloudWatch metrics of tunnels in ${world.region} cannot be read for ${describeMs(now - metricsBlindSince)}: traffic is not judged; state still is.`,
      evidence: [...new Set(whys)].slice(0, 3),
      since: metricsBlindSince,
      hint: CONNECTION_FINDINGS.MetricsUnread.hint,
    });
  }
  return findings;
}
