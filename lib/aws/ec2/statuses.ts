/** EC2's own health checks and its plans for an instance. */
import {
  DescribeInstanceStatusCommand,
  type InstanceStatus,
  type InstanceStatusEvent,
} from '@aws-sdk/client-ec2';
import type { CheckStatus, ScheduledEvent, StatusFact } from '../../appliances/types/inventory.ts';
import type { Reading } from '../../core/reading.ts';
import { call, everyPage, listOf, reading } from '../call.ts';
import { READ_MS } from '../client.ts';
import { everyKnownInstance } from './absentIds.ts';
import type { Ec2Context } from './context.ts';
import { IN_ANY_STATE, stateFact } from './instances.ts';

export const readStatuses = (
  context: Ec2Context,
  instanceIds: readonly string[],
  signal: AbortSignal,
): Promise<Reading<readonly StatusFact[]>> =>
  reading(context, 'DescribeInstanceStatus', () =>
    everyKnownInstance(instanceIds, (ids) =>
      everyPage(
        (nextToken) =>
          call(context, 'DescribeInstanceStatus', signal, () =>
            context.client.send(
              new DescribeInstanceStatusCommand({
                InstanceIds: [...ids],
                // Without it EC2 lists running instances only, and a stopped one would look absent.
                IncludeAllInstances: true,
                Filters: [IN_ANY_STATE],
                NextToken: nextToken,
              }),
              { abortSignal: signal, requestTimeout: READ_MS },
            ),
          ),
        (page) => listOf(page.InstanceStatuses).flatMap(statusFact),
      ),
    ),
  );

function statusFact(status: InstanceStatus): readonly StatusFact[] {
  const { InstanceId: instanceId } = status;
  if (!instanceId) return [];
  return [
    {
      instanceId,
      zone: status.AvailabilityZone ?? '',
      state: stateFact(status.InstanceState?.Name),
      system: checkStatus(status.SystemStatus?.Status),
      instance: checkStatus(status.InstanceStatus?.Status),
      // Instance types without EBS, and older ones, have no such check.
      attachedEbs:
        status.AttachedEbsStatus === undefined
          ? 'not-applicable'
          : checkStatus(status.AttachedEbsStatus.Status),
      events: (status.Events ?? []).flatMap(scheduledEvent),
    },
  ];
}

/** A status that we do not know counts as `insufficient-data`. */
const checkStatus = (text: string | undefined): CheckStatus =>
  CHECK_STATUSES.find((known) => known === text) ?? 'insufficient-data';

const CHECK_STATUSES: readonly CheckStatus[] = [
  'ok',
  'impaired',
  'insufficient-data',
  'not-applicable',
  'initializing',
];

function scheduledEvent(event: InstanceStatusEvent): readonly ScheduledEvent[] {
  const description = event.Description ?? '';
  if (/^\[(completed|canceled)\]/i.test(description)) return [];
  return [
    {
      code: event.Code ?? 'unknown',
      description,
      notBefore: event.NotBefore?.getTime() ?? null,
    },
  ];
}
