/** VPN appliances: instances with one interface, an Elastic IP address and a security group, as EC2 describes them. */
import type { Lists, Place } from './account.ts';
import type { Item } from './ids.ts';
import { daysBefore, idOf, shareOf, type Tags, tagItems, tagList } from './ids.ts';

export interface MadeAppliance {
  readonly name: string;
  readonly subnet: string;
  readonly privateIp: string;
  readonly publicIp: string;
  readonly type: string;
  readonly profile: string;
  readonly tags: Tags;
  /** That its security group opens. */
  readonly ports: readonly (readonly ['udp' | 'tcp', number])[];
}

interface VpcPlace extends Place {
  readonly VpcId: string;
  /** By subnet's name. */
  readonly zones: ReadonlyMap<string, string>;
}

export const applianceLists = (place: VpcPlace, all: readonly MadeAppliance[]): Lists => ({
  DescribeInstances: all.map((one) => instanceOf(place, one)),
  DescribeNetworkInterfaces: all.map((one) => interfaceOf(place, one)),
  DescribeInstanceStatus: all.map(({ name, subnet }) => ({
    InstanceId: idOf('i', name),
    AvailabilityZone: place.zones.get(subnet),
    InstanceState: RUNNING,
    SystemStatus: PASSED,
    InstanceStatus: PASSED,
    AttachedEbsStatus: PASSED,
    Events: [],
  })),
  DescribeSecurityGroups: all.map((one) => groupOf(place, one)),
  DescribeTags: all.flatMap(({ name, tags }) =>
    tagItems(idOf('i', name), 'instance', { Name: name, ...tags }),
  ),
});

const RUNNING = { Code: 16, Name: 'running' };
const PASSED = { Status: 'ok', Details: [{ Name: 'reachability', Status: 'passed' }] };

function instanceOf(place: VpcPlace, made: MadeAppliance): Item {
  const { account, at, VpcId, zones } = place;
  const { name, subnet, privateIp, publicIp, type, profile, tags } = made;
  return {
    InstanceId: idOf('i', name),
    ImageId: idOf('ami', profile),
    InstanceType: type,
    LaunchTime: daysBefore(at, 90 + shareOf(name) * 200),
    Placement: { AvailabilityZone: zones.get(subnet), Tenancy: 'default' },
    PrivateIpAddress: privateIp,
    PublicIpAddress: publicIp,
    State: RUNNING,
    SubnetId: idOf('subnet', subnet),
    VpcId,
    Architecture: 'arm64',
    IamInstanceProfile: {
      Arn: `arn:aws:iam::${account}:instance-profile/${profile}`,
      Id: `AIPA${idOf('', profile).slice(3).toUpperCase()}`,
    },
    NetworkInterfaces: [interfaceOf(place, made)],
    SecurityGroups: [{ GroupId: idOf('sg', name), GroupName: `${name}-vpn` }],
    SourceDestCheck: false,
    MetadataOptions: { State: 'applied', HttpTokens: 'required', HttpEndpoint: 'enabled' },
    Tags: tagList({ Name: name, ...tags }),
  };
}

function interfaceOf({ account, at, VpcId, zones }: VpcPlace, made: MadeAppliance): Item {
  const { name, subnet, privateIp, publicIp } = made;
  const address = { PublicIp: publicIp, IpOwnerId: account, AllocationId: idOf('eipalloc', name) };
  return {
    NetworkInterfaceId: idOf('eni', name),
    AvailabilityZone: zones.get(subnet),
    Description: `${name} outside`,
    OwnerId: account,
    SubnetId: idOf('subnet', subnet),
    VpcId,
    Status: 'in-use',
    InterfaceType: 'interface',
    SourceDestCheck: false,
    PrivateIpAddress: privateIp,
    PrivateIpAddresses: [{ PrivateIpAddress: privateIp, Primary: true, Association: address }],
    Association: address,
    Groups: [{ GroupId: idOf('sg', name), GroupName: `${name}-vpn` }],
    Attachment: {
      AttachmentId: idOf('eni-attach', name),
      InstanceId: idOf('i', name),
      DeviceIndex: 0,
      Status: 'attached',
      AttachTime: daysBefore(at, 90 + shareOf(name) * 200),
      DeleteOnTermination: true,
    },
    TagSet: [],
    Ipv6Addresses: [],
  };
}

const groupOf = ({ account, VpcId }: VpcPlace, { name, ports }: MadeAppliance): Item => ({
  GroupId: idOf('sg', name),
  GroupName: `${name}-vpn`,
  Description: `VPN service of ${name}`,
  OwnerId: account,
  VpcId,
  IpPermissions: ports.map(([IpProtocol, port]) => ({
    IpProtocol,
    FromPort: port,
    ToPort: port,
    IpRanges: [{ CidrIp: '0.0.0.0/0' }],
  })),
  IpPermissionsEgress: [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] }],
  Tags: [],
});
