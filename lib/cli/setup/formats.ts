/** The proposal as something to review and run: shell commands, Terraform, or CloudFormation. Pure. */
import type { TagWrite } from '../../appliances/ports/discovery.ts';
import { shellQuoted } from '../../core/text.ts';
import { groupWords, permissionFor } from '../check/reach.ts';
import { DEPLOY_COMMAND } from '../deployCommand.ts';
import type { ProbePlace, ProposedRule } from './rules.ts';

export const SETUP_FORMATS = ['commands', 'terraform', 'cloudformation'] as const;
export type SetupFormat = (typeof SETUP_FORMATS)[number];

export interface Change {
  readonly region: string;
  readonly tags: readonly TagWrite[];
  readonly place: ProbePlace | null;
}

/** Lines; comments begin as the format's own comments do. */
export function linesOf(format: SetupFormat, change: Change): readonly string[] {
  switch (format) {
    case 'commands':
      return asCommands(change);
    case 'terraform':
      return asTerraform(change);
    case 'cloudformation':
      return asCloudFormation(change);
    default:
      return format satisfies never;
  }
}

const asCommands = ({ region, tags, place }: Change): readonly string[] => [
  ...tags.map(
    ({ resourceId, key, value }) =>
      `aws ec2 create-tags --region ${region} --resources ${resourceId} --tags ${shellQuoted(tagWords(key, value))}`,
  ),
  ...(place?.rules ?? []).map(
    (rule) =>
      `aws ec2 authorize-security-group-ingress --region ${region} --group-id ${rule.groupId} --ip-permissions ${shellQuoted(permissionFor(rule, groupWords(rule.fromGroupId)))}`,
  ),
  deployCommand(region, place),
];

/** The shorthand of the AWS command line, but where the value would end early in it: a table keeps the words that it had. */
const tagWords = (key: string, value: string): string =>
  /^[\w.:+=@/ -]*$/.test(value)
    ? `Key=${key},Value=${value}`
    : JSON.stringify([{ Key: key, Value: value }]);

/** The first deployment writes nothing: it observes. It is refused until a person writes the address. */
export const deployCommand = (region: string, place: ProbePlace | null): string =>
  [
    `${DEPLOY_COMMAND} --stage prod --region ${region} --param alertEmail=ADDRESS --param mode=observe`,
    ...(place === null
      ? []
      : [
          `--param probeSubnets=${place.subnetIds.join(',')} --param probeSecurityGroups=${place.securityGroupId}`,
        ]),
  ].join(' ');

const asTerraform = ({ region, tags, place }: Change): readonly string[] => [
  '# Where Terraform made the instance, table or security group itself, write the tag or rule into its own resource instead.',
  ...tags.flatMap(({ resourceId, key, value }, index) => [
    `resource "aws_ec2_tag" "vpn_medic_${index + 1}" {`,
    `  resource_id = ${quoted(resourceId)}`,
    `  key         = ${quoted(key)}`,
    `  value       = ${quoted(value)}`,
    '}',
  ]),
  ...(place?.rules ?? []).flatMap((rule, index) => [
    `resource "aws_vpc_security_group_ingress_rule" "vpn_medic_${index + 1}" {`,
    `  security_group_id            = ${quoted(rule.groupId)}`,
    `  referenced_security_group_id = ${quoted(rule.fromGroupId)}`,
    `  ip_protocol                  = ${quoted(rule.protocol)}`,
    `  from_port                    = ${rule.port}`,
    `  to_port                      = ${rule.port}`,
    `  description                  = ${quoted(DESCRIPTION)}`,
    '}',
  ]),
  `# ${deployCommand(region, place)}`,
];

/** HCL reads `\${` and `%{` inside quotes. */
const quoted = (text: string): string =>
  JSON.stringify(text)
    .replaceAll('${', () => '$${')
    .replaceAll('%{', '%%{');

/** CloudFormation tags nothing that it did not create: those stay commands. */
function asCloudFormation({ region, tags, place }: Change): readonly string[] {
  const rules = place?.rules ?? [];
  return [
    ...(tags.length === 0
      ? []
      : [
          '# CloudFormation cannot tag resources that it did not create:',
          ...asCommands({ region, tags, place: null })
            .slice(0, -1)
            .map((line) => `# ${line}`),
        ]),
    `# ${deployCommand(region, place)}`,
    ...(rules.length === 0
      ? ['# No rule is missing, so there is nothing for CloudFormation to make.']
      : ['Resources:', ...rules.flatMap(ruleResource)]),
  ];
}

const ruleResource = (
  { groupId, fromGroupId, protocol, port }: ProposedRule,
  index: number,
): readonly string[] => [
  `  ProbeIngress${index + 1}:`,
  '    Type: AWS::EC2::SecurityGroupIngress',
  '    Properties:',
  `      GroupId: ${groupId}`,
  `      SourceSecurityGroupId: ${fromGroupId}`,
  `      IpProtocol: ${protocol}`,
  `      FromPort: ${port}`,
  `      ToPort: ${port}`,
  `      Description: ${DESCRIPTION}`,
];

const DESCRIPTION = 'vpn-medic probes';
