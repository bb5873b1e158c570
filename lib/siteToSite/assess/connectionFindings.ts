/** Findings on a whole connection: down, never up, down for weeks, one tunnel in use. Pure. */

import type { Finding } from '../../core/finding.ts';
import { SHARED_FINDINGS } from '../../core/findings/shared.ts';
import { CONNECTION_FINDINGS } from '../../core/findings/siteToSite.ts';
import { describeMs, type Instant } from '../../core/time.ts';
import type { ConnectionStatus, TunnelMemory } from '../state.ts';
import type { ConnectionFact, HealthNote } from '../types/connection.ts';
import { CONNECTION_POLICY as POLICY } from '../types/policy.ts';
import { type LogReadings, logLines } from './logs.ts';
import type { Site } from './sites.ts';
import { connectionSubject, healthLines, lookCommand, minute, type Sinces } from './subjects.ts';

/** What these findings need of one connection. */
interface Judged {
  readonly connection: ConnectionFact;
  readonly site: Site | null;
  readonly status: ConnectionStatus;
  readonly health: readonly HealthNote[];
  readonly logs: LogReadings;
  readonly sinces: Sinces;
  readonly now: Instant;
}

/** What these findings need of one tunnel. */
interface Side {
  readonly tunnel: TunnelMemory;
  readonly line: string;
}

/** One reason however no tunnel carries traffic: an outage that changes its nature is one incident. */
export function connectionDown(
  sides: readonly Side[],
  since: Instant,
  { connection, site, status: { firstSeenAt }, health, logs }: Judged,
): Finding {
  const areAll = (status: TunnelMemory['status']) =>
    sides.length > 0 && sides.every(({ tunnel }) => tunnel.status === status);
  const [summary, hint] = areAll('bgp-down')
    ? [
        `BGP is down on both tunnels of ${connection.name}, though IPsec is up: no route is learnt, nothing passes.`,
        'On the customer device, look at the BGP session (neighbour addresses, ASN, hold timer, TCP 179 inside the tunnel).',
      ]
    : areAll('no-routes')
      ? [
          `Both tunnels of ${connection.name} are up, but AWS accepts no route from either: AWS knows no way to the site, nothing passes.`,
          'On the customer device, check what it announces to both neighbours, and its export filters.',
        ]
      : [
          sides.some(({ tunnel }) => tunnel.status === 'no-routes')
            ? `${connection.name} carries nothing: AWS accepts no route from the tunnel that is up, and the other is down.`
            : `Both tunnels of ${connection.name} are down: nothing passes.`,
          `See whether the customer device and its line are up; ${startText(connection)}. Look: ${lookCommand(connection.connectionId)}`,
        ];
  return {
    reason: 'ConnectionDown',
    subject: connectionSubject(connection, site),
    severity: 'critical',
    summary,
    evidence: [
      ...sides.map(({ line }) => line),
      ...(connection.state === 'available'
        ? []
        : [`AWS calls the connection ${connection.stateWord}`]),
      ...(since > firstSeenAt
        ? []
        : [
            `down when it was first seen, at ${minute(firstSeenAt)}: whether it was ever up is not known`,
          ]),
      ...healthLines(connection, health),
      ...logLines(connection, logs),
    ],
    since,
    hint,
  };
}

/** After an outage, and after AWS has replaced an endpoint, a tunnel is down until one side starts IKE. */
function startText({ tunnels }: ConnectionFact): string {
  const starts = tunnels.map(({ options }) => options?.startsIke ?? null);
  if (starts.every((one) => one === true)) return 'AWS starts IKE, and the device has to answer it';
  return starts.every((one) => one === false)
    ? 'AWS waits for the device to start IKE'
    : 'on default options it must start IKE itself';
}

/** Of the connection, as an outage of it would be: neither ends while the other is found. */
export const noRoutesKnown = (
  sides: readonly Side[],
  { connection, site, sinces, now }: Judged,
): Finding => {
  const subject = connectionSubject(connection, site);
  return {
    reason: 'NoRoutesAccepted',
    subject,
    severity: 'warning',
    summary: `AWS accepts no BGP route over ${connection.name}, and has not since it is watched: it carries traffic only where static routes lead to it, which cannot be read from here.`,
    evidence: [...sides.map(({ line }) => line), `gateway ${connection.gateway.id || 'not named'}`],
    since: sinces.since('NoRoutesAccepted', subject.id, now),
    hint: 'If static routes lead to it, nothing needs to be done. Otherwise check what the customer device announces, and its export filters.',
  };
};

/** It has carried nothing since it was made: its customer device is not configured yet. */
export function notYetUp(
  sides: readonly Side[],
  since: Instant,
  { connection, site, status, now }: Judged,
): readonly Finding[] {
  const subject = connectionSubject(connection, site);
  const { pendingSince } = status;
  const isStuck = pendingSince !== null && now - pendingSince >= POLICY.pendingMs;
  const evidence = sides.map(({ line }) => line);
  return [
    isStuck
      ? {
          reason: 'ConnectionPending',
          subject,
          severity: 'warning',
          summary: `${connection.name} has been pending for ${describeMs(now - pendingSince)}: connections become available within minutes.`,
          evidence,
          since: pendingSince,
          hint: CONNECTION_FINDINGS.ConnectionPending.hint,
        }
      : {
          reason: 'NotYetUp',
          subject,
          severity: 'info',
          summary: `${connection.name} has never been up since it was made.`,
          evidence,
          since,
          hint: SHARED_FINDINGS.NotYetUp.hint,
        },
  ];
}

export const longDown = (
  sides: readonly Side[],
  since: Instant,
  { connection, site, now }: Judged,
): Finding => ({
  reason: 'LongDown',
  subject: connectionSubject(connection, site),
  severity: 'warning',
  summary: `${connection.name} has been down for ${describeMs(now - since)}: no tunnel is up. It is billed by the hour all the same (about 36 USD a month).`,
  evidence: sides.map(({ line }) => line),
  since,
  hint: SHARED_FINDINGS.LongDown.hint,
});

/** Of the connection, not of a tunnel: which of the two is in use may change. */
export function singleTunnelUsed(
  sides: readonly Side[],
  { connection, site, status, sinces }: Judged,
): readonly Finding[] {
  const subject = connectionSubject(connection, site);
  return [
    {
      reason: 'SingleTunnelUsed',
      subject,
      severity: 'warning',
      summary: `${connection.name} uses one tunnel of two. When AWS replaces its endpoint, the connection goes down with it.`,
      evidence: sides.map(({ line }) => line),
      since: sinces.since('SingleTunnelUsed', subject.id, status.firstSeenAt),
      hint: CONNECTION_FINDINGS.SingleTunnelUsed.hint,
    },
  ];
}
