/** Traffic of a site that goes out by one tunnel and comes back by another. Pure. */
import type { Finding } from '../../core/finding.ts';
import { CONNECTION_FINDINGS } from '../../core/findings/siteToSite.ts';
import { tunnelId } from '../types/connection.ts';
import { CONNECTION_POLICY as POLICY } from '../types/policy.ts';
import type { GatewayScene } from './gatewayFindings.ts';
import type { Site } from './sites.ts';
import { bytesText, siteSubject } from './subjects.ts';
import { isQuiet, lastPeriods, type Period, sum } from './tunnelPeriods.ts';

export const asymmetricSites = (scene: GatewayScene): readonly Finding[] =>
  scene.sites.flatMap((site) => asymmetricSite(site, scene));

function asymmetricSite(
  site: Site,
  { tunnels, sinces, now }: Pick<GatewayScene, 'tunnels' | 'sinces' | 'now'>,
): readonly Finding[] {
  const subject = siteSubject(site);
  const lanes = site.connections.flatMap(({ connectionId, name, tunnels: own }) =>
    own.map(({ outsideIp }) => {
      const tunnel = tunnels.get(tunnelId(connectionId, outsideIp));
      const periods =
        tunnel?.status === 'up' && tunnel.unknownSince === null
          ? lastPeriods(tunnel, POLICY.oneWayPeriods)
          : null;
      return { name: `${name} tunnel ${outsideIp}`, periods };
    }),
  );
  const wayOf = (
    busy: (period: Period) => number,
    quiet: (period: Period) => number,
  ): readonly string[] =>
    lanes.flatMap(({ name, periods }) => {
      const isSo = periods?.every((one) => busy(one) >= POLICY.busyBytes && isQuiet(quiet(one)));
      return periods !== null && isSo === true ? [`${name}: ${bytesText(sum(periods, busy))}`] : [];
    });
  const outs = wayOf(outOf, intoOf);
  const ins = wayOf(intoOf, outOf);
  if (outs.length === 0 || ins.length === 0) {
    if (lanes.some(({ periods }) => periods === null)) {
      sinces.cannotTell('TrafficAsymmetric', subject.id);
    }
    return [];
  }
  return [
    {
      reason: 'TrafficAsymmetric',
      subject,
      severity: 'info',
      summary: `Traffic of site ${site.name} goes out by one tunnel and comes back by another: a firewall that keeps state drops it.`,
      evidence: [
        ...outs.map((text) => `out alone in 15 min: ${text}`),
        ...ins.map((text) => `in alone in 15 min: ${text}`),
      ],
      since: sinces.since('TrafficAsymmetric', subject.id, now),
      hint: CONNECTION_FINDINGS.TrafficAsymmetric.hint,
    },
  ];
}

const outOf = ({ bytesOut }: Period): number => bytesOut;
const intoOf = ({ bytesIn }: Period): number => bytesIn;
