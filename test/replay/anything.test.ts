/** Goal: whatever a capture holds, no function of a replay throws. Method: every operation answered with arbitrary JSON in the places of its fields. */
import { expect, test } from '@jest/globals';
import {
  array,
  assert,
  asyncProperty,
  constantFrom,
  dictionary,
  integer,
  letrec,
  oneof,
  record,
} from 'fast-check';
import { playLines } from '../cases/play.ts';

const START_AT = Date.UTC(2026, 10, 28, 12);
const FIELDS = [
  'VpnConnections',
  'VpnConnectionId',
  'State',
  'Tags',
  'Key',
  'Value',
  'VgwTelemetry',
  'Status',
  'OutsideIpAddress',
  'LastStatusChange',
  'AcceptedRouteCount',
  'Options',
  'TunnelOptions',
  'CustomerGateways',
  'CustomerGatewayId',
  'Reservations',
  'Instances',
  'InstanceId',
  'Name',
  'Placement',
  'NetworkInterfaces',
  'Attachment',
  'RouteTables',
  'RouteTableId',
  'Routes',
  'DestinationCidrBlock',
  'NetworkInterfaceId',
  'VpcId',
  'ClientVpnEndpoints',
  'Code',
  'ClientVpnEndpointId',
  'TransportProtocol',
  'ResourceId',
  'ResourceType',
  'Subnets',
  'SubnetId',
  'NextToken',
];
const WORDS = [
  'available',
  'UP',
  'DOWN',
  'running',
  'stopped',
  'vpn-medic:group',
  'vpn-medic:probe',
  'hq',
  'tcp:22',
  'i-0a',
  'i-0b',
  'vpc-1',
  'eni-0a',
  'vpn-01',
  'udp',
  'active',
  'CreateRoute',
  '10.20.0.0/16',
  '__proto__',
  '2026-11-28T11:00:00Z',
  '',
];
const OPERATIONS = [
  'DescribeVpnConnections',
  'DescribeCustomerGateways',
  'DescribeTags',
  'DescribeInstances',
  'DescribeRouteTables',
  'DescribeSubnets',
  'DescribeInstanceStatus',
  'DescribeNetworkInterfaces',
  'DescribeClientVpnEndpoints',
  'DescribeClientVpnTargetNetworks',
  'ReplaceRoute',
];

const { value } = letrec<{ value: unknown }>((tie) => ({
  value: oneof(
    { depthSize: 'medium', withCrossShrink: true },
    constantFrom<unknown>(...WORDS, null, 0, 5, -1, true),
    array(tie('value'), { maxLength: 3 }),
    dictionary(constantFrom(...FIELDS), tie('value'), { maxKeys: 6 }),
  ),
}));
const line = record({
  second: integer({ min: 0, max: 150 }),
  operation: constantFrom(...OPERATIONS),
  input: constantFrom<object>(
    {},
    { InstanceIds: ['i-0a'] },
    { Filters: null },
    { Filters: [{ Name: 'vpc-id', Values: ['vpc-1'] }] },
  ),
  output: dictionary(constantFrom(...FIELDS), value, { maxKeys: 4 }),
});

test('a replay of anything ends without a crash', async () => {
  await assert(
    asyncProperty(array(line, { minLength: 1, maxLength: 12 }), async (lines) => {
      const answers = lines.map(({ second, ...rest }) => ({
        at: new Date(START_AT + second * 1_000).toISOString(),
        service: 'ec2',
        ...rest,
      }));
      expect((await playLines(answers)).crashes).toEqual([]);
    }),
    { numRuns: 60 },
  );
}, 60_000);
