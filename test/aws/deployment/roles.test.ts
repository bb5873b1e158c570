/** Goal: what a role grants is read as IAM stores it, and what cannot be read is unknown. */
import {
  GetRolePolicyCommand,
  IAMClient,
  ListRolePoliciesCommand,
  SimulatePrincipalPolicyCommand,
} from '@aws-sdk/client-iam';
import { beforeEach, expect, test } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { roleReads } from '../../../lib/aws/deployment/roles.ts';
import { systemClock } from '../../../lib/core/time.ts';

const iam = mockClient(IAMClient);
const SIGNAL = new AbortController().signal;
const reads = roleReads('eu-west-1', systemClock);

beforeEach(() => {
  iam.reset();
  iam.on(ListRolePoliciesCommand).resolves({ PolicyNames: ['own'] });
});

const storedAs = (document: object) =>
  iam.on(GetRolePolicyCommand).resolves({
    PolicyDocument: encodeURIComponent(JSON.stringify(document)),
  });

test('statements are read with their conditions; denials are left out', async () => {
  storedAs({
    Statement: [
      { Sid: 'Never', Effect: 'Deny', Action: 'ec2:CreateTags', Resource: '*' },
      {
        Sid: 'Move',
        Effect: 'Allow',
        Action: 'ec2:ReplaceRoute',
        Resource: ['a', 'b'],
        Condition: { Null: { 'aws:ResourceTag/vpn-medic:group': 'false' } },
      },
    ],
  });
  expect(await reads.grants('role', SIGNAL)).toMatchObject({
    known: true,
    value: [
      {
        sid: 'Move',
        actions: ['ec2:ReplaceRoute'],
        resources: ['a', 'b'],
        conditions: new Map([['Null', new Map([['aws:ResourceTag/vpn-medic:group', ['false']]])]]),
      },
    ],
  });
});

test('a statement without an effect makes the role unknown', async () => {
  storedAs({ Statement: [{ Sid: 'Odd', Action: 'ec2:ReplaceRoute' }] });
  expect(await reads.grants('role', SIGNAL)).toMatchObject({ known: false });
});

test('only the decision "allowed" allows, and a denial by the organisation is told apart', async () => {
  iam.on(SimulatePrincipalPolicyCommand).resolves({
    EvaluationResults: [
      { EvalActionName: 'a', EvalDecision: 'allowed' },
      { EvalActionName: 'b', EvalDecision: 'implicitDeny' },
      {
        EvalActionName: 'c',
        EvalDecision: 'explicitDeny',
        OrganizationsDecisionDetail: { AllowedByOrganizations: false },
      },
    ],
  });
  const simulation = { roleArn: 'r', actions: ['a', 'b', 'c'], resourceArn: '*', context: [] };
  expect(await reads.simulate(simulation, SIGNAL)).toMatchObject({
    value: [
      { action: 'a', isAllowed: true, isAllowedByOrganisation: true },
      { action: 'b', isAllowed: false, isAllowedByOrganisation: true },
      { action: 'c', isAllowed: false, isAllowedByOrganisation: false },
    ],
  });
});
