/** Findings on sites: all connections down, or one tunnel left. Pure. */

import type { Finding } from '../../core/finding.ts';
import { SHARED_FINDINGS } from '../../core/findings/shared.ts';
import { CONNECTION_FINDINGS } from '../../core/findings/siteToSite.ts';
import { describeMs, type Instant } from '../../core/time.ts';
import type { TunnelMemory } from '../state.ts';
import { tunnelId } from '../types/connection.ts';
import { CONNECTION_POLICY as POLICY } from '../types/policy.ts';
import type { Site } from './sites.ts';
import { healthLines, minute, type Sinces, siteSubject } from './subjects.ts';
import type { Judged } from './tunnelFindings.ts';
import type { Followed } from './tunnels.ts';

/** A site with one connection has no finding beside those of the connection. */
export function siteFindings(
  sites: readonly Site[],
  { tunnels, downSince, connections: statuses }: Followed,
  health: Judged['health'],
  sinces: Sinces,
  now: Instant,
): readonly Finding[] {
  return sites
    .filter((site) => site.connections.length > 1 || isSiteDown(site.id, sinces))
    .flatMap((site) => {
      const downs = site.connections.flatMap(
        ({ connectionId }) => downSince.get(connectionId) ?? [],
      );
      // One that has never been up, or not for weeks, is no loss of today; without it no site is lost.
      const isLoss = site.connections.some(({ connectionId }) => {
        const since = downSince.get(connectionId);
        const isNeverUp = statuses.get(connectionId)?.isNeverUp === true;
        return since !== undefined && !isNeverUp && now - since <= POLICY.longDownMs;
      });
      const areAllDown = downs.length === site.connections.length;
      const since = Math.max(...downs);
      // What was called down is not well because it is down for long, or because a connection was deleted.
      const isDown = areAllDown && (isLoss || isSiteDown(site.id, sinces));
      return [
        ...(isDown ? [siteDown(site, since, isLoss, { health, sinces, now })] : []),
        ...redundancyLost(site, isDown, tunnels, sinces, now),
      ];
    });
}

const isSiteDown = (siteId: string, sinces: Sinces): boolean => sinces.wasFound('SiteDown', siteId);

/** `isLoss`: of today; otherwise for so long that it is `LongDown`, which continues the incident. */
function siteDown(
  site: Site,
  since: Instant,
  isLoss: boolean,
  { health, sinces, now }: Pick<Judged, 'health' | 'sinces' | 'now'>,
): Finding {
  const subject = siteSubject(site);
  sinces.since('SiteDown', subject.id, since);
  return {
    ...(isLoss
      ? {
          reason: 'SiteDown',
          severity: 'critical',
          summary: `Site ${site.name} lost its last way in: ${site.connections.length === 1 ? 'the one connection that is left is' : `all ${site.connections.length} of its connections are`} down.`,
          hint: CONNECTION_FINDINGS.SiteDown.hint,
        }
      : {
          reason: 'LongDown',
          severity: 'warning',
          summary: `Site ${site.name} has been down for ${describeMs(now - since)}: none of its ${site.connections.length} connections is up.`,
          hint: SHARED_FINDINGS.LongDown.hint,
        }),
    subject,
    evidence: site.connections.flatMap((connection) => [
      `${connection.name} (${connection.connectionId}): ${connection.tunnels.map(({ words }) => words || 'reports nothing').join('; ')}`,
      ...healthLines(connection, health),
    ]),
    since,
  };
}

/**
 * One tunnel is known to be up, and all others are known not to be: one more failure and the site is gone. When it is
 * gone, its redundancy has not come back: the finding stays open beside that of the site.
 */
function redundancyLost(
  site: Site,
  isDown: boolean,
  tunnels: ReadonlyMap<string, TunnelMemory>,
  sinces: Sinces,
  now: Instant,
): readonly Finding[] {
  const all = site.connections.flatMap((connection) =>
    connection.tunnels.map(({ outsideIp }) => {
      const tunnel = tunnels.get(tunnelId(connection.connectionId, outsideIp));
      return { name: connection.name, outsideIp, tunnel };
    }),
  );
  const ups = all.filter(({ tunnel }) => tunnel?.status === 'up' && tunnel.unknownSince === null);
  const downs = all.filter(
    ({ tunnel }) => tunnel !== undefined && tunnel.status !== 'up' && tunnel.status !== null,
  );
  const isLast = ups.length === 1 && ups.length + downs.length === all.length && all.length > 2;
  const subject = siteSubject(site);
  if (!isLast && !isDown) {
    if (ups.length < 2) sinces.cannotTell('RedundancyLost', subject.id);
    return [];
  }
  const lastAt = Math.max(...downs.map(({ tunnel }) => tunnel?.since ?? now));
  return [
    {
      reason: 'RedundancyLost',
      subject,
      severity: 'warning',
      summary: isDown
        ? `Site ${site.name} has none of ${all.length} tunnels left.`
        : `Site ${site.name} has one of ${all.length} tunnels left: one more failure cuts it off.`,
      evidence: all.map(
        ({ name, outsideIp, tunnel }) =>
          `${name} tunnel ${outsideIp}: ${tunnel?.status ?? 'unknown'}${tunnel === undefined ? '' : ` since ${minute(tunnel.since)}`}`,
      ),
      since: sinces.since('RedundancyLost', subject.id, Math.min(lastAt, now)),
      hint: CONNECTION_FINDINGS.RedundancyLost.hint,
    },
  ];
}
