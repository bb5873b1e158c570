/** What the functions inside a VPC have in common: how their parameters are read, and a role that may call no AWS API of its own but for what is named. */

/** The parameter `name` as a list; empty when it is not given. */
exports.listOf = async (resolveVariable, name) =>
  String(await resolveVariable(`param:${name}`))
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');

/**
 * Lambda creates the interfaces in the role's name; the function's own code is denied the same calls. `functionName` may
 * end in `*`; `statements`: what its code may do besides.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html (read 2026-11-21)
 */
exports.roleOf = (policyName, functionName, statements = []) => {
  const own = arn(`lambda:\${AWS::Region}:\${AWS::AccountId}:function:${functionName}`);
  const log = arn(
    `logs:\${AWS::Region}:\${AWS::AccountId}:log-group:/aws/lambda/${functionName}:*`,
  );
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
          PolicyName: policyName,
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
              ...statements,
            ],
          },
        },
      ],
    },
  };
};

const arn = (rest) => ({ 'Fn::Sub': `arn:\${AWS::Partition}:${rest}` });
