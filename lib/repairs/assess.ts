/** Which repair step of which sick appliance is due, and which ladders are over. Pure. */
import type { Leaves } from '../appliances/state/leave.ts';
import { isQuiet } from '../appliances/state/quietHours.ts';
import type { InstanceState } from '../appliances/types/inventory.ts';
import type { Appliance } from '../appliances/types/topology.ts';
import type { DownVerdict, Verdict, Verdicts } from '../appliances/types/verdict.ts';
import type { Ec2Signals, World } from '../appliances/types/world.ts';
import { compare } from '../core/order.ts';
import { type RepairPermission, type RepairStep } from '../core/repairTags.ts';
import type { Instant } from '../core/time.ts';
import { isInitializing } from './rules.ts';
import type { DueRepair, RepairAssessment } from './types/plan.ts';
import {
  type Attempt,
  firstPhaseOf,
  hasActed,
  hasStopped,
  INITIALIZING_MS_MAX,
  judgedAtOf,
  type Ladder,
  type LadderEnd,
  type Ladders,
  openLadderOf,
  RESULT_MS,
  type RepairPhase,
  STOPPING_MS,
  startsOf,
  stepOf,
} from './types.ts';

/** A step that is due still has to pass the plan's brakes. Unknown is never down: it makes nothing due. */
export function assessRepairs(
  world: World,
  verdicts: Verdicts,
  ladders: Ladders,
  now: Instant,
  leaves: Leaves = new Map(),
): RepairAssessment {
  const due: DueRepair[] = [];
  const ended = new Map<string, LadderEnd>();
  const { appliances, ignored } = world.topology;
  for (const appliance of appliances.toSorted((a, b) => compare(a.instanceId, b.instanceId))) {
    const { instanceId, repair } = appliance;
    const ladder = openLadderOf(ladders, instanceId);
    const verdict = verdicts.get(instanceId);
    const turn = turnOf(ladder, repair, verdict, world.signals.get(instanceId), now);
    if (turn.kind === 'ended') ended.set(instanceId, { at: now, kind: turn.how });
    // What is expected to be off, or to end, is left alone; a machine that a repair has stopped comes back all the same.
    const isLeft = ignored.has(instanceId) || leaves.has(instanceId) || isQuiet(appliance, now);
    const isWanted = turn.kind === 'due' && (turn.phase === 'start' || !isLeft);
    if (isWanted && verdict?.kind === 'down') {
      due.push(dueOf(appliance, ladder, turn, verdict));
    }
  }
  for (const [instanceId] of ladders) {
    const isKnown = appliances.some((one) => one.instanceId === instanceId);
    const ladder = openLadderOf(ladders, instanceId);
    if (!isKnown && ladder !== null && hasRested(ladder, now)) {
      ended.set(instanceId, { at: now, kind: 'dropped' });
    }
  }
  return { due, ended };
}

type Turn =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'due'; readonly phase: RepairPhase; readonly allowed: readonly RepairStep[] }
  | { readonly kind: 'ended'; readonly how: LadderEnd['kind'] };

const NOTHING: Turn = { kind: 'nothing' };

function turnOf(
  ladder: Ladder | null,
  candidate: RepairPermission | undefined,
  verdict: Verdict | undefined,
  signals: Ec2Signals | undefined,
  now: Instant,
): Turn {
  const last = ladder?.attempts.at(-1);
  // Often it answers before the repair function has recorded its result, which is waited for.
  if (ladder !== null && last !== undefined && isInFlight(last, now)) return NOTHING;
  if (ladder !== null && verdict?.kind === 'up' && verdict.isProven) {
    return { kind: 'ended', how: hasActed(ladder) ? 'helped' : 'dropped' };
  }
  // A machine that a repair has stopped is owed its start, however long its stop, a pause or a gap lasted.
  const isOwed =
    signals?.state.known && /^stop(ped|ping)$/.test(signals.state.value) && isOurStop(ladder);
  if (ladder !== null && hasRested(ladder, now) && !isOwed) {
    return { kind: 'ended', how: 'dropped' };
  }
  if (verdict?.kind !== 'down' || signals === undefined || !signals.state.known) return NOTHING;
  // What a repair has stopped is started again, whatever the tags say by now.
  if (ladder !== null && last !== undefined && signals.state.value !== 'running') {
    return whileNotRunning(ladder, last, signals.state.value, now);
  }
  const allowed = (candidate?.steps ?? []).filter((step) => canHelp(step, verdict, signals));
  if (ladder === null || last === undefined) {
    const [first] = allowed;
    return first === undefined ? NOTHING : { kind: 'due', phase: firstPhaseOf(first), allowed };
  }
  // After a boot EC2's own checks take a while to say anything: until then nothing is judged.
  const isBooting = last.phase !== 'restart' && now - last.startedAt < INITIALIZING_MS_MAX;
  if (isBooting && isInitializing(signals)) return NOTHING;
  return afterAttempt(ladder, last, allowed, now);
}

/** A ladder without a new attempt for so long is over. */
const REST_MS = 3_600_000;
const HELD_MS = 30_000;
/** A start that did not work is tried again after as long as it has been tried, within these. */
const START_GAP_MS = 30_000;
const START_GAP_MS_MAX = 900_000;
/** Capacity comes back within hours; after this a person has to act. */
const STARTS_FOR_MS = 86_400_000;

const hasRested = ({ startedAt, attempts }: Ladder, now: Instant): boolean =>
  now - (attempts.at(-1)?.startedAt ?? startedAt) >= REST_MS;

const isInFlight = ({ result, startedAt }: Attempt, now: Instant): boolean =>
  result === null && now - startedAt < RESULT_MS;

/** The steps that could help: no SSH reaches a host that fails its checks, and a reboot changes no host. */
function canHelp(
  step: RepairStep,
  { cause, isLate }: DownVerdict,
  { state, checks }: Ec2Signals,
): boolean {
  if (!state.known || state.value !== 'running') return false;
  // A restart would cut what a slow one still carries.
  if (isLate === true) return false;
  switch (cause) {
    case 'probes':
      return true;
    case 'status-check':
      if (step === 'stop-start' || step === 'replace') return true;
      return step === 'reboot' && checks.known && checks.value.instance === 'impaired'
        ? checks.value.system !== 'impaired'
        : false;
    // An instance that was stopped, or whose interface was detached, is not sick.
    case 'state':
    case 'interface':
      return false;
    default:
      return cause satisfies never;
  }
}

/** Stopping by our own repair, or by another writer: the latter is none of the ladder's. */
function whileNotRunning(
  ladder: Ladder,
  last: Attempt,
  state: InstanceState | 'gone',
  now: Instant,
): Turn {
  const { phase, startedAt } = last;
  const isOver = state === 'gone' || state === 'terminated' || state === 'shutting-down';
  if (isOver && phase === 'replace') return { kind: 'ended', how: 'replaced' };
  if (isOver || !isOurStop(ladder)) {
    return phase === 'reboot' && state === 'pending' ? NOTHING : { kind: 'ended', how: 'dropped' };
  }
  if (state === 'stopped') return startAgain(ladder, last, now);
  // By force EC2 may still take hours; what was stopped then has to be started.
  return state === 'stopping' && phase === 'stop' && now - startedAt >= STOPPING_MS
    ? { kind: 'due', phase: 'force-stop', allowed: ['stop-start'] }
    : NOTHING;
}

const isOurStop = (ladder: Ladder | null): boolean => {
  const last = ladder?.attempts.at(-1);
  return ladder !== null && last !== undefined && stepOf(last.phase) === 'stop-start'
    ? hasStopped(ladder)
    : false;
};

/** EC2 may lack capacity, lose the answer, or start it and stop it again over a volume: a start is tried for a day. */
function startAgain(ladder: Ladder, last: Attempt, now: Instant): Turn {
  const start: Turn = { kind: 'due', phase: 'start', allowed: ['stop-start'] };
  const [first] = startsOf(ladder);
  if (last.phase !== 'start' || first === undefined) return start;
  // By now a person's: the repair function has found that it was stopped after it was started.
  if (last.result?.kind === 'refused') return { kind: 'ended', how: 'spent' };
  if (now - first.startedAt >= STARTS_FOR_MS) return { kind: 'ended', how: 'spent' };
  return now >= nextStartAt(first, last) ? start : NOTHING;
}

export function nextStartAt(first: Attempt, { startedAt, result }: Attempt): Instant {
  if (result?.kind === 'held' && result.until !== null) return result.until;
  const gapMs = Math.min(Math.max(startedAt - first.startedAt, START_GAP_MS), START_GAP_MS_MAX);
  return startedAt + gapMs;
}

function afterAttempt(
  ladder: Ladder,
  last: Attempt,
  allowed: readonly RepairStep[],
  now: Instant,
): Turn {
  // It runs, whatever started it: that start is judged, not its answer.
  const kind = last.phase === 'start' ? 'done' : (last.result?.kind ?? 'done');
  const step = stepOf(last.phase);
  if (kind === 'held' && allowed.includes(step)) {
    const until = last.result?.until ?? (last.result?.at ?? last.startedAt) + HELD_MS;
    return now >= until ? { kind: 'due', phase: last.phase, allowed } : NOTHING;
  }
  if (kind === 'done' && now < judgedAtOf(last)) return NOTHING;
  const tried = new Set(
    ladder.attempts
      .filter(({ result }) => result?.kind !== 'held')
      .map(({ phase }) => stepOf(phase)),
  );
  const next = allowed.find((one) => !tried.has(one));
  if (next !== undefined) return { kind: 'due', phase: firstPhaseOf(next), allowed };
  return { kind: 'ended', how: tried.size > 0 ? 'spent' : 'dropped' };
}

const dueOf = (
  { instanceId, name, group, vpcId, zone }: Appliance,
  ladder: Ladder | null,
  { phase, allowed }: Extract<Turn, { readonly kind: 'due' }>,
  { why, since, isEc2Confirmed }: DownVerdict,
): DueRepair => ({
  instanceId,
  name,
  group,
  vpcId,
  zone,
  phase,
  isNewLadder: ladder === null || !hasActed(ladder),
  allowed,
  isEc2Confirmed,
  since,
  because: `${name} is down: ${why}`,
});
