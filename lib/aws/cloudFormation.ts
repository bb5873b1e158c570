/** The outputs of a stack: by them the command line finds the deployed table and functions. */
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import type { StackPort } from '../core/stackPort.ts';
import type { Clock } from '../core/time.ts';
import { type CallContext, type CallResult, call, listOf, reading, Unreadable } from './call.ts';
import { delays } from './client.ts';

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStacks.html (read 2026-11-28) */
export function stackPort(region: string, clock: Clock): StackPort {
  const client = new CloudFormationClient({ region, ...delays() });
  const context: CallContext = { service: 'cloudformation', clock };
  return {
    outputs: (name, signal) =>
      reading<ReadonlyMap<string, string> | null>(context, 'DescribeStacks', async () => {
        const answer = await call(context, 'DescribeStacks', signal, () =>
          client.send(new DescribeStacksCommand({ StackName: name }), { abortSignal: signal }),
        );
        if (!answer.ok) return orAbsent(answer);
        const [stack] = listOf(answer.value.Stacks);
        if (stack === undefined) throw new Unreadable(`it does not mention ${name}`);
        const outputs = stack.Outputs ?? [];
        return {
          ok: true,
          value: new Map(
            outputs.flatMap(({ OutputKey, OutputValue }) =>
              OutputKey === undefined || OutputValue === undefined
                ? []
                : [[OutputKey, OutputValue] as const],
            ),
          ),
        };
      }),
  };
}

/** Null where there is no such stack: CloudFormation has no error code of its own for it. */
export const orAbsent = (answer: CallResult<never> & { readonly ok: false }): CallResult<null> =>
  answer.fault.message.includes('does not exist') ? { ok: true, value: null } : answer;
