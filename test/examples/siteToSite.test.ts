/** Goal: what is wrong with connections, their settings, limits and traffic is found in a capture as in the account. Method: made-up connections, each thing broken, captured and replayed or checked. */
import { expect, test } from '@jest/globals';
import { openCapture } from '../../lib/capture/parse.ts';
import { linesOf, playCaptures } from '../cases/play.ts';
import { cli } from '../cli/open.ts';
import type { MadeRegion } from './account.ts';
import { mergedLists } from './account.ts';
import { smallOffice } from './accounts/smallOffice.ts';
import { broken } from './broken.ts';
import { takenOf } from './captures.ts';
import { connectionLists, type MadeConnection, tunnelSeries } from './connections.ts';
import { daysBefore, type Item, idOf } from './ids.ts';
import { type Series, steady } from './metrics.ts';
import { vpcLists } from './network.ts';
import { clientsOf } from './serve.ts';

const place = {
  account: '111122223333',
  region: 'eu-central-1',
  at: Date.UTC(2026, 11, 2, 9, 30),
};
const VGW = idOf('vgw', 'office');
const TGW = idOf('tgw', 'office');

const site = (index: number, over: Partial<MadeConnection> = {}): MadeConnection => ({
  name: `site-${index}`,
  device: { name: `router-${index}`, ip: `198.51.100.${index}`, asn: 65_000 + index },
  gateway: { VpnGatewayId: VGW },
  outsideIps: [`203.0.113.${2 * index}`, `203.0.113.${2 * index + 1}`],
  staticRoutes: null,
  acceptedRoutes: 3,
  bytesAnHour: 40_000_000,
  ...over,
});

interface More {
  readonly lists?: MadeRegion['lists'];
  /** Every counter of bytes as this. */
  readonly bytes?: (metricName: string, outsideIp: string) => number;
  readonly tunnelOptions?: (index: number) => Item;
}

const region = (connections: readonly MadeConnection[], more: More = {}): MadeRegion => {
  const { lists = {}, bytes, tunnelOptions } = more;
  const series = tunnelSeries(connections).map((one): Series => {
    const ip = one.dimensions['TunnelIpAddress'] ?? '';
    return bytes === undefined || one.metricName === 'TunnelState'
      ? one
      : { ...one, value: steady(bytes(one.metricName, ip)) };
  });
  const own = connectionLists(place, connections);
  const changed = (own['DescribeVpnConnections'] ?? []).map((one) =>
    tunnelOptions === undefined ? one : withTunnelOptions(one, tunnelOptions),
  );
  return {
    ...place,
    file: '',
    lists: mergedLists([
      vpcLists(place, {
        name: 'office',
        cidr: '10.40.0.0/16',
        subnets: [['private-a', '10.40.10.0/24', 'a']],
        tables: [{ name: 'private-a', subnets: ['private-a'], routes: { '192.168.0.0/16': VGW } }],
        appliances: [],
      }),
      { ...own, DescribeVpnConnections: changed },
      lists,
    ]),
    answers: [],
    series,
    objects: [],
  };
};

function withTunnelOptions(one: Item, change: (index: number) => Item): Item {
  const options = Object(one['Options']);
  const tunnels: readonly Item[] = options.TunnelOptions;
  const TunnelOptions = tunnels.map((tunnel, index) => ({ ...tunnel, ...change(index) }));
  return { ...one, Options: { ...options, TunnelOptions } };
}

async function listedIn(made: MadeRegion): Promise<readonly string[]> {
  const { out } = await cli(['check', '--json', '--region', made.region, '--state-table', 'none'], {
    clients: clientsOf(made)(),
    clock: { now: () => made.at, monotonicMs: () => 0, sleep: async () => {} },
  });
  const { findings }: { findings: readonly { severity: string; reason: string }[] } =
    JSON.parse(out);
  return findings.map(({ severity, reason }) => `${severity} ${reason}`);
}

/** Of captures in their order, and two minutes more: what is usual is read in the pass after the first. */
async function playedIn(
  kinds: Parameters<typeof linesOf>[1],
  ...all: readonly MadeRegion[]
): Promise<string> {
  const captures = await Promise.all(
    all.map(async (made, index) => {
      const reader = openCapture('capture');
      for (const line of (await takenOf(made)).split('\n')) if (line !== '') reader.line(line);
      const at = new Date(made.at + 120_000).toISOString();
      const end = { at, service: 'medic', operation: 'End', input: {}, output: {} };
      if (index === all.length - 1) reader.line(JSON.stringify(end));
      return reader.end().captures[0];
    }),
  );
  return linesOf(await playCaptures(captures), kinds).join('\n');
}

const WELL = region([site(1), site(2)]);
const STATIC = (index: number, ...staticRoutes: readonly string[]) =>
  site(index, { staticRoutes, acceptedRoutes: 0 });
const onTransit = (ecmp: string): MadeRegion =>
  region(
    [1, 2].map((index) =>
      site(index, { gateway: { TransitGatewayId: TGW }, tags: { 'vpn-medic:site': 'hq' } }),
    ),
    {
      lists: {
        DescribeTransitGateways: [
          {
            TransitGatewayId: TGW,
            State: 'available',
            OwnerId: place.account,
            Options: { VpnEcmpSupport: ecmp },
            CreationTime: daysBefore(place.at, 90),
          },
        ],
      },
    },
  );
const GATEWAY = {
  DescribeVpnGateways: [
    {
      VpnGatewayId: VGW,
      State: 'available',
      VpcAttachments: [{ State: 'attached', VpcId: idOf('vpc', 'office') }],
    },
  ],
};

/** As found; and beside it, what is not. */
const CASES: readonly (readonly [string, MadeRegion, MadeRegion])[] = [
  [
    'info DpdWithoutRestart',
    region([site(1)], { tunnelOptions: () => ({ DpdTimeoutAction: 'none' }) }),
    WELL,
  ],
  [
    'info TunnelsDiffer',
    region([site(1)], {
      tunnelOptions: (index) => (index === 0 ? {} : { Phase1DHGroupNumbers: [{ Value: 14 }] }),
    }),
    WELL,
  ],
  [
    'info LogsOff',
    region([site(1)], {
      tunnelOptions: () => ({ LogOptions: { CloudWatchLogOptions: { LogEnabled: false } } }),
    }),
    region([site(1)], {
      tunnelOptions: () => ({
        LogOptions: { CloudWatchLogOptions: { LogEnabled: true, BgpLogEnabled: true } },
      }),
    }),
  ],
  ['warning RouteLimitNear', region([site(1, { acceptedRoutes: 80 })]), WELL],
  ['info TransitEcmpOff', onTransit('disable'), onTransit('enable')],
  [
    'info SiteAsnShared',
    region([site(1), site(2, { device: { name: 'r', ip: '198.51.100.2', asn: 65_001 } })]),
    WELL,
  ],
  [
    'info SiteRangesOverlap',
    region([STATIC(1, '172.16.0.0/12'), STATIC(2, '172.20.0.0/16')]),
    region([STATIC(1, '172.16.0.0/16'), STATIC(2, '172.20.0.0/16')]),
  ],
  [
    'info RangesOverlap',
    region([STATIC(1, '10.40.10.0/24')], { lists: GATEWAY }),
    region([STATIC(1, '10.41.10.0/24')], { lists: GATEWAY }),
  ],
  [
    'warning TunnelIdle',
    region([STATIC(1, '172.20.0.0/16')], { bytes: () => 0 }),
    region([STATIC(1, '172.20.0.0/16')]),
  ],
  [
    'warning TunnelSaturated',
    region([site(1)], { bytes: () => 20_000_000_000 }),
    region([site(1)], { bytes: () => 10_000_000_000 }),
  ],
  [
    'warning GatewaySaturated',
    region([site(1), site(2), site(3)], { bytes: () => 4_000_000_000 }),
    region([site(1), site(2)], { bytes: () => 4_000_000_000 }),
  ],
  [
    'info TrafficAsymmetric',
    region([site(1)], {
      bytes: (name, ip) => ((name === 'TunnelDataIn') === (ip === '203.0.113.2') ? 5_000_000 : 0),
    }),
    region([site(1)], { bytes: () => 5_000_000 }),
  ],
];

test.each(CASES)('%s: found where it is so, and not beside it', async (says, bad, well) => {
  expect(await listedIn(bad)).toContain(says);
  expect(await listedIn(well)).not.toContain(says);
});

test('a tunnel that sends and hears nothing back, and used to: found where it is so, and not beside it', async () => {
  const silentFrom = (from: number): MadeRegion => {
    const made = region([site(1)]);
    const series = made.series.map((one) => ({
      ...one,
      value: (at: number, periodMs: number) =>
        one.metricName === 'TunnelDataIn' && at >= from ? 0 : one.value(at, periodMs),
    }));
    return { ...made, series };
  };
  expect(await playedIn(['detected'], silentFrom(place.at - 3_600_000))).toContain(
    'warning TunnelOneWay',
  );
  expect(await playedIn(['detected'], silentFrom(place.at - 300_000))).not.toContain(
    'TunnelOneWay',
  );
});

test.each([
  ['an appliance of the account: one notification, of that', '198.51.100.10', false],
  ['somewhere else: the appliance and the connection', '198.51.100.99', true],
])('a customer gateway that goes down is %s', async (_, ip, isByItself) => {
  const at = (minutes: number): MadeRegion => {
    const office = smallOffice({ ...place, at: place.at + minutes * 60_000 });
    const own = [STATIC(1, '172.20.0.0/16')].map((one) => ({
      ...one,
      device: { ...one.device, ip },
    }));
    const lists = mergedLists([connectionLists(office, own), office.lists]);
    return { ...office, lists, series: [...office.series, ...tunnelSeries(own)] };
  };
  // AWS sees the dead peer a minute after the instance has stopped.
  const stopped = broken(at(1));
  const { DescribeVpnConnections = [] } = at(1).lists;
  const first = { ...stopped, lists: { ...stopped.lists, DescribeVpnConnections } };
  const both = broken(at(2));
  const lists = JSON.parse(
    JSON.stringify(both.lists).replaceAll(
      new Date(both.at - 600_000).toISOString(),
      new Date(both.at - 1_000).toISOString(),
    ),
  );
  const notified = await playedIn(['notified'], at(0), first, { ...both, lists });
  expect(notified).toContain('CRITICAL ApplianceDown');
  expect(notified.includes('ConnectionDown')).toBe(isByItself);
});
