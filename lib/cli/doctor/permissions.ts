/** Asks IAM's policy simulator for every action that a role's own policies grant. A service control policy or a boundary may deny what the template grants. */
import type {
  ContextEntry,
  Decision,
  DeploymentPort,
  Grant,
  Simulation,
} from '../../core/deploymentPort.ts';
import type { Reading } from '../../core/reading.ts';
import { counted } from '../../core/text.ts';
import { type Exam, unexamined, well, wrong } from './types.ts';

/** One exam for each role. */
export async function examinePermissions(
  roles: readonly Role[],
  place: Place,
  port: Pick<DeploymentPort, 'grants' | 'simulate'>,
  signal: AbortSignal,
): Promise<readonly Exam[]> {
  const exams: Exam[] = [];
  // One role after another: IAM's quotas are of the whole account, and its own functions come first.
  for (const role of roles) exams.push(await examineRole(role, place, port, signal));
  return exams;
}

export interface Role {
  readonly name: string;
  readonly arn: string;
}

/** What stands in for a `*` of a resource's ARN. */
export interface Place {
  readonly region: string;
  readonly accountId: string;
}

async function examineRole(
  { name, arn }: Role,
  place: Place,
  port: Pick<DeploymentPort, 'grants' | 'simulate'>,
  signal: AbortSignal,
): Promise<Exam> {
  const grants = await port.grants(name, signal);
  if (!grants.known) return unexamined('permissions', name, grants.why);
  const answers: Reading<readonly Decision[]>[] = [];
  for (const simulation of grants.value.flatMap((grant) => simulationsOf(grant, arn, place))) {
    const answer = await port.simulate(simulation, signal);
    answers.push(answer);
    if (!answer.known) return unexamined('permissions', name, answer.why);
  }
  return judged(
    name,
    answers.flatMap((answer) => (answer.known ? answer.value : [])),
  );
}

function judged(name: string, decisions: readonly Decision[]): Exam {
  if (decisions.length === 0) {
    return unexamined('permissions', name, 'none of its actions could be asked about');
  }
  const denied = decisions.filter(({ isAllowed }) => !isAllowed);
  if (denied.length === 0) {
    return well(
      'permissions',
      name,
      `${counted(new Set(decisions.map(({ action }) => action)).size, 'action')} allowed, by the policy simulator`,
    );
  }
  const isOfOrganisation = denied.some((one) => !one.isAllowedByOrganisation);
  const actions = [...new Set(denied.map(({ action }) => action))].toSorted();
  return wrong(
    'permissions',
    name,
    `denied: ${actions.join(', ')}`,
    isOfOrganisation
      ? 'a service control policy of the organisation denies it: ask its administrators for an exception'
      : 'deploy the stack again; if it stays denied, a permissions boundary or a policy attached to the role denies it',
  );
}

/** One for each resource of the statement, with the context that its conditions ask for. Pure. */
export const simulationsOf = (
  { actions, resources, conditions }: Grant,
  roleArn: string,
  place: Place,
): readonly Simulation[] => {
  // The simulator takes names of actions only.
  const named = actions.filter((action) => !action.includes('*'));
  if (named.length === 0) return [];
  const context = [...conditions].flatMap(([operator, keys]) =>
    [...keys].map(([key, values]) => contextEntry(operator, key, values)),
  );
  return resources.map((resource) => ({
    roleArn,
    actions: named,
    resourceArn: sampleOf(resource, place),
    context,
  }));
};

/** A value under which the condition holds. */
function contextEntry(operator: string, key: string, values: readonly string[]): ContextEntry {
  if (operator === 'Bool') return { key, values: values.slice(0, 1), type: 'boolean' };
  // `Null: false` asks for the key alone.
  if (operator === 'Null') return { key, values: [SAMPLE], type: 'string' };
  const [first = SAMPLE] = values;
  const held = first.replaceAll('*', SAMPLE);
  const isList = operator.startsWith('ForA');
  return { key, values: [held], type: isList ? 'stringList' : 'string' };
}

/** `*` alone stays: then the action takes no resource. */
function sampleOf(resource: string, { region, accountId }: Place): string {
  if (resource === '*') return resource;
  return resource
    .split(':')
    .map((part, index) => {
      if (part !== '*') return part.replaceAll('*', SAMPLE);
      if (index === 3) return region;
      return index === 4 ? accountId : SAMPLE;
    })
    .join(':');
}

const SAMPLE = 'sample';
