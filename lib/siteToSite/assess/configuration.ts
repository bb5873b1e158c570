/** Findings on configuration: crypto, logs, limits, maintenance, single points of failure. Pure. */

import type { Finding } from '../../core/finding.ts';
import { CONNECTION_FINDINGS } from '../../core/findings/siteToSite.ts';
import { QUIET_TAG, quietFaultText } from '../../core/quiet.ts';
import { TAG } from '../../core/tags.ts';
import { counted } from '../../core/text.ts';
import type { Instant } from '../../core/time.ts';
import {
  type CustomerGatewayFact,
  isAbsent,
  isUnattached,
  MAINTENANCE_TAG,
  TUNNELS_TAG,
  type TunnelOptionsFact,
  tunnelId,
} from '../types/connection.ts';
import { CONNECTION_POLICY as POLICY } from '../types/policy.ts';
import { deviceOf, type Site } from './sites.ts';
import { connectionSubject, minute, type Sinces, siteSubject, tunnelSubject } from './subjects.ts';
import type { Judged } from './tunnelFindings.ts';
import { tunnelSettings } from './tunnelSettings.ts';

export function settingFindings(judged: Judged): readonly Finding[] {
  return [
    ...weakCrypto(judged),
    ...logsOff(judged),
    ...tunnelSettings(judged),
    ...routeLimit(judged),
    ...staticLimit(judged),
    ...maintenance(judged),
    ...unattached(judged),
    ...wrongTag(judged),
  ];
}

function wrongTag({ connection, site, sinces, now }: Judged): readonly Finding[] {
  const { name, quietFault, groupFault, tunnelsFault, maintenanceWindow } = connection;
  const subject = connectionSubject(connection, site);
  const faults: (readonly [string, string])[] = [
    ...(quietFault === null ? [] : [[QUIET_TAG, quietFaultText(name, quietFault)] as const]),
    ...(groupFault === null
      ? []
      : [
          [
            TAG.group,
            `The tag ${TAG.group} of ${name} cannot be read: ${groupFault}. It is no member of a group until then.`,
          ] as const,
        ]),
    ...(tunnelsFault === null
      ? []
      : [
          [
            TUNNELS_TAG,
            `The tag ${TUNNELS_TAG} of ${name} cannot be read: ${tunnelsFault}. Two tunnels are expected until then.`,
          ] as const,
        ]),
  ];
  if (maintenanceWindow?.ok === false) {
    const text = `The tag ${MAINTENANCE_TAG} of ${name} cannot be read: ${maintenanceWindow.why}. Until then no endpoint of it is replaced.`;
    faults.push([MAINTENANCE_TAG, text]);
  }
  if (isAbsent(connection)) sinces.cannotTell('TagInvalid', subject.id);
  return faults.map(([tag, summary]) => ({
    reason: 'TagInvalid',
    subject,
    severity: 'warning',
    summary,
    evidence: [],
    since: sinces.since('TagInvalid', subject.id, now),
    hint: `Mend the tag ${tag} on ${connection.connectionId}.`,
  }));
}

function weakCrypto({ connection, site, sinces, now }: Judged): readonly Finding[] {
  const lines = connection.tunnels.flatMap(({ outsideIp, options }) => {
    const weak = options === null ? [] : weaknessesOf(options);
    return weak.length === 0 ? [] : [`tunnel ${outsideIp} allows ${weak.join(', ')}`];
  });
  if (lines.length === 0) return [];
  const subject = connectionSubject(connection, site);
  return [
    {
      reason: 'WeakCrypto',
      subject,
      severity: 'info',
      summary: `${connection.name} still allows crypto that is out of date; the customer device may pick it.`,
      evidence: lines,
      since: sinces.since('WeakCrypto', subject.id, now),
      hint: CONNECTION_FINDINGS.WeakCrypto.hint,
    },
  ];
}

/** An empty list is AWS's default, which allows everything. */
function weaknessesOf({ ikeVersions, dhGroups, integrity }: TunnelOptionsFact): readonly string[] {
  return [
    ...(dhGroups.length === 0 || dhGroups.includes(2) ? [`DH group 2${byDefault(dhGroups)}`] : []),
    ...(integrity.length === 0 || integrity.includes('SHA1')
      ? [`SHA-1${byDefault(integrity)}`]
      : []),
    ...(ikeVersions.length > 0 && !ikeVersions.includes('ikev2') ? ['IKEv1 only'] : []),
  ];
}

const byDefault = (list: readonly unknown[]): string => (list.length === 0 ? ' (by default)' : '');

function logsOff({ connection, site, sinces, now }: Judged): readonly Finding[] {
  const without = connection.tunnels.flatMap(({ outsideIp, options }) => {
    if (options === null) return [];
    const off = [
      ...(options.isLogged ? [] : ['tunnel logs']),
      ...(options.isBgpLogged || connection.isStatic !== false ? [] : ['BGP logs']),
    ];
    return off.length === 0 ? [] : [{ outsideIp, off }];
  });
  if (without.length === 0) return [];
  const kinds = [...new Set(without.flatMap(({ off }) => off))];
  const subject = connectionSubject(connection, site);
  return [
    {
      reason: 'LogsOff',
      subject,
      severity: 'info',
      summary: `${connection.name} writes no ${kinds.join(' and no ')}: the next failure will leave no trace of ${kinds.length > 1 ? 'IKE and BGP' : kinds[0] === 'BGP logs' ? 'BGP' : 'IKE'}.`,
      evidence: without.map(({ outsideIp, off }) => `tunnel ${outsideIp}: ${off.join(', ')} off`),
      since: sinces.since('LogsOff', subject.id, now),
      hint: CONNECTION_FINDINGS.LogsOff.hint,
    },
  ];
}

/** Beyond the limit BGP is down and no route is accepted: only a tunnel that is up shows that they are fewer. */
function routeLimit({ connection, site, sinces, now }: Judged): readonly Finding[] {
  const most = POLICY.acceptedRoutesMax[connection.gateway.kind];
  return connection.tunnels.flatMap(({ outsideIp, status, acceptedRouteCount }) => {
    const subject = tunnelSubject(connection, outsideIp, site);
    if (status !== 'up' || acceptedRouteCount === null) {
      sinces.cannotTell('RouteLimitNear', subject.id);
      return [];
    }
    if (acceptedRouteCount < most * POLICY.routesNearShare) return [];
    return [
      {
        reason: 'RouteLimitNear' as const,
        subject,
        severity: 'warning' as const,
        summary: `A tunnel of ${connection.name} announces ${acceptedRouteCount} of at most ${most} routes: beyond that AWS ends the BGP session, and the tunnel carries nothing.`,
        evidence: [
          `${acceptedRouteCount} routes accepted, limit ${most} (${connection.gateway.kind} gateway), warned from ${most * POLICY.routesNearShare}`,
        ],
        since: sinces.since('RouteLimitNear', subject.id, now),
        hint: CONNECTION_FINDINGS.RouteLimitNear.hint,
      },
    ];
  });
}

/** A transit gateway has static routes of its own, and another limit. */
function staticLimit({ connection, site, sinces, now }: Judged): readonly Finding[] {
  const { name, gateway, staticCidrs } = connection;
  const most = POLICY.staticRoutesMax;
  const subject = connectionSubject(connection, site);
  if (isAbsent(connection)) sinces.cannotTell('RouteLimitNear', subject.id);
  if (gateway.kind !== 'virtual-private' || staticCidrs.length < most * POLICY.routesNearShare)
    return [];
  const isReached = staticCidrs.length >= most;
  return [
    {
      reason: 'RouteLimitNear',
      subject,
      severity: 'warning',
      summary: `${name} has ${staticCidrs.length} of at most ${most} static routes: ${isReached ? 'no further one can be added' : 'beyond that none can be added'}.`,
      evidence: [
        `${staticCidrs.length} static routes, limit ${most}, warned from ${most * POLICY.routesNearShare}`,
      ],
      since: sinces.since('RouteLimitNear', subject.id, now),
      hint: 'Summarise the static routes of the connection, or use BGP on a transit gateway.',
    },
  ];
}

function maintenance({ connection, site, tunnels }: Judged): readonly Finding[] {
  return connection.tunnels.flatMap(({ outsideIp }) => {
    const known = tunnels.get(tunnelId(connection.connectionId, outsideIp))?.maintenance ?? null;
    if (known === null || !known.isPending) return [];
    const by = known.autoAppliedAfter;
    const window =
      connection.maintenanceWindow?.ok === true ? connection.maintenanceWindow.value : null;
    const isOtherUp = connection.tunnels.some(
      (other) => other.outsideIp !== outsideIp && other.status === 'up',
    );
    return [
      {
        reason: 'TunnelMaintenancePending' as const,
        subject: tunnelSubject(connection, outsideIp, site),
        severity: 'warning' as const,
        summary: `AWS wants to replace the endpoint of a tunnel of ${connection.name}${by === null ? '' : `, and does so by itself after ${minute(by)}`}: the tunnel goes down for that.`,
        evidence: [
          `pending since ${minute(known.since)} or earlier`,
          `the other tunnel is ${isOtherUp ? 'up' : 'NOT up'}`,
        ],
        since: known.since,
        hint:
          window !== null
            ? `vpn-medic replaces it in the window ${window.text}, while the other tunnel is up with routes.`
            : isOtherUp
              ? `At a quiet hour: aws ec2 replace-vpn-tunnel --vpn-connection-id ${connection.connectionId} --vpn-tunnel-outside-ip-address ${outsideIp} --apply-pending-maintenance`
              : 'Bring the other tunnel up first: replacing this endpoint now would cut the connection.',
      },
    ];
  });
}

function unattached({ connection, site, sinces, now }: Judged): readonly Finding[] {
  if (!isUnattached(connection)) return [];
  const subject = connectionSubject(connection, site);
  return [
    {
      reason: 'ConnectionUnattached',
      subject,
      severity: 'info',
      summary: `${connection.name} is available, but no gateway has taken it up: nothing is routed through it.`,
      evidence: [
        `gateway ${connection.gateway.id || 'none'}, association ${connection.association ?? 'not said'}`,
      ],
      since: sinces.since('ConnectionUnattached', subject.id, now),
      hint: CONNECTION_FINDINGS.ConnectionUnattached.hint,
    },
  ];
}

/** All connections of a gateway end on one device: a single point of failure. */
export function sharedDevices(
  gateways: readonly CustomerGatewayFact[],
  sites: readonly Site[],
  sinces: Sinces,
  now: Instant,
): readonly Finding[] {
  const byId = new Map(gateways.map((one) => [one.customerGatewayId, one]));
  const ours = sites.flatMap((site) => site.connections);
  const shared = [...Map.groupBy(ours, ({ gateway }) => gateway.id)].flatMap(([id, members]) => {
    const devices = new Set(
      members.map((one) => deviceOf(one, byId.get(one.customerGatewayId ?? '') ?? null)),
    );
    const site = sites.find((one) => one.connections.some((known) => known === members[0]));
    const [device] = devices;
    if (id === '' || devices.size !== 1 || site === undefined || device === undefined) return [];
    return [{ id, members, device, site }];
  });
  return [...Map.groupBy(shared, ({ site }) => site)].map(([site, list]): Finding => {
    const subject = siteSubject(site);
    const ids = list.map(({ id }) => id).join(', ');
    return {
      reason: 'CustomerGatewayShared',
      subject,
      severity: 'info',
      summary: `Every connection of ${ids} ends on one customer device: when it fails, all are down.`,
      evidence: list.map(
        ({ id, members, device }) =>
          `${id}: ${counted(members.length, 'connection')}, all on ${device} (${members.map(({ connectionId }) => connectionId).join(', ')})`,
      ),
      since: sinces.since('CustomerGatewayShared', subject.id, now),
      hint: CONNECTION_FINDINGS.CustomerGatewayShared.hint,
    };
  });
}
