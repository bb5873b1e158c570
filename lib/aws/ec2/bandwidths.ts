/** What the network of instances can carry, by their types. Read only. */
import { DescribeInstancesCommand, DescribeInstanceTypesCommand } from '@aws-sdk/client-ec2';
import type { BandwidthFact, BandwidthPort } from '../../core/bandwidthPort.ts';
import type { Clock } from '../../core/time.ts';
import { type CallResult, call, everyPage, everyPart, listOf, pieces, reading } from '../call.ts';
import { type CallHook, READ_MS } from '../client.ts';
import { ec2Client } from './client.ts';
import { type Ec2Context, FILTER_VALUES_MAX } from './context.ts';

export function bandwidthPort(region: string, clock: Clock, onCall?: CallHook): BandwidthPort {
  const client = ec2Client(region, onCall, READ_MS);
  const context: Ec2Context = { client, service: 'ec2', clock };
  return {
    bandwidths: (instanceIds, signal) =>
      reading(context, 'DescribeInstanceTypes', async () => {
        const instances = await everyPart(pieces(instanceIds, FILTER_VALUES_MAX), (part) =>
          readTypes(context, part, signal),
        );
        if (!instances.ok) return instances;
        const types = instances.value.map(([, type]) => type);
        const known = await everyPart(pieces(types, TYPES_MAX), (part) =>
          readBaselines(context, part, signal),
        );
        if (!known.ok) return known;
        const baselines = new Map(known.value);
        const facts = instances.value.map(([id, instanceType]): [string, BandwidthFact] => [
          id,
          { instanceType, baselineBitsPerSecond: baselines.get(instanceType) ?? null },
        ]);
        return { ok: true, value: new Map(facts) };
      }),
  };
}

/** The most that one call takes (EC2 API model, 2026-11). */
const TYPES_MAX = 100;

const readTypes = (
  context: Ec2Context,
  ids: readonly string[],
  signal: AbortSignal,
): Promise<CallResult<readonly (readonly [id: string, type: string])[]>> =>
  everyPage(
    (NextToken) =>
      call(context, 'DescribeInstances', signal, () =>
        context.client.send(
          new DescribeInstancesCommand({
            Filters: [{ Name: 'instance-id', Values: [...ids] }],
            NextToken,
          }),
          { abortSignal: signal },
        ),
      ),
    (page) =>
      listOf(page.Reservations)
        .flatMap(({ Instances }) => Instances ?? [])
        .flatMap(({ InstanceId, InstanceType }) =>
          InstanceId && InstanceType ? [[InstanceId, InstanceType] as const] : [],
        ),
  );

/**
 * Gigabits a second, of all its network cards together; a type without a number is left out.
 * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-instance-network-bandwidth.html
 */
async function readBaselines(
  context: Ec2Context,
  types: readonly string[],
  signal: AbortSignal,
): Promise<CallResult<readonly (readonly [type: string, bitsPerSecond: number])[]>> {
  return everyPage(
    (NextToken) =>
      call(context, 'DescribeInstanceTypes', signal, () =>
        context.client.send(
          new DescribeInstanceTypesCommand({
            Filters: [{ Name: 'instance-type', Values: [...types] }],
            NextToken,
          }),
          { abortSignal: signal },
        ),
      ),
    (page) =>
      listOf(page.InstanceTypes).flatMap(({ InstanceType, NetworkInfo }) => {
        const cards = (NetworkInfo?.NetworkCards ?? []).map((one) => one.BaselineBandwidthInGbps);
        const gigabits = cards.reduce<number>((sum, one) => sum + (one ?? Number.NaN), 0);
        return InstanceType && gigabits > 0 ? [[InstanceType, gigabits * 1e9] as const] : [];
      }),
  );
}
