/** One pass over a scope that is polled rather than watched: the same five stages, joined once for all of them. */
import { randomUUID } from 'node:crypto';

import type { Finding } from '../core/finding.ts';
import type { Lead } from '../core/lease.ts';
import type { Measures } from '../core/measures.ts';
import { packed, unpacked } from '../core/packed.ts';
import {
  type AskPause,
  openPauseGate,
  PAUSE_ID,
  type Pause,
  type PauseGate,
} from '../core/pause.ts';
import type { Report } from '../core/report.ts';
import type { Instant } from '../core/time.ts';
import { openAuditLog } from '../incidents/history/log.ts';
import { openKeptNotifier } from '../incidents/keptNotifier.ts';
import type { RegionPorts } from '../incidents/ports.ts';
import type { Notification } from '../incidents/types.ts';
import { type Lease, leaseId, openLease, requestLook, type Scope } from './lease.ts';

/** The stages of one subject. What a subject does not do (most only watch) it leaves empty. */
export interface Stages<World, Memory, Plan, Outcome> {
  /** Names the subject's book of incidents and its memory in the state table: `connections`. */
  readonly scope: Scope;
  /** What was kept, from what is stored; an empty memory for null (nothing there, or unreadable) and for garbage. */
  readonly recall: (stored: unknown) => Memory;
  readonly observe: (memory: Memory, signal: AbortSignal) => Promise<World>;
  /** False: this look saw too little to say that anything is over. Incidents stay open until one that does. */
  readonly sees: (world: World) => boolean;
  readonly assess: (world: World, memory: Memory, now: Instant) => Assessed<Memory>;
  /** While `pause` lasts, what would be written is held. */
  readonly plan: (
    world: World,
    findings: readonly Finding[],
    memory: Memory,
    now: Instant,
    pause: Pause | null,
  ) => Plan;
  readonly act: (
    plan: Plan,
    signal: AbortSignal,
    askPause: AskPause,
  ) => Promise<readonly Outcome[]>;
  /** What the next look must know, after what was done. JSON values only. */
  readonly remember: (memory: Memory, outcomes: readonly Outcome[], now: Instant) => unknown;
  /** What the look comes to in numbers of the catalogue. */
  readonly measures?: (world: World, findings: readonly Finding[]) => Measures;
  readonly report: (
    world: World,
    findings: readonly Finding[],
    plan: Plan,
    outcomes: readonly Outcome[],
  ) => Report;
}

interface Assessed<Memory> {
  readonly findings: readonly Finding[];
  readonly memory: Memory;
}

export interface PollSummary {
  readonly version: 1;
  readonly scope: string;
  readonly region: string;
  readonly findings: number;
  readonly actions: number;
  readonly held: number;
  readonly notifications: number;
  /** Another process leads the scope, and was asked to look now. */
  readonly isSkipped?: boolean;
}

export const skipped = (scope: string, region: string): PollSummary => ({
  version: 1,
  scope,
  region,
  findings: 0,
  actions: 0,
  held: 0,
  notifications: 0,
  isSkipped: true,
});

export interface Poll<World> {
  readonly world: World;
  readonly findings: readonly Finding[];
  readonly report: Report;
  /** What was told. */
  readonly notifications: readonly Notification[];
  readonly summary: PollSummary;
}

/**
 * One pass by the scope's leader, and one more when somebody asked for it meanwhile. Null: another leader is alive and
 * looks now. Without the state table nobody leads: the pass observes and notifies all the same, and says that it may repeat.
 */
export async function poll<World, Memory, Plan, Outcome>(
  ports: RegionPorts,
  stages: Stages<World, Memory, Plan, Outcome>,
  mode: 'act' | 'observe',
  signal: AbortSignal,
): Promise<Poll<World> | null> {
  const { clock, region, store, logger } = ports;
  const { scope } = stages;
  const lease = openLease(store, clock, {
    region,
    scope,
    leader: `${scope} ${randomUUID()}`,
    mode,
    standbyMs: 0,
    mayTakeOver: () => false,
  });
  await lease.keep(signal);
  if (lease.state().kind === 'standby') {
    const { kind } = await requestLook(store, clock, leaseId(region, scope), signal);
    logger.write('info', `Another process looks at ${scope} of ${region}: ${kind}`, {});
    return null;
  }
  const lead = leadOf(lease);
  let polled = await pollOnce(ports, stages, mode, lead, signal);
  // A request that came during the pass may be about something that the pass had read before.
  if (lease.takeLookRequest() || (await lease.release(signal)) === 'lookRequested') {
    polled = await pollOnce(ports, stages, mode, lead, signal);
    // A request during this pass waits for the next one, and must not keep the lease.
    if ((await lease.release(signal)) === 'lookRequested') await lease.release(signal);
  }
  return polled;
}

/** What a poll observes it may notify without its table: it writes no route. */
const leadOf = (lease: Lease): Lead => ({
  state: () => {
    const state = lease.state();
    return state.kind === 'unreachable' ? { ...state, wasLeader: true } : state;
  },
  confirm: lease.confirm,
  isAfterCrash: lease.isAfterCrash,
});

/** Memory goes before notifications: a topic that hangs must not cost what was done. */
async function pollOnce<World, Memory, Plan, Outcome>(
  ports: RegionPorts,
  stages: Stages<World, Memory, Plan, Outcome>,
  mode: 'act' | 'observe',
  lead: Lead,
  signal: AbortSignal,
): Promise<Poll<World>> {
  const { clock, region, logger } = ports;
  const { scope } = stages;
  const gate = openPauseGate(ports.store, clock);
  const stateStore = await openStore(ports, scope, gate, signal);
  const memory = stages.recall(stateStore.stored);
  const world = await stages.observe(memory, signal);
  const now = clock.now();
  const assessed = stages.assess(world, memory, now);
  logger.measure(stages.measures?.(world, assessed.findings) ?? {});
  const plan = stages.plan(world, assessed.findings, assessed.memory, now, gate.current());
  const outcomes = await stages.act(plan, signal, () => gate.ask(signal));
  await stateStore.keep(stages.remember(assessed.memory, outcomes, clock.now()), signal);
  const report = stages.report(world, assessed.findings, plan, outcomes);
  openAuditLog(ports, scope).note(report);
  // Without its memory a look may miss what it could not see even with open eyes.
  const mayResolve = stateStore.isRead && stages.sees(world);
  const notifier = openKeptNotifier(ports, { scope, mode, mayResolve, isPolled: true, lead });
  const sent = await notifier.tell(report, signal, mayResolve);
  await notifier.flush(signal);
  const summary: PollSummary = {
    version: 1,
    scope,
    region,
    findings: assessed.findings.length,
    actions: report.actions.length,
    held: report.held.length,
    notifications: sent.length,
  };
  logger.write('info', `Looked at ${scope} of ${region}`, { ...summary });
  return { world, findings: assessed.findings, report, notifications: sent, summary };
}

/** The subject's memory in the state table. A table that fails costs memory, never the look. */
async function openStore(
  { store, region, logger }: RegionPorts,
  scope: string,
  gate: Pick<PauseGate, 'learn'>,
  all: AbortSignal,
) {
  const id = `memory#${scope}#${region}`;
  const reading = await store.read([id, PAUSE_ID], all);
  if (reading.known) gate.learn(reading.value);
  const item = reading.known ? reading.value.find((one) => one.id === id) : undefined;
  const stored = unpacked(item?.body ?? null);
  const before = JSON.stringify(stored);
  if (!reading.known) {
    logger.write('warn', `The memory of ${scope} could not be read`, { why: reading.why });
  }
  return {
    stored,
    isRead: reading.known,
    async keep(body: unknown, signal: AbortSignal): Promise<void> {
      const text = JSON.stringify(body);
      if (!reading.known || text === before) return;
      const overVersion = item?.version ?? 0;
      const kept = packed(body, text);
      const answer = await store.write({ id, overVersion, body: kept, expiresAt: null }, signal);
      if (answer.kind === 'written') return;
      const why =
        answer.kind === 'failed' ? answer.why : 'another process wrote it at the same time';
      logger.write('warn', `The memory of ${scope} was not kept`, { why });
    },
  };
}
