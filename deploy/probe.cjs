/**
 * One probe function for each subnet of `probeSubnets`; with none, nothing at all. JavaScript because YAML cannot repeat.
 * Nothing is checked here: deploy/parameters.ts refuses what is wrong, all at once.
 */
module.exports = async ({ resolveVariable }) => {
  const service = await resolveVariable('self:service');
  const stage = await resolveVariable('self:provider.stage');
  const listOf = async (name) =>
    String(await resolveVariable(`param:${name}`))
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== '');
  const subnetIds = await listOf('probeSubnets');
  const securityGroupIds = await listOf('probeSecurityGroups');
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
          // The longest timeout of a probe (10 s, lib/config.ts), two thirds of a second to send and to answer, a cold start.
          timeout: 15,
          vpc: { subnetIds: [subnetId], securityGroupIds },
        },
      ]),
    ),
    resources: subnetIds.length === 0 ? {} : { Resources: { ProbeRole: role(service, stage) } },
  };
};

/**
 * Lambda makes the interfaces in the role's name; the function's own code is denied the same calls.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html (read 2026-11-21)
 */
const role = (service, stage) => {
  const own = arn(`lambda:\${AWS::Region}:\${AWS::AccountId}:function:${service}-${stage}-probe-*`);
  const interfaces = [
    'ec2:CreateNetworkInterface',
    'ec2:DeleteNetworkInterface',
    'ec2:AssignPrivateIpAddresses',
    'ec2:UnassignPrivateIpAddresses',
  ];
  const looks = ['ec2:DescribeNetworkInterfaces', 'ec2:DescribeSubnets'];
  return {
    Type: 'AWS::IAM::Role',
    Properties: {
      AssumeRolePolicyDocument: {
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Allow',
            Principal: { Service: 'lambda.amazonaws.com' },
            Action: 'sts:AssumeRole',
          },
        ],
      },
      Policies: [
        {
          PolicyName: 'probe',
          PolicyDocument: {
            Version: '2012-10-17',
            Statement: [
              { Sid: 'SeeInterfaces', Effect: 'Allow', Action: looks, Resource: '*' },
              {
                Sid: 'LambdaMakesInterfaces',
                Effect: 'Allow',
                Action: interfaces,
                Resource: arn('ec2:${AWS::Region}:${AWS::AccountId}:*/*'),
              },
              {
                Sid: 'CodeMakesNone',
                Effect: 'Deny',
                Action: [...looks, ...interfaces],
                Resource: '*',
                Condition: { ArnLike: { 'lambda:SourceFunctionArn': own } },
              },
              {
                Sid: 'Log',
                Effect: 'Allow',
                Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
                Resource: arn(
                  `logs:\${AWS::Region}:\${AWS::AccountId}:log-group:/aws/lambda/${service}-${stage}-probe-*:*`,
                ),
              },
            ],
          },
        },
      ],
    },
  };
};

const arn = (rest) => ({ 'Fn::Sub': `arn:\${AWS::Partition}:${rest}` });
