/** Goal: a write says truthfully how it ended. Method: EC2 mocked, one answer after the other. */
import { ReplaceRouteCommand } from '@aws-sdk/client-ec2';
import { expect, test } from '@jest/globals';
import { denied, ec2Error, strictEc2, throttled } from '../strict.ts';

const { mock, calls, ec2 } = strictEc2();
const { signal } = new AbortController();
const write = {
  tableId: 'rtb-0a1b2c3d4e5f60718',
  destination: '10.20.0.0/16',
  target: { kind: 'interface', id: 'eni-0a1b2c3d4e5f60718' } as const,
};

test.each([
  ['10.20.0.0/16', { DestinationCidrBlock: '10.20.0.0/16' }],
  ['2001:db8::/48', { DestinationIpv6CidrBlock: '2001:db8::/48' }],
  ['::/0', { DestinationIpv6CidrBlock: '::/0' }],
  ['pl-0a1b2c3d4e5f60718', { DestinationPrefixListId: 'pl-0a1b2c3d4e5f60718' }],
])('points %s at the interface, and at nothing else', async (destination, where) => {
  mock.on(ReplaceRouteCommand).resolves({});
  expect(await ec2.replaceRoute({ ...write, destination }, signal)).toEqual({ kind: 'written' });
  expect(mock.commandCalls(ReplaceRouteCommand).map(({ args }) => args[0].input)).toEqual([
    {
      RouteTableId: 'rtb-0a1b2c3d4e5f60718',
      NetworkInterfaceId: 'eni-0a1b2c3d4e5f60718',
      ...where,
    },
  ]);
  expect(calls).toEqual(['ReplaceRoute']);
});

test.each([
  ['vgw-0a1b2c3d4e5f60718', { GatewayId: 'vgw-0a1b2c3d4e5f60718' }],
  ['tgw-0a1b2c3d4e5f60718', { TransitGatewayId: 'tgw-0a1b2c3d4e5f60718' }],
])('points a route at the gateway %s, and at nothing else', async (id, where) => {
  mock.on(ReplaceRouteCommand).resolves({});
  await ec2.replaceRoute({ ...write, target: { kind: 'gateway', id } }, signal);
  expect(mock.commandCalls(ReplaceRouteCommand).map(({ args }) => args[0].input)).toEqual([
    { RouteTableId: 'rtb-0a1b2c3d4e5f60718', DestinationCidrBlock: '10.20.0.0/16', ...where },
  ]);
});

test.each([throttled(), ec2Error('Throttling'), ec2Error('EC2ThrottledException')])(
  'is throttled, and so not written: %s',
  async (error) => {
    mock.on(ReplaceRouteCommand).rejects(error);
    expect(await ec2.replaceRoute(write, signal)).toEqual({
      kind: 'throttled',
      why: `ec2:ReplaceRoute throttled (${error.name})`,
    });
  },
);

test.each([
  ['a timeout', Object.assign(new Error('x'), { name: 'TimeoutError' }), 'TimeoutError'],
  ['a reset', Object.assign(new Error('x'), { code: 'ECONNRESET' }), 'ECONNRESET'],
  ['a 500', ec2Error('InternalError', 'x', 500), 'InternalError'],
])('may or may not be written after %s', async (_, error, code) => {
  mock.on(ReplaceRouteCommand).rejects(error);
  expect(await ec2.replaceRoute(write, signal)).toEqual({
    kind: 'unclear',
    why: `ec2:ReplaceRoute got no usable answer (${code})`,
  });
});

test('may or may not be written when its caller gives up', async () => {
  mock.on(ReplaceRouteCommand).rejects(Object.assign(new Error('x'), { name: 'AbortError' }));
  expect(await ec2.replaceRoute(write, AbortSignal.abort())).toEqual({
    kind: 'unclear',
    why: 'ec2:ReplaceRoute aborted',
  });
});

test('is refused without the permission, and the why is the fix', async () => {
  mock.on(ReplaceRouteCommand).rejects(denied());
  expect(await ec2.replaceRoute(write, signal)).toEqual({
    kind: 'refused',
    why: 'ec2:ReplaceRoute denied (UnauthorizedOperation): the role needs ec2:ReplaceRoute on rtb-0a1b2c3d4e5f60718, which must be tagged vpn-medic:group',
    isOfTable: true,
  });
});

test.each([
  [
    'InvalidNetworkInterfaceID.NotFound',
    "The networkInterface ID 'eni-0a1b2c3d4e5f60718' does not exist",
    false,
  ],
  ['InvalidRoute.NotFound', 'There is no route matching that destination', false],
  ['InvalidParameterValue', 'The target cannot carry 0.0.0.0/0', false],
  [
    'InvalidRouteTableID.NotFound',
    "The routeTable ID 'rtb-0a1b2c3d4e5f60718' does not exist",
    true,
  ],
  ['InvalidRouteTableId.Malformed', 'Invalid id: "rtb-x"', true],
])(
  'is refused in EC2’s own words, for the route or for its table: %s',
  async (code, message, isOfTable) => {
    mock.on(ReplaceRouteCommand).rejects(ec2Error(code, message));
    expect(await ec2.replaceRoute(write, signal)).toEqual({
      kind: 'refused',
      why: `ec2:ReplaceRoute refused (${code}): ${message}`,
      isOfTable,
    });
  },
);

test('a bug of ours is thrown, never an answer', async () => {
  await expect(ec2.replaceRoute(write, signal)).rejects.toThrow('calling ec2:ReplaceRoute');
});
