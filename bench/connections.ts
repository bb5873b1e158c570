/**
 * Site-to-Site connections on the emulator: how many API calls a look of the built pollConnections takes, how long, and
 * with how much memory; and what its metrics cost. `node bench/connections.ts [CONNECTIONS]` (default 100, then 500).
 */
import { readdirSync, readFileSync } from 'node:fs';
import { CloudWatchClient, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import {
  CreateCustomerGatewayCommand,
  CreateVpnConnectionCommand,
  CreateVpnGatewayCommand,
  EC2Client,
} from '@aws-sdk/client-ec2';
import { CONNECTION_POLICY as POLICY } from '../lib/model/connectionPolicy.ts';
import { clientSettings } from '../test/lab/account/clients.ts';
import { REGION } from '../test/lab/account/wish.ts';
import { type Lab, openLab } from '../test/lab/lab.ts';
import { startContainer } from '../test/lab/lambda/container.ts';
import { environmentOf } from '../test/lab/lambda/environment.ts';

const MONTH_MS = 30 * 86_400_000;
/** $0.01 per 1,000 metrics asked for. @see https://aws.amazon.com/cloudwatch/pricing/ (third-party reading, 2026-11) */
const USD_A_METRIC = 0.000_01;

const sizes = process.argv[2] === undefined ? [100, 500] : [Number(process.argv[2])];
for (const size of sizes) await measure(size);

async function measure(size: number): Promise<void> {
  const lab = await openLab({ groups: [] });
  try {
    console.log(`building ${size} connections, ${2 * size} tunnels with metrics …`);
    await build(lab, size);
    const container = await startContainer(
      'pollConnections',
      environmentOf('pollConnections', lab.gateway.url, lab.account, 'pollConnections'),
    );
    const looks = [];
    for (const name of ['first, with metrics and histories', 'second', 'third', 'fourth']) {
      const before = lab.gateway.calls.length;
      const startedAt = performance.now();
      await container.invoke({}, 60_000);
      const calls = lab.gateway.calls.slice(before).map(({ action }) => action);
      looks.push({
        look: name,
        ms: Math.round(performance.now() - startedAt),
        calls: calls.length,
        actions: tally(calls),
      });
    }
    const metricsAMonth =
      2 * size * (3 * (MONTH_MS / POLICY.metricsEveryMs) + 2 * (MONTH_MS / POLICY.historyEveryMs));
    console.table(looks);
    console.table([
      {
        figure: 'API calls, the largest look',
        value: Math.max(...looks.map(({ calls }) => calls)),
        bound: 60,
      },
      {
        figure: 'ms, the longest look',
        value: Math.max(...looks.map(({ ms }) => ms)),
        bound: 3_000,
      },
      { figure: 'peak RSS MB', value: peakRssMb('pollConnections'), bound: 150 },
      {
        figure: 'USD a month of GetMetricData',
        value: Number((metricsAMonth * USD_A_METRIC).toFixed(2)),
        bound: size <= 100 ? 20 : '-',
      },
    ]);
    await container.kill();
  } finally {
    await lab.close();
  }
}

async function build(lab: Lab, size: number): Promise<void> {
  const { url } = lab.emulator();
  const ec2 = new EC2Client(clientSettings(url));
  const cloudWatch = new CloudWatchClient({
    ...clientSettings(url),
    disableRequestCompression: true,
  });
  const vgw = await ec2.send(new CreateVpnGatewayCommand({ Type: 'ipsec.1' }));
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
    const ips = [0, 1].map((side) => `203.0.${index >> 7}.${2 * (index & 127) + side}`);
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

/** Of the one Node child of ours that runs this bundle; Linux only. */
function peakRssMb(bundle: string): number {
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const isOurs = readFileSync(`/proc/${name}/stat`, 'utf8').split(' ')[3] === `${process.pid}`;
      if (!isOurs || !readFileSync(`/proc/${name}/cmdline`, 'utf8').includes(bundle)) continue;
      const status = readFileSync(`/proc/${name}/status`, 'utf8');
      return Math.round(Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1_024);
    } catch {
      // It ended between the listing and the look.
    }
  }
  throw new Error(`finding ${bundle} among our children: it is not there`);
}

function tally(actions: readonly string[]): string {
  return [...Map.groupBy(actions, (action) => action)]
    .map(([action, list]) => `${list.length} ${action}`)
    .join(', ');
}
