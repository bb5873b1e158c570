/**
 * Goal: what `vpn-medic setup` prints can be run as it stands, in each format, whatever tables were tagged before. Method:
 * a shell, a parser of Terraform's language, cfn-lint and the models of the AWS CLI read it back.
 */
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, jest, test } from '@jest/globals';
import { type Change, linesOf } from '../../lib/cli/setup/formats.ts';
import { checkovPython, emulatorPython } from './emulator/install.ts';

// A hang guard: checkov's first installation is 300 MB.
jest.setTimeout(900_000);

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** A table's tag keeps the words that it had, whatever they are. */
const HOSTILE = 'a,b old-${path.module} %{if} "quoted" $(id) `id` \\ \'q\' vpn';
const ESCAPED = 'a,b old-$${path.module} %%{if} \\"quoted\\" $(id) `id` \\\\ \'q\' vpn';
const CHANGE: Change = {
  region: 'eu-west-1',
  tags: [
    { resourceId: 'i-0a1b2c3d4e5f60001', key: 'vpn-medic:group', value: 'vpn' },
    { resourceId: 'i-0a1b2c3d4e5f60001', key: 'vpn-medic:probe', value: 'ike:500' },
    { resourceId: 'rtb-0a1b2c3d4e5f60001', key: 'vpn-medic:group', value: HOSTILE },
  ],
  place: {
    vpcId: 'vpc-0a1b2c3d4e5f60001',
    subnetIds: ['subnet-0a1b2c3d4e5f60001', 'subnet-0a1b2c3d4e5f60002'],
    securityGroupId: 'sg-0a1b2c3d4e5f60001',
    rules: [
      {
        groupId: 'sg-0a1b2c3d4e5f60002',
        fromGroupId: 'sg-0a1b2c3d4e5f60001',
        protocol: 'udp',
        port: 500,
      },
      {
        groupId: 'sg-0a1b2c3d4e5f60003',
        fromGroupId: 'sg-0a1b2c3d4e5f60001',
        protocol: 'tcp',
        port: 443,
      },
    ],
  },
};
const textOf = (format: Parameters<typeof linesOf>[0], change: Change = CHANGE): string =>
  `${linesOf(format, change).join('\n')}\n`;

test('a shell gives the AWS CLI each tag and rule, and the CLI has these commands and options', async () => {
  const stub = (name: string) => `${name}() { printf '%s\\0' ${name} "$@"; printf '\\n'; }\n`;
  const { stdout, stderr, status } = spawnSync('bash', ['-eu'], {
    input: stub('aws') + stub('npx') + textOf('commands'),
    encoding: 'utf8',
  });
  expect([status, stderr]).toEqual([0, '']);
  const calls = stdout
    .trimEnd()
    .split('\n')
    .map((call) => call.split('\0').slice(0, -1));
  expect(calls.map(([program]) => program)).toEqual(['aws', 'aws', 'aws', 'aws', 'aws', 'npx']);
  expect(calls[0]?.at(-1)).toBe('Key=vpn-medic:group,Value=vpn');
  expect(JSON.parse(calls[2]?.at(-1) ?? '')).toEqual([{ Key: 'vpn-medic:group', Value: HOSTILE }]);
  const checked = spawnSync(await emulatorPython(), [here('linters/awsCommands.py')], {
    input: linesOf('commands', CHANGE).slice(0, -1).join('\n'),
    encoding: 'utf8',
  });
  expect([checked.status, checked.stdout, checked.stderr]).toEqual([0, '', '']);
});

test('Terraform reads the same tags and rules', async () => {
  const read = spawnSync(await checkovPython(), [here('linters/terraformText.py')], {
    input: textOf('terraform'),
    encoding: 'utf8',
  });
  expect([read.status, read.stderr]).toEqual([0, '']);
  const { aws_ec2_tag: tags, aws_vpc_security_group_ingress_rule: rules } = JSON.parse(read.stdout);
  expect(Object.values(tags)).toEqual(
    CHANGE.tags.map(({ resourceId, key, value }) => ({
      resource_id: resourceId,
      key,
      // The parser leaves escapes as they are written: none is read as Terraform's own.
      value: value === HOSTILE ? ESCAPED : value,
    })),
  );
  expect(Object.values(rules)).toMatchObject([
    { security_group_id: 'sg-0a1b2c3d4e5f60002', ip_protocol: 'udp', from_port: 500, to_port: 500 },
    { security_group_id: 'sg-0a1b2c3d4e5f60003', ip_protocol: 'tcp', from_port: 443, to_port: 443 },
  ]);
});

test('cfn-lint finds nothing in the CloudFormation, which has a resource for each rule', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'vpn-medic-setup-'));
  try {
    const file = join(folder, 'rules.yml');
    await writeFile(file, textOf('cloudformation'));
    const lint = 'import sys; from cfnlint.runner import main; sys.exit(main())';
    const { stdout } = spawnSync(await emulatorPython(), ['-c', lint, '--', file], {
      encoding: 'utf8',
    });
    expect(stdout).toBe('');
  } finally {
    await rm(folder, { recursive: true });
  }
  expect(textOf('cloudformation').match(/AWS::EC2::SecurityGroupIngress/g)).toHaveLength(2);
});

test('without a missing rule the CloudFormation is comments alone, and says so', () => {
  const lines = linesOf('cloudformation', { ...CHANGE, place: null });
  expect(lines.filter((line) => !line.startsWith('#'))).toEqual([]);
  expect(lines.at(-1)).toContain('nothing for CloudFormation to make');
});
