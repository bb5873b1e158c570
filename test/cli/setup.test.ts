/** Goal: a newcomer gets what to run; nothing is written without --apply and a yes, and then tags only. Method: run in this process. */
import { describe, expect, test } from '@jest/globals';
import type { DiscoveryPort, TagWrite } from '../../lib/appliances/ports/discovery.ts';
import type { AwsClients } from '../../lib/cli/awsClients.ts';
import { linesOf } from '../../lib/cli/setup/formats.ts';
import { known, unknown } from '../../lib/core/reading.ts';
import { anInstance, anInterface, aRouteFact, aTableFact, NOW, REGION } from '../builders/facts.ts';
import { cli, emptyEndpoints, emptyVpn, simAccount, simulatedClients } from './open.ts';

const A = anInstance('i-a1', { name: "vpn-a'; rm -rf /" });
const B = anInstance('i-b1', { name: 'vpn-b' });
const TABLE = aTableFact('rtb-a', {
  routes: [aRouteFact('192.168.0.0/16', 'eni-a1'), aRouteFact('172.16.0.0/12', 'eni-b1')],
});
const TABLE_B = aTableFact('rtb-b', { routes: [aRouteFact('192.168.0.0/16', 'eni-b1')] });
const GROUP = {
  groupId: 'sg-1',
  vpcId: 'vpc-1',
  ingress: [
    {
      protocol: 'udp',
      ports: [500, 500],
      cidrs: ['198.51.100.0/24'],
      groupIds: [],
      prefixListIds: [],
    },
  ],
  egress: [],
} as const;

const nothingKnown: Pick<DiscoveryPort, 'images' | 'certificates'> = {
  images: async () => known(new Map(), NOW),
  certificates: async () => known([], NOW),
};

/** The account above, and the tags that are written to it. */
function account(refusal: string | null = null) {
  const written: TagWrite[] = [];
  const { clients, ports } = simulatedClients(simAccount());
  const own: AwsClients = {
    ...clients,
    ec2: async () => ({
      ...ports.ec2,
      tags: async () => known([], NOW),
      instances: async () => known([A, B], NOW),
      routeTables: async () => known([TABLE, TABLE_B], NOW),
    }),
    securityGroups: async () => ({
      groupIdsOf: async () =>
        known(
          new Map([
            ['eni-a1', ['sg-1']],
            ['eni-b1', ['sg-1']],
          ]),
          NOW,
        ),
      groups: async () => known([GROUP], NOW),
      networkAcls: async () => known([], NOW),
    }),
    vpn: async () => emptyVpn({ now: () => NOW }),
    endpoints: async () => emptyEndpoints({ now: () => NOW }),
    discovery: async () => ({
      ...nothingKnown,
      forwarders: async () => known([anInterface('i-a1'), anInterface('i-b1')], NOW),
      tag: async (write) => {
        if (refusal !== null && written.length === 1) return refusal;
        written.push(write);
        return null;
      },
    }),
  };
  return { clients: own, written };
}

const SETUP = ['setup', '--region', REGION];

test('the proposal is printed as commands, and nothing is written', async () => {
  const { clients, written } = account();
  const { exit, out } = await cli(SETUP, { clients });
  expect(exit).toBe(0);
  expect(out).toContain('Proposal for eu-west-1: 1 group, 2 appliances, 6 tags to add');
  expect(out).toContain(
    'aws ec2 create-tags --region eu-west-1 --resources i-b1 --tags Key=vpn-medic:group,Value=vpn',
  );
  expect(out).toContain(
    "authorize-security-group-ingress --region eu-west-1 --group-id sg-1 --ip-permissions 'IpProtocol=udp,FromPort=500,ToPort=500,UserIdGroupPairs=[{GroupId=sg-1}]'",
  );
  expect(out).toContain('--param probeSubnets=subnet-a,subnet-b --param probeSecurityGroups=sg-1');
  expect(out).toContain('Nothing was changed. To add the tags, and nothing else');
  expect(written).toEqual([]);
});

test('a name that would run in a shell is in no command', async () => {
  const { out } = await cli(SETUP, { clients: account().clients });
  const commands = out.split('\n').filter((line) => line.startsWith('aws '));
  expect(commands.length).toBeGreaterThan(5);
  expect(commands.filter((line) => line.includes('rm -rf'))).toEqual([]);
});

describe('--apply', () => {
  test('adds the tags after a yes', async () => {
    const { clients, written } = account();
    const { exit, out } = await cli([...SETUP, '--apply'], { clients, answer: true });
    expect(exit).toBe(0);
    expect(written).toHaveLength(6);
    expect(out).toContain('6 tags added. Next: vpn-medic check --region eu-west-1');
  });

  test('adds none after a no, and none without a terminal to ask at', async () => {
    const { clients, written } = account();
    expect((await cli([...SETUP, '--apply'], { clients, answer: false })).exit).toBe(0);
    const { exit, err } = await cli([...SETUP, '--apply'], { clients });
    expect([exit, err]).toEqual([1, expect.stringContaining('add --yes')]);
    expect(written).toEqual([]);
  });

  test('stops at the first refusal and says how far it came', async () => {
    const { clients } = account('ec2:CreateTags denied');
    const { exit, err } = await cli([...SETUP, '--apply', '--yes'], { clients });
    expect(exit).toBe(1);
    expect(err).toContain(
      '1 tag added, then vpn-medic:probe of i-a1 was refused: ec2:CreateTags denied',
    );
  });
});

test('Terraform and CloudFormation say the same', async () => {
  const { clients } = account();
  const { out: hcl } = await cli([...SETUP, '--format', 'terraform'], { clients });
  expect(hcl).toContain('resource "aws_ec2_tag" "vpn_medic_6" {');
  expect(hcl).toContain('referenced_security_group_id = "sg-1"');
  const { out: yaml } = await cli([...SETUP, '--format', 'cloudformation'], { clients });
  expect(yaml).toContain('Type: AWS::EC2::SecurityGroupIngress');
  expect(yaml).toContain('# CloudFormation cannot tag resources that it did not create:');
  const { exit, err } = await cli([...SETUP, '--format', 'pulumi'], { clients });
  expect([exit, err]).toEqual([
    1,
    expect.stringContaining('write commands, terraform, cloudformation'),
  ]);
});

test('--json is the whole report', async () => {
  const { out } = await cli([...SETUP, '--json'], { clients: account().clients });
  expect(JSON.parse(out)).toMatchObject({
    version: 1,
    region: REGION,
    proposal: { groups: [{ name: 'vpn' }] },
    probePlace: { subnetIds: ['subnet-a', 'subnet-b'] },
    appliedCount: 0,
  });
});

test('an account that cannot be read is no empty account', async () => {
  const { clients } = account();
  const blind: AwsClients = {
    ...clients,
    discovery: async () => ({
      ...nothingKnown,
      forwarders: async () => unknown('ec2:DescribeNetworkInterfaces denied', NOW),
      tag: async () => null,
    }),
  };
  const { exit, err } = await cli(SETUP, { clients: blind });
  expect([exit, err]).toEqual([
    1,
    expect.stringContaining(
      'the network interfaces could not be read: ec2:DescribeNetworkInterfaces denied',
    ),
  ]);
});

test('where nothing forwards it says what an appliance needs, and exits with 1', async () => {
  const { clients } = account();
  const empty: AwsClients = {
    ...clients,
    discovery: async () => ({
      ...nothingKnown,
      forwarders: async () => known([], NOW),
      tag: async () => null,
    }),
  };
  const { exit, out } = await cli(SETUP, { clients: empty });
  expect(exit).toBe(1);
  expect(out).toContain('--no-source-dest-check');
});

test('what Terraform would read inside quotes is escaped', () => {
  const tags = [{ resourceId: 'rtb-a', key: 'vpn-medic:group', value: 'a ${path.module} %{if}' }];
  expect(linesOf('terraform', { region: REGION, tags, place: null })).toContain(
    '  value       = "a $${path.module} %%{if}"',
  );
});
