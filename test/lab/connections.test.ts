/**
 * Goal: pollConnections, as it is deployed, sees tunnels fail and come back, tells each once, and lets no key out.
 * Method: the built bundle against the emulator over HTTP, each look a container of its own; keys planted in the replies.
 */
import { randomBytes } from 'node:crypto';
import {
  CloudWatchClient,
  type MetricDatum,
  PutMetricDataCommand,
} from '@aws-sdk/client-cloudwatch';
import {
  CreateCustomerGatewayCommand,
  CreateTagsCommand,
  CreateTransitGatewayCommand,
  CreateVpnConnectionCommand,
  CreateVpnGatewayCommand,
  DeleteVpnConnectionCommand,
  EC2Client,
} from '@aws-sdk/client-ec2';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { clientSettings } from './account/clients.ts';
import { REGION } from './account/options.ts';
import { type Lab, openLab } from './lab.ts';
import { startContainer } from './lambda/container.ts';
import { environmentOf } from './lambda/environment.ts';
import { expectOnlyPermittedWrites } from './scenarios/open.ts';

// A guard against hanging: an emulator that starts beside other work has been seen to take 20 s.
jest.setTimeout(300_000);

/** By connection: where its tunnels end on AWS's side. */
const IPS = {
  berlin: ['203.0.113.1', '203.0.113.2'],
  bonn: ['203.0.113.3', '203.0.113.4'],
} as const;
const KEYS = Array.from({ length: 5 }, () => randomBytes(16).toString('hex'));
type Name = keyof typeof IPS;

let lab: Lab;
let ec2: EC2Client;
const ids = { berlin: '', bonn: '' };
const logs: string[] = [];

beforeAll(async () => {
  lab = await openLab({ groups: [] });
  ec2 = new EC2Client(clientSettings(lab.emulator().url));
  const vgw = await ec2.send(new CreateVpnGatewayCommand({ Type: 'ipsec.1' }));
  const tgw = await ec2.send(new CreateTransitGatewayCommand({}));
  for (const [index, name] of (['berlin', 'bonn'] as const).entries()) {
    const gateway = await ec2.send(
      new CreateCustomerGatewayCommand({
        Type: 'ipsec.1',
        BgpAsn: 65_000 + index,
        PublicIp: `192.0.2.${index + 1}`,
      }),
    );
    const made = await ec2.send(
      new CreateVpnConnectionCommand({
        Type: 'ipsec.1',
        CustomerGatewayId: gateway.CustomerGateway?.CustomerGatewayId,
        ...(index === 0
          ? { VpnGatewayId: vgw.VpnGateway?.VpnGatewayId }
          : { TransitGatewayId: tgw.TransitGateway?.TransitGatewayId }),
        TagSpecifications: [
          {
            ResourceType: 'vpn-connection',
            Tags: [
              { Key: 'Name', Value: name },
              { Key: 'vpn-medic:site', Value: 'hq' },
            ],
          },
        ],
      }),
    );
    ids[name] = made.VpnConnection?.VpnConnectionId ?? '';
    await lab.emulator().setConnection(REGION, ids[name], {
      Options: {
        StaticRoutesOnly: false,
        TunnelOptions: IPS[name].map((OutsideIpAddress, tunnel) => ({
          OutsideIpAddress,
          PreSharedKey: KEYS[2 * index + tunnel],
          EnableTunnelLifecycleControl: index === 0,
        })),
      },
    });
    await tell(name, 'up', 'up');
  }
});

afterAll(() => lab.close());

const WORDS = {
  up: { Status: 'UP', StatusMessage: '1 BGP ROUTES', AcceptedRouteCount: 1 },
  down: { Status: 'DOWN', StatusMessage: 'IPSEC IS DOWN', AcceptedRouteCount: 0 },
  bgp: { Status: 'DOWN', StatusMessage: 'IPSEC IS UP', AcceptedRouteCount: 0 },
} as const;

/** By outside address: when AWS says that the tunnel turned last. */
const turnedAts = new Map<string, string>();

/** What is up and stays up keeps its date, as AWS leaves it; what is down gets a new one each time. */
async function tell(name: Name, ...states: readonly (keyof typeof WORDS)[]): Promise<void> {
  const telemetry = states.map((state, index) => {
    const ip = IPS[name][index] ?? '';
    const known = turnedAts.get(`${ip} ${state}`);
    const LastStatusChange =
      state === 'up' && known !== undefined ? known : new Date().toISOString();
    for (const other of Object.keys(WORDS)) turnedAts.delete(`${ip} ${other}`);
    turnedAts.set(`${ip} ${state}`, LastStatusChange);
    return { OutsideIpAddress: ip, LastStatusChange, ...WORDS[state] };
  });
  await lab.emulator().setConnection(REGION, ids[name], { VgwTelemetry: telemetry });
}

/** One invocation in a container of its own; what was told of meanwhile, by subject line, in order of name. */
async function look(event: unknown = {}, regions: string = REGION): Promise<readonly string[]> {
  const before = lab.listener.received.length;
  const container = await startContainer('pollConnections', {
    ...environmentOf('pollConnections', lab.gateway.url, lab.account, 'pollConnections'),
    VPN_MEDIC_REGIONS: regions,
    LAB_AHEAD_MS: String(aheadMs),
  });
  try {
    await container.invoke(event, 60_000);
  } finally {
    logs.push(container.log());
    await container.kill();
  }
  return lab.listener.received
    .slice(before)
    .map(({ subject }) => subject)
    .toSorted();
}

/** What flickers is one incident: half a minute without it, and it is over. */
const OVER_MS = 31_000;
/** Later looks live so much later: nobody waits for what only time ends. */
let aheadMs = 0;

test('all up: nothing to tell, and few calls, seven of them once an hour', async () => {
  const before = lab.gateway.calls.length;
  expect(await look()).toEqual([]);
  expect(lab.gateway.calls.length - before).toBeLessThanOrEqual(19);
});

test('one tunnel down is told once; a look that is throttled says nothing, not even that it is over', async () => {
  await tell('berlin', 'down', 'up');
  expect(await look()).toEqual([
    expect.stringMatching(/^WARNING berlin tunnel 203\.0\.113\.1: TunnelDown/),
  ]);
  expect(await look()).toEqual([]);
  aheadMs += OVER_MS;
  lab.gateway.faults.failNext('DescribeVpnConnections', 2, 'throttled');
  expect(await look()).toEqual([]);
});

test('AWS Health explains it and tells no second time; the notice of BGP on both is critical', async () => {
  const event = {
    'detail-type': 'AWS Health Event',
    source: 'aws.health',
    account: '123456789012',
    region: REGION,
    time: new Date().toISOString(),
    resources: [ids.berlin],
    detail: {
      service: 'VPN',
      eventTypeCode: 'AWS_VPN_REDUNDANCY_LOSS',
      communicationId: 'c-1',
      eventRegion: REGION,
      startTime: new Date().toUTCString(),
      affectedEntities: [{ entityValue: ids.berlin }],
    },
  };
  expect(await look(event)).toEqual([]);
  await tell('bonn', 'bgp', 'bgp');
  expect(await look()).toEqual([
    expect.stringMatching(/^CRITICAL bonn: ConnectionDown/),
    expect.stringMatching(/^WARNING hq: RedundancyLost/),
  ]);
});

test('the last way in is gone: the site is told; all back: all over', async () => {
  await tell('berlin', 'down', 'down');
  const notified = await look();
  expect(notified).toContainEqual(expect.stringMatching(/^CRITICAL hq: SiteDown/));
  const texts = lab.listener.received.map(({ text }) => text);
  expect(texts.filter((text) => text.includes('AWS_VPN_REDUNDANCY_LOSS'))).toHaveLength(1);
  await tell('berlin', 'up', 'up');
  await tell('bonn', 'up', 'up');
  aheadMs += OVER_MS;
  const over = await look();
  expect(over).toContainEqual(expect.stringMatching(/^RESOLVED hq: SiteDown/));
  expect(over).toContainEqual(expect.stringMatching(/^RESOLVED bonn: ConnectionDown/));
  expect(over.filter((subject) => !subject.startsWith('RESOLVED '))).toEqual([]);
  aheadMs += OVER_MS;
  // Down, down again at another date, and up: an outage that goes on is one change, and two are no flapping.
  expect(await look()).toEqual([]);
});

test('a tunnel whose counters say that it is full is told, from metrics that are there', async () => {
  const client = new CloudWatchClient(clientSettings(lab.emulator().url));
  const period = 300_000;
  const end = Math.floor((Date.now() + aheadMs - 120_000) / period) * period;
  const data = (MetricName: string, Value: number): MetricDatum[] =>
    Array.from({ length: 13 }, (_, back) => ({
      MetricName,
      Value,
      // The last hour, and the period after it: that may have ended by the time of the look.
      Timestamp: new Date(end - back * period + 1_000),
      Dimensions: [
        { Name: 'VpnId', Value: ids.berlin },
        { Name: 'TunnelIpAddress', Value: IPS.berlin[0] },
      ],
    }));
  for (const MetricData of [
    data('TunnelState', 1),
    data('TunnelDataIn', 2.2e10),
    data('TunnelDataOut', 2.2e10),
  ]) {
    await client.send(new PutMetricDataCommand({ Namespace: 'AWS/VPN', MetricData }));
  }
  // Series are listed once an hour: the table forgets, as it would by then.
  await forgetMemory();
  // What was carried before the tunnel's last turn says nothing: it has been up for all of it.
  for (const ip of IPS.berlin) turnedAts.set(`${ip} up`, new Date(end - 7_200_000).toISOString());
  await tell('berlin', 'up', 'up');
  expect(await look()).toEqual([
    expect.stringMatching(/^WARNING berlin tunnel 203\.0\.113\.1: TunnelSaturated/),
  ]);
  // The look after it asks for histories, and the one after that for nothing.
  expect(await look()).toEqual([]);
  const asked = lab.gateway.callsOf('GetMetricData', 'all').length;
  expect(await look()).toEqual([]);
  expect(lab.gateway.callsOf('GetMetricData', 'all')).toHaveLength(asked);
});

test('maintenance that waits is told with its date', async () => {
  await forgetMemory();
  await lab.emulator().setConnection(REGION, ids.berlin, {
    Maintenance: {
      [IPS.berlin[1]]: {
        PendingMaintenance: 'true',
        MaintenanceAutoAppliedAfter: '2026-12-24T00:00:00Z',
      },
    },
  });
  expect(await look()).toContainEqual(
    expect.stringMatching(/^WARNING berlin tunnel 203\.0\.113\.2: TunnelMaintenancePending/),
  );
  expect(lab.listener.received.at(-1)?.text).toContain('2026-12-24');
});

test('it is applied once the connection names the hours, to that tunnel alone, and what became of it is told', async () => {
  expect(lab.gateway.callsOf('ReplaceVpnTunnel', 'all')).toEqual([]);
  const Tags = [{ Key: 'vpn-medic:maintenance', Value: '00:00-24:00' }];
  await ec2.send(new CreateTagsCommand({ Resources: [ids.berlin], Tags }));
  await look();
  const told = lab.listener.received.length;
  // The tunnel is down by now: nothing more is asked of this connection.
  expect(await look()).toContainEqual(
    expect.stringMatching(/^WARNING berlin tunnel 203\.0\.113\.2: TunnelDown/),
  );
  expect(
    lab.listener.received
      .slice(told)
      .map(({ text }) => text)
      .join(),
  ).toContain('vpn-medic applied its pending maintenance');
  expect(lab.gateway.callsOf('ReplaceVpnTunnel', 'all').map(({ params }) => params)).toEqual([
    expect.objectContaining({
      VpnConnectionId: ids.berlin,
      VpnTunnelOutsideIpAddress: IPS.berlin[1],
      ApplyPendingMaintenance: 'true',
    }),
  ]);
  await tell('berlin', 'up', 'up');
});

test('two regions are looked at side by side; what happens in one is told of that one', async () => {
  await tell('bonn', 'down', 'up');
  const notified = await look({}, `us-east-1,${REGION}`);
  expect(notified).toContainEqual(
    expect.stringMatching(/^WARNING bonn tunnel 203\.0\.113\.3: TunnelDown/),
  );
  const asked = lab.gateway.callsOf('DescribeVpnConnections', 'all').slice(-2);
  expect(asked).toHaveLength(2);
});

test('a connection that is deleted is gone, not down', async () => {
  await tell('bonn', 'down', 'down');
  await ec2.send(new DeleteVpnConnectionCommand({ VpnConnectionId: ids.bonn }));
  const notified = await look();
  expect(notified.filter((subject) => /ConnectionDown|SiteDown/.test(subject))).toEqual([]);
  aheadMs += OVER_MS;
  const answered = lab.listener.received.length;
  expect(await look()).toContainEqual(
    expect.stringMatching(/^RESOLVED bonn tunnel 203\.0\.113\.3: TunnelDown \(\d+\), deleted/),
  );
  const over = lab.listener.received.slice(answered).map(({ text }) => text);
  expect(over.join('\n')).toContain('it no longer exists');
});

test('no key is in a log line, a notice or the state table, and nothing was written but those', async () => {
  const written = ['PutItem', 'TransactWriteItems']
    .flatMap((action) => lab.gateway.callsOf(action, 'all'))
    .map(({ params }) => JSON.stringify(params));
  const all = [...logs, ...lab.listener.received.map(({ text }) => text), ...written].join('\n');
  expect(all).toContain('TunnelDown');
  for (const key of KEYS) expect(all).not.toContain(key);
  expectOnlyPermittedWrites(lab, ['ReplaceVpnTunnel']);
});

/** What an hour would do to what was asked lately. */
async function forgetMemory(): Promise<void> {
  const { DeleteItemCommand, DynamoDBClient } = await import('@aws-sdk/client-dynamodb');
  const client = new DynamoDBClient(clientSettings(lab.emulator().url));
  await client.send(
    new DeleteItemCommand({
      TableName: lab.account.stateTable,
      Key: { id: { S: `memory#connections#${REGION}` } },
    }),
  );
}
