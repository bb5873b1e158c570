/** An account full of Site-to-Site connections and Client VPN endpoints, all well and all with metrics, on the emulator. */
import { CloudWatchClient, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import {
  AssociateClientVpnTargetNetworkCommand,
  CreateClientVpnEndpointCommand,
  CreateCustomerGatewayCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  CreateVpnConnectionCommand,
  CreateVpnGatewayCommand,
  DescribeVpnConnectionsCommand,
  EC2Client,
} from '@aws-sdk/client-ec2';
import { ENDPOINT_METRIC_KEYS, ENDPOINT_METRICS } from '../lib/clientVpn/types/metrics.ts';
import { clientSettings } from '../test/lab/account/clients.ts';
import { REGION } from '../test/lab/account/options.ts';
import type { Lab } from '../test/lab/lab.ts';

export async function buildConnections(lab: Lab, size: number): Promise<readonly string[]> {
  const { url } = lab.emulator();
  const ec2 = new EC2Client(clientSettings(url));
  const cloudWatch = new CloudWatchClient({
    ...clientSettings(url),
    disableRequestCompression: true,
  });
  const vgw = await ec2.send(new CreateVpnGatewayCommand({ Type: 'ipsec.1' }));
  const ids: string[] = [];
  for (let index = 0; index < size; index += 1) {
    const gateway = await ec2.send(
      new CreateCustomerGatewayCommand({
        Type: 'ipsec.1',
        BgpAsn: 65_000,
        PublicIp: `192.0.${2 + (index >> 8)}.${index & 255}`,
      }),
    );
    const made = await ec2.send(
      new CreateVpnConnectionCommand({
        Type: 'ipsec.1',
        CustomerGatewayId: gateway.CustomerGateway?.CustomerGatewayId,
        VpnGatewayId: vgw.VpnGateway?.VpnGatewayId,
      }),
    );
    const id = made.VpnConnection?.VpnConnectionId ?? '';
    ids.push(id);
    const ips = ipsOf(index);
    await lab.emulator().setConnection(REGION, id, {
      Options: {
        StaticRoutesOnly: false,
        TunnelOptions: ips.map((OutsideIpAddress) => ({ OutsideIpAddress })),
      },
      VgwTelemetry: ips.map((OutsideIpAddress) => ({
        OutsideIpAddress,
        Status: 'UP',
        StatusMessage: '5 BGP ROUTES',
        AcceptedRouteCount: 5,
        LastStatusChange: '2026-11-01T00:00:00Z',
      })),
    });
    await cloudWatch.send(
      new PutMetricDataCommand({
        Namespace: 'AWS/VPN',
        MetricData: ips.flatMap((ip) => datum(id, ip)),
      }),
    );
  }
  await warmUp(lab);
  return ids;
}

/** The emulator writes its answer of all connections anew after each change, which takes it a second; AWS does not. */
async function warmUp(lab: Lab): Promise<void> {
  const ec2 = new EC2Client(clientSettings(lab.emulator().url));
  await ec2.send(new DescribeVpnConnectionsCommand({}));
}

const ipsOf = (index: number): readonly string[] =>
  [0, 1].map((side) => `203.0.${index >> 7}.${2 * (index & 127) + side}`);

/** Every tunnel of every connection, at once. */
export async function breakAll(lab: Lab, ids: readonly string[]): Promise<void> {
  const LastStatusChange = new Date().toISOString();
  for (const [index, id] of ids.entries()) {
    await lab.emulator().setConnection(REGION, id, {
      VgwTelemetry: ipsOf(index).map((OutsideIpAddress) => ({
        OutsideIpAddress,
        Status: 'DOWN',
        StatusMessage: 'IPSEC IS DOWN',
        AcceptedRouteCount: 0,
        LastStatusChange,
      })),
    });
  }
  await warmUp(lab);
}

function datum(VpnId: string, TunnelIpAddress: string) {
  return (['TunnelState', 'TunnelDataIn', 'TunnelDataOut'] as const).map((MetricName) => ({
    MetricName,
    Value: MetricName === 'TunnelState' ? 1 : 50_000_000,
    Timestamp: new Date(Date.now() - 900_000),
    Dimensions: [
      { Name: 'VpnId', Value: VpnId },
      { Name: 'TunnelIpAddress', Value: TunnelIpAddress },
    ],
  }));
}

/** Each in two zones, federated and with a connect handler: every metric that there is. */
export async function buildEndpoints(lab: Lab, count: number, port: number): Promise<void> {
  const { url } = lab.emulator();
  const ec2 = new EC2Client(clientSettings(url));
  const cloudWatch = new CloudWatchClient({
    ...clientSettings(url),
    disableRequestCompression: true,
  });
  const vpc = await ec2.send(new CreateVpcCommand({ CidrBlock: '10.9.0.0/16' }));
  const subnetIds: string[] = [];
  for (const zone of ['a', 'b']) {
    const subnet = await ec2.send(
      new CreateSubnetCommand({
        VpcId: vpc.Vpc?.VpcId,
        CidrBlock: `10.9.${subnetIds.length}.0/24`,
        AvailabilityZone: `${REGION}${zone}`,
      }),
    );
    subnetIds.push(subnet.Subnet?.SubnetId ?? '');
  }
  for (let index = 0; index < count; index += 1) {
    const made = await ec2.send(
      new CreateClientVpnEndpointCommand({
        ServerCertificateArn: 'arn:aws:acm:eu-west-1:123456789012:certificate/lab',
        ConnectionLogOptions: { Enabled: false },
        ClientConnectOptions: { Enabled: true },
        ClientCidrBlock: '10.100.0.0/22',
        TransportProtocol: 'tcp',
        // EC2 takes 443 and 1194.
        VpnPort: port,
        AuthenticationOptions: [{ Type: 'federated-authentication' }],
      }),
    );
    const endpointId = made.ClientVpnEndpointId ?? '';
    for (const SubnetId of subnetIds) {
      await ec2.send(
        new AssociateClientVpnTargetNetworkCommand({ ClientVpnEndpointId: endpointId, SubnetId }),
      );
    }
    await cloudWatch.send(
      new PutMetricDataCommand({
        Namespace: 'AWS/ClientVPN',
        MetricData: ENDPOINT_METRIC_KEYS.map((key) => ({
          MetricName: ENDPOINT_METRICS[key].metricName,
          // Nothing that is notified.
          Value: key.startsWith('handler') ? 0 : 40,
          Timestamp: new Date(Date.now() - 300_000),
          Dimensions: [{ Name: 'Endpoint', Value: endpointId }],
        })),
      }),
    );
  }
}
