/** What one step reads of a machine: the machine itself, its auto scaling group, the keys of its volumes, its traffic. */
import { openKeeper } from '../appliances/observe/inventory.ts';
import { signalsOf } from '../appliances/observe/signals.ts';
import { readTopology } from '../appliances/observe/topology.ts';
import type { Ports } from '../appliances/ports.ts';
import type { Appliance, Topology } from '../appliances/types/topology.ts';
import type { Ec2Signals } from '../appliances/types/world.ts';
import type { Measured } from '../core/metric.ts';
import type { MetricPort } from '../core/metricPort.ts';
import { known, type Reading, unknown } from '../core/reading.ts';
import type { Clock } from '../core/time.ts';
import type { InstanceControlPort } from './ports.ts';
import type { KeyFact, MachineObservation } from './types/machine.ts';
import type { ScalingGroup } from './types/scaling.ts';
import type { RepairPhase } from './types.ts';

type MachinePorts = Pick<Ports, 'region' | 'clock' | 'ec2'> & {
  readonly instanceControl: InstanceControlPort;
};

interface Observation {
  readonly topology: Topology;
  readonly signals: Ec2Signals | undefined;
  readonly gaps: ReturnType<ReturnType<typeof openKeeper>['gaps']>;
  readonly machine: Reading<MachineObservation>;
}

/** The same observation as the watcher's, made afresh. */
export async function observeMachine(
  ports: MachinePorts,
  instanceId: string,
  signal: AbortSignal,
): Promise<Observation> {
  const keeper = openKeeper(ports, '', () => new Map());
  const [machine] = await Promise.all([
    ports.instanceControl.machine(instanceId, signal),
    keeper.readDue(signal),
  ]);
  const topology = readTopology(keeper.inventory(), new Map());
  const appliance = topology.appliances.find((one) => one.instanceId === instanceId);
  const zone = keeper.newest().find((one) => one.zone === appliance?.zone);
  const signals =
    appliance === undefined ? undefined : signalsOf(appliance, zone, ports.clock.now());
  return { topology, signals, gaps: keeper.gaps(), machine };
}

/** Of what a group ends: an instance that it calls unhealthy, and one that is stopped. Null: it is in none, or not asked. */
export async function scalingOf(
  instanceControl: InstanceControlPort,
  phase: RepairPhase,
  appliance: Appliance | undefined,
  signal: AbortSignal,
): Promise<Reading<ScalingGroup> | null> {
  const group = appliance?.identity?.autoScalingGroup;
  const isAsked = phase === 'replace' || phase === 'stop';
  return group == null || !isAsked ? null : instanceControl.scalingGroup(group, signal);
}

/** By ARN, before a stop: the start after it needs them. */
export async function keysOf(
  instanceControl: InstanceControlPort,
  phase: RepairPhase,
  { encryptedVolumes }: MachineObservation,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Reading<KeyFact>>> {
  if (phase !== 'stop' && phase !== 'force-stop') return new Map();
  const arns = new Set(encryptedVolumes.flatMap(({ kmsKeyArn }) => kmsKeyArn || []));
  const read = async (arn: string) => [arn, await instanceControl.key(arn, signal)] as const;
  return new Map(await Promise.all([...arns].map(read)));
}

const HALF_HOUR_MS = 1_800_000;
/** EC2 publishes its basic figures every five minutes. */
const PERIOD_MS = 300_000;

export async function networkOf(
  { metrics, clock }: { readonly metrics: MetricPort | null; readonly clock: Clock },
  instanceId: string,
  signal: AbortSignal,
): Promise<Reading<{ readonly inBytes: readonly number[]; readonly outBytes: readonly number[] }>> {
  if (metrics === null) return unknown('not asked', clock.now());
  const series = { namespace: 'AWS/EC2', dimensions: { InstanceId: instanceId } };
  const query = (metricName: string) => ({ ...series, metricName, statistic: 'Sum' }) as const;
  const to = Math.floor(clock.now() / PERIOD_MS) * PERIOD_MS;
  const window = { from: to - HALF_HOUR_MS, to, periodMs: PERIOD_MS };
  const [inside, outside] = await metrics.points(
    [query('NetworkIn'), query('NetworkOut')],
    window,
    signal,
  );
  if (inside === undefined || outside === undefined) return unknown('no answer', clock.now());
  if (!inside.known) return inside;
  if (!outside.known) return outside;
  return known({ inBytes: values(inside.value), outBytes: values(outside.value) }, inside.at);
}

const values = ({ points }: Measured): readonly number[] => points.map(({ value }) => value);
