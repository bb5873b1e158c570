/** Direct Connect connections, virtual interfaces and gateways, as the service describes them; keys are made at run time. */
import { randomBytes } from 'node:crypto';
import type { MadeAnswer, Place } from './account.ts';
import { type Series, steady } from './metrics.ts';

export interface MadeDirectConnect {
  readonly connectionId: string;
  readonly connectionName: string;
  readonly interfaces: readonly {
    readonly virtualInterfaceId: string;
    readonly name: string;
    readonly vlan: number;
    readonly asn: number;
    readonly peers: readonly [amazon: string, customer: string];
  }[];
  readonly gateway: { readonly id: string; readonly name: string; readonly asn: number };
  readonly transitGatewayId: string;
}

export function directConnectAnswers(
  { account, region }: Place,
  { connectionId, connectionName, interfaces, gateway, transitGatewayId }: MadeDirectConnect,
): readonly MadeAnswer[] {
  const directConnectGatewayId = gateway.id;
  const answer = (operation: string, output: MadeAnswer['output'], input = {}): MadeAnswer => ({
    service: 'direct-connect',
    operation,
    input,
    output,
  });
  const place = {
    ownerAccount: account,
    region,
    location: 'EqDC2',
    awsDeviceV2: 'EqDC2-123h49s71dabc',
    awsLogicalDeviceId: 'EqDC2-123h49s71dabc',
  };
  const virtualInterfaces = interfaces.map((one) => {
    const [amazonAddress, customerAddress] = one.peers;
    const authKey = randomBytes(12).toString('hex');
    const peer = { asn: one.asn, asnLong: one.asn, authKey, addressFamily: 'ipv4' };
    return {
      ...place,
      ...peer,
      virtualInterfaceId: one.virtualInterfaceId,
      virtualInterfaceName: one.name,
      virtualInterfaceType: 'transit',
      virtualInterfaceState: 'available',
      connectionId,
      vlan: one.vlan,
      amazonSideAsn: gateway.asn,
      amazonAddress,
      customerAddress,
      customerRouterConfig: `<logical_connection><bgp_auth_key>${authKey}</bgp_auth_key></logical_connection>`,
      mtu: 1_500,
      jumboFrameCapable: true,
      virtualGatewayId: '',
      directConnectGatewayId,
      routeFilterPrefixes: [],
      bgpPeers: [
        {
          ...peer,
          bgpPeerId: `dxpeer-${one.virtualInterfaceId.slice('dxvif-'.length)}`,
          amazonAddress,
          customerAddress,
          bgpPeerState: 'available',
          bgpStatus: 'up',
        },
      ],
      siteLinkEnabled: false,
      tags: [{ key: 'Name', value: one.name }],
    };
  });
  return [
    answer('DescribeConnections', {
      connections: [
        {
          ...place,
          connectionId,
          connectionName,
          connectionState: 'available',
          bandwidth: '1Gbps',
          vlan: 0,
          jumboFrameCapable: true,
          hasLogicalRedundancy: 'unknown',
          macSecCapable: false,
          macSecKeys: [],
          tags: [{ key: 'vpn-medic:watch', value: 'yes' }],
        },
      ],
    }),
    answer('DescribeVirtualInterfaces', { virtualInterfaces }),
    answer('DescribeDirectConnectGateways', {
      directConnectGateways: [
        {
          directConnectGatewayId,
          directConnectGatewayName: gateway.name,
          amazonSideAsn: gateway.asn,
          ownerAccount: account,
          directConnectGatewayState: 'available',
        },
      ],
    }),
    answer(
      'DescribeDirectConnectGatewayAttachments',
      {
        directConnectGatewayAttachments: interfaces.map(({ virtualInterfaceId }) => ({
          directConnectGatewayId,
          virtualInterfaceId,
          virtualInterfaceRegion: region,
          virtualInterfaceOwnerAccount: account,
          attachmentState: 'attached',
          attachmentType: 'TransitVirtualInterface',
        })),
      },
      { directConnectGatewayId },
    ),
    answer(
      'DescribeDirectConnectGatewayAssociations',
      {
        directConnectGatewayAssociations: [
          {
            directConnectGatewayId,
            directConnectGatewayOwnerAccount: account,
            associationId: '4c1f5b7e-2a9d-4d52-8a43-90c0e4b7f1d3',
            associationState: 'associated',
            associatedGateway: {
              id: transitGatewayId,
              type: 'transitGateway',
              ownerAccount: account,
              region,
            },
            allowedPrefixesToDirectConnectGateway: [{ cidr: '10.254.0.0/24' }],
          },
        ],
      },
      { directConnectGatewayId },
    ),
  ];
}

export const directConnectSeries = ({
  connectionId,
  interfaces,
}: MadeDirectConnect): readonly Series[] => {
  const dimensions = { ConnectionId: connectionId };
  const up = { namespace: 'AWS/DX', value: steady(1) };
  return [
    { ...up, metricName: 'ConnectionState', dimensions },
    ...interfaces.map(({ virtualInterfaceId }) => ({
      ...up,
      metricName: 'VirtualInterfaceBgpStatus',
      dimensions: { VirtualInterfaceId: virtualInterfaceId, ...dimensions },
    })),
  ];
};
