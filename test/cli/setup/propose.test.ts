/** Goal: what forwards is recognised, grouped and named as its owner would; what is unclear is left out, with why. */
import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import type { SetupFacts } from '../../../lib/cli/setup/facts.ts';
import { productOf } from '../../../lib/cli/setup/products.ts';
import { proposalOf } from '../../../lib/cli/setup/propose.ts';
import { probePlaceOf } from '../../../lib/cli/setup/rules.ts';
import type { Proposal } from '../../../lib/cli/setup/types.ts';
import type { SecurityGroupFact, SecurityRule } from '../../../lib/core/securityGroupPort.ts';
import { tagIndex } from '../../../lib/core/tags.ts';
import {
  anInstance,
  anInterface,
  aRouteFact,
  aTableFact,
  eniOf,
  REGION,
  tagsOf,
} from '../../builders/facts.ts';

type Tags = Parameters<typeof tagsOf>[0];

const rule = (protocol: string, port: number, over: Partial<SecurityRule> = {}): SecurityRule => ({
  protocol,
  ports: [port, port],
  cidrs: ['0.0.0.0/0'],
  groupIds: [],
  prefixListIds: [],
  ...over,
});
const aGroup = (groupId: string, ...ingress: readonly SecurityRule[]): SecurityGroupFact => ({
  groupId,
  vpcId: 'vpc-1',
  ingress,
  egress: [],
});
const IKE = aGroup('sg-ike', rule('udp', 500), rule('udp', 4_500));

/** Instances with one forwarding interface each, in the security group of the VPN daemon. */
const factsOf = (
  instances: readonly ReturnType<typeof anInstance>[],
  routes: Readonly<Record<string, readonly (readonly [to: string, instanceId: string])[]>>,
  tags: Tags = {},
  group: SecurityGroupFact = IKE,
): SetupFacts => ({
  region: REGION,
  instances,
  forwarders: instances.map(({ instanceId, vpcId }) => anInterface(instanceId, { vpcId })),
  tables: Object.entries(routes).map(([tableId, list]) =>
    aTableFact(tableId, {
      routes: [
        aRouteFact('10.0.0.0/16', null, { otherTarget: 'local', origin: 'table' }),
        ...list.map(([to, instanceId]) => aRouteFact(to, eniOf(instanceId))),
      ],
    }),
  ),
  tags: tagIndex(tagsOf(tags)),
  groupIds: new Map(instances.map(({ instanceId }) => [eniOf(instanceId), [group.groupId]])),
  securityGroups: new Map([[group.groupId, group]]),
  images: new Map(),
  transit: { connections: [], tables: [] },
  crlAddresses: [],
  connectionCount: 0,
  endpointCount: 0,
  notes: [],
});

const [A, B] = [anInstance('i-a1', { name: 'vpn-a' }), anInstance('i-b1', { name: 'vpn-b' })];
const TWO = factsOf([A, B], {
  'rtb-a': [['192.168.0.0/16', 'i-a1']],
  'rtb-b': [['192.168.0.0/16', 'i-b1']],
});
const namesIn = ({ groups }: Proposal) =>
  groups.map(({ name, members }) => [name, ...members.map((one) => one.name)]);

describe('a group', () => {
  test('is those that carry the same destination in one VPC, named by what their names share', () => {
    const proposal = proposalOf(TWO);
    expect(namesIn(proposal)).toEqual([['vpn', 'vpn-a', 'vpn-b']]);
    expect(proposal.tags).toEqual([
      { resourceId: 'i-a1', key: 'vpn-medic:group', value: 'vpn' },
      { resourceId: 'i-a1', key: 'vpn-medic:probe', value: 'ike:500' },
      { resourceId: 'i-b1', key: 'vpn-medic:group', value: 'vpn' },
      { resourceId: 'i-b1', key: 'vpn-medic:probe', value: 'ike:500' },
      { resourceId: 'rtb-a', key: 'vpn-medic:group', value: 'vpn' },
      { resourceId: 'rtb-b', key: 'vpn-medic:group', value: 'vpn' },
    ]);
    expect(proposal.groups[0]?.lacks).toEqual([]);
  });

  test('is not made of those that carry different destinations', () => {
    const facts = factsOf([A, B], {
      'rtb-a': [
        ['192.168.0.0/16', 'i-a1'],
        ['172.16.0.0/12', 'i-b1'],
      ],
    });
    expect(namesIn(proposalOf(facts))).toEqual([
      ['vpn-a', 'vpn-a'],
      ['vpn-b', 'vpn-b'],
    ]);
  });

  test('has a spare of its auto scaling group, or of its instance profile; a stranger is left out', () => {
    const profile = 'arn:aws:iam::111122223333:instance-profile/vpn';
    const spare = anInstance('i-c1', { name: 'vpn-c', instanceProfile: profile });
    const stranger = anInstance('i-c2', { name: 'web' });
    const carrier = { ...A, instanceProfile: profile };
    const proposal = proposalOf(
      factsOf([carrier, spare, stranger], { 'rtb-a': [['192.168.0.0/16', 'i-a1']] }),
    );
    expect(namesIn(proposal)).toEqual([['vpn', 'vpn-a', 'vpn-c']]);
    expect(proposal.leftOut).toMatchObject([
      { name: 'web', why: expect.stringMatching(/^no route/) },
    ]);
  });

  test('keeps the name that a tag gives, and a table the names that it has', () => {
    const tags = { 'i-a1': { group: 'berlin' }, 'rtb-a': { group: 'berlin paris' } };
    const facts = { ...TWO, tags: tagIndex(tagsOf(tags)) };
    const { tags: missing } = proposalOf(facts);
    expect(missing.filter(({ key }) => key === 'vpn-medic:group')).toEqual([
      { resourceId: 'i-b1', key: 'vpn-medic:group', value: 'berlin' },
      { resourceId: 'rtb-b', key: 'vpn-medic:group', value: 'berlin' },
    ]);
  });

  test('lacks a second appliance, or one in another zone', () => {
    const alone = factsOf([A], { 'rtb-a': [['192.168.0.0/16', 'i-a1']] });
    expect(proposalOf(alone).groups[0]?.lacks).toEqual([
      'a second appliance, best in another zone',
    ]);
    const mate = anInstance('i-a2', { name: 'vpn-a2' });
    const oneZone = factsOf([A, mate], {
      'rtb-a': [['192.168.0.0/16', 'i-a1']],
      'rtb-b': [['192.168.0.0/16', 'i-a2']],
    });
    expect(proposalOf(oneZone).groups[0]?.lacks).toEqual([
      'an appliance in another zone: all are in eu-west-1a',
    ]);
  });
});

test('two groups with routes in one table are both named in its tag, and a name that a tag gives is not given twice', () => {
  const facts = factsOf(
    [A, B],
    {
      'rtb-a': [
        ['192.168.0.0/16', 'i-a1'],
        ['172.16.0.0/12', 'i-b1'],
      ],
    },
    { 'i-b1': { group: 'vpn-a' } },
  );
  expect(proposalOf(facts).tags).toContainEqual({
    resourceId: 'rtb-a',
    key: 'vpn-medic:group',
    value: 'vpn-a-2 vpn-a',
  });
});

describe('what is no appliance', () => {
  const NAT = aGroup('sg-nat', rule('-1', 0, { ports: null }));
  const nat = anInstance('i-a1', { name: 'nat-a' });

  test('an instance with default routes alone and no VPN port open is left out as a NAT instance', () => {
    const facts = factsOf([nat], { 'rtb-a': [['0.0.0.0/0', 'i-a1']] }, {}, NAT);
    expect(proposalOf(facts)).toMatchObject({
      groups: [],
      tags: [],
      leftOut: [{ name: 'nat-a', why: expect.stringContaining('a NAT instance?') }],
    });
  });

  test('with a VPN port open, or another destination, it is proposed', () => {
    const withPort = factsOf([nat], { 'rtb-a': [['0.0.0.0/0', 'i-a1']] });
    expect(proposalOf(withPort).groups).toHaveLength(1);
    const withNet = factsOf([nat], { 'rtb-a': [['192.168.0.0/16', 'i-a1']] }, {}, NAT);
    expect(proposalOf(withNet).groups).toHaveLength(1);
  });

  test('what is ignored stays so', () => {
    const facts = { ...TWO, tags: tagIndex(tagsOf({ 'i-b1': { ignore: 'lab' } })) };
    expect(namesIn(proposalOf(facts))).toEqual([['vpn-a', 'vpn-a']]);
  });
});

describe('a probe', () => {
  test.each([
    ['udp', 500, 'ike:500'],
    ['17', 1_194, 'openvpn:1194'],
    ['tcp', 1_194, 'openvpn-tcp:1194'],
    ['6', 443, 'tls:443'],
  ])('%s %d is open: %s', (protocol, port, clause) => {
    const group = aGroup('sg-1', rule(protocol, port));
    const facts = factsOf([A], { 'rtb-a': [['192.168.0.0/16', 'i-a1']] }, {}, group);
    expect(proposalOf(facts).groups[0]?.members[0]?.probe).toMatchObject({
      clause,
      basis: 'rules',
    });
  });

  test('a rule for every port names no daemon: no tag is proposed, and the lack is said', () => {
    const group = aGroup(
      'sg-1',
      rule('udp', 0, { ports: [0, 65_535] }),
      rule('-1', 0, { ports: null }),
    );
    const facts = factsOf([A], { 'rtb-a': [['192.168.0.0/16', 'i-a1']] }, {}, group);
    const { groups, tags } = proposalOf(facts);
    expect(tags.filter(({ key }) => key === 'vpn-medic:probe')).toEqual([]);
    expect(groups[0]?.lacks).toContainEqual(expect.stringContaining('on vpn-a'));
  });
});

test('an open port of WireGuard makes it no NAT instance, and is no probe before its key is there', () => {
  const group = aGroup('sg-1', rule('udp', 51_820));
  const facts = factsOf([A], { 'rtb-a': [['0.0.0.0/0', 'i-a1']] }, {}, group);
  const { groups, tags } = proposalOf(facts);
  expect(groups[0]?.members[0]?.probe).toMatchObject({ clause: 'wireguard:51820', basis: 'key' });
  expect(tags.filter(({ key }) => key === 'vpn-medic:probe')).toEqual([]);
  expect(groups[0]?.lacks).toContainEqual(expect.stringContaining('Probes with a key'));
});

test('one that is stopped is named and in no group; one that is terminated is not named', () => {
  const stopped = { ...B, state: 'stopped' as const };
  const gone = anInstance('i-c1', { name: 'old', state: 'terminated' });
  const proposal = proposalOf(
    factsOf([A, stopped, gone], { 'rtb-a': [['192.168.0.0/16', 'i-a1']] }),
  );
  expect(namesIn(proposal)).toEqual([['vpn-a', 'vpn-a']]);
  expect(proposal.leftOut).toEqual([
    { instanceId: 'i-b1', name: 'vpn-b', why: expect.stringMatching(/^it is stopped/) },
  ]);
});

describe('an image', () => {
  const closed = aGroup('sg-1', rule('-1', 0, { ports: null }));
  const toDefault = { 'rtb-a': [['0.0.0.0/0', 'i-a1']] } as const;
  const launchedFrom = (image: string, facts: SetupFacts): SetupFacts => ({
    ...facts,
    images: new Map([['i-a1', image]]),
  });

  test.each([
    ['FortiGate-VM64-AWSONDEMAND build1803 (7.4.8)', 'FortiGate', 'ike:500'],
    ['PA-VM-AWS-11.1.2-f1260463', 'Palo Alto VM-Series', 'ike:500'],
    ['Cisco-C8K-17.15.01a', 'Cisco', 'ike:500'],
    ['OpenVPN Access Server Community Image-8fbe3379-63b6', 'OpenVPN', 'openvpn:1194'],
  ])(
    '%s makes it an appliance, though only default routes lead to it',
    (image, product, clause) => {
      const facts = launchedFrom(image, factsOf([A], toDefault, {}, closed));
      const { groups, tags } = proposalOf(facts);
      expect(groups[0]?.members[0]).toMatchObject({ product, probe: { clause, basis: 'image' } });
      expect(tags).toContainEqual({ resourceId: 'i-a1', key: 'vpn-medic:probe', value: clause });
      expect(groups[0]?.lacks).toEqual(['a second appliance, best in another zone']);
    },
  );

  test.each(['amzn-ami-vpc-nat-2018.03.0', 'fck-nat-al2023-hvm-1.3.0'])(
    '%s is left out, though a VPN port is open and another route leads to it',
    (image) => {
      const routes = { 'rtb-a': [['192.168.0.0/16', 'i-a1']] } as const;
      expect(proposalOf(launchedFrom(image, factsOf([A], routes)))).toMatchObject({
        groups: [],
        leftOut: [{ why: 'its image is that of a NAT instance' }],
      });
    },
  );

  test('of a plain Linux says nothing, and an open port outweighs what the product has by default', () => {
    expect(productOf('al2023-ami-2023.6-kernel-6.1-x86_64 Amazon Linux 2023')).toBeNull();
    const open = aGroup('sg-1', rule('tcp', 443));
    const routes = { 'rtb-a': [['192.168.0.0/16', 'i-a1']] } as const;
    const facts = launchedFrom('VyOS 1.4.2', factsOf([A], routes, {}, open));
    expect(proposalOf(facts).groups[0]?.members[0]?.probe.clause).toBe('tls:443');
  });
});

describe('probes from inside the VPC', () => {
  test('one subnet in each zone, and a rule where none admits them', () => {
    const closed = { ...IKE, ingress: [rule('udp', 500, { cidrs: ['198.51.100.0/24'] })] };
    const facts = factsOf(
      [A, B],
      { 'rtb-a': [['192.168.0.0/16', 'i-a1']], 'rtb-b': [['192.168.0.0/16', 'i-b1']] },
      {},
      closed,
    );
    expect(probePlaceOf(proposalOf(facts).groups, facts)).toEqual({
      vpcId: 'vpc-1',
      subnetIds: ['subnet-a', 'subnet-b'],
      securityGroupId: 'sg-ike',
      rules: [{ groupId: 'sg-ike', fromGroupId: 'sg-ike', protocol: 'udp', port: 500 }],
    });
  });

  test('no rule where every address is admitted, and no place where no security group is known', () => {
    expect(probePlaceOf(proposalOf(TWO).groups, TWO)?.rules).toEqual([]);
    const unread = { ...TWO, groupIds: null };
    expect(probePlaceOf(proposalOf(unread).groups, unread)).toBeNull();
  });
});

test('with the proposed tags nothing is left to add, and the groups are the same', () => {
  const ids = ['i-a1', 'i-a2', 'i-b1', 'i-b2', 'i-c1'];
  const anyRoutes = fc.dictionary(
    fc.constantFrom('rtb-1', 'rtb-2', 'rtb-3'),
    fc.array(
      fc.tuple(
        fc.constantFrom('192.168.0.0/16', '172.16.0.0/12', '0.0.0.0/0'),
        fc.constantFrom(...ids),
      ),
      { maxLength: 3 },
    ),
  );
  fc.assert(
    fc.property(fc.subarray(ids), anyRoutes, fc.boolean(), (some, routes, hasProfile) => {
      const instances = some.map((id) =>
        anInstance(id, hasProfile ? { instanceProfile: 'arn:aws:iam::1:instance-profile/x' } : {}),
      );
      const facts = factsOf(instances, routes);
      const before = proposalOf(facts);
      const tags = tagIndex(before.tags.map((tag) => ({ ...tag, resourceType: '' })));
      const after = proposalOf({ ...facts, tags });
      expect(after.tags).toEqual([]);
      expect(namesIn(after)).toEqual(namesIn(before));
      expect(proposalOf({ ...facts, instances: instances.toReversed() })).toEqual(before);
    }),
    { numRuns: 300 },
  );
});
