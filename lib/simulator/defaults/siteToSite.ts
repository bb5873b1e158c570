/** The Site-to-Site connections of a rehearsal: a headquarters with two customer gateways and a branch with one. */

import type { Instant } from '../../core/time.ts';
import type {
  ConnectionFact,
  CustomerGatewayFact,
  TunnelFact,
} from '../../siteToSite/types/connection.ts';
import type { VpnNetwork } from '../siteToSite.ts';

export const defaultVpn = (takenAt: Instant): VpnNetwork => ({
  connections: [
    aConnection(1, 'hq-north', 'hq', takenAt),
    aConnection(2, 'hq-south', 'hq', takenAt),
    aConnection(3, 'branch', null, takenAt),
  ],
  customerGateways: [1, 2, 3].map(aGateway),
});

export const aConnection = (
  number: number,
  name: string,
  site: string | null,
  takenAt: Instant,
): ConnectionFact => ({
  connectionId: `vpn-${hex(number)}`,
  name,
  state: 'available',
  stateWord: 'available',
  customerGatewayId: `cgw-${hex(number)}`,
  gateway: { kind: 'virtual-private', id: `vgw-${hex(1)}` },
  association: 'associated',
  isStatic: false,
  isAccelerated: false,
  transport: 'public',
  bandwidth: 'standard',
  tunnels: [1, 2].map((side) => aTunnel(`203.0.113.${10 * number + side}`, takenAt)),
  site,
  group: null,
  groupFault: null,
  ignored: null,
  staticRouteCount: 0,
  staticCidrs: [],
  usesOneTunnel: false,
  tunnelsFault: null,
  quiet: null,
  quietFault: null,
});

const aTunnel = (outsideIp: string, takenAt: Instant): TunnelFact => ({
  outsideIp,
  status: 'up',
  words: 'UP, 3 BGP ROUTES',
  acceptedRouteCount: 3,
  changedAt: takenAt,
  options: {
    ikeVersions: ['ikev2'],
    dhGroups: [20],
    integrity: ['SHA2-256'],
    dpdAction: 'restart',
    startsIke: false,
    isLogged: true,
    isBgpLogged: true,
    logGroups: [],
    hasLifecycleControl: false,
  },
});

export const aGateway = (number: number): CustomerGatewayFact => ({
  customerGatewayId: `cgw-${hex(number)}`,
  name: `device-${number}`,
  ip: `198.51.100.${number}`,
  deviceName: null,
  asn: `${65_000 + number}`,
  site: null,
});

export const hex = (number: number): string => number.toString(16).padStart(17, '0');
