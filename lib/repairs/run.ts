/**
 * The repair ladder beside the loop: the same stages on the same pass's observations, so that a repair never delays a
 * route.
 */

import type { Policy } from '../appliances/types/policy.ts';
import type { Tick } from '../appliances/types/tick.ts';
import type { Lead } from '../core/lease.ts';
import type { Reading } from '../core/reading.ts';
import type { ReportedAction } from '../core/report.ts';
import { toIso } from '../core/time.ts';
import { openAuditLog } from '../incidents/history/log.ts';
import { openKeptNotifier } from '../incidents/keptNotifier.ts';
import type { RegionPorts } from '../incidents/ports.ts';
import type { Notification } from '../incidents/types.ts';
import { startRepairs } from './act.ts';
import { findInRepairs } from './assess/findings.ts';
import { assessRepairs } from './assess.ts';
import { planRepairs } from './plan.ts';
import type { RepairPort } from './ports/start.ts';
import { asAlreadyNotified, asTried, helpOf, repairReport } from './report.ts';
import { REPAIR_RULES, type RepairRule } from './rules.ts';
import { openRepairStateStore, type RepairState } from './state.ts';
import type { HeldRepair, RepairAssessment, RepairPlan } from './types/plan.ts';
import { type Attempt, type Ladders, openLadderOf, RESULT_MS, stepOf } from './types.ts';

export interface Repairs {
  /** One turn after a pass: takes in results, starts what is due and not held, notifies. */
  turn(tick: Tick, mayDecide: () => Promise<boolean>, signal: AbortSignal): Promise<RepairTurn>;
  /** Records what was notified and could not be recorded yet. */
  flush(signal: AbortSignal): Promise<void>;
}

/** Everything that one turn decided, for tests and the simulator. */
export interface RepairTurn {
  readonly plan: RepairPlan;
  readonly notifications: readonly Notification[];
  /** What was tried and what brought an appliance back, known since this turn: for the appliance's own report. */
  readonly actions: readonly ReportedAction[];
}

export interface RepairsOptions {
  readonly policy: Policy;
  readonly port: RepairPort;
  readonly lead: Lead;
  readonly rules?: readonly RepairRule[];
}

const NOTHING: RepairPlan = { actions: [], held: [] };
const SILENCE: Pick<RepairTurn, 'notifications' | 'actions'> = { notifications: [], actions: [] };

// oxlint-disable-next-line max-lines-per-function -- its stages share the state that was read last and what was said of it
export function openRepairs(
  ports: RegionPorts,
  { policy, port, lead, rules = REPAIR_RULES }: RepairsOptions,
): Repairs {
  const { clock, region, logger } = ports;
  const stateStore = openRepairStateStore(ports.store, clock, region);
  const notifier = openKeptNotifier(ports, {
    scope: 'repairs',
    mode: policy.mode,
    mayResolve: true,
    lead,
  });
  const record = openAuditLog(ports, 'repairs');
  const notifiedIds = new Set<string>();
  const summarised = new Set<string>();
  const helpedKeys = new Set<string>();
  let last: RepairState | null = null;

  const minute = (key: string, message: string, fields: Readonly<Record<string, unknown>>) => {
    if (summarised.has(key)) return;
    summarised.add(key);
    logger.write('info', message, fields);
  };

  /** Read again only while an appliance is down or a ladder is open: a healthy region costs one read an invocation. */
  async function bookNow(
    tick: Tick,
    signal: AbortSignal,
  ): Promise<Reading<RepairState> | 'nothing to do'> {
    if (last !== null && !isSick(tick) && !hasOpen(last.ladders)) return 'nothing to do';
    const ids = tick.world.topology.appliances.map(({ instanceId }) => instanceId);
    const wanted = new Set([...ids, ...(last?.ladders.keys() ?? [])]);
    return stateStore.read([...wanted], signal);
  }

  async function closeEnded(
    repairState: RepairState,
    { ended }: RepairAssessment,
    signal: AbortSignal,
  ): Promise<RepairState | null> {
    if (ended.size === 0) return repairState;
    const ladders = withEnds(repairState.ladders, ended);
    const written = await stateStore.write({ ...repairState, ladders }, signal);
    return written.known ? written.value : null;
  }

  async function decide(
    tick: Tick,
    repairState: RepairState,
    mayDecide: () => Promise<boolean>,
    signal: AbortSignal,
  ): Promise<{ readonly repairState: RepairState; readonly plan: RepairPlan }> {
    const { world, assessment } = tick;
    const now = clock.now();
    const { verdicts, findings, leaves } = assessment;
    const assessed = assessRepairs(world, verdicts, repairState.ladders, now, leaves);
    const closed = await closeEnded(repairState, assessed, signal);
    if (closed === null) return { repairState, plan: NOTHING };
    const { ladders, windows, pause } = closed;
    const scene = { world, verdicts, findings, ladders, windows, pause, policy, now };
    const plan = planRepairs(assessed.due, scene, rules);
    const acted = await startRepairs(ports, stateStore, port, plan, closed, mayDecide, signal);
    for (const { due, kind, why } of acted.started) {
      const { instanceId, phase } = due;
      logger.write('info', `${due.name}: ${stepOf(phase)} ${kind}`, { instanceId, phase, why });
    }
    return { repairState: acted.repairState, plan };
  }

  async function tell(
    tick: Tick,
    { ladders }: RepairState,
    held: readonly HeldRepair[],
    signal: AbortSignal,
  ): Promise<Pick<RepairTurn, 'notifications' | 'actions'>> {
    const answered = attemptsOf(ladders).filter(({ result }) => result !== null);
    const notificationPlan = new Set(
      answered.flatMap(({ id }) => (notifiedIds.has(id) ? [] : [id])),
    );
    for (const id of notificationPlan) notifiedIds.add(id);
    for (const { id, result } of answered) {
      // Once an invocation: each reads the same state.
      const isNew = result !== null && clock.now() - result.at < RESULT_MS;
      if (isNew) minute(id, `${id}: ${result.kind}`, { result });
    }
    for (const { due, rule, brake, because, until } of held) {
      const text = `${due.name}: ${stepOf(due.phase)} held by ${rule} (${brake}): ${because}`;
      const fields = { instanceId: due.instanceId, until: until === null ? null : toIso(until) };
      minute(`${due.instanceId} ${due.phase} ${brake}`, text, fields);
    }
    const { world, assessment } = tick;
    const findings = findInRepairs(world, assessment.verdicts, ladders, held, clock.now());
    const report = repairReport(world, findings, ladders, notificationPlan, held);
    record.note(report);
    const help = helpOf(ladders).filter(({ at, concerns }) => {
      const key = `${concerns.join()} ${at}`;
      const isNew = !helpedKeys.has(key);
      helpedKeys.add(key);
      return isNew;
    });
    const notifications = await notifier.tell(
      { ...report, actions: [...report.actions, ...help] },
      signal,
    );
    return {
      notifications,
      actions: [...report.actions.map(asTried), ...help.map(asAlreadyNotified)],
    };
  }

  return {
    async turn(tick, mayDecide, signal) {
      const reading = await bookNow(tick, signal);
      if (reading === 'nothing to do') {
        const notified = last === null ? SILENCE : await tell(tick, last, [], signal);
        return { plan: NOTHING, ...notified };
      }
      if (!reading.known) {
        minute('unread', 'Nothing is repaired: the book of repairs cannot be read', {
          why: reading.why,
        });
        return { plan: NOTHING, ...SILENCE };
      }
      const { repairState, plan } = await decide(tick, reading.value, mayDecide, signal);
      last = repairState;
      return { plan, ...(await tell(tick, repairState, plan.held, signal)) };
    },
    async flush(signal) {
      await notifier.flush(signal);
    },
  };
}

const isSick = ({ world, assessment }: Tick): boolean =>
  world.topology.appliances.some(
    ({ instanceId, repair }) =>
      repair !== undefined && assessment.verdicts.get(instanceId)?.kind === 'down',
  );

function withEnds(before: Ladders, ended: RepairAssessment['ended']): Ladders {
  const ladders = new Map(before);
  for (const [instanceId, end] of ended) {
    const all = ladders.get(instanceId) ?? [];
    const [open] = all.slice(-1);
    if (open !== undefined) ladders.set(instanceId, [...all.slice(0, -1), { ...open, end }]);
  }
  return ladders;
}

const hasOpen = (ladders: Ladders): boolean =>
  [...ladders.keys()].some((instanceId) => openLadderOf(ladders, instanceId) !== null);

const attemptsOf = (ladders: Ladders): readonly Attempt[] =>
  [...ladders.values()].flatMap((all) => all.at(-1)?.attempts ?? []);
