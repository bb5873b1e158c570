/** Goal: peerings, propagation and PrivateLink endpoints are judged on both sides of each boundary. Method: pure. */
import { describe, expect, test } from '@jest/globals';
import { known, unknown } from '../../lib/core/reading.ts';
import { assessNetwork } from '../../lib/network/assess.ts';
import { observeNetwork } from '../../lib/network/observe.ts';
import type { NetworkPort } from '../../lib/network/ports.ts';
import { NO_NETWORK_MEMORY, recallNetwork } from '../../lib/network/state.ts';
import type {
  GatewayAttachment,
  NetworkTable,
  NetworkWorld,
  PeeringFact,
  PrivateGateway,
  PrivateLinkFact,
} from '../../lib/network/types.ts';
import { NOW } from '../builders/facts.ts';
import { aNetworkWorld } from '../builders/network.ts';

const route = (destination: string, target: string, isBlackhole = false) => ({
  destination,
  target,
  isBlackhole,
});
const table = (letter: string, over: Partial<NetworkTable> = {}): NetworkTable => ({
  tableId: `rtb-0${letter}`,
  name: `private-${letter}`,
  vpcId: `vpc-0${letter}`,
  isMain: false,
  subnetIds: [`subnet-0${letter}`],
  propagating: [],
  routes: [],
  ignored: null,
  isWatched: false,
  ...over,
});
const peering = (state: string): PeeringFact => ({
  peeringId: 'pcx-1',
  state,
  requester: { vpcId: 'vpc-0a', cidrs: ['10.1.0.0/16'] },
  accepter: { vpcId: 'vpc-0b', cidrs: ['10.2.0.0/16'] },
});
const gateway = (over: Partial<PrivateGateway> = {}): PrivateGateway => ({
  gatewayId: 'vgw-1',
  name: 'sites',
  vpcId: 'vpc-0a',
  ignored: null,
  isWatched: false,
  ...over,
});
const link = (over: Partial<PrivateLinkFact> = {}): PrivateLinkFact => ({
  endpointId: 'vpce-1',
  name: 'ledger',
  serviceName: 'com.amazonaws.eu-west-1.sqs',
  kind: 'Interface',
  state: 'available',
  stateWhy: '',
  subnetIds: ['subnet-0a', 'subnet-0b'],
  hasPrivateDns: true,
  ignored: null,
  ...over,
});
const attachment = (kind: string, resourceId: string, tableId: string): GatewayAttachment => ({
  attachmentId: `tgw-attach-${resourceId}`,
  transitGatewayId: 'tgw-1',
  kind,
  resourceId,
  tableId,
});
const found = (over: Partial<NetworkWorld>) =>
  assessNetwork(aNetworkWorld(over), [], NO_NETWORK_MEMORY, NOW).findings.map(
    ({ severity, reason, subject }) => `${severity} ${reason} ${subject.id}`,
  );

const THERE = table('a', { routes: [route('10.2.0.0/16', 'pcx-1')] });
const BACK = table('b', { routes: [route('10.1.0.0/16', 'pcx-1')] });
const BROKEN = ['info PeeringRouteBroken rtb-0a'];

describe('a route over a peering', () => {
  const says = (peerings: readonly PeeringFact[], tables: readonly NetworkTable[]) =>
    found({ peerings: known(peerings, NOW), tables: known(tables, NOW) });

  test.each([
    ['active', []],
    ['provisioning', []],
    ['a word of tomorrow', []],
    ['pending-acceptance', BROKEN],
    ['deleted', BROKEN],
    ['rejected', BROKEN],
    ['expired', BROKEN],
  ])('that is %s', (state, expected) => {
    const both = state === 'active' ? [THERE, BACK] : [THERE];
    expect(says([peering(state)], both)).toEqual(expected);
  });

  test('with no way back from the other VPC, where that is ours; of another account none can be seen', () => {
    expect(says([peering('active')], [THERE, table('b')])).toEqual(BROKEN);
    expect(says([peering('active')], [THERE])).toEqual([]);
    const elsewhere = table('b', { routes: [route('10.9.0.0/16', 'pcx-1')] });
    expect(says([peering('active')], [THERE, elsewhere])).toContain(BROKEN[0]);
  });

  test('that is not listed: gone where EC2 calls the route a blackhole, not known otherwise', () => {
    const dead = table('a', { routes: [route('10.2.0.0/16', 'pcx-1', true)] });
    expect(says([], [dead])).toEqual(BROKEN);
    expect(says([], [THERE])).toEqual([]);
  });

  test('a table that is watched is a warning; one that is ignored is nothing', () => {
    expect(says([peering('deleted')], [{ ...THERE, isWatched: true }])).toEqual([
      'warning PeeringRouteBroken rtb-0a',
    ]);
    expect(says([peering('deleted')], [{ ...THERE, ignored: 'old' }])).toEqual([]);
  });
});

describe('a virtual private gateway', () => {
  test.each<readonly [string, NetworkTable, readonly string[]]>([
    ['propagated', table('a', { propagating: ['vgw-1'] }), []],
    ['by a static route', table('a', { routes: [route('192.168.0.0/16', 'vgw-1')] }), []],
    ['by neither', table('a'), ['info PropagationOff vgw-1']],
    ['by neither, of a public subnet', table('a', { routes: [route('0.0.0.0/0', 'igw-1')] }), []],
    ['by neither, without a subnet', table('a', { subnetIds: [] }), []],
    ['by neither, of another VPC', table('b'), []],
  ])('%s', (_, one, says) => {
    expect(found({ gateways: known([gateway()], NOW), tables: known([one], NOW) })).toEqual(says);
  });

  test('that is attached to no VPC leads nowhere; one that is watched is a warning', () => {
    const tables = known([table('a')], NOW);
    expect(found({ tables, gateways: known([gateway({ vpcId: null })], NOW) })).toEqual([]);
    expect(found({ tables, gateways: known([gateway({ isWatched: true })], NOW) })).toEqual([
      'warning PropagationOff vgw-1',
    ]);
  });
});

describe('a route that EC2 calls a blackhole', () => {
  const to = (target: string, isBlackhole = true, over: Partial<NetworkTable> = {}) =>
    known([table('a', { routes: [route('10.9.0.0/16', target, isBlackhole)], ...over })], NOW);

  test.each([
    ['a transit gateway', 'tgw-1', true, ['info RouteTargetGone rtb-0a']],
    ['a transit gateway that carries it', 'tgw-1', false, []],
    ['a virtual private gateway', 'vgw-9', true, ['info RouteTargetGone rtb-0a']],
    ['an endpoint', 'vpce-9', true, ['info RouteTargetGone rtb-0a']],
    ['something else: an appliance has findings of its own', '', true, []],
  ])('to %s', (_, target, isBlackhole, says) => {
    expect(found({ tables: to(target, isBlackhole) })).toEqual(says);
  });

  test('of a table that is watched is a warning, of one that is ignored none', () => {
    expect(found({ tables: to('tgw-1', true, { isWatched: true }) })).toEqual([
      'warning RouteTargetGone rtb-0a',
    ]);
    expect(found({ tables: to('tgw-1', true, { ignored: 'old' }) })).toEqual([]);
  });

  test('to a watched endpoint that is rejected is named in its finding alone', () => {
    const privateLinks = known([link({ state: 'rejected' })], NOW);
    expect(found({ tables: to('vpce-1'), privateLinks })).toEqual([
      'warning PrivateLinkImpaired vpce-1',
    ]);
    const { findings } = assessNetwork(
      aNetworkWorld({ tables: to('vpce-1'), privateLinks }),
      [],
      NO_NETWORK_MEMORY,
      NOW,
    );
    expect(findings[0]?.evidence).toContain('10.9.0.0/16 of private-a leads to it');
  });
});

test.each<readonly [string, Partial<PrivateLinkFact>, boolean]>([
  ['well', {}, false],
  ['pending', { state: 'pending' }, false],
  ['not accepted', { state: 'pendingacceptance' }, true],
  ['rejected', { state: 'rejected' }, true],
  ['whose service is gone', { state: 'failed' }, true],
  ['in one subnet', { subnetIds: ['subnet-0a'] }, true],
  ['a gateway endpoint, which has none', { kind: 'Gateway', subnetIds: [] }, false],
  ['with private DNS off', { hasPrivateDns: false }, true],
  [
    'of a service without a public name',
    { hasPrivateDns: false, serviceName: 'com.amazonaws.vpce.eu-west-1.vpce-svc-1' },
    false,
  ],
  ['ignored', { state: 'rejected', ignored: 'old' }, false],
])('a PrivateLink endpoint %s', (_, over, isFound) => {
  expect(found({ privateLinks: known([link(over)], NOW) })).toEqual(
    isFound ? ['warning PrivateLinkImpaired vpce-1'] : [],
  );
});

test('what cannot be read stands as it was found, with its date, through the stored memory', () => {
  const first = assessNetwork(
    aNetworkWorld({ privateLinks: known([link({ state: 'rejected' })], NOW) }),
    [],
    NO_NETWORK_MEMORY,
    NOW,
  );
  const memory = recallNetwork(JSON.parse(JSON.stringify(first.memory)));
  const later = NOW + 3_600_000;
  const blind = assessNetwork(
    aNetworkWorld({ at: later, privateLinks: unknown('denied', later) }),
    [],
    memory,
    later,
  );
  expect(blind.findings.filter(({ reason }) => reason !== 'NetworkUnread')).toEqual(first.findings);
  expect(blind.findings.filter(({ reason }) => reason === 'NetworkUnread')).toMatchObject([
    { severity: 'info', evidence: ['privateLinks: denied'] },
  ]);
  const well = assessNetwork(
    aNetworkWorld({ at: later, privateLinks: known([link()], later) }),
    [],
    memory,
    later,
  );
  expect(well.findings).toEqual([]);
  expect(assessNetwork(null, [], memory, later).findings).toEqual(first.findings);
});

test.each([
  ['an hour later', known([], NOW), 3_600_000],
  ['ten minutes later where a part could not be read', unknown('ec2:x throttled', NOW), 600_000],
])('the next look is %s', async (_, peerings, dueMs) => {
  const { memory } = assessNetwork(aNetworkWorld({ peerings }), [], NO_NETWORK_MEMORY, NOW);
  const look = (afterMs: number) =>
    observeNetwork(PORT, 'eu-west-1', memory, NOW + afterMs, signal);
  expect(await look(dueMs - 1)).toBeNull();
  expect(await look(dueMs)).not.toBeNull();
});

const noneOf = async () => known([], NOW);
const PORT: NetworkPort = {
  peerings: noneOf,
  tables: noneOf,
  gateways: noneOf,
  privateLinks: noneOf,
  attachments: noneOf,
  transitGateways: noneOf,
  transitRoutes: async () => new Map(),
  directConnect: async () => known({ interfaces: [], gateways: [] }, NOW),
};
const { signal } = new AbortController();
const GATEWAY = { directConnectGatewayId: 'dxgw', gatewayIds: [], interfaceIds: [] };

test.each([
  [3_600_000 - 1, false, false],
  [3_600_000, false, true],
  [-1, false, true],
  [29_999, true, false],
  [30_000, true, true],
])('%i ms after the last read, urgent %p, it is due: %p', async (afterMs, isUrgent, isDue) => {
  const last = { readAt: NOW };
  const read = await observeNetwork(PORT, 'eu-west-1', last, NOW + afterMs, signal, isUrgent);
  expect(read !== null).toBe(isDue);
});

test('tables of transit gateways are read where something but VPCs is attached, those of connections first', async () => {
  const asked: string[] = [];
  const port = (attached: readonly GatewayAttachment[]): NetworkPort => ({
    ...PORT,
    attachments: async () => known(attached, NOW),
    transitRoutes: async (ids) => {
      asked.push(...ids);
      return new Map(ids.slice(0, 12).map((id) => [id, known([], NOW)]));
    },
  });
  const vpcs = Array.from({ length: 12 }, (_, index) =>
    attachment('vpc', `vpc-${index}`, `tgw-rtb-${index}`),
  );
  await observeNetwork(port(vpcs), 'eu-west-1', { readAt: null }, NOW, signal);
  expect(asked).toEqual([]);
  const site = attachment('vpn', 'vpn-1', 'tgw-rtb-sites');
  const attached = [...vpcs, site];
  const read = await observeNetwork(port(attached), 'eu-west-1', { readAt: null }, NOW, signal);
  expect(asked[0]).toBe('tgw-rtb-sites');
  expect(read?.unreadTableIds).toEqual(['tgw-rtb-11']);
});

test.each([
  ['none', known({ interfaces: [], gateways: [] }, NOW), 16],
  ['two', known({ interfaces: [], gateways: [GATEWAY, GATEWAY] }, NOW), 12],
  ['too many to read', unknown('6 Direct Connect gateways', NOW), 6],
])(
  'with %s Direct Connect gateways, tables have what is left of 16 calls',
  async (_, direct, left) => {
    const asked: number[] = [];
    const port: NetworkPort = {
      ...PORT,
      directConnect: async () => direct,
      transitRoutes: async (_ids, callsMax) => {
        asked.push(callsMax);
        return new Map();
      },
    };
    await observeNetwork(port, 'eu-west-1', { readAt: null }, NOW, signal);
    expect(asked).toEqual([left]);
  },
);
