/** One repair step, in the function that may change instances: claim, read again, diagnose, act, record, end. */

import type { Ports } from '../appliances/ports.ts';
import type { Appliance, Topology } from '../appliances/types/topology.ts';
import type { Ec2Signals } from '../appliances/types/world.ts';
import type { MetricPort } from '../core/metricPort.ts';
import { openPauseGate } from '../core/pause.ts';
import { safeLine } from '../core/safeLine.ts';
import { agentRunOf, handOn } from './act/step.ts';
import { diagnose } from './assess/diagnosis.ts';
import { keysOf, networkOf, observeMachine, scalingOf } from './observe.ts';
import { type Objection, objectionTo, STOPPED_ON_PURPOSE } from './plan/recheck.ts';
import type { InstanceControlPort } from './ports.ts';
import { openRepairStateStore, type ResultItem, resultId } from './state.ts';
import type { MachineObservation } from './types/machine.ts';
import {
  type Ladder,
  openLadderOf,
  type RepairOrder,
  type RepairResult,
  startsOf,
} from './types.ts';

export type StepPorts = Pick<Ports, 'region' | 'clock' | 'ec2' | 'store' | 'logger'> & {
  readonly instanceControl: InstanceControlPort;
  /** Null: the diagnosis has no network figures. */
  readonly metrics: MetricPort | null;
};

export interface StepOptions {
  readonly mode: 'act' | 'observe';
  /** For appliances whose tag names none. */
  readonly sshUser: string;
  readonly kmsKeyArns: readonly string[];
}

export type StepAnswer =
  | { readonly version: 1; readonly kind: 'ignored'; readonly why: string }
  | { readonly version: 1; readonly kind: 'recorded'; readonly result: RepairResult };

/** Of the order only the attempt's id is used; whether it still stands, and everything else, is read here. */
export async function repairStep(
  ports: StepPorts,
  order: RepairOrder,
  options: StepOptions,
  signal: AbortSignal,
): Promise<StepAnswer> {
  const { logger } = ports;
  const claim = await claimAttempt(ports, order, signal);
  if (claim.kind === 'ignored') {
    logger.write('warn', `Repair order ignored: ${claim.why}`, { ...order });
    return { version: 1, kind: 'ignored', why: claim.why };
  }
  const result = await take(ports, order, claim.ladder, options, signal);
  await claim.record(result);
  logger.write('info', `${order.phase} of ${order.instanceId}: ${result.kind}, ${result.why}`, {
    ...order,
    result,
  });
  return { version: 1, kind: 'recorded', result };
}

type Claim =
  | { readonly kind: 'ignored'; readonly why: string }
  | {
      readonly kind: 'claimed';
      readonly ladder: Ladder;
      readonly record: (result: RepairResult) => Promise<void>;
    };

const ignored = (why: string): Claim => ({ kind: 'ignored', why });

/** Lambda may deliver an order twice, late, or after its ladder is over: one conditional write makes it happen once. */
async function claimAttempt(
  { store, clock, region }: StepPorts,
  { instanceId, attemptId, phase }: RepairOrder,
  signal: AbortSignal,
): Promise<Claim> {
  const repairState = await openRepairStateStore(store, clock, region).read([], signal);
  if (!repairState.known) return ignored(`the book of repairs cannot be read: ${repairState.why}`);
  const ladder = openLadderOf(repairState.value.ladders, instanceId);
  const attempt = ladder?.attempts.at(-1);
  if (ladder === null || attempt === undefined || attempt.id !== attemptId) {
    return ignored('its attempt is not the last of an open ladder');
  }
  if (attempt.phase !== phase || attempt.result !== null) return ignored('its attempt is over');
  const id = resultId(region, instanceId);
  const stored = await store.read([id], signal);
  if (!stored.known) return ignored(`the state table cannot be read: ${stored.why}`);
  const [item] = stored.value;
  const isTaken = JSON.stringify(item?.body ?? null).includes(JSON.stringify(attemptId));
  if (isTaken) return ignored('its attempt was taken up before');
  const { group, name } = ladder;
  const claimedAt = clock.now();
  const body: ResultItem = { version: 1, attemptId, phase, group, name, claimedAt, result: null };
  const write = { id, overVersion: item?.version ?? 0, body, expiresAt: null };
  const claimed = await store.write(write, signal);
  if (claimed.kind !== 'written') return ignored('its attempt could not be claimed');
  return {
    kind: 'claimed',
    ladder,
    async record(result) {
      const over = { ...write, overVersion: claimed.version, body: { ...body, result } };
      // Two tries: an effect without a record is worse than a short wait.
      const first = await store.write(over, signal);
      if (first.kind === 'failed') await store.write(over, signal);
    },
  };
}

async function take(
  ports: StepPorts,
  order: RepairOrder,
  ladder: Ladder,
  options: StepOptions,
  signal: AbortSignal,
): Promise<RepairResult> {
  const { clock, instanceControl } = ports;
  const { instanceId, phase } = order;
  const first = await judge(ports, order, ladder, options, signal);
  if (first.kind === 'objection') return resultOf(first.objection, clock.now(), []);
  const hand = first.appliance?.repair?.hand;
  const isAsked = ASKS_AGENT.has(phase) && first.appliance?.repair !== undefined && hand !== 'ssh';
  const agent = isAsked ? await instanceControl.agent(instanceId, signal) : null;
  const run = phase === 'restart' ? null : agentRunOf({ ...first, instanceId, agent });
  const inside = run === null ? null : await instanceControl.lookByAgent(run, signal);
  // The look took seconds: what a reboot or a stop depends on is read again.
  const last = inside === null ? first : await judge(ports, order, ladder, options, signal);
  if (last.kind === 'objection') return resultOf(last.objection, clock.now(), []);
  const { appliance, topology, signals, machine } = last;
  const console = await instanceControl.console(instanceId, signal);
  const network = await networkOf(ports, instanceId, signal);
  const { stateReason } = machine;
  const diagnosis = [
    ...diagnose({ console, signals, stateReason, network }, clock.now()),
    ...(inside === null ? [] : [`Inside: ${inside}`]),
  ];
  const paused = await openPauseGate(ports.store, clock).ask(signal);
  if (paused !== null) {
    return resultOf({ kind: 'held', why: paused, until: null }, clock.now(), diagnosis);
  }
  const did = await handOn(
    instanceControl,
    phase,
    { instanceId, appliance, topology, console, agent, sshUser: options.sshUser },
    signal,
  );
  const evidence = [...did.evidence, ...lastStartLine(machine, phase)];
  return { ...did, evidence, at: clock.now(), until: null, diagnosis };
}

/** A restart is done by it; before a step that ends all processes it looks at the service. */
const ASKS_AGENT: ReadonlySet<RepairOrder['phase']> = new Set([
  'restart',
  'reboot',
  'stop',
  'replace',
]);

type Judged =
  | { readonly kind: 'objection'; readonly objection: Objection }
  | {
      readonly kind: 'fit';
      readonly appliance: Appliance | undefined;
      readonly topology: Topology;
      readonly signals: Ec2Signals | undefined;
      readonly machine: MachineObservation;
    };

/** Everything that the step depends on, read afresh. */
async function judge(
  ports: StepPorts,
  { instanceId, phase, attemptId }: RepairOrder,
  ladder: Ladder,
  { mode, kmsKeyArns }: StepOptions,
  signal: AbortSignal,
): Promise<Judged> {
  const { clock, instanceControl } = ports;
  const { topology, signals, gaps, machine } = await observeMachine(ports, instanceId, signal);
  const now = clock.now();
  if (!machine.known) {
    return { kind: 'objection', objection: { kind: 'held', why: machine.why, until: null } };
  }
  const appliance = topology.appliances.find((one) => one.instanceId === instanceId);
  const [scaling, keys] = await Promise.all([
    scalingOf(instanceControl, phase, appliance, signal),
    keysOf(instanceControl, phase, machine.value, signal),
  ]);
  const objection = objectionTo({
    phase,
    instanceId,
    topology,
    gaps,
    machine: machine.value,
    events: signals?.events ?? [],
    scaling,
    mode,
    firstStartAt: startsOf(ladder).find(({ id }) => id !== attemptId)?.startedAt ?? null,
    kmsKeyArns,
    keys,
    now,
  });
  return objection === null
    ? { kind: 'fit', appliance, topology, signals, machine: machine.value }
    : { kind: 'objection', objection };
}

/**
 * Why EC2 stopped it again after the last start, which it had accepted: no capacity, or a volume that it could not attach.
 * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/troubleshooting-launch.html (instance terminates immediately, read 2026-11-28)
 */
const lastStartLine = (
  { stateCode, stateReason }: MachineObservation,
  phase: RepairOrder['phase'],
): readonly string[] => {
  if (phase !== 'start' || stateCode === '' || STOPPED_ON_PURPOSE.test(stateCode)) return [];
  const guess = /InternalError|KMS/i.test(stateCode) ? ': mostly the KMS key of a volume' : '';
  return [`EC2 stopped it again after the last start (${safeLine(stateReason, 200)})${guess}`];
};

const resultOf = (
  objection: Objection,
  at: number,
  diagnosis: readonly string[],
): RepairResult => ({
  kind: objection.kind,
  why: objection.why,
  at,
  until: objection.kind === 'held' ? objection.until : null,
  evidence: [],
  diagnosis,
});
