/**
 * Goal: whatever one answer about connections, endpoints, metrics or transit gateways says wrongly, nothing is found down, nothing is called over and nothing is written because of it (S1, S13). Method: an account
 * with something well and something down of each kind, through the real adapters at each function's schedule; each
 * operation in turn is refused, or answers without its list, emptied, halved, and as it did before the fault. What comes of it
 * is compared with what comes without it. test/aws/wholeAnswers.test.ts has the forms on the wire.
 */
import { describe, expect, test } from '@jest/globals';
import type { Replay } from '../../../lib/replay/replay.ts';
import { playLines } from '../play.ts';

interface Line {
  readonly at: string;
  readonly service: string;
  readonly operation: string;
  readonly input: object;
  readonly output?: object | undefined;
  readonly error?: object;
}

const at = (minute: number) => new Date(Date.UTC(2026, 10, 28, 12) + minute * 60_000).toISOString();
const line = (minute: number, operation: string, output: object, input: object = {}): Line => ({
  at: at(minute),
  service: /Metric/.test(operation) ? 'cloudwatch' : 'ec2',
  operation,
  input,
  output,
});

const tags = (own: Readonly<Record<string, string>>) =>
  Object.entries(own).map(([Key, Value]) => ({ Key, Value }));

const connection = (id: string, side: number, isUp: boolean) => ({
  VpnConnectionId: id,
  State: 'available',
  TransitGatewayId: 'tgw-01',
  CustomerGatewayId: `cgw-${side}`,
  Options: { StaticRoutesOnly: false },
  Tags: tags({ Name: id, 'vpn-medic:group': 'core' }),
  VgwTelemetry: [1, 2].map((tunnel) => ({
    OutsideIpAddress: `192.0.2.${10 * side + tunnel}`,
    Status: isUp ? 'UP' : 'DOWN',
    StatusMessage: isUp ? '5 BGP ROUTES' : 'IPSEC IS DOWN',
    AcceptedRouteCount: isUp ? 5 : 0,
    LastStatusChange: at(isUp ? -9_000 : 3),
  })),
});
const connections = (minute: number, ...isUps: readonly boolean[]) =>
  line(minute, 'DescribeVpnConnections', {
    VpnConnections: isUps.map((isUp, index) => connection(`vpn-0${index + 1}`, index + 1, isUp)),
  });

const endpoint = (id: string) => ({
  ClientVpnEndpointId: id,
  Status: { Code: 'available' },
  DnsName: `*.${id}.prod.clientvpn.eu-west-1.amazonaws.com`,
  TransportProtocol: 'udp',
  VpnPort: 443,
  ClientCidrBlock: '10.100.0.0/22',
  Tags: [],
  AuthenticationOptions: [{ Type: 'certificate-authentication' }],
});
const ENDPOINTS = ['cvpn-endpoint-0a', 'cvpn-endpoint-0b'] as const;
const associations = (minute: number, id: string, Code: string) =>
  line(
    minute,
    'DescribeClientVpnTargetNetworks',
    {
      ClientVpnTargetNetworks: ['a', 'b'].map((zone) => ({
        AssociationId: `cvpn-assoc-${id.slice(-2)}${zone}`,
        ClientVpnEndpointId: id,
        TargetNetworkId: `subnet-${zone}`,
        AvailabilityZones: [`eu-west-1${zone}`],
        Status: { Code },
      })),
    },
    { ClientVpnEndpointId: id },
  );

const attachment = (side: number) => ({
  TransitGatewayAttachmentId: `tgw-attach-${side}`,
  ResourceId: `vpn-0${side}`,
  ResourceType: 'vpn',
});

const route = (minute: number, side: number) =>
  line(
    minute,
    'SearchTransitGatewayRoutes',
    {
      AdditionalRoutesAvailable: false,
      Routes: [
        {
          DestinationCidrBlock: '10.20.0.0/16',
          Type: 'static',
          State: 'active',
          TransitGatewayAttachments: [attachment(side)],
        },
      ],
    },
    { TransitGatewayRouteTableId: 'tgw-rtb-01' },
  );

/** From minute 3 on vpn-01 and cvpn-endpoint-0b are down; vpn-02 and cvpn-endpoint-0a stay well. */
const ACCOUNT: readonly Line[] = [
  connections(0, true, true),
  line(0, 'DescribeCustomerGateways', {
    CustomerGateways: [1, 2].map((side) => ({
      CustomerGatewayId: `cgw-${side}`,
      IpAddress: `203.0.113.${side}`,
      BgpAsn: '65000',
      State: 'available',
      Tags: [],
    })),
  }),
  line(0, 'DescribeTransitGatewayRouteTables', {
    TransitGatewayRouteTables: [
      {
        TransitGatewayRouteTableId: 'tgw-rtb-01',
        TransitGatewayId: 'tgw-01',
        State: 'available',
        Tags: tags({ 'vpn-medic:group': 'core' }),
      },
    ],
  }),
  line(0, 'DescribeTransitGatewayAttachments', {
    TransitGatewayAttachments: [1, 2].map((side) => ({
      ...attachment(side),
      TransitGatewayId: 'tgw-01',
      State: 'available',
    })),
  }),
  route(0, 1),
  line(0, 'DescribeClientVpnEndpoints', { ClientVpnEndpoints: ENDPOINTS.map(endpoint) }),
  ...ENDPOINTS.map((id) => associations(0, id, 'associated')),
  ...ENDPOINTS.map((id) => ({
    at: at(0),
    service: 'probe',
    operation: 'openvpn',
    input: { address: `${id}.prod.clientvpn.eu-west-1.amazonaws.com`, port: 443, vantage: 'here' },
    output: { kind: 'up' },
  })),
  line(0, 'ListMetrics', {
    Metrics: [
      ...[11, 12, 21, 22].map((host) => ({
        Namespace: 'AWS/VPN',
        MetricName: 'TunnelState',
        Dimensions: [{ Name: 'TunnelIpAddress', Value: `192.0.2.${host}` }],
      })),
      ...ENDPOINTS.map((id) => ({
        Namespace: 'AWS/ClientVPN',
        MetricName: 'ActiveConnectionsCount',
        Dimensions: [{ Name: 'Endpoint', Value: id }],
      })),
    ],
  }),
  connections(3, false, true),
  // As the failover leaves it.
  route(4, 2),
  associations(3, ENDPOINTS[1], 'disassociated'),
];
const END: Line = { ...line(14, 'End', {}), service: 'medic' };

const OPERATIONS = [
  ...new Set(ACCOUNT.flatMap((one) => (one.service === 'probe' ? [] : [one.operation]))),
];

type Garble = (truth: Line, before: Line) => Partial<Line>;
const half = (list: readonly unknown[]) => list.slice(Math.ceil(list.length / 2));
const changedLists =
  (change: (list: readonly unknown[]) => readonly unknown[]): Garble =>
  ({ output = {} }) => ({
    output: Object.fromEntries(
      Object.entries(output).map(([key, value]) => [
        key,
        Array.isArray(value) ? change(value) : value,
      ]),
    ),
  });
const GARBLES: readonly (readonly [string, Garble])[] = [
  ['refused', () => ({ output: undefined, error: { name: 'InternalError', message: 'no' } })],
  ['without its list', () => ({ output: {} })],
  ['emptied', changedLists(() => [])],
  ['halved', changedLists(half)],
];

/** The account, with every answer of this operation garbled around the look of minute 7. */
function garbled(operation: string, garble: Garble): readonly Line[] {
  const own = ACCOUNT.filter((one) => one.operation === operation);
  const byInput = [...Map.groupBy(own, ({ input }) => JSON.stringify(input)).values()];
  const wrong = byInput.flatMap((some) => {
    const [before] = some;
    const truth = some.at(-1);
    if (before === undefined || truth === undefined) return [];
    return [
      { ...truth, ...garble(truth, before), at: at(7 - 0.1 / 60) },
      { ...truth, at: at(7 + 0.3 / 60) },
    ];
  });
  return [...ACCOUNT, ...wrong, END];
}

/** Says only that something could not be read. */
const GAP = /^(SightLost|CrlSightLost|\w*Unread|\w*Unknown)$/;

const outcome = ({ timeline }: Replay) =>
  timeline.flatMap(({ kind, reason, subject, title }) =>
    kind === 'held' || (reason !== null && GAP.test(reason))
      ? []
      : [`${kind} ${kind === 'notified' ? title.split(' ')[0] : ''} ${reason} ${subject}`],
  );

const untouched = playLines([...ACCOUNT, END]);

test('without a wrong answer both faults are found, the route moves, and nothing is over', async () => {
  const lines = outcome(await untouched);
  expect(lines).toEqual([
    'detected  EndpointUnavailable cvpn-endpoint-0b',
    'notified CRITICAL EndpointUnavailable cvpn-endpoint-0b',
    'detected  TunnelDown vpn-01/192.0.2.11',
    'detected  TunnelDown vpn-01/192.0.2.12',
    'detected  ConnectionDown vpn-01',
    'action  failover vpn-01',
    'notified CRITICAL ConnectionDown vpn-01',
  ]);
});

describe.each(GARBLES)('answered %s', (_how, garble) => {
  test.each(OPERATIONS)('%s finds nothing, ends nothing and writes nothing', async (operation) => {
    expect(outcome(await playLines(garbled(operation, garble)))).toEqual(outcome(await untouched));
  });
});

describe('answered as before the fault', () => {
  /** What is found besides is news of EC2's own words: a tunnel that turned twice, a route that another tool points back. */
  const isEndOrOutage = (one: string) => /^resolved|RESOLVED|CRITICAL/.test(one);

  test.each(OPERATIONS)('%s ends nothing, and is no outage', async (operation) => {
    const played = await playLines(garbled(operation, (_truth, { output }) => ({ output })));
    const before = outcome(await untouched).filter(isEndOrOutage);
    expect(outcome(played).filter(isEndOrOutage)).toEqual(before);
  });
});
