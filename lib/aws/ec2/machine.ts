/** What an instance would lose by a stop: instance store, public address, stop protection. */
import {
  DescribeInstanceAttributeCommand,
  DescribeInstancesCommand,
  DescribeInstanceTypesCommand,
  DescribeVolumesCommand,
  GetConsoleOutputCommand,
  type Instance,
} from '@aws-sdk/client-ec2';
import type { Reading } from '../../core/reading.ts';
import type { EncryptedVolume, MachineObservation } from '../../repairs/types/machine.ts';
import { type CallResult, call, listOf, reading, Unreadable } from '../call.ts';
import { READ_MS } from '../client.ts';
import type { Ec2Context } from './context.ts';
import { stateFact } from './instances.ts';

export const readMachine = (
  context: Ec2Context,
  instanceId: string,
  signal: AbortSignal,
): Promise<Reading<MachineObservation>> =>
  reading(context, 'DescribeInstances', async (): Promise<CallResult<MachineObservation>> => {
    const options = { abortSignal: signal, requestTimeout: READ_MS };
    const page = await call(context, 'DescribeInstances', signal, () =>
      context.client.send(new DescribeInstancesCommand({ InstanceIds: [instanceId] }), options),
    );
    if (!page.ok) return page;
    const instance = listOf(page.value.Reservations).flatMap(({ Instances }) =>
      listOf(Instances),
    )[0];
    if (instance === undefined) throw new Unreadable(`it does not mention ${instanceId}`);
    const state = stateFact(instance.State?.Name);
    if (state === 'unknown') {
      throw new Unreadable(`state ${instance.State?.Name ?? 'missing'} of ${instanceId}`);
    }
    const type = instance.InstanceType;
    const types = await call(context, 'DescribeInstanceTypes', signal, () =>
      context.client.send(
        new DescribeInstanceTypesCommand({ InstanceTypes: type === undefined ? [] : [type] }),
        options,
      ),
    );
    if (!types.ok) return types;
    const kind = types.value.InstanceTypes?.find((one) => one.InstanceType === type);
    if (kind?.InstanceStorageSupported === undefined) {
      throw new Unreadable(`it does not say whether ${type ?? 'its type'} has an instance store`);
    }
    const protection = await call(context, 'DescribeInstanceAttribute', signal, () =>
      context.client.send(
        new DescribeInstanceAttributeCommand({
          InstanceId: instanceId,
          Attribute: 'disableApiStop',
        }),
        options,
      ),
    );
    if (!protection.ok) return protection;
    const isStopProtected = protection.value.DisableApiStop?.Value;
    if (isStopProtected === undefined) {
      throw new Unreadable(`it does not say whether ${instanceId} is protected against stops`);
    }
    const volumes = await readVolumes(context, instance, signal);
    if (!volumes.ok) return volumes;
    const { Code = '', Message = '' } = instance.StateReason ?? {};
    return {
      ok: true,
      value: {
        instanceId,
        state,
        launchedAt: instance.LaunchTime?.getTime() ?? null,
        stateReason: [Message || Code, instance.StateTransitionReason].filter(Boolean).join(', '),
        stateCode: Code,
        fleetingPublicIp: fleetingPublicIp(instance),
        hasInstanceStore:
          kind.InstanceStorageSupported || instance.RootDeviceType === 'instance-store',
        isStopProtected,
        encryptedVolumes: volumes.value,
      },
    };
  });

async function readVolumes(
  context: Ec2Context,
  { BlockDeviceMappings }: Instance,
  signal: AbortSignal,
): Promise<CallResult<readonly EncryptedVolume[]>> {
  const ids = listOf(BlockDeviceMappings).flatMap(({ Ebs }) => Ebs?.VolumeId ?? []);
  if (ids.length === 0) return { ok: true, value: [] };
  const options = { abortSignal: signal, requestTimeout: READ_MS };
  // By id: a volume that is missing is an error, never an empty answer.
  const answer = await call(context, 'DescribeVolumes', signal, () =>
    context.client.send(new DescribeVolumesCommand({ VolumeIds: ids }), options),
  );
  if (!answer.ok) return answer;
  const volumes = listOf(answer.value.Volumes);
  const absent = ids.find((id) => !volumes.some(({ VolumeId }) => VolumeId === id));
  if (absent !== undefined) throw new Unreadable(`it does not mention ${absent}`);
  return {
    ok: true,
    value: volumes
      .filter(({ Encrypted }) => Encrypted !== false)
      .map(({ VolumeId = '', KmsKeyId = '' }) => ({ volumeId: VolumeId, kmsKeyArn: KmsKeyId })),
  };
}

/**
 * The first public address that EC2 would release at a stop. An Elastic IP address names its owner's account.
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_InstanceNetworkInterfaceAssociation.html (IpOwnerId, read 2026-11-21)
 */
function fleetingPublicIp({ NetworkInterfaces, PublicIpAddress }: Instance): string | null {
  const links = (NetworkInterfaces ?? []).flatMap(({ Association, PrivateIpAddresses }) => [
    Association,
    ...(PrivateIpAddresses ?? []).map((one) => one.Association),
  ]);
  const lent = links.find((one) => one?.PublicIp !== undefined && isAmazons(one.IpOwnerId));
  if (lent?.PublicIp !== undefined) return lent.PublicIp;
  const isExplained = links.some((one) => one?.PublicIp === PublicIpAddress);
  return PublicIpAddress && !isExplained ? PublicIpAddress : null;
}

/** Without an owner it counts as Amazon's: the address may be lost. */
const isAmazons = (ownerId: string | undefined): boolean => !/^\d{12}$/.test(ownerId ?? '');

/** The latest console output where the instance type allows it (Nitro); else the one that EC2 stored last. */
export const readConsole = (
  context: Ec2Context,
  instanceId: string,
  signal: AbortSignal,
): Promise<Reading<string>> =>
  reading(context, 'GetConsoleOutput', async (): Promise<CallResult<string>> => {
    const latest = await askConsole(context, instanceId, true, signal);
    const isOld = !latest.ok && latest.fault.kind === 'refused';
    const answer = isOld ? await askConsole(context, instanceId, false, signal) : latest;
    if (!answer.ok) return answer;
    return { ok: true, value: Buffer.from(answer.value.Output ?? '', 'base64').toString('utf8') };
  });

const askConsole = (
  context: Ec2Context,
  InstanceId: string,
  Latest: boolean,
  signal: AbortSignal,
) =>
  call(context, 'GetConsoleOutput', signal, () =>
    context.client.send(new GetConsoleOutputCommand({ InstanceId, Latest }), {
      abortSignal: signal,
      requestTimeout: READ_MS,
    }),
  );
