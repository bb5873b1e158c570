/** Where a probe is sent from a vantage, and where it proves nothing: unreachable, or behind somebody else's tunnel. */
import { describe, expect, test } from '@jest/globals';
import { aimFrom } from '../../../lib/appliances/observe/targets.ts';
import type {
  Appliance,
  ManagedRoute,
  TableObservation,
  Topology,
} from '../../../lib/appliances/types/topology.ts';
import { parseProbes } from '../../../lib/probe/clauses.ts';
import type { Vantage } from '../../../lib/probe/types.ts';
import { VPC } from '../../builders/facts.ts';
import { anAppliance, aRoute, aTable, aWorld } from '../../builders/world.ts';

const HERE: Vantage = { id: 'here', subnetIds: [], isInVpc: false };
const INSIDE: Vantage = { id: 'probe-a', subnetIds: ['subnet-a'], isInVpc: true };

const probes = (text: string): Appliance['probes'] => {
  const parsed = parseProbes(text);
  return parsed.ok ? parsed.value : [];
};

interface Setting {
  readonly probe?: string;
  readonly appliance?: Partial<Appliance>;
  readonly routes?: readonly ManagedRoute[];
  readonly tables?: readonly TableObservation[];
  readonly topology?: Partial<Topology>;
}

/** i-a1 with the probe, and i-b1; 10.20.0.0/16 is behind their tunnel. */
function topologyOf({ probe = 'ike:500', appliance, routes, tables, topology }: Setting): Topology {
  const a = anAppliance('i-a1', { probes: probes(probe), privateIp: '10.0.1.5', ...appliance });
  return aWorld({
    appliances: [a, anAppliance('i-b1', { privateIp: '10.0.2.5', probes: [] })],
    routes: routes ?? [aRoute('rtb-1 10.20.0.0/16', 'i-a1')],
    tables: tables ?? [aTable('rtb-1', { ways: [{ cidr: '10.20.0.0/16', targetId: 'eni-a1' }] })],
    topology: { localCidrs: new Map([[VPC, ['10.0.0.0/16', 'fd00::/56']]]), ...topology },
  }).topology;
}

/** The address, or why there is none. */
function aim(vantage: Vantage, setting: Setting): string {
  const { aims, unreachables } = aimFrom(vantage, topologyOf(setting));
  const [key = ''] = [...aims.keys(), ...unreachables.keys()];
  return aims.get(key)?.target.address ?? unreachables.get(key)?.reason ?? '';
}

describe('the appliance’s own address', () => {
  test.each([
    ['outside every VPC the public one', HERE, {}, '192.0.2.10'],
    ['inside the private one', INSIDE, {}, '10.0.1.5'],
    ['inside, without one, the IPv6 one', INSIDE, { privateIp: null, ipv6: 'fd00::5' }, 'fd00::5'],
    ['outside, without a public one, none', HERE, { publicIp: null }, 'unreachable'],
    ['inside, without any, none', INSIDE, { privateIp: null }, 'unreachable'],
  ])('is %s', (_what, vantage, appliance, address) => {
    expect(aim(vantage, { appliance })).toBe(address);
  });
});

describe('an address behind the tunnel', () => {
  const probe = 'tcp:10.20.0.5:22';

  test('is knocked on from a subnet whose table leads through this appliance', () => {
    expect(aim(INSIDE, { probe })).toBe('10.20.0.5');
  });

  test.each([
    ['from outside every VPC', HERE, {}],
    ['from a subnet whose table leads through another', INSIDE, { targetId: 'eni-b1' }],
    ['from a subnet whose table leads to a gateway', INSIDE, { targetId: 'igw-1' }],
  ])('proves nothing %s', (_what, vantage, way) => {
    const ways = [{ cidr: '10.20.0.0/16', targetId: 'eni-a1', ...way }];
    expect(aim(vantage, { probe, tables: [aTable('rtb-1', { ways })] })).toBe('behind-tunnel');
  });

  test('proves nothing from a subnet of which no table is known', () => {
    const tables = [aTable('rtb-1', { subnetIds: ['subnet-z'] })];
    expect(aim(INSIDE, { probe, tables })).toBe('behind-tunnel');
  });

  test('the longest prefix decides through whom', () => {
    const ways = [
      { cidr: '10.20.0.0/16', targetId: 'eni-a1' },
      { cidr: '10.20.0.0/24', targetId: 'eni-b1' },
    ];
    expect(aim(INSIDE, { probe, tables: [aTable('rtb-1', { ways })] })).toBe('behind-tunnel');
    const other = [
      { cidr: '10.20.0.0/24', targetId: 'eni-a1' },
      { cidr: '0.0.0.0/0', targetId: 'eni-b1' },
    ];
    expect(aim(INSIDE, { probe, tables: [aTable('rtb-1', { ways: other })] })).toBe('10.20.0.5');
  });

  test('a vantage in two subnets must be led through the same appliance from both', () => {
    const vantage = { ...INSIDE, subnetIds: ['subnet-a', 'subnet-b'] };
    const way = (targetId: string) => [{ cidr: '10.20.0.0/16', targetId }];
    const tables = (second: string) => [
      aTable('rtb-1', { ways: way('eni-a1') }),
      aTable('rtb-2', { ways: way(second), subnetIds: ['subnet-b'] }),
    ];
    expect(aim(vantage, { probe, tables: tables('eni-a1') })).toBe('10.20.0.5');
    expect(aim(vantage, { probe, tables: tables('eni-b1') })).toBe('behind-tunnel');
  });

  test('an IPv6 one is behind an IPv6 route', () => {
    const routes = [aRoute('rtb-1 2001:db8:20::/48', 'i-a1')];
    expect(aim(HERE, { probe: 'tcp:[2001:db8:20::5]:22', routes })).toBe('behind-tunnel');
  });

  test('one inside a prefix list is behind its route, whatever else the list and the tables hold', () => {
    const routes = [aRoute('rtb-1 10.99.0.0/16', 'i-a1'), aRoute('rtb-1 pl-1', 'i-a1')];
    const topology = { prefixLists: new Map([['pl-1', ['10.40.0.0/16', '10.20.0.0/16']]]) };
    expect(aim(HERE, { probe, routes, topology })).toBe('behind-tunnel');
  });
});

describe('an address that is not behind the tunnel', () => {
  const everything = [aRoute('rtb-1 0.0.0.0/0', 'i-a1')];

  test.each([
    ['outside every managed route', 'tcp:10.99.0.5:22', undefined, '10.99.0.5'],
    ['inside the VPC itself', 'tcp:10.0.9.9:22', everything, '10.0.9.9'],
    ['loopback', 'tcp:127.0.0.1:5000', everything, '127.0.0.1'],
    ['its own private one', 'tcp:10.0.1.5:22', everything, '10.0.1.5'],
    ['its own public one', 'tcp:192.0.2.10:22', everything, '192.0.2.10'],
  ])('%s is knocked on from anywhere', (_what, probe, routes, address) => {
    expect(aim(HERE, { probe, ...(routes === undefined ? {} : { routes }) })).toBe(address);
  });

  test.each([
    ['group', { group: 'lab' }],
    ['VPC', { vpcId: 'vpc-2' }],
  ])('nor is one behind the routes of another %s only', (_what, over) => {
    const routes = [aRoute('rtb-1 10.20.0.0/16', 'i-b1', over)];
    expect(aim(HERE, { probe: 'tcp:10.20.0.5:22', routes })).toBe('10.20.0.5');
  });
});

test.each([
  ['by no appliance', [{ cidr: '10.20.0.0/16', targetId: 'igw-1' }]],
  ['by i-b1', [{ cidr: '10.20.0.0/16', targetId: 'eni-b1' }]],
])('why it proves nothing says how the vantage reaches it: %s', (how, ways) => {
  const topology = topologyOf({ probe: 'tcp:10.20.0.5:22', tables: [aTable('rtb-1', { ways })] });
  expect(aimFrom(INSIDE, topology).unreachables.get('i-a1 tcp:10.20.0.5:22')?.why).toBe(
    `10.20.0.5 is behind the tunnel, and probe-a reaches it ${how}`,
  );
});

test('every probe is either aimed or mute', () => {
  const topology = topologyOf({ probe: 'ike:500|tcp:10.20.0.5:22 tls:443 tcp:127.0.0.1:1' });
  const { aims, unreachables } = aimFrom(HERE, topology);
  expect([...aims.keys()]).toEqual(['i-a1 ike:500', 'i-a1 tls:443', 'i-a1 tcp:127.0.0.1:1']);
  expect([...unreachables.keys()]).toEqual(['i-a1 tcp:10.20.0.5:22']);
});
