/**
 * Goal: `check` finds the closed port of a watched load balancer, and a TCP endpoint that DNS leads nobody away from; the
 * commands that it and docs/operations.md give mend both. Method: an account of the emulator, and the command line in a
 * process of its own.
 */
import {
  AuthorizeSecurityGroupIngressCommand,
  CreateClientVpnEndpointCommand,
  CreateNetworkInterfaceCommand,
  CreateSecurityGroupCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  DescribeClientVpnEndpointsCommand,
  EC2Client,
} from '@aws-sdk/client-ec2';
import {
  CreateListenerCommand,
  CreateLoadBalancerCommand,
  CreateTargetGroupCommand,
  ElasticLoadBalancingV2Client,
  RegisterTargetsCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import {
  ChangeResourceRecordSetsCommand,
  CreateHealthCheckCommand,
  CreateHostedZoneCommand,
  Route53Client,
} from '@aws-sdk/client-route-53';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import * as v from 'valibot';
import { clientSettings } from './account/clients.ts';
import { REGION } from './account/options.ts';
import { runCli } from './cli.ts';
import { type Lab, openLab } from './lab.ts';

// A guard against hanging.
jest.setTimeout(300_000);

let lab: Lab;
let ec2: EC2Client;
let balancerArn = '';
let groupId = '';

beforeAll(async () => {
  lab = await openLab({ groups: [] });
  ec2 = new EC2Client(clientSettings(lab.emulator().url));
  const elb = new ElasticLoadBalancingV2Client(clientSettings(lab.emulator().url));
  const vpc = await ec2.send(new CreateVpcCommand({ CidrBlock: '10.20.0.0/16' }));
  const VpcId = vpc.Vpc?.VpcId;
  const subnet = await ec2.send(
    new CreateSubnetCommand({ VpcId, CidrBlock: '10.20.0.0/24', AvailabilityZone: `${REGION}a` }),
  );
  const SubnetId = subnet.Subnet?.SubnetId ?? '';
  const group = await ec2.send(
    new CreateSecurityGroupCommand({ GroupName: 'nps', Description: 'nps', VpcId }),
  );
  groupId = group.GroupId ?? '';
  const PrivateIpAddress = '10.20.0.10';
  await ec2.send(
    new CreateNetworkInterfaceCommand({ SubnetId, PrivateIpAddress, Groups: [groupId] }),
  );
  const balancer = await elb.send(
    new CreateLoadBalancerCommand({
      Name: 'radius',
      Type: 'network',
      Scheme: 'internal',
      Subnets: [SubnetId],
      Tags: [{ Key: 'vpn-medic:watch', Value: 'yes' }],
    }),
  );
  balancerArn = balancer.LoadBalancers?.[0]?.LoadBalancerArn ?? '';
  const targets = await elb.send(
    new CreateTargetGroupCommand({
      Name: 'nps',
      Protocol: 'UDP',
      Port: 1812,
      VpcId,
      TargetType: 'ip',
      HealthCheckProtocol: 'TCP',
      HealthCheckPort: '443',
    }),
  );
  const TargetGroupArn = targets.TargetGroups?.[0]?.TargetGroupArn;
  await elb.send(
    new RegisterTargetsCommand({ TargetGroupArn, Targets: [{ Id: PrivateIpAddress, Port: 1812 }] }),
  );
  await elb.send(
    new CreateListenerCommand({
      LoadBalancerArn: balancerArn,
      Protocol: 'UDP',
      Port: 1812,
      DefaultActions: [{ Type: 'forward', TargetGroupArn }],
    }),
  );
  await ec2.send(
    new CreateClientVpnEndpointCommand({
      ServerCertificateArn: 'arn:aws:acm:eu-west-1:123456789012:certificate/lab',
      ConnectionLogOptions: { Enabled: false },
      ClientCidrBlock: '10.100.0.0/22',
      TransportProtocol: 'tcp',
      AuthenticationOptions: [{ Type: 'federated-authentication' }],
    }),
  );
});

afterAll(() => lab.close());

const Report = v.object({
  objections: v.array(v.string()),
  findings: v.array(
    v.object({
      reason: v.string(),
      subject: v.object({ id: v.string() }),
      summary: v.string(),
      evidence: v.array(v.string()),
    }),
  ),
});

async function found() {
  const { out } = await runCli(lab, ['check', '--json', '--no-probes']);
  const { findings, objections } = v.parse(Report, JSON.parse(out));
  expect(objections.filter((one) => /load balancer|Route 53/.test(one))).toEqual([]);
  return findings.filter(({ reason }) =>
    ['ListenerPortClosed', 'HealthCheckMissing', 'EndpointSettingsUnread'].includes(reason),
  );
}

test('a target whose security group admits nothing, and an endpoint without record and health check, are found', async () => {
  expect(await found()).toEqual(
    expect.arrayContaining([
      expect.objectContaining({
        reason: 'ListenerPortClosed',
        subject: { id: balancerArn },
        evidence: expect.arrayContaining([
          expect.stringContaining(
            `${groupId} of the target 10.20.0.10 does not admit udp 1812 from clients: aws ec2 authorize-security-group-ingress --group-id ${groupId}`,
          ),
        ]),
      }),
      expect.objectContaining({
        reason: 'HealthCheckMissing',
        summary: expect.stringContaining('neither a record nor a health check'),
      }),
    ]),
  );
});

test('they are no more once the port is open, and a record leads to the endpoint by the alarm of its region', async () => {
  const all = [{ CidrIp: '0.0.0.0/0' }];
  await ec2.send(
    new AuthorizeSecurityGroupIngressCommand({
      GroupId: groupId,
      IpPermissions: [
        { IpProtocol: 'udp', FromPort: 1812, ToPort: 1812, IpRanges: all },
        { IpProtocol: 'tcp', FromPort: 443, ToPort: 443, IpRanges: all },
      ],
    }),
  );
  const route53 = new Route53Client(clientSettings(lab.emulator().url));
  const zone = await route53.send(
    new CreateHostedZoneCommand({ Name: 'example.com', CallerReference: 'lab' }),
  );
  const { ClientVpnEndpoints = [] } = await ec2.send(new DescribeClientVpnEndpointsCommand({}));
  const Value = ClientVpnEndpoints[0]?.DnsName?.replace('*.', '');
  const check = await route53.send(
    new CreateHealthCheckCommand({
      CallerReference: 'lab',
      HealthCheckConfig: {
        Type: 'CLOUDWATCH_METRIC',
        InsufficientDataHealthStatus: 'LastKnownStatus',
        AlarmIdentifier: { Region: 'eu-central-1', Name: `vpn-medic-prod-RegionDown-${REGION}` },
      },
    }),
  );
  await route53.send(
    new ChangeResourceRecordSetsCommand({
      HostedZoneId: zone.HostedZone?.Id,
      ChangeBatch: {
        Changes: [
          {
            Action: 'CREATE',
            ResourceRecordSet: {
              Name: '*.vpn.example.com',
              Type: 'CNAME',
              TTL: 60,
              SetIdentifier: REGION,
              Region: REGION,
              HealthCheckId: check.HealthCheck?.Id,
              ResourceRecords: [{ Value }],
            },
          },
        ],
      },
    }),
  );
  expect(await found()).toEqual([]);
});
