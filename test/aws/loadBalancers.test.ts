/** Goal: load balancers in our words, whole or unknown. Method: both clients mocked. */
import { DescribeNetworkInterfacesCommand, EC2Client } from '@aws-sdk/client-ec2';
import {
  DescribeListenersCommand,
  DescribeLoadBalancersCommand,
  DescribeTargetGroupsCommand,
  DescribeTargetHealthCommand,
  ElasticLoadBalancingV2Client,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { beforeEach, expect, test } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { loadBalancerPort } from '../../lib/aws/loadBalancers.ts';
import { clock, denied } from './strict.ts';

const elb = mockClient(ElasticLoadBalancingV2Client);
const ec2 = mockClient(EC2Client);
beforeEach(() => {
  elb.reset();
  elb.onAnyCommand().rejects(new Error('unexpected call'));
  ec2.reset();
  ec2.onAnyCommand().rejects(new Error('unexpected call'));
});
const port = loadBalancerPort('eu-west-1', clock);
const { signal } = new AbortController();
const ARN = 'arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/net/radius/0b';
const GROUP = 'arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/radius/0a';

function answered() {
  elb.on(DescribeTargetGroupsCommand).resolves({
    TargetGroups: [
      { TargetGroupArn: GROUP, LoadBalancerArns: [ARN], Protocol: 'TCP_UDP', VpcId: 'vpc-1' },
      { TargetGroupArn: `${GROUP}-web`, LoadBalancerArns: [`${ARN}-web`], Protocol: 'HTTP' },
    ],
  });
  elb.on(DescribeLoadBalancersCommand).resolves({
    LoadBalancers: [
      {
        LoadBalancerArn: ARN,
        LoadBalancerName: 'radius',
        Type: 'network',
        SecurityGroups: ['sg-1'],
      },
      { LoadBalancerArn: `${ARN}-web`, LoadBalancerName: 'web', Type: 'application' },
      { LoadBalancerArn: `${ARN}-other`, LoadBalancerName: 'other', Type: 'network' },
    ],
  });
  elb.on(DescribeListenersCommand).resolves({
    Listeners: [
      {
        LoadBalancerArn: ARN,
        Port: 1_812,
        Protocol: 'UDP',
        DefaultActions: [
          {
            Type: 'forward',
            TargetGroupArn: GROUP,
            ForwardConfig: { TargetGroups: [{ TargetGroupArn: GROUP }] },
          },
        ],
      },
    ],
  });
  elb.on(DescribeTargetHealthCommand).resolves({
    TargetHealthDescriptions: [
      { Target: { Id: 'i-a', Port: 1_812 }, HealthCheckPort: '443' },
      { Target: { Id: '10.0.1.11', Port: 1_812 }, HealthCheckPort: 'traffic-port' },
      { Target: { Id: '192.168.0.1', Port: 1_812 } },
    ],
  });
  ec2.on(DescribeNetworkInterfacesCommand).callsFake(({ Filters: [filter] }) => {
    switch (filter.Name) {
      case 'description':
        return {
          NetworkInterfaces:
            filter.Values.join() !== 'ELB net/radius/0b'
              ? []
              : [
                  { Description: 'ELB net/radius/0b', PrivateIpAddress: '10.0.0.5' },
                  { Description: 'ELB net/radius/0b', PrivateIpAddress: '10.0.0.6' },
                ],
        };
      case 'attachment.instance-id':
        return {
          NetworkInterfaces: [
            {
              Attachment: { InstanceId: 'i-a', DeviceIndex: 1 },
              PrivateIpAddress: '10.0.2.10',
              Groups: [{ GroupId: 'sg-second' }],
            },
            {
              Attachment: { InstanceId: 'i-a', DeviceIndex: 0 },
              PrivateIpAddress: '10.0.1.10',
              Groups: [{ GroupId: 'sg-first' }],
            },
          ],
        };
      default:
        return {
          NetworkInterfaces: ['vpc-2', 'vpc-1'].map((VpcId) => ({
            VpcId,
            PrivateIpAddresses: [{ PrivateIpAddress: '10.0.1.11' }],
            Groups: [{ GroupId: `sg-${VpcId}` }],
          })),
        };
    }
  });
}

const RADIUS = {
  arn: ARN,
  name: 'radius',
  securityGroupIds: ['sg-1'],
  addresses: ['10.0.0.5', '10.0.0.6'],
  ways: [
    {
      transports: ['udp'],
      port: 1_812,
      targetTransports: ['tcp', 'udp'],
      targets: [
        {
          id: 'i-a',
          port: 1_812,
          healthPort: 443,
          address: '10.0.1.10',
          securityGroupIds: ['sg-first'],
        },
        {
          id: '10.0.1.11',
          port: 1_812,
          healthPort: null,
          address: '10.0.1.11',
          securityGroupIds: ['sg-vpc-1'],
        },
        {
          id: '192.168.0.1',
          port: 1_812,
          healthPort: null,
          address: '192.168.0.1',
          securityGroupIds: [],
        },
      ],
    },
  ],
};

test.each([
  ['itself', ARN],
  ['a target group of it', GROUP],
])(
  'a network load balancer that is tagged by %s, with its listeners, targets and interfaces',
  async (_, arn) => {
    answered();
    expect(await port.balancers([arn], signal)).toMatchObject({ known: true, value: [RADIUS] });
  },
);

test('one that is gone, or is no network load balancer, is left out, and nothing more is asked', async () => {
  answered();
  const asked = [`${ARN}-gone`, `${ARN}-web`, `${GROUP}-web`];
  expect(await port.balancers(asked, signal)).toMatchObject({ known: true, value: [] });
  expect(elb.commandCalls(DescribeListenersCommand)).toEqual([]);
  expect(ec2.calls()).toEqual([]);
});

test.each([
  ['DescribeTargetGroups', () => elb.on(DescribeTargetGroupsCommand)],
  ['DescribeLoadBalancers', () => elb.on(DescribeLoadBalancersCommand)],
  ['DescribeListeners', () => elb.on(DescribeListenersCommand)],
  ['DescribeTargetHealth', () => elb.on(DescribeTargetHealthCommand)],
  ['DescribeNetworkInterfaces', () => ec2.on(DescribeNetworkInterfacesCommand)],
])('a refusal of %s is unknown', async (_, on) => {
  answered();
  on().rejects(denied());
  expect(await port.balancers([ARN], signal)).toMatchObject({ known: false });
});
