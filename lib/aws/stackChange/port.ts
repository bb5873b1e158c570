/** CloudFormation's change sets, and the bucket that the code of a stack's functions is taken from. */
import {
  type Change,
  CloudFormationClient,
  CreateChangeSetCommand,
  DeleteChangeSetCommand,
  DeleteStackCommand,
  DescribeChangeSetCommand,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
  ExecuteChangeSetCommand,
  type StackEvent,
} from '@aws-sdk/client-cloudformation';
import { domainOf } from '../../core/serviceAddress.ts';
import type {
  ProposedChange,
  ProposedChangeId,
  ResourceChange,
  StackChangePort,
  StackLook,
  StackProposal,
} from '../../core/stackChangePort.ts';
import type { Clock } from '../../core/time.ts';
import { type CallContext, call, everyPage, reading, Unreadable } from '../call.ts';
import { delays } from '../client.ts';
import { orAbsent } from '../cloudFormation.ts';
import { codeBucketPort } from './codeBucket.ts';

/** Nothing waits for it but a person; a call that is given up may have been carried out. */
const REQUEST_MS = 30_000;

interface Context extends CallContext {
  readonly client: CloudFormationClient;
  readonly region: string;
}

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateChangeSet.html (read 2026-11-29) */
export function stackChangePort(region: string, clock: Clock): StackChangePort {
  const client = new CloudFormationClient({ region, ...delays(REQUEST_MS) });
  const context: Context = { service: 'cloudformation', clock, client, region };
  const done = (action: string, signal: AbortSignal, send: () => Promise<unknown>) =>
    reading<null>(context, action, async () => {
      const answer = await call(context, action, signal, send);
      return answer.ok ? { ok: true, value: null } : answer;
    });
  return {
    ...codeBucketPort(region, clock),
    look: (stackName, signal) => look(context, stackName, signal),
    propose: (proposal, signal) => propose(context, proposal, signal),
    proposed: (id, signal) => proposed(context, id, signal),
    failures: (stackName, signal) => failures(context, stackName, signal),
    execute: ({ stackName, changeSetId }, signal) =>
      done('ExecuteChangeSet', signal, () =>
        client.send(
          new ExecuteChangeSetCommand({ StackName: stackName, ChangeSetName: changeSetId }),
          { abortSignal: signal },
        ),
      ),
    discard: ({ stackName, changeSetId }, isNew, signal) =>
      isNew
        ? done('DeleteStack', signal, () => deleteStack(context, stackName, signal))
        : done('DeleteChangeSet', signal, () =>
            client.send(
              new DeleteChangeSetCommand({ StackName: stackName, ChangeSetName: changeSetId }),
              { abortSignal: signal },
            ),
          ),
    remove: (stackName, signal) =>
      done('DeleteStack', signal, () => deleteStack(context, stackName, signal)),
  };
}

const deleteStack = ({ client }: Context, stackName: string, signal: AbortSignal) =>
  client.send(new DeleteStackCommand({ StackName: stackName }), { abortSignal: signal });

const look = (context: Context, stackName: string, signal: AbortSignal) =>
  reading<StackLook | null>(context, 'DescribeStacks', async () => {
    const answer = await call(context, 'DescribeStacks', signal, () =>
      context.client.send(new DescribeStacksCommand({ StackName: stackName }), {
        abortSignal: signal,
      }),
    );
    if (!answer.ok) return orAbsent(answer);
    const [stack] = answer.value.Stacks ?? [];
    if (stack?.StackStatus === undefined)
      throw new Unreadable('no stack, and no word that there is none');
    if (stack.StackStatus === 'DELETE_COMPLETE') return { ok: true, value: null };
    const parameters = (stack.Parameters ?? []).map(
      ({ ParameterKey = '', ParameterValue = '' }) => [ParameterKey, ParameterValue] as const,
    );
    const outputs = (stack.Outputs ?? []).map(
      ({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue] as const,
    );
    return {
      ok: true,
      value: {
        status: stack.StackStatus,
        parameters: new Map(parameters),
        outputs: new Map(outputs),
      },
    };
  });

function propose(context: Context, proposal: StackProposal, signal: AbortSignal) {
  const { client, clock, region } = context;
  const { stackName, isNew, templateBucket, templateKey, parameters, tags } = proposal;
  const command = new CreateChangeSetCommand({
    StackName: stackName,
    ChangeSetName: `vpn-medic-${clock.now()}`,
    ChangeSetType: isNew ? 'CREATE' : 'UPDATE',
    TemplateURL: `https://${templateBucket}.s3.${region}.${domainOf(region)}/${templateKey}`,
    Capabilities: ['CAPABILITY_IAM'],
    Parameters: [...parameters].map(([ParameterKey, value]) =>
      value === null
        ? { ParameterKey, UsePreviousValue: true }
        : { ParameterKey, ParameterValue: value },
    ),
    Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
  });
  return reading<ProposedChangeId>(context, 'CreateChangeSet', async () => {
    const answer = await call(context, 'CreateChangeSet', signal, () =>
      client.send(command, { abortSignal: signal }),
    );
    if (!answer.ok) return answer;
    const changeSetId = answer.value.Id;
    if (changeSetId === undefined) throw new Unreadable('no id of the change set');
    return { ok: true, value: { stackName, changeSetId } };
  });
}

const proposed = (context: Context, id: ProposedChangeId, signal: AbortSignal) =>
  reading<ProposedChange>(context, 'DescribeChangeSet', async () => {
    const { stackName, changeSetId } = id;
    let state: { readonly status: string; readonly why: string } = { status: '', why: '' };
    const pages = await everyPage(
      (nextToken) =>
        call(context, 'DescribeChangeSet', signal, () =>
          context.client.send(
            new DescribeChangeSetCommand({
              StackName: stackName,
              ChangeSetName: changeSetId,
              NextToken: nextToken,
            }),
            { abortSignal: signal },
          ),
        ),
      ({ Status, StatusReason = '', Changes }) => {
        if (Status === undefined || (Status === 'CREATE_COMPLETE' && Changes === undefined)) {
          throw new Unreadable('no status, or no list of changes');
        }
        state = { status: Status, why: StatusReason };
        return (Changes ?? []).map(changeOf);
      },
    );
    return pages.ok ? { ok: true, value: proposalOf(state, pages.value) } : pages;
  });

/** CloudFormation has no status for "nothing to do": it fails, and says so in a sentence. */
function proposalOf(
  { status, why }: { readonly status: string; readonly why: string },
  changes: readonly ResourceChange[],
): ProposedChange {
  if (status === 'CREATE_COMPLETE') return { kind: 'ready', changes };
  if (status !== 'FAILED') return { kind: 'pending' };
  return /didn't contain changes|no updates are to be performed/i.test(why)
    ? { kind: 'nothing' }
    : { kind: 'refused', why };
}

const changeOf = ({ ResourceChange: change = {} }: Change): ResourceChange => {
  const { Action = '', LogicalResourceId = '', ResourceType = '', Replacement = 'False' } = change;
  return {
    action: Action,
    logicalId: LogicalResourceId,
    type: ResourceType,
    replacement: Replacement === 'False' ? null : Replacement,
  };
};

const failures = (context: Context, stackName: string, signal: AbortSignal) =>
  reading<readonly string[]>(context, 'DescribeStackEvents', async () => {
    // The latest page has the latest attempt.
    const answer = await call(context, 'DescribeStackEvents', signal, () =>
      context.client.send(new DescribeStackEventsCommand({ StackName: stackName }), {
        abortSignal: signal,
      }),
    );
    if (!answer.ok) return answer;
    const { StackEvents: events } = answer.value;
    if (events === undefined) throw new Unreadable('no list of events');
    return { ok: true, value: events.flatMap(failureOf) };
  });

function failureOf(event: StackEvent): readonly string[] {
  const { ResourceStatus = '', LogicalResourceId, ResourceStatusReason = '' } = event;
  const isCause = ResourceStatus.endsWith('_FAILED') && !/cancelled/i.test(ResourceStatusReason);
  return isCause ? [`${LogicalResourceId}: ${ResourceStatusReason}`] : [];
}
