/**
 * Goal: a group whose appliances are all dead is carried by its tagged gateway while a connection behind it is up, and comes
 * home; with the connection down nothing is written. Method: the built watcher and the built pollConnections over HTTP.
 */
import {
  AttachVpnGatewayCommand,
  CreateCustomerGatewayCommand,
  CreateTagsCommand,
  CreateVpnConnectionCommand,
  CreateVpnGatewayCommand,
  DescribeRouteTablesCommand,
  EC2Client,
} from '@aws-sdk/client-ec2';
import { expect, test } from '@jest/globals';
import { clientSettings } from '../account/clients.ts';
import { type AccountSpec, REGION } from '../account/options.ts';
import type { TcpDaemon } from '../daemons/tcpListener.ts';
import { applianceOf, type Lab, tableOf } from '../lab.ts';
import { whilePolling } from '../lambda/whilePolling.ts';
import { pause, until } from '../pause.ts';
import { inFixture } from './inAccount.ts';
import {
  expectOnlyPermittedWrites,
  movesOf,
  nextHopsOf,
  untilCarriedBy,
  untilNotified,
} from './open.ts';

const MS_MAX = 400_000;
const CIDR = '10.20.0.0/16';

const oneTable = (probeA: string, probeB: string): AccountSpec => ({
  groups: [
    {
      name: 'hub',
      appliances: [
        { name: 'vpn-a', zone: 'a', probe: probeA },
        { name: 'vpn-b', zone: 'b', probe: probeB },
      ],
      tables: [{ zone: 'a', towards: 'vpn-a', destinations: [CIDR], isTagged: true }],
    },
  ],
});

const ec2Of = (lab: Lab): EC2Client => new EC2Client(clientSettings(lab.emulator().url));

async function tableNow(lab: Lab) {
  const RouteTableIds = [tableOf(lab, 'a').tableId];
  const page = await ec2Of(lab).send(new DescribeRouteTablesCommand({ RouteTableIds }));
  return page.RouteTables?.[0];
}

/** A virtual private gateway of the VPC that carries the group's tag, with one static connection behind it. */
async function gatewayBehind(lab: Lab, isUp: boolean): Promise<string> {
  const ec2 = ec2Of(lab);
  const { VpnGateway } = await ec2.send(new CreateVpnGatewayCommand({ Type: 'ipsec.1' }));
  const VpnGatewayId = VpnGateway?.VpnGatewayId ?? '';
  const { VpcId } = (await tableNow(lab)) ?? {};
  await ec2.send(new AttachVpnGatewayCommand({ VpnGatewayId, VpcId }));
  const Tags = [{ Key: 'vpn-medic:group', Value: 'hub' }];
  await ec2.send(new CreateTagsCommand({ Resources: [VpnGatewayId], Tags }));
  const { CustomerGateway } = await ec2.send(
    new CreateCustomerGatewayCommand({ Type: 'ipsec.1', BgpAsn: 65_000, PublicIp: '192.0.2.9' }),
  );
  const CustomerGatewayId = CustomerGateway?.CustomerGatewayId;
  const { VpnConnection } = await ec2.send(
    new CreateVpnConnectionCommand({ Type: 'ipsec.1', CustomerGatewayId, VpnGatewayId }),
  );
  const ips = ['203.0.113.21', '203.0.113.22'];
  await lab.emulator().setConnection(REGION, VpnConnection?.VpnConnectionId ?? '', {
    Options: {
      StaticRoutesOnly: true,
      TunnelOptions: ips.map((OutsideIpAddress) => ({ OutsideIpAddress })),
    },
    Routes: [{ DestinationCidrBlock: CIDR, State: 'available', Source: 'Static' }],
    VgwTelemetry: ips.map((OutsideIpAddress) => ({
      OutsideIpAddress,
      LastStatusChange: new Date(Date.now() - 3_600_000).toISOString(),
      ...(isUp
        ? { Status: 'UP', StatusMessage: '', AcceptedRouteCount: 0 }
        : { Status: 'DOWN', StatusMessage: 'IPSEC IS DOWN', AcceptedRouteCount: 0 }),
    })),
  });
  return VpnGatewayId;
}

async function gatewayOfRoute(lab: Lab): Promise<string | undefined> {
  const { Routes = [] } = (await tableNow(lab)) ?? {};
  return Routes.find(({ DestinationCidrBlock }) => DestinationCidrBlock === CIDR)?.GatewayId;
}

/** Both instances are stopped: silence alone of all that there are moves nothing (S3). */
async function stop(lab: Lab, ...daemons: readonly TcpDaemon[]): Promise<void> {
  for (const daemon of daemons) await daemon.kill();
  for (const name of ['vpn-a', 'vpn-b']) {
    await lab.ec2().stopInstance(applianceOf(lab, name).instanceId);
  }
}

/** The poll has written what the gateway carries at least twice since. */
async function untilPolled(lab: Lab): Promise<void> {
  const polls = () => lab.gateway.callsOf('DescribeVpnGateways', 'all').length;
  const before = polls();
  await until('two polls', () => polls() >= before + 2);
}

test(
  'every appliance dies: the route leads to the gateway behind which a connection is up, and comes home',
  inFixture(
    async ({ lab, a, b, watch }) => {
      const gatewayId = await gatewayBehind(lab, true);
      await whilePolling(lab, async () => {
        await watch();
        await untilPolled(lab);
        expect(movesOf(lab)).toEqual([]);
        await stop(lab, a, b);
        await until(
          'the route to lead to the gateway',
          async () => (await gatewayOfRoute(lab)) === gatewayId,
        );
        await untilNotified(lab, 'CRITICAL', 'last resort');
        await lab.ec2().startInstance(applianceOf(lab, 'vpn-a').instanceId);
        await a.revive();
        await untilCarriedBy(lab, 'vpn-a');
      });
      expect(movesOf(lab).at(-1)?.params).toHaveProperty('NetworkInterfaceId');
      expectOnlyPermittedWrites(lab);
    },
    { account: oneTable },
  ),
  MS_MAX,
);

test(
  'every appliance dies, and the connection behind the gateway is down: nothing is written, and it is notified',
  inFixture(
    async ({ lab, a, b, watch }) => {
      await gatewayBehind(lab, false);
      await whilePolling(lab, async () => {
        await watch();
        await untilPolled(lab);
        await stop(lab, a, b);
        await untilNotified(lab, 'CRITICAL', 'vpn-a', 'ApplianceDown');
        // Longer than the wait of a gateway for a last appliance.
        await pause(15_000);
        await untilPolled(lab);
      });
      expect(await gatewayOfRoute(lab)).toBeUndefined();
      expect((await nextHopsOf(lab)).length).toBe(1);
    },
    { account: oneTable },
  ),
  MS_MAX,
);
