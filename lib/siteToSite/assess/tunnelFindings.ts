/** Findings on tunnel states: down, one down, flapping, no routes, unknown. Pure. */

import type { Finding } from '../../core/finding.ts';
import { CONNECTION_FINDINGS } from '../../core/findings/siteToSite.ts';
import { describeMs, type Instant } from '../../core/time.ts';
import type { ConnectionMemory, ConnectionStatus, TunnelMemory } from '../state.ts';
import { type ConnectionFact, type TunnelFact, tunnelId } from '../types/connection.ts';
import { CONNECTION_POLICY as POLICY } from '../types/policy.ts';
import {
  connectionDown,
  longDown,
  noRoutesKnown,
  notYetUp,
  singleTunnelUsed,
} from './connectionFindings.ts';
import { type LogReadings, logLines } from './logs.ts';
import type { Site } from './sites.ts';
import {
  connectionSubject,
  healthLines,
  lookCommand,
  minute,
  type Sinces,
  tunnelSubject,
} from './subjects.ts';
import { mayBeRouted, statusOf } from './tunnels.ts';

export interface Judged {
  readonly connection: ConnectionFact;
  readonly site: Site | null;
  readonly tunnels: ReadonlyMap<string, TunnelMemory>;
  readonly downSince: Instant | null;
  readonly status: ConnectionStatus;
  readonly health: ConnectionMemory['health'];
  readonly logs: LogReadings;
  readonly sinces: Sinces;
  readonly now: Instant;
}

export function stateFindings(judged: Judged): readonly Finding[] {
  const { connection, downSince } = judged;
  const sides = connection.tunnels.map((fact) => sideOf(fact, judged));
  // A guess ends no outage that was found before what is remembered was lost.
  if (judged.status.isUnproven) judged.sinces.cannotTell('ConnectionDown', connection.connectionId);
  if (downSince !== null && judged.status.isNeverUp) return notYetUp(sides, downSince, judged);
  if (judged.status.pendingSince !== null && judged.status.isNeverUp)
    return notYetUp(sides, judged.status.firstSeenAt, judged);
  const connectionId = connectionSubject(connection, judged.site).id;
  if (downSince !== null) judged.sinces.cannotTell('SingleTunnelUsed', connectionId);
  if (downSince !== null && judged.now - downSince > POLICY.longDownMs) {
    // What was found of its tunnels before is part of it, and not resolved.
    for (const { fact } of sides) {
      for (const reason of OF_TUNNELS)
        judged.sinces.cannotTell(reason, tunnelId(connectionId, fact.outsideIp));
    }
    return [longDown(sides, downSince, judged)];
  }
  return [
    ...(downSince === null ? [] : [connectionDown(sides, downSince, judged)]),
    // While the connection is down they are suppressed by it, and stay open.
    ...tunnelsDown(sides, judged),
    ...sides.flatMap((side) => unknownFor(side, judged)),
    ...(sides.length === 0 ? [nothingNotified(judged)].flat() : []),
    ...replaced(sides, judged),
  ];
}

const OF_TUNNELS = [
  'TunnelDown',
  'BgpDown',
  'NoRoutesAccepted',
  'TunnelFlapping',
  'TunnelUnknown',
] as const;

function tunnelsDown(sides: readonly Side[], judged: Judged): readonly Finding[] {
  if (judged.status.usesOneTunnel && judged.downSince === null) {
    return judged.connection.usesOneTunnel ? [] : singleTunnelUsed(sides, judged);
  }
  const isDoubtful =
    judged.downSince === null && mayBeRouted(judged.connection, judged.tunnels, judged.status);
  return [
    ...(isDoubtful ? [noRoutesKnown(sides, judged)] : []),
    ...sides.flatMap((side) => [
      ...tunnelDown(side, judged),
      ...flapping(side, judged),
      ...(isDoubtful ? [] : noRoutes(side, judged)),
    ]),
  ];
}

interface Side {
  readonly fact: TunnelFact;
  readonly tunnel: TunnelMemory;
  /** This pass knows its status. */
  readonly isKnown: boolean;
  readonly line: string;
  readonly changeCount: number;
}

function sideOf(fact: TunnelFact, { connection, tunnels, now }: Judged): Side {
  const id = tunnelId(connection.connectionId, fact.outsideIp);
  const tunnel = tunnels.get(id);
  if (tunnel === undefined) throw new Error(`judging a tunnel that is not followed: ${id}`);
  const isKnown = statusOf(fact, connection) !== null;
  const said = isKnown
    ? `${fact.words || 'no words'}, since ${minute(tunnel.since)}${ageText(now - tunnel.since)}`
    : `reports nothing${fact.words === '' ? '' : ` we know (${fact.words})`}; last known: ${tunnel.status ?? 'nothing'}`;
  return {
    fact,
    tunnel,
    isKnown,
    line: `tunnel ${fact.outsideIp}: ${said}`,
    changeCount: changeCountOf(tunnel, now),
  };
}

/** A change that this pass is the first to see has no age yet. */
const ageText = (ms: number): string => (ms < 1_000 ? '' : ` (${describeMs(ms)})`);

/** Metrics and telemetry show the same changes, each some that the other misses: the larger count, not the sum. */
function changeCountOf({ changeAts, traffic }: TunnelMemory, now: Instant): number {
  const isRecent = (at: Instant) => now - at < POLICY.flapWindowMs;
  return Math.max(
    changeAts.filter(isRecent).length,
    (traffic?.flipAts ?? []).filter(isRecent).length,
  );
}

const isFlapping = ({ changeCount }: Side): boolean => changeCount >= POLICY.flapCount;

function tunnelDown(
  side: Side,
  { connection, site, health, logs, downSince, now }: Judged,
): readonly Finding[] {
  const { fact, tunnel, line } = side;
  const { status, since } = tunnel;
  if (status === null || status === 'up' || status === 'no-routes') return [];
  if (isFlapping(side) && now - since <= POLICY.flapDownMs && downSince === null) return [];
  const subject = tunnelSubject(connection, fact.outsideIp, site);
  const others = connection.tunnels.filter(({ outsideIp }) => outsideIp !== fact.outsideIp);
  const evidence = [
    line,
    ...others.map(
      ({ outsideIp, words }) => `the other, ${outsideIp}: ${words || 'reports nothing'}`,
    ),
    ...healthLines(connection, health),
    ...logLines(connection, logs),
  ];
  if (status === 'bgp-down') {
    return [
      {
        reason: 'BgpDown',
        subject,
        severity: 'warning',
        summary: `BGP is down on one tunnel of ${connection.name}, though its IPsec is up: it carries nothing, and there is no redundancy.`,
        evidence,
        since,
        hint: CONNECTION_FINDINGS.BgpDown.hint,
      },
    ];
  }
  return [
    {
      reason: 'TunnelDown',
      subject,
      severity: 'warning',
      summary: `A tunnel of ${connection.name} is down: there is no redundancy.`,
      evidence,
      since,
      hint: fact.options?.startsIke
        ? 'See whether the customer device answers IKE from this outside address.'
        : 'AWS waits for the customer device to start IKE for this tunnel: see what its log says.',
    },
  ];
}

function flapping(side: Side, { connection, site, now }: Judged): readonly Finding[] {
  const { fact, tunnel, changeCount, line } = side;
  if (!isFlapping(side)) return [];
  const ats = [...tunnel.changeAts, ...(tunnel.traffic?.flipAts ?? [])];
  return [
    {
      reason: 'TunnelFlapping',
      subject: tunnelSubject(connection, fact.outsideIp, site),
      severity: 'warning',
      summary: `A tunnel of ${connection.name} changed ${changeCount} times within an hour. Each change drops traffic; short ones are missed, so there may be more.`,
      evidence: [
        `${tunnel.changeAts.length} changes of AWS's "last status change", ${tunnel.traffic?.flipAts.length ?? 0} in the TunnelState metric`,
        line,
      ],
      since: Math.min(now, ...ats),
      hint: CONNECTION_FINDINGS.TunnelFlapping.hint,
    },
  ];
}

function noRoutes(side: Side, { connection, site }: Judged): readonly Finding[] {
  const { fact, tunnel, line } = side;
  if (tunnel.status !== 'no-routes') return [];
  return [
    {
      reason: 'NoRoutesAccepted',
      subject: tunnelSubject(connection, fact.outsideIp, site),
      severity: 'warning',
      summary: `BGP is up on a tunnel of ${connection.name}, but AWS accepts no route from it: nothing is sent into it.`,
      evidence: [line, '0 routes accepted'],
      since: tunnel.since,
      hint: CONNECTION_FINDINGS.NoRoutesAccepted.hint,
    },
  ];
}

function unknownFor(side: Side, { connection, site, now }: Judged): readonly Finding[] {
  const { unknownSince } = side.tunnel;
  if (unknownSince === null || now - unknownSince < POLICY.unknownMs) return [];
  return [
    {
      reason: 'TunnelUnknown',
      subject: tunnelSubject(connection, side.fact.outsideIp, site),
      severity: 'warning',
      summary: `Nothing is known of a tunnel of ${connection.name} for ${describeMs(now - unknownSince)}: AWS does not say whether it is up. That is not "down".`,
      evidence: [side.line],
      since: unknownSince,
      hint: `Look: ${lookCommand(connection.connectionId)}`,
    },
  ];
}

function nothingNotified({ connection, site, sinces, now }: Judged): readonly Finding[] {
  const subject = connectionSubject(connection, site);
  const since = sinces.since('TunnelUnknown', subject.id, now);
  if (now - since < POLICY.unknownMs) return [];
  return [
    {
      reason: 'TunnelUnknown',
      subject,
      severity: 'warning',
      summary: `AWS reports no tunnel of ${connection.name} for ${describeMs(now - since)}. That is not "down".`,
      evidence: ['the connection is available; its telemetry is empty'],
      since,
      hint: `Look: ${lookCommand(connection.connectionId)}`,
    },
  ];
}

/** With another finding of the connection the AWS Health event is its evidence; alone it is information. */
function replaced(sides: readonly Side[], judged: Judged): readonly Finding[] {
  const { connection, site, health } = judged;
  const isWrong = sides.some((side) => side.tunnel.status !== 'up' || isFlapping(side));
  const note = health.findLast((one) => one.connectionIds.includes(connection.connectionId));
  if (isWrong || note === undefined) return [];
  return [
    {
      reason: 'TunnelReplaced',
      subject: connectionSubject(connection, site),
      severity: 'info',
      summary: `AWS replaced a tunnel endpoint of ${connection.name}; both tunnels are up.`,
      evidence: healthLines(connection, health),
      since: note.at,
      hint: CONNECTION_FINDINGS.TunnelReplaced.hint,
    },
  ];
}
