/** Goal: peerings, propagation and PrivateLink endpoints are judged on both sides of each boundary. Method: pure. */
import { describe, expect, test } from '@jest/globals';
import { known, unknown } from '../../lib/core/reading.ts';
import { assessNetwork } from '../../lib/network/assess.ts';
import { observeNetwork } from '../../lib/network/observe.ts';
import { NO_NETWORK_MEMORY, recallNetwork } from '../../lib/network/state.ts';
import type {
  NetworkTable,
  NetworkWorld,
  PeeringFact,
  PrivateGateway,
  PrivateLinkFact,
} from '../../lib/network/types.ts';
import { NOW } from '../builders/facts.ts';

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
const world = (over: Partial<NetworkWorld> = {}): NetworkWorld => ({
  at: NOW,
  peerings: known([], NOW),
  tables: known([], NOW),
  gateways: known([], NOW),
  privateLinks: known([], NOW),
  ...over,
});
const found = (over: Partial<NetworkWorld>) =>
  assessNetwork(world(over), NO_NETWORK_MEMORY, NOW).findings.map(
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
    world({ privateLinks: known([link({ state: 'rejected' })], NOW) }),
    NO_NETWORK_MEMORY,
    NOW,
  );
  const memory = recallNetwork(JSON.parse(JSON.stringify(first.memory)));
  const later = NOW + 3_600_000;
  const blind = assessNetwork(
    world({ at: later, privateLinks: unknown('denied', later) }),
    memory,
    later,
  );
  expect(blind.findings).toEqual(first.findings);
  const well = assessNetwork(
    world({ at: later, privateLinks: known([link()], later) }),
    memory,
    later,
  );
  expect(well.findings).toEqual([]);
  expect(assessNetwork(null, memory, later).findings).toEqual(first.findings);
});

test.each([
  [3_600_000 - 1, false],
  [3_600_000, true],
  [-1, true],
])('%i ms after the last read it is due: %p', async (afterMs, isDue) => {
  const none = async () => known([], NOW);
  const port = { peerings: none, tables: none, gateways: none, privateLinks: none };
  const { signal } = new AbortController();
  const read = await observeNetwork(port, { readAt: NOW }, NOW + afterMs, signal);
  expect(read !== null).toBe(isDue);
});
