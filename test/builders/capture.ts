/** A simulated account's facts as a capture: what EC2 answers of them, and one answer of each probe. */
import type { RouteFact } from '../../lib/appliances/types/inventory.ts';
import type { EndpointFact } from '../../lib/clientVpn/types/endpoint.ts';
import { toIso } from '../../lib/core/time.ts';
import type { VpnNetwork } from '../../lib/simulator/siteToSite.ts';
import type { Snapshot } from '../../lib/simulator/snapshot.ts';
import type { MadeRegion } from '../examples/account.ts';

export interface Captured {
  readonly snapshot: Snapshot;
  readonly vpn?: VpnNetwork;
  readonly endpoints?: readonly EndpointFact[];
  /** Answers of operations that replace those out of the facts; null: not recorded. */
  readonly over?: Readonly<Record<string, object | null>>;
  /** Public addresses that answer no probe. */
  readonly silent?: readonly string[];
  readonly hasProbes?: boolean;
}

/** The account as AWS would answer it to `vpn-medic capture`. */
export function regionOf(captured: Captured): MadeRegion {
  const { accountId: account, region, takenAt: at, prefixLists } = captured.snapshot;
  const answers = {
    ...applianceAnswers(captured.snapshot),
    ...managedAnswers(captured),
    DescribeClientVpnRoutes: { Routes: [] },
    DescribeClientVpnAuthorizationRules: { AuthorizationRules: [] },
  };
  return {
    account,
    region,
    at,
    file: '',
    lists: {},
    answers: [
      ...Object.entries(answers).map(([operation, output]) => ({
        operation,
        input: {},
        output: { ...output },
      })),
      ...prefixLists.map(({ prefixListId: PrefixListId, cidrs }) => ({
        operation: 'GetManagedPrefixListEntries',
        input: { PrefixListId },
        output: { Entries: cidrs.map((Cidr) => ({ Cidr })) },
      })),
    ],
    series: [],
    objects: [],
  };
}

/** The file's text. */
export function captureText(captured: Captured): string {
  const { snapshot } = captured;
  const { accountId: account, region, takenAt } = snapshot;
  const header = { vpnMedicCapture: 1, account, region, medicVersion: '2.0.0' };
  const at = toIso(takenAt);
  const answers = { ...applianceAnswers(snapshot), ...managedAnswers(captured), ...captured.over };
  const lines = Object.entries(answers).flatMap(([operation, output]) =>
    output === null ? [] : [{ at, service: 'ec2', operation, input: {}, output }],
  );
  const lists = snapshot.prefixLists.map(({ prefixListId, cidrs }) => ({
    at,
    service: 'ec2',
    operation: 'GetManagedPrefixListEntries',
    input: { PrefixListId: prefixListId },
    output: { Entries: cidrs.map((Cidr) => ({ Cidr })) },
  }));
  const probes = captured.hasProbes === false ? [] : probeLines(captured);
  return [header, ...lines, ...lists, ...probes].map((one) => `${JSON.stringify(one)}\n`).join('');
}

function applianceAnswers(snapshot: Snapshot) {
  const tagsOf = (id: string, name: string) => [
    ...(name === '' ? [] : [{ Key: 'Name', Value: name }]),
    ...snapshot.tags
      .filter(({ resourceId }) => resourceId === id)
      .map(({ key, value }) => ({ Key: key, Value: value })),
  ];
  return {
    DescribeTags: {
      Tags: snapshot.tags.map(({ resourceId, resourceType, key, value }) => ({
        ResourceId: resourceId,
        ResourceType: resourceType,
        Key: key,
        Value: value,
      })),
    },
    DescribeInstances: {
      Reservations: snapshot.instances.map((one) => ({
        OwnerId: one.accountId,
        Instances: [
          {
            InstanceId: one.instanceId,
            VpcId: one.vpcId,
            SubnetId: one.subnetId,
            Placement: { AvailabilityZone: one.zone },
            State: { Name: one.state },
            PrivateIpAddress: one.privateIp,
            PublicIpAddress: one.publicIp,
            ...(one.instanceProfile == null
              ? {}
              : { IamInstanceProfile: { Arn: one.instanceProfile } }),
            Tags: tagsOf(one.instanceId, one.name),
            NetworkInterfaces: snapshot.interfaces
              .filter(({ instanceId }) => instanceId === one.instanceId)
              .map(({ interfaceId, ipv6s }) => ({
                NetworkInterfaceId: interfaceId,
                Ipv6Addresses: ipv6s.map((Ipv6Address) => ({ Ipv6Address })),
              })),
          },
        ],
      })),
    },
    DescribeInstanceStatus: {
      InstanceStatuses: snapshot.statuses.map((one) => ({
        InstanceId: one.instanceId,
        AvailabilityZone: one.zone,
        InstanceState: { Name: one.state },
        SystemStatus: { Status: one.system },
        InstanceStatus: { Status: one.instance },
        AttachedEbsStatus: { Status: one.attachedEbs },
      })),
    },
    DescribeNetworkInterfaces: {
      NetworkInterfaces: snapshot.interfaces.map((one) => ({
        NetworkInterfaceId: one.interfaceId,
        VpcId: one.vpcId,
        SubnetId: one.subnetId,
        AvailabilityZone: one.zone,
        Status: one.status,
        SourceDestCheck: one.hasSourceDestCheck,
        PrivateIpAddress: one.privateIp,
        Ipv6Addresses: one.ipv6s.map((Ipv6Address) => ({ Ipv6Address })),
        ...(one.publicIp === null ? {} : { Association: { PublicIp: one.publicIp } }),
        ...(one.instanceId === null
          ? {}
          : {
              Attachment: {
                InstanceId: one.instanceId,
                Status: one.attachment,
                DeviceIndex: one.deviceIndex,
              },
            }),
      })),
    },
    DescribeSubnets: {
      Subnets: snapshot.subnets.map(({ subnetId, vpcId, zone, cidrs }) => ({
        SubnetId: subnetId,
        VpcId: vpcId,
        AvailabilityZone: zone,
        CidrBlock: cidrs.find((cidr) => !cidr.includes(':')),
        Ipv6CidrBlockAssociationSet: cidrs
          .filter((cidr) => cidr.includes(':'))
          .map((Ipv6CidrBlock) => ({
            Ipv6CidrBlock,
            Ipv6CidrBlockState: { State: 'associated' },
          })),
      })),
    },
    DescribeRouteTables: {
      RouteTables: snapshot.routeTables.map((table) => ({
        RouteTableId: table.tableId,
        VpcId: table.vpcId,
        OwnerId: table.accountId,
        Tags: tagsOf(table.tableId, table.name),
        Associations: [
          ...(table.isMain ? [{ Main: true, AssociationState: { State: 'associated' } }] : []),
          ...table.subnetIds.map((SubnetId) => ({
            SubnetId,
            AssociationState: { State: 'associated' },
          })),
        ],
        Routes: table.routes.map(routeOf),
      })),
    },
  };
}

const ORIGINS: Readonly<Record<RouteFact['origin'], string>> = {
  created: 'CreateRoute',
  table: 'CreateRouteTable',
  propagated: 'EnableVgwRoutePropagation',
  advertised: 'Advertisement',
  unknown: 'SomebodyNew',
};

function routeOf({ destination, interfaceId, otherTarget, origin, state }: RouteFact) {
  const key = destination.startsWith('pl-')
    ? 'DestinationPrefixListId'
    : destination.includes(':')
      ? 'DestinationIpv6CidrBlock'
      : 'DestinationCidrBlock';
  return {
    [key]: destination,
    State: state,
    Origin: ORIGINS[origin],
    ...(interfaceId === null ? { GatewayId: otherTarget } : { NetworkInterfaceId: interfaceId }),
  };
}

function managedAnswers({ snapshot, vpn, endpoints }: Captured): Readonly<Record<string, object>> {
  return {
    DescribeVpnConnections: {
      VpnConnections: (vpn?.connections ?? []).map((one) => ({
        VpnConnectionId: one.connectionId,
        State: one.stateWord,
        CustomerGatewayId: one.customerGatewayId,
        VpnGatewayId: one.gateway.id,
        Options: { StaticRoutesOnly: one.isStatic === true },
        Tags: [
          { Key: 'Name', Value: one.name },
          ...(one.site === null ? [] : [{ Key: 'vpn-medic:site', Value: one.site }]),
        ],
        VgwTelemetry: one.tunnels.map((tunnel) => ({
          OutsideIpAddress: tunnel.outsideIp,
          Status: tunnel.status?.toUpperCase(),
          StatusMessage: tunnel.words,
          AcceptedRouteCount: tunnel.acceptedRouteCount,
          LastStatusChange: tunnel.changedAt === null ? undefined : toIso(tunnel.changedAt),
        })),
      })),
    },
    DescribeCustomerGateways: {
      CustomerGateways: (vpn?.customerGateways ?? []).map((one) => ({
        CustomerGatewayId: one.customerGatewayId,
        IpAddress: one.ip,
        BgpAsn: one.asn,
        State: 'available',
        Tags: [{ Key: 'Name', Value: one.name }],
      })),
    },
    DescribeClientVpnEndpoints: {
      ClientVpnEndpoints: (endpoints ?? []).map((one) => ({
        ClientVpnEndpointId: one.endpointId,
        Status: { Code: one.state },
        DnsName: one.dnsName,
        TransportProtocol: one.transport,
        VpnPort: one.port,
        ClientCidrBlock: one.clientCidr,
        Tags: [{ Key: 'Name', Value: one.name }],
      })),
    },
    DescribeClientVpnTargetNetworks: {
      ClientVpnTargetNetworks: (endpoints ?? []).flatMap(({ endpointId }) =>
        snapshot.subnets.slice(0, 2).map(({ subnetId }) => ({
          AssociationId: `cvpn-assoc-${endpointId.slice(-4)}${subnetId.slice(-4)}`,
          ClientVpnEndpointId: endpointId,
          TargetNetworkId: subnetId,
          Status: { Code: 'associated' },
        })),
      ),
    },
    DescribeClientVpnConnections: { Connections: [] },
  };
}

function probeLines({ snapshot, endpoints = [], silent = [] }: Captured): readonly object[] {
  const at = toIso(snapshot.takenAt);
  const line = (operation: string, address: string, port: number) => ({
    at,
    service: 'probe',
    operation,
    input: { address, port, vantage: 'here' },
    output: silent.includes(address) ? { kind: 'down', why: 'no answer' } : { kind: 'up' },
  });
  return [
    ...snapshot.interfaces.flatMap(({ instanceId, publicIp }) => {
      if (publicIp === null) return [];
      const probe = snapshot.tags.find(
        ({ resourceId, key }) => resourceId === instanceId && key === 'vpn-medic:probe',
      );
      const [kind = '', port = ''] = (probe?.value ?? 'ike:500').split(':');
      return [line(kind, publicIp, Number(port))];
    }),
    ...endpoints.map(({ dnsName, transport, port }) =>
      line(transport === 'tcp' ? 'tls' : 'openvpn', dnsName.replace('*.', ''), port),
    ),
  ];
}
