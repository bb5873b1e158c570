/** What a role's own policies grant, and what IAM would decide of it. */
import {
  GetRolePolicyCommand,
  IAMClient,
  ListRolePoliciesCommand,
  SimulatePrincipalPolicyCommand,
} from '@aws-sdk/client-iam';
import type { DeploymentPort, Grant } from '../../core/deploymentPort.ts';
import { parseJson } from '../../core/json.ts';
import type { Clock } from '../../core/time.ts';
import { type CallContext, call, everyPart, reading, Unreadable } from '../call.ts';
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
        return everyPart(names.value.PolicyNames ?? [], async (PolicyName) => {
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
        const decisions = (answer.value.EvaluationResults ?? []).map((one) => ({
          action: one.EvalActionName ?? '',
          isAllowed: one.EvalDecision === 'allowed',
          isAllowedByOrganisation:
            one.OrganizationsDecisionDetail?.AllowedByOrganizations !== false,
        }));
        return { ok: true, value: decisions };
      }),
  };
}

/** IAM answers with the document in URL encoding. @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetRolePolicy.html (read 2026-11-29) */
function grantsOf(encoded: string): readonly Grant[] {
  const document: unknown = parseJson(decodeURIComponent(encoded));
  return listOf(fieldOf(document, 'Statement')).flatMap((statement): readonly Grant[] => {
    const effect = fieldOf(statement, 'Effect');
    if (effect === 'Deny') return [];
    if (effect !== 'Allow') throw new Unreadable('a policy statement without an effect');
    return [
      {
        sid: textsOf(fieldOf(statement, 'Sid'))[0] ?? 'a statement without a name',
        actions: textsOf(fieldOf(statement, 'Action')),
        resources: textsOf(fieldOf(statement, 'Resource')),
        conditions: new Map(
          entriesOf(fieldOf(statement, 'Condition')).map(([operator, keys]) => [
            operator,
            new Map(entriesOf(keys).map(([key, values]) => [key, textsOf(values)])),
          ]),
        ),
      },
    ];
  });
}

const fieldOf = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
const listOf = (value: unknown): readonly unknown[] =>
  Array.isArray(value) ? value : value === undefined ? [] : [value];
const textsOf = (value: unknown): readonly string[] =>
  listOf(value).flatMap((one) =>
    ['string', 'boolean', 'number'].includes(typeof one) ? [String(one)] : [],
  );
const entriesOf = (value: unknown): readonly (readonly [string, unknown])[] =>
  typeof value === 'object' && value !== null ? Object.entries(value) : [];
