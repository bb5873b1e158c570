const { listOf, roleOf } = require('./insideVpc.cjs');

/**
 * One probe function for each subnet of `probeSubnets`; with none, nothing at all. JavaScript because YAML cannot repeat.
 * Nothing is checked here: deploy/parameters.ts refuses what is wrong, all at once.
 */
module.exports = async ({ resolveVariable }) => {
  const service = await resolveVariable('self:service');
  const stage = await resolveVariable('self:provider.stage');
  const subnetIds = await listOf(resolveVariable, 'probeSubnets');
  const securityGroupIds = await listOf(resolveVariable, 'probeSecurityGroups');
  const ipv6SubnetIds = await listOf(resolveVariable, 'probeIpv6Subnets');
  const nameOf = (subnetId) => `${service}-${stage}-probe-${subnetId}`;
  return {
    names: subnetIds.map(nameOf).join(','),
    functions: Object.fromEntries(
      subnetIds.map((subnetId, index) => [
        `probe${index + 1}`,
        {
          name: nameOf(subnetId),
          handler: 'dist/probe/index.handler',
          package: { patterns: ['dist/probe/index.mjs'] },
          role: 'ProbeRole',
          // No SDK, 10 KB of code: what counts is the share of a CPU, for many sockets at once.
          memorySize: 256,
          // The longest timeout of a probe (10 s, lib/settings.ts), two thirds of a second to send and to answer, a cold start.
          timeout: 15,
          vpc: { subnetIds: [subnetId], securityGroupIds },
        },
      ]),
    ),
    resources:
      subnetIds.length === 0
        ? {}
        : {
            extensions: ipv6Of(subnetIds, ipv6SubnetIds, securityGroupIds),
            Resources: {
              ProbeRole: roleOf('probe', nameOf('*'), await keyStatements(resolveVariable)),
            },
            Outputs: {
              ProbeFunctionNames: {
                Description: 'Probe functions inside the VPCs, separated by commas; for --vantages',
                Value: subnetIds.map(nameOf).join(','),
              },
            },
          },
  };
};

const keyStatements = (resolveVariable) =>
  Promise.all(
    ['readProbeKeys', 'readProbeSecrets'].map((name) =>
      resolveVariable(`file(deploy/statements.yml):${name}`),
    ),
  );

/**
 * osls knows no such setting of a function, and replaces a property as a whole. Lambda asks for an IPv6 CIDR block in
 * every subnet of a function that has it, so it is not set for all.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html (IPv6 support, read 2026-11-29)
 */
const ipv6Of = (subnetIds, ipv6SubnetIds, securityGroupIds) =>
  Object.fromEntries(
    subnetIds.flatMap((subnetId, index) => {
      const vpc = { SubnetIds: [subnetId], SecurityGroupIds: securityGroupIds };
      const properties = { VpcConfig: { ...vpc, Ipv6AllowedForDualStack: true } };
      return ipv6SubnetIds.includes(subnetId)
        ? [[`Probe${index + 1}LambdaFunction`, { Properties: properties }]]
        : [];
    }),
  );
