/** Site-to-Site connections with their customer gateways, as EC2 describes them, and what CloudWatch counts of their tunnels. */
import type { Lists, Place } from './account.ts';
import { daysBefore, idOf, shareOf, type Tags, tagItems, tagList } from './ids.ts';
import { businessHours, type Series, steady } from './metrics.ts';

export interface MadeConnection {
  readonly name: string;
  /** The device that it ends at. */
  readonly device: { readonly name: string; readonly ip: string; readonly asn: number };
  readonly gateway: Readonly<Record<string, string>>;
  readonly outsideIps: readonly [string, string];
  /** Null: dynamic routing. */
  readonly staticRoutes: readonly string[] | null;
  readonly acceptedRoutes: number;
  readonly bytesAnHour: number;
  readonly tags?: Tags;
  readonly options?: Readonly<Record<string, unknown>>;
}

export const connectionLists = ({ at }: Place, all: readonly MadeConnection[]): Lists => ({
  DescribeVpnConnections: all.map((one) => ({
    VpnConnectionId: idOf('vpn', one.name),
    State: 'available',
    Type: 'ipsec.1',
    Category: 'VPN',
    CustomerGatewayId: idOf('cgw', one.device.name),
    GatewayAssociationState: 'associated',
    ...one.gateway,
    Routes: (one.staticRoutes ?? []).map((DestinationCidrBlock) => ({
      DestinationCidrBlock,
      Source: 'Static',
      State: 'available',
    })),
    Options: {
      EnableAcceleration: false,
      StaticRoutesOnly: one.staticRoutes !== null,
      LocalIpv4NetworkCidr: '0.0.0.0/0',
      RemoteIpv4NetworkCidr: '0.0.0.0/0',
      OutsideIpAddressType: 'PublicIpv4',
      TunnelInsideIpVersion: 'ipv4',
      TunnelOptions: one.outsideIps.map((OutsideIpAddress, index) => ({
        OutsideIpAddress,
        TunnelInsideCidr: `169.254.${Math.floor(shareOf(one.name) * 250)}.${8 * index}/30`,
        DpdTimeoutAction: 'restart',
        StartupAction: 'add',
        IkeVersions: [{ Value: 'ikev2' }],
        Phase1DHGroupNumbers: [{ Value: 20 }],
        Phase2DHGroupNumbers: [{ Value: 20 }],
        Phase1IntegrityAlgorithms: [{ Value: 'SHA2-384' }],
        Phase2IntegrityAlgorithms: [{ Value: 'SHA2-384' }],
        LogOptions: { CloudWatchLogOptions: { LogEnabled: true } },
        EnableTunnelLifecycleControl: false,
      })),
      ...one.options,
    },
    VgwTelemetry: one.outsideIps.map((OutsideIpAddress, index) => ({
      OutsideIpAddress,
      Status: 'UP',
      StatusMessage: one.staticRoutes === null ? `${one.acceptedRoutes} BGP ROUTES` : '',
      AcceptedRouteCount: one.acceptedRoutes,
      LastStatusChange: daysBefore(at, 3 + 40 * shareOf(`${one.name} ${index}`)),
    })),
    Tags: tagList({ Name: one.name, ...one.tags }),
  })),
  DescribeCustomerGateways: [
    ...new Map(all.map(({ device }) => [device.name, device])).values(),
  ].map(({ name, ip, asn }) => ({
    CustomerGatewayId: idOf('cgw', name),
    State: 'available',
    Type: 'ipsec.1',
    IpAddress: ip,
    BgpAsn: String(asn),
    DeviceName: name,
    Tags: tagList({ Name: name }),
  })),
  DescribeTags: all.flatMap(({ name, tags = {} }) =>
    tagItems(idOf('vpn', name), 'vpn-connection', { Name: name, ...tags }),
  ),
});

export const tunnelSeries = (all: readonly MadeConnection[]): readonly Series[] =>
  all.flatMap(({ name, outsideIps, bytesAnHour }) =>
    outsideIps.flatMap((TunnelIpAddress, index) => {
      const dimensions = { VpnId: idOf('vpn', name), TunnelIpAddress };
      const bytes = businessHours(`${name} ${index}`, bytesAnHour);
      return [
        { namespace: 'AWS/VPN', metricName: 'TunnelState', dimensions, value: steady(1) },
        { namespace: 'AWS/VPN', metricName: 'TunnelDataIn', dimensions, value: bytes },
        { namespace: 'AWS/VPN', metricName: 'TunnelDataOut', dimensions, value: bytes },
      ];
    }),
  );
