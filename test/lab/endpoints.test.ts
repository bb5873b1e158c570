/**
 * Goal: pollEndpoints, as it is deployed, sees Client VPN endpoints fail and come back, and tells each once.
 * Method: the built bundle against the emulator over HTTP, two endpoints of which real OpenVPN daemons are the doors, and
 * a DNS server of the lab's own that leads there.
 */
import { CloudWatchClient, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import {
  AssociateClientVpnTargetNetworkCommand,
  CreateClientVpnEndpointCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  DisassociateClientVpnTargetNetworkCommand,
  EC2Client,
} from '@aws-sdk/client-ec2';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { startDns } from '../probe/dnsServer.ts';
import { openPeers } from '../probe/peer.ts';
import { clientSettings } from './account/clients.ts';
import { REGION } from './account/options.ts';
import { haveDaemons } from './daemons/debian.ts';
import { type Keys, makeKeys } from './daemons/keys.ts';
import { type Daemon, type Namespace, openNamespace } from './daemons/namespace.ts';
import { startOpenvpn } from './daemons/openvpn.ts';
import { didNotRun } from './didNotRun.ts';
import { type Lab, openLab } from './lab.ts';
import { startContainer } from './lambda/container.ts';
import { environmentOf } from './lambda/environment.ts';
import { until } from './pause.ts';
import { expectOnlyPermittedWrites } from './scenarios/open.ts';

// A guard against hanging: an emulator that starts beside other work has been seen to take 20 s.
jest.setTimeout(300_000);

/** A user's name, which nobody but `vpn-medic check` may ever show. */
const USER = 'planted.user@example.com';
const PORTS = { tcp: 8443, udp: 8444 } as const;

const had = await haveDaemons();
if (had.kind === 'lacking') didNotRun('OpenVPN as the doors of endpoints', had.why);

if (had.kind === 'had') {
  const peers = openPeers();
  let keys: Keys;
  let namespace: Namespace;
  let lab: Lab;
  let ec2: EC2Client;
  let dns = '';
  const ids = { tcp: '', udp: '' };
  const associations: string[] = [];
  const logs: string[] = [];
  /** Later looks live so much later: nobody waits for what only time ends. */
  let aheadMs = 0;
  let tcpListener: Daemon;

  beforeAll(async () => {
    keys = await makeKeys();
    namespace = await openNamespace();
    tcpListener = await startOpenvpn(namespace, keys, {
      protocol: 'tcp',
      port: PORTS.tcp,
      seal: 'none',
    });
    await startOpenvpn(namespace, keys, { protocol: 'udp', port: PORTS.udp, seal: 'none' });
    dns = await startDns(peers, { rcode: 0, address: namespace.address });
    lab = await openLab({ groups: [] });
    ec2 = new EC2Client(clientSettings(lab.emulator().url));
    const vpc = await ec2.send(new CreateVpcCommand({ CidrBlock: '10.9.0.0/16' }));
    for (const transport of ['tcp', 'udp'] as const) {
      const made = await ec2.send(
        new CreateClientVpnEndpointCommand({
          ServerCertificateArn: 'arn:aws:acm:eu-west-1:123456789012:certificate/lab',
          ConnectionLogOptions: { Enabled: false },
          ClientCidrBlock: '10.100.0.0/22',
          TransportProtocol: transport,
          // EC2 takes 443 and 1194; the lab's daemons listen elsewhere.
          VpnPort: PORTS[transport],
          AuthenticationOptions: [{ Type: 'certificate-authentication' }],
          TagSpecifications: [
            {
              ResourceType: 'client-vpn-endpoint',
              Tags: [{ Key: 'Name', Value: `${transport} users` }],
            },
          ],
        }),
      );
      ids[transport] = made.ClientVpnEndpointId ?? '';
      for (const [index, zone] of ['a', 'b'].entries()) {
        const third = transport === 'tcp' ? index : index + 2;
        const subnet = await ec2.send(
          new CreateSubnetCommand({
            VpcId: vpc.Vpc?.VpcId,
            CidrBlock: `10.9.${third}.0/24`,
            AvailabilityZone: `${REGION}${zone}`,
          }),
        );
        const associated = await ec2.send(
          new AssociateClientVpnTargetNetworkCommand({
            ClientVpnEndpointId: ids[transport],
            SubnetId: subnet.Subnet?.SubnetId,
          }),
        );
        if (transport === 'udp') associations.push(associated.AssociationId ?? '');
      }
      await lab.emulator().setEndpoint(REGION, ids[transport], {
        _sessions: [{ ConnectionId: 'c-1', CommonName: USER, Status: { Code: 'active' } }],
      });
    }
    await measure('ActiveConnectionsCount', ids.tcp, 410);
    await measure('ActiveConnectionsCount', ids.udp, 12);
  });

  afterAll(async () => {
    await lab.close();
    await peers.closeAll();
    await namespace.close();
    await keys.remove();
  });

  async function measure(MetricName: string, Endpoint: string, Value: number): Promise<void> {
    const client = new CloudWatchClient(clientSettings(lab.emulator().url));
    await client.send(
      new PutMetricDataCommand({
        Namespace: 'AWS/ClientVPN',
        MetricData: [
          {
            MetricName,
            Value,
            // The period that has just ended: the one of now is not asked for.
            Timestamp: new Date(Date.now() - 300_000),
            Dimensions: [{ Name: 'Endpoint', Value: Endpoint }],
          },
        ],
      }),
    );
  }

  /** One invocation in a container of its own; what was told of meanwhile, by subject line. */
  async function look(names = dns): Promise<readonly string[]> {
    const before = lab.listener.received.length;
    const container = await startContainer('pollEndpoints', {
      ...environmentOf('pollEndpoints', lab.gateway.url, lab.account, 'pollEndpoints'),
      VPN_MEDIC_PROBE_INTERVAL_MS: '200',
      LAB_DNS: names,
      LAB_AHEAD_MS: String(aheadMs),
    });
    try {
      await container.invoke({}, 60_000);
    } finally {
      logs.push(container.log());
      await container.kill();
    }
    return lab.listener.received
      .slice(before)
      .map(({ subject }) => subject)
      .toSorted();
  }

  test('two endpoints, one of them four fifths full, one of them without a health check', async () => {
    expect(await look()).toEqual([
      expect.stringMatching(/^WARNING tcp users: EndpointNearCapacity/),
    ]);
    expect(await look()).toEqual([]);
  });

  test('a door that is shut is told once, and the other is not', async () => {
    await tcpListener.kill();
    expect(await look()).toEqual([
      expect.stringMatching(/^CRITICAL tcp users: EndpointUnreachable/),
    ]);
    expect(await look()).toEqual([]);
    tcpListener = await startOpenvpn(namespace, keys, {
      protocol: 'tcp',
      port: PORTS.tcp,
      seal: 'none',
    });
  });

  test('our own DNS silent: nothing is told; both doors silent: the region is down; all over when they are open again', async () => {
    const silent = await startDns(peers, null);
    expect(
      (await look(silent)).filter((subject) => /Unreachable|RegionDown/.test(subject)),
    ).toEqual([]);
    await namespace.drop();
    // Silence that a look heard while its own process stalled says nothing; the next look hears it again.
    await until('the region to be told as down', async () =>
      (await look()).some((subject) => subject.startsWith('CRITICAL eu-west-1: RegionDown')),
    );
    await namespace.pass();
    // What flickers is one incident: half a minute without it, and it is over.
    aheadMs += 31_000;
    const over = await look();
    // The region's fall explains its endpoints': whether each is told besides is the teller's affair.
    expect(over).toContainEqual(expect.stringMatching(/^RESOLVED eu-west-1: RegionDown/));
    expect(over.filter((subject) => !subject.startsWith('RESOLVED '))).toEqual([]);
  });

  test('the last association gone: no client can connect; an API that is throttled says neither that nor its end', async () => {
    for (const AssociationId of associations) {
      await ec2.send(
        new DisassociateClientVpnTargetNetworkCommand({
          ClientVpnEndpointId: ids.udp,
          AssociationId,
        }),
      );
    }
    const notified = await look();
    expect(notified).toEqual([expect.stringMatching(/^CRITICAL udp users: EndpointUnavailable/)]);
    lab.gateway.faults.failNext('DescribeClientVpnEndpoints', 4, 'throttled');
    const blind = await look();
    expect(blind.filter((subject) => subject.includes('EndpointUnavailable'))).toEqual([]);
  });

  test('no user’s name is in a log line, a notice or the state table, and nothing was written but those', async () => {
    expect(lab.gateway.callsOf('DescribeClientVpnConnections', 'all')).toEqual([]);
    const written = ['PutItem', 'TransactWriteItems']
      .flatMap((action) => lab.gateway.callsOf(action, 'all'))
      .map(({ params }) => JSON.stringify(params));
    const all = [...logs, ...lab.listener.received.map(({ text }) => text), ...written].join('\n');
    expect(all).toContain('EndpointUnavailable');
    expect(all).not.toContain(USER);
    expectOnlyPermittedWrites(lab);
  });
}
