/**
 * With `repairSubnets`, a function inside the VPC that logs in for the repair function; without, nothing at all.
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
  const subnetIds = await listOf('repairSubnets');
  const securityGroupIds = await listOf('repairSecurityGroups');
  if (subnetIds.length === 0) return { name: '', functions: {}, resources: {} };
  const name = `${service}-${stage}-repairShell`;
  return {
    name,
    functions: {
      repairShell: {
        name,
        handler: 'dist/repairShell/index.handler',
        package: { patterns: ['dist/repairShell/index.mjs'] },
        role: 'RepairShellRole',
        memorySize: 256,
        // 10 s to log in at each of two addresses, 30 s to run.
        timeout: 52,
        vpc: { subnetIds, securityGroupIds },
      },
    },
    resources: { Resources: { RepairShellRole: role(name) } },
  };
};

/**
 * Lambda makes the interfaces in the role's name; the function's own code is denied the same calls.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html (read 2026-11-21)
 */
const role = (name) => {
  const interfaces = [
    'ec2:CreateNetworkInterface',
    'ec2:DeleteNetworkInterface',
    'ec2:AssignPrivateIpAddresses',
    'ec2:UnassignPrivateIpAddresses',
  ];
  const looks = ['ec2:DescribeNetworkInterfaces', 'ec2:DescribeSubnets'];
  const own = arn(`lambda:\${AWS::Region}:\${AWS::AccountId}:function:${name}`);
  const log = arn(`logs:\${AWS::Region}:\${AWS::AccountId}:log-group:/aws/lambda/${name}:*`);
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
          PolicyName: 'repairShell',
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
                Resource: log,
              },
            ],
          },
        },
      ],
    },
  };
};

const arn = (rest) => ({ 'Fn::Sub': `arn:\${AWS::Partition}:${rest}` });
