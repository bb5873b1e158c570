/** What a role's own policies grant, and what IAM would decide of it. */
import {
  GetRolePolicyCommand,
  IAMClient,
  ListRolePoliciesCommand,
  SimulatePrincipalPolicyCommand,
} from '@aws-sdk/client-iam';
import * as v from 'valibot';
import type { DeploymentPort, Grant } from '../../core/deploymentPort.ts';
import { parseJson } from '../../core/json.ts';
import type { Clock } from '../../core/time.ts';
import { type CallContext, call, everyPart, listOf, reading, Unreadable } from '../call.ts';
import { delays, READ_MS } from '../client.ts';

/** IAM answers for the whole partition; the region is that of its endpoint. */
export function roleReads(
  region: string,
  clock: Clock,
): Pick<DeploymentPort, 'grants' | 'simulate'> {
  const client = new IAMClient({ region, ...delays(READ_MS) });
  const context: CallContext = { service: 'iam', clock };
  return {
    grants: (RoleName, signal) =>
      reading(context, 'GetRolePolicy', async () => {
        const names = await call(context, 'ListRolePolicies', signal, () =>
          client.send(new ListRolePoliciesCommand({ RoleName }), { abortSignal: signal }),
        );
        if (!names.ok) return names;
        return everyPart(listOf(names.value.PolicyNames), async (PolicyName) => {
          const policy = await call(context, 'GetRolePolicy', signal, () =>
            client.send(new GetRolePolicyCommand({ RoleName, PolicyName }), {
              abortSignal: signal,
            }),
          );
          if (!policy.ok) return policy;
          return { ok: true, value: grantsOf(policy.value.PolicyDocument ?? '') };
        });
      }),
    simulate: ({ roleArn, actions, resourceArn, context: entries }, signal) =>
      reading(context, 'SimulatePrincipalPolicy', async () => {
        const answer = await call(context, 'SimulatePrincipalPolicy', signal, () =>
          client.send(
            new SimulatePrincipalPolicyCommand({
              PolicySourceArn: roleArn,
              ActionNames: [...actions],
              ResourceArns: [resourceArn],
              ContextEntries: entries.map(({ key, values, type }) => ({
                ContextKeyName: key,
                ContextKeyValues: [...values],
                ContextKeyType: type,
              })),
            }),
            { abortSignal: signal },
          ),
        );
        if (!answer.ok) return answer;
        const decisions = listOf(answer.value.EvaluationResults).map((one) => ({
          action: one.EvalActionName ?? '',
          isAllowed: one.EvalDecision === 'allowed',
          isAllowedByOrganisation:
            one.OrganizationsDecisionDetail?.AllowedByOrganizations !== false,
        }));
        return { ok: true, value: decisions };
      }),
  };
}

/** One of them, or a list. */
const many = <T>(one: v.GenericSchema<unknown, T>) =>
  v.union([
    v.array(one),
    v.pipe(
      one,
      v.transform((single) => [single]),
    ),
  ]);

const Values = many(v.pipe(v.union([v.string(), v.number(), v.boolean()]), v.transform(String)));

const Document = v.object({
  Statement: many(
    v.object({
      Sid: v.optional(v.string(), 'a statement without a name'),
      Effect: v.picklist(['Allow', 'Deny']),
      Action: v.optional(Values, []),
      Resource: v.optional(Values, []),
      Condition: v.optional(v.record(v.string(), v.record(v.string(), Values)), {}),
    }),
  ),
});

/** IAM answers with the document in URL encoding. @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetRolePolicy.html (read 2026-11-29) */
function grantsOf(encoded: string): readonly Grant[] {
  const parsed = v.safeParse(Document, parseJson(decodeURIComponent(encoded)));
  if (!parsed.success) throw new Unreadable('a policy that is not as IAM writes them');
  return parsed.output.Statement.filter(({ Effect }) => Effect === 'Allow').map((one) => ({
    sid: one.Sid,
    actions: one.Action,
    resources: one.Resource,
    conditions: new Map(
      Object.entries(one.Condition).map(([operator, keys]) => [
        operator,
        new Map(Object.entries(keys)),
      ]),
    ),
  }));
}
