/** Goal: a port of a load balancer is called closed only when no rule can let it through. Method: rules by hand. */
import { describe, expect, test } from '@jest/globals';
import { closedPorts } from '../../../lib/cli/check/listenerPorts.ts';
import type { ListenerWay, LoadBalancerFact } from '../../../lib/core/loadBalancerPort.ts';
import type { SecurityRule } from '../../../lib/core/securityGroupPort.ts';
import { NOW } from '../../builders/facts.ts';

const rule = (over: Partial<SecurityRule> = {}): SecurityRule => ({
  protocol: 'udp',
  ports: [1_812, 1_813],
  cidrs: [],
  groupIds: [],
  prefixListIds: [],
  ...over,
});
const ALL = rule({ protocol: '-1', ports: null, cidrs: ['0.0.0.0/0'] });
const CLIENTS = rule({ cidrs: ['203.0.113.0/24'] });
const CHECKS = rule({ protocol: 'tcp', ports: [443, 443], cidrs: ['10.0.0.0/24'] });

const way = (over: Partial<ListenerWay> = {}): ListenerWay => ({
  transports: ['udp'],
  port: 1_812,
  targetTransports: ['udp'],
  targets: [
    {
      id: 'i-a',
      port: 1_812,
      healthPort: 443,
      address: '10.0.1.10',
      securityGroupIds: ['sg-target'],
    },
  ],
  ...over,
});

interface Rules {
  readonly balancer?: readonly SecurityRule[];
  readonly out?: readonly SecurityRule[];
  readonly target?: readonly SecurityRule[];
}

const lines = (rules: Rules, over: Partial<LoadBalancerFact> = {}) =>
  closedPorts(
    [
      {
        arn: 'arn:radius',
        name: 'radius',
        securityGroupIds: ['sg-balancer'],
        addresses: ['10.0.0.5', '10.0.0.6'],
        ways: [way()],
        ...over,
      },
    ],
    new Map(
      [
        { groupId: 'sg-balancer', ingress: rules.balancer ?? [ALL], egress: rules.out ?? [ALL] },
        { groupId: 'sg-target', ingress: rules.target ?? [ALL], egress: [] },
      ].map((one) => [one.groupId, { ...one, vpcId: 'vpc-1' }]),
    ),
    'eu-west-1',
    NOW,
  ).flatMap(({ evidence }) => evidence);

describe('with a security group of its own', () => {
  test.each([
    ['all is let through', {}],
    ['some clients are admitted at the listener', { balancer: [CLIENTS] }],
    [
      'the target names the group of the load balancer',
      {
        target: [
          rule({ groupIds: ['sg-balancer'] }),
          rule({ protocol: '6', ports: [443, 443], groupIds: ['sg-balancer'] }),
        ],
      },
    ],
    ['the target admits its clients, and health checks by range', { target: [CLIENTS, CHECKS] }],
    [
      'a list that is not read may hold the load balancer',
      { target: [CLIENTS, { ...CHECKS, cidrs: [], prefixListIds: ['pl-1'] }] },
    ],
    [
      'the way out names the group of the targets',
      {
        out: [
          rule({ groupIds: ['sg-target'] }),
          rule({ protocol: 'tcp', ports: [443, 443], groupIds: ['sg-target'] }),
        ],
      },
    ],
  ])('open where %s', (_, rules) => {
    expect(lines(rules)).toEqual([]);
  });

  test.each([
    [
      'no rule of it has the port',
      { balancer: [{ ...CLIENTS, ports: [1_813, 1_813] as const }] },
      /^sg-balancer of radius does not admit udp 1812 from clients: aws ec2 authorize-security-group-ingress --group-id sg-balancer .*RANGE-OF-THE-CLIENTS/,
    ],
    [
      'it lets the port out to another address alone',
      { out: [rule({ cidrs: ['10.0.1.11/32'] }), { ...ALL, protocol: 'tcp' }] },
      /^sg-balancer of radius lets no udp 1812 out to its target i-a: aws ec2 authorize-security-group-egress --group-id sg-balancer .*GroupId=sg-target/,
    ],
    [
      'no rule of the target has the port',
      { target: [CHECKS] },
      /^sg-target of the target i-a does not admit udp 1812 from clients: .*UserIdGroupPairs=\[\{GroupId=sg-balancer\}\]/,
    ],
    [
      'the target admits health checks from elsewhere alone',
      { target: [CLIENTS, { ...CHECKS, cidrs: ['10.9.0.0/24'] }] },
      /^sg-target of the target i-a does not admit tcp 443 from health checks of radius: .*GroupId=sg-balancer/,
    ],
  ])('closed where %s', (_, rules, said) => {
    expect(lines(rules)).toEqual([expect.stringMatching(said)]);
  });
});

test('without a security group of its own, health checks are known by the addresses of its interfaces', () => {
  const none = { securityGroupIds: [] };
  expect(lines({ target: [CLIENTS, CHECKS] }, none)).toEqual([]);
  const closed = [CLIENTS, { ...CHECKS, cidrs: ['10.0.0.7/32'] }];
  expect(lines({ target: closed }, none)).toEqual([
    expect.stringContaining('IpRanges=[{CidrIp=10.0.0.5/32},{CidrIp=10.0.0.6/32}]'),
  ]);
  expect(lines({ target: closed }, { ...none, addresses: [] })).toEqual([]);
});

test('a security group that could not be read says nothing, nor does a target without a known interface', () => {
  expect(lines({ balancer: [] }, { securityGroupIds: ['sg-balancer', 'sg-gone'] })).toEqual([]);
  const [target] = way().targets;
  if (target === undefined) throw new Error('a way without its target');
  const foreign = { ...target, address: null, securityGroupIds: [] };
  expect(lines({ out: [], target: [] }, { ways: [way({ targets: [foreign] })] })).toEqual([]);
});

test('the same port of several targets in one group is named once, each transport by itself', () => {
  const [target] = way().targets;
  if (target === undefined) throw new Error('a way without its target');
  const twice = way({
    transports: ['tcp', 'udp'],
    targetTransports: ['tcp', 'udp'],
    targets: [target, { ...target, id: 'i-b' }],
  });
  expect(lines({ target: [CHECKS] }, { ways: [twice] })).toEqual([
    expect.stringContaining('tcp 1812'),
    expect.stringContaining('udp 1812'),
  ]);
});
