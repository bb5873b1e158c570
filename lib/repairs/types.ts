/** The repair ladder of a sick appliance: what its owner allows, what was tried, with which result. */
import type { RepairStep } from '../core/repairTags.ts';
import type { Instant } from '../core/time.ts';

/** One thing that is done at a time. A stop-start takes two or three phases, with passes between. */
export type RepairPhase = (typeof REPAIR_PHASES)[number];

export const REPAIR_PHASES = [
  'restart',
  'reboot',
  'stop',
  'force-stop',
  'start',
  'replace',
] as const;

const STEP_OF = {
  restart: 'restart-service',
  reboot: 'reboot',
  stop: 'stop-start',
  'force-stop': 'stop-start',
  start: 'stop-start',
  replace: 'replace',
} as const satisfies Record<RepairPhase, RepairStep>;

export const stepOf = (phase: RepairPhase): RepairStep => STEP_OF[phase];

const FIRST_PHASE = {
  'restart-service': 'restart',
  reboot: 'reboot',
  'stop-start': 'stop',
  replace: 'replace',
} as const satisfies Record<RepairStep, RepairPhase>;

export const firstPhaseOf = (step: RepairStep): RepairPhase => FIRST_PHASE[step];

export type ResultKind =
  /** It was done; whether it helped is seen later. */
  | 'done'
  /** It was tried and did not work. */
  | 'failed'
  /** It was not even tried, and would not be the next time: an unknown host key, an instance store at stake. */
  | 'refused'
  /** The recheck right before showed a reason to wait. */
  | 'held';

export interface RepairResult {
  readonly kind: ResultKind;
  /** One clause, for people. */
  readonly why: string;
  readonly at: Instant;
  /** Of a held one: when it may be tried again; null: soon. */
  readonly until: Instant | null;
  /** What was seen before and after, one line each. */
  readonly evidence: readonly string[];
  /** What console, checks, metrics and, where it is managed, its agent say: four lines at most. */
  readonly diagnosis: readonly string[];
}

/** Recorded before it is done, so that none is started twice. */
export interface Attempt {
  readonly id: string;
  readonly phase: RepairPhase;
  readonly startedAt: Instant;
  /** Null: no result yet. */
  readonly result: RepairResult | null;
}

/** From the first step to the appliance's recovery, or to the last step that its owner allows. */
export interface Ladder {
  readonly group: string;
  readonly name: string;
  readonly startedAt: Instant;
  readonly attempts: readonly Attempt[];
  readonly end: LadderEnd | null;
}

export interface LadderEnd {
  readonly at: Instant;
  /** `spent`: every allowed step was tried and it is still down. `dropped`: nothing came of it for an hour. `replaced`: its auto scaling group has ended it. */
  readonly kind: 'helped' | 'spent' | 'replaced' | 'dropped';
}

/** By instance id: its ladders, oldest first. */
export type Ladders = ReadonlyMap<string, readonly Ladder[]>;

/** What the repair function is asked to do. It uses nothing else of it: everything is read again. */
export interface RepairOrder {
  readonly version: 1;
  readonly region: string;
  readonly instanceId: string;
  readonly attemptId: string;
  readonly phase: RepairPhase;
}

export const openLadderOf = (ladders: Ladders, instanceId: string): Ladder | null => {
  const last = ladders.get(instanceId)?.at(-1);
  return last === undefined || last.end !== null ? null : last;
};

/** Whether anything was done to the instance in it. */
export const hasActed = ({ attempts }: Ladder): boolean =>
  attempts.some(({ result }) => result === null || result.kind !== 'held');

/** A machine that was started answers within this. */
export const BOOT_GRACE_MS = 300_000;
/**
 * EC2 hard-reboots an instance that does not shut down cleanly within a few minutes; then it boots.
 * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-instance-reboot.html (read 2026-11-28)
 */
const REBOOT_MS = 600_000;
/** A stop that takes longer is forced; a forced one that takes longer needs a person. */
export const STOPPING_MS = 300_000;
/** Status checks that are initializing for longer than this excuse nothing any more. */
export const INITIALIZING_MS_MAX = 1_800_000;

/** Longer than the repair function lives: a result that is missing by then never comes. */
export const RESULT_MS = 120_000;
/** A service that a restart brings back answers within this. */
const SERVICE_MS = 60_000;

/** Auto Scaling begins to end an instance that was set unhealthy within minutes. */
const REPLACE_MS = 600_000;

/** When an attempt that was made is judged: by then the appliance answers, or it did not help. */
export const judgedAtOf = ({ phase, startedAt }: Attempt): Instant => startedAt + GRACE_MS[phase];

const GRACE_MS = {
  restart: SERVICE_MS,
  reboot: REBOOT_MS,
  stop: BOOT_GRACE_MS,
  'force-stop': BOOT_GRACE_MS,
  start: BOOT_GRACE_MS,
  replace: REPLACE_MS,
} as const satisfies Record<RepairPhase, number>;

/**
 * Whether the ladder's own stop may have stopped the machine: EC2 took it, or it is not known. A start says so, too: only what
 * was stopped is started, and a state that is rebuilt knows the last attempt alone.
 */
export const hasStopped = ({ attempts }: Ladder): boolean =>
  attempts.some(
    ({ phase, result }) =>
      phase === 'start' ||
      ((phase === 'stop' || phase === 'force-stop') && (result === null || result.kind === 'done')),
  );

/** The starts of what the ladder has stopped, oldest first: only the first and the last are kept. */
export const startsOf = ({ attempts }: Ladder): readonly Attempt[] =>
  attempts.filter(({ phase }) => phase === 'start');
