/**
 * Goal: pollConnections, as it is deployed, moves a transit gateway route from a connection that is down to one that is up,
 * back after the hold-down, and nothing while both are down; each fault is one notification.
 * Method: the built bundle against the emulator over HTTP, one invocation that loops as it does while a group exists.
 */
import {
  CreateCustomerGatewayCommand,
  CreateTransitGatewayCommand,
  CreateTransitGatewayRouteCommand,
  CreateTransitGatewayRouteTableCommand,
  CreateVpnConnectionCommand,
  DescribeTransitGatewayAttachmentsCommand,
  EC2Client,
  SearchTransitGatewayRoutesCommand,
} from '@aws-sdk/client-ec2';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { clientSettings } from './account/clients.ts';
import { REGION } from './account/options.ts';
import { type Lab, openLab } from './lab.ts';
import { whilePolling } from './lambda/whilePolling.ts';
import { until } from './pause.ts';

// A guard against hanging.
jest.setTimeout(300_000);

const NAMES = ['berlin', 'bonn'] as const;
type Name = (typeof NAMES)[number];
const DESTINATION = '10.20.0.0/16';

let lab: Lab;
let ec2: EC2Client;
let tableId = '';
const connectionIds = { berlin: '', bonn: '' };
const attachmentIds = { berlin: '', bonn: '' };

const groupTags = (
  ResourceType: 'vpn-connection' | 'transit-gateway-route-table',
  name: string,
) => [
  {
    ResourceType,
    Tags: [
      { Key: 'Name', Value: name },
      { Key: 'vpn-medic:group', Value: 'core' },
    ],
  },
];

beforeAll(async () => {
  lab = await openLab({ groups: [] });
  ec2 = new EC2Client(clientSettings(lab.emulator().url));
  const { TransitGateway } = await ec2.send(new CreateTransitGatewayCommand({}));
  const TransitGatewayId = TransitGateway?.TransitGatewayId;
  for (const [index, name] of NAMES.entries()) {
    const { CustomerGateway } = await ec2.send(
      new CreateCustomerGatewayCommand({
        Type: 'ipsec.1',
        BgpAsn: 65_000 + index,
        PublicIp: `192.0.2.${index + 1}`,
      }),
    );
    const { VpnConnection } = await ec2.send(
      new CreateVpnConnectionCommand({
        Type: 'ipsec.1',
        CustomerGatewayId: CustomerGateway?.CustomerGatewayId,
        TransitGatewayId,
        TagSpecifications: groupTags('vpn-connection', name),
      }),
    );
    connectionIds[name] = VpnConnection?.VpnConnectionId ?? '';
    const { TransitGatewayAttachments = [] } = await ec2.send(
      new DescribeTransitGatewayAttachmentsCommand({
        Filters: [{ Name: 'resource-id', Values: [connectionIds[name]] }],
      }),
    );
    attachmentIds[name] = TransitGatewayAttachments[0]?.TransitGatewayAttachmentId ?? '';
    await lab.emulator().setConnection(REGION, connectionIds[name], {
      Options: {
        StaticRoutesOnly: false,
        TunnelOptions: ipsOf(name).map((OutsideIpAddress) => ({ OutsideIpAddress })),
      },
    });
    await set(name, true);
  }
  const { TransitGatewayRouteTable } = await ec2.send(
    new CreateTransitGatewayRouteTableCommand({
      TransitGatewayId,
      TagSpecifications: groupTags('transit-gateway-route-table', 'spokes'),
    }),
  );
  tableId = TransitGatewayRouteTable?.TransitGatewayRouteTableId ?? '';
  await ec2.send(
    new CreateTransitGatewayRouteCommand({
      TransitGatewayRouteTableId: tableId,
      DestinationCidrBlock: DESTINATION,
      TransitGatewayAttachmentId: attachmentIds.berlin,
    }),
  );
});

afterAll(() => lab.close());

const ipsOf = (name: Name): readonly string[] =>
  [1, 2].map((side) => `203.0.113.${10 * (NAMES.indexOf(name) + 1) + side}`);

const set = (name: Name, isUp: boolean): Promise<void> =>
  lab.emulator().setConnection(REGION, connectionIds[name], {
    VgwTelemetry: ipsOf(name).map((OutsideIpAddress) => ({
      OutsideIpAddress,
      LastStatusChange: new Date().toISOString(),
      ...(isUp
        ? { Status: 'UP', StatusMessage: '1 BGP ROUTES', AcceptedRouteCount: 1 }
        : { Status: 'DOWN', StatusMessage: 'IPSEC IS DOWN', AcceptedRouteCount: 0 }),
    })),
  });

async function target(): Promise<string | undefined> {
  const { Routes = [] } = await ec2.send(
    new SearchTransitGatewayRoutesCommand({
      TransitGatewayRouteTableId: tableId,
      Filters: [{ Name: 'type', Values: ['static'] }],
    }),
  );
  return Routes[0]?.TransitGatewayAttachments?.[0]?.TransitGatewayAttachmentId;
}

const writes = () => lab.gateway.callsOf('ReplaceTransitGatewayRoute', 'all').length;
const subjects = (prefix: string) =>
  lab.listener.received.map(({ subject }) => subject).filter((one) => one.startsWith(prefix));
const passes = () => lab.gateway.callsOf('DescribeTransitGatewayRouteTables', 'all').length;

test('one down: its route leads over the other, is read back, and comes home after the hold-down', async () => {
  await whilePolling(lab, async () => {
    await until('the first pass', async () => passes() > 0);
    await set('berlin', false);
    await until('the failover', async () => (await target()) === attachmentIds.bonn, 60_000);
    await until('its notification', async () => subjects('CRITICAL').length > 0, 60_000);
    await set('berlin', true);
    await until('the failback', async () => (await target()) === attachmentIds.berlin, 60_000);
  });
  expect(writes()).toBe(2);
  expect(subjects('CRITICAL')).toEqual([
    expect.stringMatching(/^CRITICAL berlin: ConnectionDown.*1 route moved to bonn/),
  ]);
});

test('both down: nothing is written, and the group is notified once', async () => {
  const [before, told] = [writes(), subjects('CRITICAL').length];
  await whilePolling(lab, async () => {
    await set('bonn', false);
    await set('berlin', false);
    const seen = passes();
    await until('three passes', async () => passes() >= seen + 3, 90_000);
  });
  expect(writes()).toBe(before);
  const since = subjects('CRITICAL').slice(told);
  expect(since.filter((one) => one.includes('ConnectionGroupDown'))).toHaveLength(1);
  expect(await target()).toBe(attachmentIds.berlin);
});
