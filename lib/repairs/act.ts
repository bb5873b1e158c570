/** Starts repairs: recorded first, then requested, so that none is started twice. */

import { known } from '../core/reading.ts';
import { type Instant, toIso } from '../core/time.ts';
import type { RegionPorts } from '../incidents/ports.ts';
import type { RepairPort, StartAnswer } from './ports/start.ts';
import type { RepairState, RepairStateStore } from './state.ts';
import type { DueRepair, RepairPlan, StartedRepair } from './types/plan.ts';
import { type Attempt, type Ladder, type Ladders, type RepairResult, startsOf } from './types.ts';

export interface RepairsActed {
  readonly started: readonly StartedRepair[];
  /** As it is stored now. */
  readonly repairState: RepairState;
}

/**
 * The outcome of every action. `mayDecide`: whether this process still leads, asked right before the record.
 * A record that fails starts nothing; a start that certainly failed is recorded as such.
 */
export async function startRepairs(
  { clock, region }: Pick<RegionPorts, 'clock' | 'region'>,
  stateStore: Pick<RepairStateStore, 'write'>,
  repairs: RepairPort,
  plan: RepairPlan,
  repairState: RepairState,
  mayDecide: () => Promise<boolean>,
  signal: AbortSignal,
): Promise<RepairsActed> {
  if (plan.actions.length === 0) return { started: [], repairState };
  const defer = (why: string): RepairsActed => ({
    started: plan.actions.map((due) => ({ due, at: clock.now(), kind: 'deferred', why })),
    repairState,
  });
  if (!(await mayDecide())) return defer('the lease went to another watcher');
  const now = clock.now();
  const { attempts, ladders } = withAttempts(repairState.ladders, plan.actions, now);
  const recorded = await stateStore.write({ ...repairState, ladders }, signal);
  if (!recorded.known) return defer(recorded.why);
  const started: StartedRepair[] = [];
  const failed: { readonly due: DueRepair; readonly id: string; readonly why: string }[] = [];
  for (const { due, attempt } of attempts) {
    const { instanceId, phase } = due;
    const order = { version: 1, region, instanceId, attemptId: attempt.id, phase } as const;
    const answer = await repairs.start(order, signal);
    started.push({ due, at: clock.now(), ...startOf(answer) });
    if (answer.kind === 'refused') failed.push({ due, id: attempt.id, why: answer.why });
  }
  if (failed.length === 0) return { started, repairState: recorded.value };
  const amended = failed.reduce(
    (so, { due, id, why }) => withFailure(so, due.instanceId, id, notStarted(why, clock.now())),
    recorded.value.ladders,
  );
  const rewritten = await stateStore.write({ ...recorded.value, ladders: amended }, signal);
  const after = rewritten.known ? rewritten : known(recorded.value, clock.now());
  return { started, repairState: after.value };
}

/** The ladders with a fresh attempt for each of these, as it is recorded before it is requested. */
export function withAttempts(ladders: Ladders, dues: readonly DueRepair[], now: Instant) {
  const attempts = dues.map((due) => ({ due, attempt: attemptOf(due, now) }));
  return {
    attempts,
    ladders: attempts.reduce((so, { due, attempt }) => withAttempt(so, due, attempt), ladders),
  };
}

/** Nothing was done to the instance: it counts for no brake. */
const notStarted = (why: string, at: Instant): RepairResult => ({
  kind: 'held',
  why: `it could not be started: ${why}`,
  at,
  until: null,
  evidence: [],
  diagnosis: [],
});

/** The conditional write makes it unique. */
const attemptOf = ({ instanceId, phase }: DueRepair, startedAt: Instant): Attempt => ({
  id: `${instanceId} ${phase} ${toIso(startedAt)}`,
  phase,
  startedAt,
  result: null,
});

function withAttempt(ladders: Ladders, due: DueRepair, attempt: Attempt): Ladders {
  const all = ladders.get(due.instanceId) ?? [];
  const last = all.at(-1);
  const isOpen = last !== undefined && last.end === null;
  const { group, name } = due;
  const ladder: Ladder = isOpen
    ? { ...last, attempts: [...keptOf(last, attempt), attempt] }
    : { group, name, startedAt: attempt.startedAt, attempts: [attempt], end: null };
  return new Map(ladders).set(due.instanceId, [...(isOpen ? all.slice(0, -1) : all), ladder]);
}

/** A held attempt is not kept: it may recur every half minute. Of starts, which go on for a day, only the first is. */
function keptOf(ladder: Ladder, { phase }: Attempt): readonly Attempt[] {
  const [first] = startsOf(ladder).filter(wasMade);
  return ladder.attempts.filter(
    (one) => wasMade(one) && (phase !== 'start' || one.phase !== 'start' || one === first),
  );
}

const wasMade = ({ result }: Attempt): boolean => result?.kind !== 'held';

const withFailure = (
  ladders: Ladders,
  instanceId: string,
  attemptId: string,
  result: RepairResult,
): Ladders =>
  new Map(ladders).set(
    instanceId,
    (ladders.get(instanceId) ?? []).map((ladder) => ({
      ...ladder,
      attempts: ladder.attempts.map((one) => (one.id === attemptId ? { ...one, result } : one)),
    })),
  );

function startOf(answer: StartAnswer): Pick<StartedRepair, 'kind' | 'why'> {
  switch (answer.kind) {
    case 'started':
      return { kind: 'started', why: null };
    case 'unclear':
      return { kind: 'started', why: answer.why };
    case 'refused':
      return { kind: 'failed', why: answer.why };
    default:
      return answer satisfies never;
  }
}
