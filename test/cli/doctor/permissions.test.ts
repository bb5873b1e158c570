/** Goal: each statement of a role is asked about on a resource, and under a context, in which its owner meant it to hold. */
import { expect, test } from '@jest/globals';
import { simulationsOf } from '../../../lib/cli/doctor/permissions.ts';

const PLACE = { region: 'eu-west-1', accountId: '123456789012' };

test('a statement is simulated on each resource, its wildcards filled in, under its conditions', () => {
  const grant = {
    sid: 'LogIn',
    actions: ['ec2-instance-connect:SendSSHPublicKey'],
    resources: ['arn:aws:ec2:*:*:instance/*', '*'],
    conditions: new Map([
      ['Null', new Map([['aws:ResourceTag/vpn-medic:repair', ['false']]])],
      ['StringLike', new Map([['kms:ViaService', ['ec2.*.amazonaws.com']]])],
      ['Bool', new Map([['kms:GrantIsForAWSResource', ['true']]])],
    ]),
  };
  const context = [
    { key: 'aws:ResourceTag/vpn-medic:repair', values: ['sample'], type: 'string' },
    { key: 'kms:ViaService', values: ['ec2.sample.amazonaws.com'], type: 'string' },
    { key: 'kms:GrantIsForAWSResource', values: ['true'], type: 'boolean' },
  ];
  expect(simulationsOf(grant, 'role', PLACE)).toEqual([
    {
      roleArn: 'role',
      actions: grant.actions,
      resourceArn: 'arn:aws:ec2:eu-west-1:123456789012:instance/sample',
      context,
    },
    { roleArn: 'role', actions: grant.actions, resourceArn: '*', context },
  ]);
});

test('an action with a wildcard is not asked about: the simulator takes names alone', () => {
  const grant = { sid: 'A', actions: ['s3:Get*'], resources: ['*'], conditions: new Map() };
  expect(simulationsOf(grant, 'role', PLACE)).toEqual([]);
});
