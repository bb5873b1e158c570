/** Instances by id: where they are, what they are called, whether they run. */
import { DescribeInstancesCommand, type Instance } from '@aws-sdk/client-ec2';
import type { InstanceFact, InstanceState, StateFact } from '../../appliances/types/inventory.ts';
import type { Reading } from '../../core/reading.ts';
import { call, everyPage, listOf, reading } from '../call.ts';
import { READ_MS } from '../client.ts';
import { everyKnownInstance } from './absentIds.ts';
import type { Ec2Context } from './context.ts';

export const readInstances = (
  context: Ec2Context,
  instanceIds: readonly string[],
  signal: AbortSignal,
): Promise<Reading<readonly InstanceFact[]>> =>
  reading(context, 'DescribeInstances', () =>
    everyKnownInstance(instanceIds, (ids) =>
      everyPage(
        (nextToken) =>
          call(context, 'DescribeInstances', signal, () =>
            context.client.send(
              new DescribeInstancesCommand({
                InstanceIds: [...ids],
                Filters: [IN_ANY_STATE],
                NextToken: nextToken,
              }),
              { abortSignal: signal, requestTimeout: READ_MS },
            ),
          ),
        (page) =>
          listOf(page.Reservations).flatMap(({ OwnerId, Instances = [] }) =>
            Instances.flatMap((instance) => instanceFact(instance, OwnerId ?? '')),
          ),
      ),
    ),
  );

const STATES: readonly InstanceState[] = [
  'pending',
  'running',
  'stopping',
  'stopped',
  'shutting-down',
  'terminated',
];

/**
 * Matches every instance. EC2 throttles unfiltered, unpaginated calls by a smaller bucket that all tools of the account
 * share. @see https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-throttling.html (read 2026-11-20)
 */
export const IN_ANY_STATE = { Name: 'instance-state-name', Values: [...STATES] };

/** A state that we do not know is `unknown`, of this instance alone. */
export const stateFact = (text: string | undefined): StateFact =>
  STATES.find((known) => known === text) ?? 'unknown';

function instanceFact(instance: Instance, accountId: string): readonly InstanceFact[] {
  const { InstanceId: instanceId } = instance;
  if (!instanceId) return [];
  return [
    {
      instanceId,
      name: nameTag(instance.Tags),
      accountId,
      vpcId: instance.VpcId ?? '',
      subnetId: instance.SubnetId ?? '',
      zone: instance.Placement?.AvailabilityZone ?? '',
      state: stateFact(instance.State?.Name),
      ...(instance.LaunchTime !== undefined && { launchedAt: instance.LaunchTime.getTime() }),
      privateIp: instance.PrivateIpAddress || null,
      publicIp: instance.PublicIpAddress || null,
      ipv6s: (instance.NetworkInterfaces ?? []).flatMap((card) =>
        (card.Ipv6Addresses ?? []).flatMap(({ Ipv6Address }) => Ipv6Address ?? []),
      ),
      interfaceIds: (instance.NetworkInterfaces ?? []).flatMap(
        ({ NetworkInterfaceId }) => NetworkInterfaceId ?? [],
      ),
      instanceProfile: instance.IamInstanceProfile?.Arn || null,
      autoScalingGroup:
        instance.Tags?.find(({ Key }) => Key === 'aws:autoscaling:groupName')?.Value || null,
    },
  ];
}

/** The `Name` tag's value, or empty. */
export const nameTag = (
  tags: readonly { readonly Key?: string | undefined; readonly Value?: string | undefined }[] = [],
): string => tags.find(({ Key }) => Key === 'Name')?.Value ?? '';
