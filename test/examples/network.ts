/** VPCs with subnets, route tables and appliances, as EC2 describes them. */
import type { Lists, Place } from './account.ts';
import { applianceLists, type MadeAppliance } from './appliance.ts';
import type { Item } from './ids.ts';
import { idOf, type Tags, tagItems, tagList } from './ids.ts';

export interface MadeVpc {
  readonly name: string;
  readonly cidr: string;
  readonly subnets: readonly (readonly [name: string, cidr: string, zone: string])[];
  readonly tables: readonly MadeTable[];
  readonly appliances: readonly MadeAppliance[];
}

export interface MadeTable {
  readonly name: string;
  readonly subnets: readonly string[];
  readonly tags?: Tags;
  /** Destination to next hop: an appliance's name, or the id of a gateway. */
  readonly routes: Readonly<Record<string, string>>;
}

export function vpcLists(place: Place, vpc: MadeVpc): Lists {
  const { account, region } = place;
  const VpcId = idOf('vpc', vpc.name);
  const zones = new Map(vpc.subnets.map(([name, , zone]) => [name, `${region}${zone}`]));
  const names = vpc.tables.map(({ name, tags = {} }) => [name, { Name: name, ...tags }] as const);
  const appliances = applianceLists({ ...place, VpcId, zones }, vpc.appliances);
  return {
    ...appliances,
    DescribeVpcs: [
      {
        VpcId,
        OwnerId: account,
        CidrBlock: vpc.cidr,
        State: 'available',
        IsDefault: false,
        Tags: tagList({ Name: vpc.name }),
      },
    ],
    // As EC2 makes it with the VPC: it lets everything through.
    DescribeNetworkAcls: [
      {
        NetworkAclId: idOf('acl', vpc.name),
        VpcId,
        OwnerId: account,
        IsDefault: true,
        Associations: vpc.subnets.map(([name]) => ({
          NetworkAclAssociationId: idOf('aclassoc', name),
          NetworkAclId: idOf('acl', vpc.name),
          SubnetId: idOf('subnet', name),
        })),
        Entries: [true, false].flatMap((Egress) => [
          { CidrBlock: '0.0.0.0/0', Egress, Protocol: '-1', RuleAction: 'allow', RuleNumber: 100 },
          { CidrBlock: '0.0.0.0/0', Egress, Protocol: '-1', RuleAction: 'deny', RuleNumber: 32767 },
        ]),
        Tags: [],
      },
    ],
    DescribeSubnets: vpc.subnets.map(([name, CidrBlock]) => ({
      SubnetId: idOf('subnet', name),
      VpcId,
      OwnerId: account,
      CidrBlock,
      AvailabilityZone: zones.get(name),
      State: 'available',
      Tags: tagList({ Name: name }),
    })),
    DescribeRouteTables: vpc.tables.map((table) => tableOf(account, VpcId, vpc, table)),
    DescribeTags: [
      ...(appliances['DescribeTags'] ?? []),
      ...names.flatMap(([name, tags]) => tagItems(idOf('rtb', name), 'route-table', tags)),
    ],
  };
}

function tableOf(
  OwnerId: string,
  VpcId: string,
  { cidr, appliances }: MadeVpc,
  { name, subnets, tags = {}, routes }: MadeTable,
): Item {
  const RouteTableId = idOf('rtb', name);
  const hopOf = (hop: string): Item =>
    appliances.some((one) => one.name === hop)
      ? {
          InstanceId: idOf('i', hop),
          InstanceOwnerId: OwnerId,
          NetworkInterfaceId: idOf('eni', hop),
        }
      : { [GATEWAYS[hop.split('-')[0] ?? ''] ?? 'GatewayId']: hop };
  const local = { DestinationCidrBlock: cidr, GatewayId: 'local', Origin: 'CreateRouteTable' };
  const created = Object.entries(routes).map(([DestinationCidrBlock, hop]) => ({
    DestinationCidrBlock,
    ...hopOf(hop),
    Origin: 'CreateRoute',
  }));
  return {
    RouteTableId,
    VpcId,
    OwnerId,
    Tags: tagList({ Name: name, ...tags }),
    PropagatingVgws: [],
    Associations: subnets.map((subnet) => ({
      Main: false,
      RouteTableAssociationId: idOf('rtbassoc', subnet),
      RouteTableId,
      SubnetId: idOf('subnet', subnet),
      AssociationState: { State: 'associated' },
    })),
    Routes: [local, ...created].map((route) => ({ ...route, State: 'active' })),
  };
}

const GATEWAYS: Readonly<Record<string, string>> = { tgw: 'TransitGatewayId', nat: 'NatGatewayId' };
