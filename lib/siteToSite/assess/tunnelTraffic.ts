/** Findings on a tunnel's byte counters while it is up. Pure. */

import { type Departure, departureOf } from '../../core/baseline.ts';
import type { Finding, Subject } from '../../core/finding.ts';
import { CONNECTION_FINDINGS } from '../../core/findings/siteToSite.ts';
import { describeMs, type Instant } from '../../core/time.ts';
import type { TunnelMemory } from '../state.ts';
import { tunnelId } from '../types/connection.ts';
import { CONNECTION_POLICY as POLICY } from '../types/policy.ts';
import { bytesText, minute, tunnelSubject } from './subjects.ts';
import type { Judged } from './tunnelFindings.ts';
import { bandAt } from './tunnelMetrics.ts';
import {
  bothWays,
  hourlyRate,
  isIdle,
  isQuiet,
  lastPeriods,
  percent,
  sum,
  trendOf,
} from './tunnelPeriods.ts';

export function trafficFindings(
  judged: Judged,
  listed: ReadonlySet<string> | null,
): readonly Finding[] {
  const sinces = judged.connection.tunnels.map(
    ({ outsideIp }) =>
      judged.tunnels.get(tunnelId(judged.connection.connectionId, outsideIp))?.since ?? 0,
  );
  const settledAt = Math.max(0, ...sinces);
  const lanes = judged.connection.tunnels.flatMap(({ outsideIp }) =>
    laneOf(outsideIp, settledAt, judged),
  );
  return lanes.flatMap((lane) => {
    const others = lanes.filter((other) => other !== lane);
    for (const reason of untold(lane)) judged.sinces.cannotTell(reason, lane.subject.id);
    return [
      ...oneWay(lane, others, judged),
      ...idle(lane, others, judged),
      ...saturated(lane, judged),
      ...offBaseline(lane, others, judged),
      ...missing(lane, judged, listed),
    ];
  });
}

/** Its counters say nothing of a tunnel that is not up, nor while they have gaps. */
function untold({ isUp, tunnel }: Lane): readonly Finding['reason'][] {
  const has = (count: number) => isUp && lastPeriods(tunnel, count) !== null;
  return [
    ...(has(POLICY.oneWayPeriods) && tunnel.usual !== null ? [] : (['TunnelOneWay'] as const)),
    ...(has(POLICY.idlePeriods) ? [] : (['TunnelIdle'] as const)),
    ...(has(POLICY.saturatedPeriods) ? [] : (['TunnelSaturated'] as const)),
    ...(has(1) && tunnel.usual !== null ? [] : (['TrafficOffBaseline'] as const)),
  ];
}

interface Lane {
  readonly subject: Subject;
  readonly tunnel: TunnelMemory;
  readonly isUp: boolean;
  readonly departure: Departure | null;
}

/** `settledAt`: since when none of the connection's tunnels has turned. Earlier traffic is not compared. */
function laneOf(
  outsideIp: string,
  settledAt: Instant,
  { connection, site, tunnels }: Judged,
): readonly Lane[] {
  const tunnel = tunnels.get(tunnelId(connection.connectionId, outsideIp));
  if (tunnel === undefined) return [];
  return [
    {
      subject: tunnelSubject(connection, outsideIp, site),
      tunnel,
      isUp: tunnel.status === 'up' && tunnel.unknownSince === null,
      departure: departureOf(
        (at) => bandAt(tunnel.usual, at),
        hourlyRate(tunnel.traffic).filter(({ at }) => at >= settledAt),
        { periodMs: POLICY.periodMs, floor: POLICY.baselineFloorBytes },
      ),
    },
  ];
}

/** Answers may come back through the other tunnel (AWS picks one for each direction): then nothing is lost. */
function oneWay(
  lane: Lane,
  others: readonly Lane[],
  { connection, sinces }: Judged,
): readonly Finding[] {
  const periods = lastPeriods(lane.tunnel, POLICY.oneWayPeriods);
  if (!lane.isUp || periods === null || lane.tunnel.usual?.hadBoth !== true) return [];
  const isOneWay = periods.every(
    ({ bytesIn, bytesOut }) => bytesOut >= POLICY.busyBytes && isQuiet(bytesIn),
  );
  const hasAnswers = others.some(({ isUp, tunnel }) => {
    const theirs = lastPeriods(tunnel, POLICY.oneWayPeriods);
    return isUp && (theirs === null || theirs.some(({ bytesIn }) => !isQuiet(bytesIn)));
  });
  if (!isOneWay || hasAnswers) return [];
  const began = periods[0]?.at ?? 0;
  return [
    {
      reason: 'TunnelOneWay',
      subject: lane.subject,
      severity: 'warning',
      summary: `A tunnel of ${connection.name} sends and hears nothing back for over 15 min, though it used to carry both directions.`,
      evidence: [
        `last 15 min: ${bytesText(sum(periods, ({ bytesOut }) => bytesOut))} out, ${bytesText(sum(periods, ({ bytesIn }) => bytesIn))} in`,
        'its last two weeks had traffic in both directions',
      ],
      since: sinces.since('TunnelOneWay', lane.subject.id, began),
      hint: CONNECTION_FINDINGS.TunnelOneWay.hint,
    },
  ];
}

function idle(
  lane: Lane,
  others: readonly Lane[],
  { connection, sinces }: Judged,
): readonly Finding[] {
  const periods = lastPeriods(lane.tunnel, POLICY.idlePeriods);
  // BGP's own keepalives hold a tunnel open.
  if (!lane.isUp || connection.isStatic !== true || periods === null) return [];
  if (!periods.every(isIdle)) return [];
  const isSpare = others.some(({ isUp, tunnel }) => {
    const theirs = lastPeriods(tunnel, POLICY.idlePeriods);
    return isUp && theirs?.some((one) => !isIdle(one)) === true;
  });
  return [
    {
      reason: 'TunnelIdle',
      subject: lane.subject,
      severity: isSpare ? 'info' : 'warning',
      summary: `A tunnel of ${connection.name} has carried nothing for an hour${isSpare ? ' (the other one carries the traffic)' : ''}. AWS closes idle tunnels, and the customer device must then start it anew.`,
      evidence: [
        `last hour: ${bytesText(sum(periods, ({ bytesIn }) => bytesIn))} in, ${bytesText(sum(periods, ({ bytesOut }) => bytesOut))} out, no 5 min over ${bytesText(POLICY.quietBytes)}`,
      ],
      since: sinces.since('TunnelIdle', lane.subject.id, periods[0]?.at ?? 0),
      hint: CONNECTION_FINDINGS.TunnelIdle.hint,
    },
  ];
}

function saturated(lane: Lane, { connection, sinces }: Judged): readonly Finding[] {
  const periods = lastPeriods(lane.tunnel, POLICY.saturatedPeriods);
  if (!lane.isUp || periods === null) return [];
  const most = POLICY.bitsPerSecondMax[connection.bandwidth];
  const shareOf = (bytes: number, ms: number) => (bytes * 8) / (ms / 1_000) / most;
  const isFull = periods.every(
    (one) => shareOf(bothWays(one), POLICY.periodMs) > POLICY.saturatedShare,
  );
  if (!isFull) return [];
  const share = shareOf(sum(periods, bothWays), periods.length * POLICY.periodMs);
  return [
    {
      reason: 'TunnelSaturated',
      subject: lane.subject,
      severity: 'warning',
      summary: `A tunnel of ${connection.name} carries ${percent(share)} of the ${most / 1e9} Gbps that it can, both directions together: packets are about to be dropped.`,
      evidence: [
        `last 15 min: ${bytesText(sum(periods, ({ bytesIn }) => bytesIn))} in, ${bytesText(sum(periods, ({ bytesOut }) => bytesOut))} out`,
        trendOf(lane.tunnel.traffic, (bytes) => shareOf(bytes, POLICY.periodMs)),
      ],
      since: sinces.since('TunnelSaturated', lane.subject.id, periods[0]?.at ?? 0),
      hint:
        connection.gateway.kind === 'transit'
          ? 'Spread the traffic over more tunnels (ECMP with BGP on the transit gateway), or use large-bandwidth tunnels.'
          : 'Spread the traffic over more connections, or move to a transit gateway (ECMP, large-bandwidth tunnels).',
    },
  ];
}

/** A tunnel that takes over from its sibling, or hands over to it, is explained by that. */
function offBaseline(
  lane: Lane,
  others: readonly Lane[],
  { connection, sinces }: Judged,
): readonly Finding[] {
  const { departure, tunnel, subject } = lane;
  if (!lane.isUp || departure === null) return [];
  const isExplained = others.some(
    (other) => !other.isUp || (other.departure !== null && other.departure.side !== departure.side),
  );
  if (isExplained) return [];
  const { side, latest, band, since, periodCount } = departure;
  const low = Math.max(0, band.median - 4 * band.spread);
  return [
    {
      reason: 'TrafficOffBaseline',
      subject,
      severity: 'warning',
      summary: `Traffic of a tunnel of ${connection.name} is far ${side} what is usual at this hour of the week.`,
      evidence: [
        `now ${bytesText(latest.value)} an hour, usual ${bytesText(low)} to ${bytesText(band.median + 4 * band.spread)} (median ${bytesText(band.median)} of ${tunnel.usual?.dayCount ?? 0} days)`,
        `${periodCount} periods of ${describeMs(POLICY.periodMs)} in a row, latest ${minute(latest.at)}`,
      ],
      since: sinces.since('TrafficOffBaseline', subject.id, since),
      hint:
        side === 'below'
          ? 'See whether an application or a route behind the tunnel is gone, or traffic took another way.'
          : 'See what has begun to send: a backup, a loop, a leak.',
    },
  ];
}

/** A state of its own: neither down nor idle. */
function missing(
  { tunnel, isUp, subject }: Lane,
  { connection, now, sinces }: Judged,
  listed: ReadonlySet<string> | null,
): readonly Finding[] {
  if (!isUp || listed === null || now - tunnel.firstSeenAt <= POLICY.metricMissingMs) return [];
  const { traffic } = tunnel;
  const isListed = listed.has(subject.id);
  const isSilent =
    traffic !== null &&
    !traffic.hasState &&
    [...traffic.bytesIn, ...traffic.bytesOut].every((bytes) => bytes === null);
  if (isListed && !isSilent) return [];
  return [
    {
      reason: 'TunnelMetricMissing',
      subject,
      severity: 'info',
      summary: `CloudWatch has no metrics of a tunnel of ${connection.name}: its traffic is not judged. That is not "down".`,
      evidence: [
        isListed ? 'no point in the last hour' : 'no such series in the last two weeks',
        `EC2 says it is up since ${minute(tunnel.since)}`,
      ],
      since: sinces.since('TunnelMetricMissing', subject.id, now),
      hint: CONNECTION_FINDINGS.TunnelMetricMissing.hint,
    },
  ];
}
