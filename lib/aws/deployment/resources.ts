/** The resources of a stack, as CloudFormation made them. */
import { CloudFormationClient, ListStackResourcesCommand } from '@aws-sdk/client-cloudformation';
import type { DeploymentPort, StackResource } from '../../core/deploymentPort.ts';
import type { Clock } from '../../core/time.ts';
import { type CallContext, call, everyPage, listOf, reading } from '../call.ts';
import { delays, READ_MS } from '../client.ts';
import { orAbsent } from '../cloudFormation.ts';

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ListStackResources.html (read 2026-11-29) */
export function readResources(region: string, clock: Clock): DeploymentPort['resources'] {
  const client = new CloudFormationClient({ region, ...delays(READ_MS) });
  const context: CallContext = { service: 'cloudformation', clock };
  return (stackName, signal) =>
    reading<readonly StackResource[] | null>(context, 'ListStackResources', async () => {
      const answer = await everyPage(
        (nextToken) =>
          call(context, 'ListStackResources', signal, () =>
            client.send(
              new ListStackResourcesCommand({ StackName: stackName, NextToken: nextToken }),
              { abortSignal: signal },
            ),
          ),
        (page) =>
          listOf(page.StackResourceSummaries).map(
            ({
              LogicalResourceId: logicalId = '',
              PhysicalResourceId: physicalId = '',
              ResourceType: type = '',
            }): StackResource => ({ logicalId, physicalId, type }),
          ),
      );
      return answer.ok ? answer : orAbsent(answer);
    });
}
