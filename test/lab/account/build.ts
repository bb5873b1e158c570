/** Builds a lab account call by call over the AWS API, as a person would. */
import {
  CreateTableCommand,
  DeleteTableCommand,
  DynamoDBClient,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import {
  AssignIpv6AddressesCommand,
  AssignPrivateIpAddressesCommand,
  AssociateRouteTableCommand,
  CreateManagedPrefixListCommand,
  CreateRouteCommand,
  CreateRouteTableCommand,
  CreateSubnetCommand,
  CreateTagsCommand,
  CreateVpcCommand,
  DescribeInstancesCommand,
  EC2Client,
  ModifyNetworkInterfaceAttributeCommand,
  RunInstancesCommand,
} from '@aws-sdk/client-ec2';
import { CreateTopicCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import { clientSettings } from './clients.ts';
import {
  type AccountSpec,
  type ApplianceSpec,
  type GroupSpec,
  REGION,
  type TableSpec,
  type Zone,
} from './options.ts';

export interface Account {
  readonly groups: readonly Group[];
  readonly stateTable: string;
  readonly alertsTopicArn: string;
}

export interface Group {
  readonly name: string;
  /** By the wished name. */
  readonly appliances: ReadonlyMap<string, Appliance>;
  readonly tables: readonly Table[];
}

export interface Appliance {
  readonly name: string;
  readonly zone: string;
  readonly instanceId: string;
  readonly interfaceId: string;
}

export interface Table {
  readonly tableId: string;
  readonly zone: string;
  /** The one that it serves. */
  readonly subnetId: string;
  /** As EC2 shows them: a prefix list by its id. */
  readonly destinations: readonly string[];
}

/** `alertsUrl`: an HTTP listener that is subscribed to the topic of alerts. */
export async function buildAccount(
  url: string,
  candidate: AccountSpec,
  alertsUrl: string,
): Promise<Account> {
  const ec2 = new EC2Client(clientSettings(url));
  const vpc = await ec2.send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/16' }));
  const vpcId = given(vpc.Vpc?.VpcId);
  const subnets = numberedSubnets(ec2, vpcId);
  const groups: Group[] = [];
  for (const group of candidate.groups) groups.push(await buildGroup(ec2, vpcId, subnets, group));
  return { groups, ...(await buildSurroundings(url, alertsUrl)) };
}

async function buildGroup(
  ec2: EC2Client,
  vpcId: string,
  subnets: (zone: Zone) => Promise<string>,
  candidate: GroupSpec,
): Promise<Group> {
  const appliances = new Map<string, Appliance>();
  for (const one of candidate.appliances) {
    appliances.set(
      one.name,
      await buildAppliance(ec2, await subnets(one.zone), candidate.name, one),
    );
  }
  const tables: Table[] = [];
  for (const one of candidate.tables) {
    const towards = given(appliances.get(one.towards)).interfaceId;
    tables.push(
      await buildTable(ec2, vpcId, await subnets(one.zone), candidate.name, one, towards),
    );
  }
  return { name: candidate.name, appliances, tables };
}

/** Addresses differ within one run; the documentation range is never asked. */
let applianceCount = 0;

async function buildAppliance(
  ec2: EC2Client,
  subnetId: string,
  group: string,
  candidate: ApplianceSpec,
): Promise<Appliance> {
  const tags = {
    Name: candidate.name,
    'vpn-medic:group': group,
    'vpn-medic:probe': candidate.probe,
  };
  const { instanceId, interfaceId } = await launch(ec2, subnetId, {
    ...tags,
    ...candidate.extraTags,
  });
  await ec2.send(
    new ModifyNetworkInterfaceAttributeCommand({
      NetworkInterfaceId: interfaceId,
      SourceDestCheck: { Value: false },
    }),
  );
  // An IPv6 route moves only to an interface that has an IPv6 address.
  applianceCount += 1;
  await ec2.send(
    new AssignIpv6AddressesCommand({
      NetworkInterfaceId: interfaceId,
      Ipv6Addresses: [`2001:db8::${applianceCount.toString(16)}`],
    }),
  );
  // Nothing is proven by an address that EC2 does not show as its own.
  const own = candidate.ownAddresses ?? addressesIn(candidate.probe);
  const addresses = candidate.isForeign === true ? [] : [...own];
  if (addresses.length > 0) {
    await ec2.send(
      new AssignPrivateIpAddressesCommand({
        NetworkInterfaceId: interfaceId,
        PrivateIpAddresses: addresses,
      }),
    );
  }
  return { name: candidate.name, zone: `${REGION}${candidate.zone}`, instanceId, interfaceId };
}

async function launch(
  ec2: EC2Client,
  subnetId: string,
  tags: Readonly<Record<string, string>>,
): Promise<Pick<Appliance, 'instanceId' | 'interfaceId'>> {
  const started = await ec2.send(
    new RunInstancesCommand({
      ImageId: 'ami-0a1b2c3d4e5f60718',
      InstanceType: 't3.small',
      MinCount: 1,
      MaxCount: 1,
      SubnetId: subnetId,
      TagSpecifications: [{ ResourceType: 'instance', Tags: tagList(tags) }],
    }),
  );
  const instance = given(started.Instances?.[0]);
  return {
    instanceId: given(instance.InstanceId),
    interfaceId: given(instance.NetworkInterfaces?.[0]?.NetworkInterfaceId),
  };
}

/** One more, in the subnet of one that is there; whoever may launch and tag instances can do this. */
export async function launchBeside(
  url: string,
  { instanceId }: Pick<Appliance, 'instanceId'>,
  group: string,
  candidate: ApplianceSpec,
): Promise<Appliance> {
  const ec2 = new EC2Client(clientSettings(url));
  return buildAppliance(ec2, await subnetOf(ec2, instanceId), group, candidate);
}

/** No appliance, in the subnet of one; `destination`: a route of this table leads to it. */
export async function launchFirewall(
  url: string,
  beside: Pick<Appliance, 'instanceId'>,
  { tableId }: Pick<Table, 'tableId'>,
  destination: string,
): Promise<Pick<Appliance, 'instanceId' | 'interfaceId'>> {
  const ec2 = new EC2Client(clientSettings(url));
  const subnetId = await subnetOf(ec2, beside.instanceId);
  const firewall = await launch(ec2, subnetId, { Name: 'firewall' });
  await ec2.send(
    new CreateRouteCommand({
      RouteTableId: tableId,
      NetworkInterfaceId: firewall.interfaceId,
      DestinationCidrBlock: destination,
    }),
  );
  return firewall;
}

async function subnetOf(ec2: EC2Client, instanceId: string): Promise<string> {
  const there = await ec2.send(new DescribeInstancesCommand({ InstanceIds: [instanceId] }));
  return given(there.Reservations?.[0]?.Instances?.[0]?.SubnetId);
}

/** Writes an item of the state table over whatever is there. */
export async function putState(url: string, id: string, body: string): Promise<void> {
  const item = { id: { S: id }, version: { N: '1000' }, body: { S: body } };
  await new DynamoDBClient(clientSettings(url)).send(
    new PutItemCommand({ TableName: STATE_TABLE, Item: item }),
  );
}

/** The IPv4 addresses that a probe tag names. */
const addressesIn = (probe: string): string[] => [
  ...new Set(
    [...probe.matchAll(/:(\d+\.\d+\.\d+\.\d+):/g)].flatMap(([, address]) => address ?? []),
  ),
];

async function buildTable(
  ec2: EC2Client,
  vpcId: string,
  subnetId: string,
  group: string,
  candidate: TableSpec,
  interfaceId: string,
): Promise<Table> {
  const made = await ec2.send(new CreateRouteTableCommand({ VpcId: vpcId }));
  const tableId = given(made.RouteTable?.RouteTableId);
  await ec2.send(new AssociateRouteTableCommand({ RouteTableId: tableId, SubnetId: subnetId }));
  const tags = candidate.isTagged ? { 'vpn-medic:group': group } : {};
  const named = { Name: `rt-${group}-${candidate.zone}`, ...tags, ...candidate.extraTags };
  await ec2.send(new CreateTagsCommand({ Resources: [tableId], Tags: tagList(named) }));
  const destinations: string[] = [];
  for (const candidates of candidate.destinations) {
    const destination =
      candidates === 'prefix-list' ? await buildPrefixList(ec2, group) : candidates;
    const route = { RouteTableId: tableId, NetworkInterfaceId: interfaceId };
    await ec2.send(new CreateRouteCommand({ ...route, ...destinationOf(destination) }));
    destinations.push(destination);
  }
  return { tableId, zone: `${REGION}${candidate.zone}`, subnetId, destinations };
}

const destinationOf = (destination: string) =>
  destination.startsWith('pl-')
    ? { DestinationPrefixListId: destination }
    : destination.includes(':')
      ? { DestinationIpv6CidrBlock: destination }
      : { DestinationCidrBlock: destination };

async function buildPrefixList(ec2: EC2Client, group: string): Promise<string> {
  const made = await ec2.send(
    new CreateManagedPrefixListCommand({
      PrefixListName: `far-side-of-${group}`,
      AddressFamily: 'IPv4',
      MaxEntries: 5,
      Entries: [{ Cidr: '10.40.0.0/16' }, { Cidr: '10.41.0.0/16' }],
    }),
  );
  return given(made.PrefixList?.PrefixListId);
}

/** Each call makes the next /28 of the VPC: there are 4,096. */
function numberedSubnets(ec2: EC2Client, vpcId: string): (zone: Zone) => Promise<string> {
  let number = 0;
  return async (zone) => {
    const cidr = `10.0.${number >> 4}.${(number & 15) * 16}/28`;
    number += 1;
    const made = await ec2.send(
      new CreateSubnetCommand({
        VpcId: vpcId,
        CidrBlock: cidr,
        AvailabilityZone: `${REGION}${zone}`,
      }),
    );
    return given(made.Subnet?.SubnetId);
  };
}

const STATE_TABLE = 'vpn-medic-state';

/** As after the first deployment: nothing is remembered. */
export async function emptyStateTable(url: string): Promise<void> {
  await new DynamoDBClient(clientSettings(url)).send(
    new DeleteTableCommand({ TableName: STATE_TABLE }),
  );
  await createStateTable(url);
}

const createStateTable = (url: string) =>
  new DynamoDBClient(clientSettings(url)).send(
    new CreateTableCommand({
      TableName: STATE_TABLE,
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      BillingMode: 'PAY_PER_REQUEST',
    }),
  );

async function buildSurroundings(url: string, alertsUrl: string) {
  await createStateTable(url);
  const sns = new SNSClient(clientSettings(url));
  const topic = await sns.send(new CreateTopicCommand({ Name: 'vpn-medic-alerts' }));
  const alertsTopicArn = given(topic.TopicArn);
  await sns.send(
    new SubscribeCommand({ TopicArn: alertsTopicArn, Protocol: 'http', Endpoint: alertsUrl }),
  );
  return { stateTable: STATE_TABLE, alertsTopicArn };
}

const tagList = (tags: Readonly<Record<string, string>>) =>
  Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));

function given<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('building the lab account: the API left an id out');
  return value;
}
