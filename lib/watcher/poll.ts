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
import type { Item, LoggerPort } from '../core/ports.ts';
import type { Report } from '../core/report.ts';
import type { Instant } from '../core/time.ts';
import { openAuditLog } from '../incidents/history/log.ts';
import { openKeptNotifier } from '../incidents/keptNotifier.ts';
import type { RegionPorts } from '../incidents/ports.ts';
import type { Notification } from '../incidents/types.ts';
import { type Lease, leaseId, openLease, requestLook, type Scope } from './lease.ts';

/** The stages of one subject. What a subject does not do (most only watch) it leaves empty. */
export interface Stages<World, Memory, Plan, Outcome> {
  /** Names the subject's incidents and its memory in the state table: `connections`. */
  readonly scope: Scope;
  /** Ids of items that are read with the memory: what operators asked for. None: nothing. */
  readonly requestIds?: readonly string[];
  /**
   * What was kept, from what is stored; an empty memory for null (nothing there, or unreadable) and for garbage. `items`
   * are those of `requestIds` that exist.
   */
  readonly recall: (stored: unknown, items: readonly Item[]) => Memory;
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
  /**
   * The memory that is stored before the first write, so that a process that ends after a write has not forgotten whose
   * it was; null: nothing is to be written. Absent: writes need none.
   */
  readonly intend?: (memory: Memory, plan: Plan, now: Instant) => unknown;
  readonly act: (
    plan: Plan,
    signal: AbortSignal,
    askPause: AskPause,
    mayWrite: (signal: AbortSignal) => Promise<boolean>,
  ) => Promise<readonly Outcome[]>;
  /** What the next look must know, after what was done. JSON values only. */
  readonly remember: (memory: Memory, outcomes: readonly Outcome[], now: Instant) => unknown;
  /** What other scopes read of this one, as an item of its own; one of `requestIds`. Null: it stays as it is. */
  readonly share?: (
    world: World,
    memory: Memory,
  ) => { readonly id: string; readonly body: unknown } | null;
  /** What the look comes to in numbers of the catalogue. */
  readonly measures?: (world: World, findings: readonly Finding[]) => Measures;
  /** Of each resource, where the deployment asks for it. */
  readonly measureEach?: (world: World, logger: Pick<LoggerPort, 'measureEach'>) => void;
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
  /** As in a report. */
  readonly unjudged?: ReadonlySet<string>;
}

export interface PollSummary {
  readonly version: 1;
  readonly scope: string;
  readonly region: string;
  readonly findings: number;
  readonly actions: number;
  readonly held: number;
  readonly notifications: number;
  /** Nothing was due, or another process leads the scope, and was asked to look now. */
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
  /** Those that were published. */
  readonly notifications: readonly Notification[];
  readonly summary: PollSummary;
}

/** How a poll goes on after its first pass. */
export interface PollLoop<World> {
  /** After a pass: how long after its beginning the next one begins; null: the poll ends. */
  readonly againMs: (poll: Poll<World>) => number | null;
  /** No pass begins later than this after the poll began: the next invocation waits for the lease by then. */
  readonly lastsMs: number;
  /** Time left to this invocation, in ms. */
  readonly remainingMs: () => number;
  /** Called after each pass but the last, whose poll is returned. */
  readonly onPass?: (poll: Poll<World>) => void;
}

/** A pass that would have less time than this does not begin. */
const PASS_MS = 20_000;
/** The lease of a leader that ended without a word is free by then, and one that loops gives it back before. */
const WAIT_MS = 12_000;
/** Between two looks at the lease. */
const STEP_MS = 1_000;

/**
 * One pass by the scope's leader, and one more when one was requested meanwhile; with `loop`, more of them with the
 * lease kept between. Null: another leader is alive and looks now. Without the state table there is no leader: the pass observes
 * and notifies all the same, and says that it may repeat.
 */
export async function poll<World, Memory, Plan, Outcome>(
  ports: RegionPorts,
  stages: Stages<World, Memory, Plan, Outcome>,
  mode: 'act' | 'observe',
  signal: AbortSignal,
  loop: PollLoop<World> | null = null,
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
  const beganMs = clock.monotonicMs();
  await lease.keep(signal);
  if (loop !== null) await untilFree(ports, lease, beganMs + WAIT_MS, signal);
  if (lease.state().kind === 'standby') {
    const { kind } = await requestLook(store, clock, leaseId(region, scope), signal);
    logger.write('info', `Another process looks at ${scope} of ${region}: ${kind}`, {});
    return null;
  }
  const lead = leadOf(lease);
  const passes: Poll<World>[] = [];
  const pass = async () => {
    passes.push(await pollOnce(ports, stages, mode, lead, signal));
  };
  let startedMs = clock.monotonicMs();
  await pass();
  for (;;) {
    const last = passes.at(-1);
    if (loop === null || last === undefined) break;
    const againMs = loop.againMs(last);
    if (againMs === null) break;
    const nextMs = startedMs + againMs;
    const isTooLate = nextMs > beganMs + loop.lastsMs;
    const waitMs = Math.max(0, nextMs - clock.monotonicMs());
    if (isTooLate || loop.remainingMs() - waitMs < PASS_MS) break;
    if (!(await isStillLeading(ports, lease, nextMs, signal))) break;
    loop.onPass?.(last);
    startedMs = clock.monotonicMs();
    await pass();
  }
  // A request that came during the pass may be about something that the pass had read before.
  if (lease.takeLookRequest() || (await lease.release(signal)) === 'lookRequested') {
    await pass();
    // A request during this pass waits for the next one, and must not keep the lease.
    if ((await lease.release(signal)) === 'lookRequested') await lease.release(signal);
  }
  return together(passes);
}

/** Waits for a leader that is about to end; one that stays is asked to look. */
async function untilFree(
  { clock }: RegionPorts,
  lease: Lease,
  untilMs: number,
  signal: AbortSignal,
): Promise<void> {
  while (lease.state().kind === 'standby' && clock.monotonicMs() < untilMs && !signal.aborted) {
    await clock.sleep(STEP_MS, signal);
    await lease.keep(signal);
  }
}

/** Keeps the lease until the next pass is due, or is asked for. False: this process does not lead any more. */
async function isStillLeading(
  { clock }: RegionPorts,
  lease: Lease,
  untilMs: number,
  signal: AbortSignal,
): Promise<boolean> {
  for (;;) {
    await lease.keep(signal);
    if (lease.state().kind !== 'leader' || signal.aborted) return false;
    const leftMs = untilMs - clock.monotonicMs();
    if (leftMs <= 0 || lease.takeLookRequest()) return true;
    await clock.sleep(Math.min(STEP_MS, leftMs), signal);
  }
}

/** The last pass, with what all of them did and sent. */
function together<World>(passes: readonly Poll<World>[]): Poll<World> {
  const last = passes.at(-1);
  if (last === undefined) throw new Error('a poll without a pass');
  const notifications = passes.flatMap((one) => one.notifications);
  const actions = passes.reduce((sum, { summary }) => sum + summary.actions, 0);
  return {
    ...last,
    notifications,
    summary: { ...last.summary, actions, notifications: notifications.length },
  };
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
  const { requestIds = [] } = stages;
  const stateStore = await openStore(ports, scope, requestIds, gate, signal);
  const memory = stages.recall(stateStore.stored, stateStore.items);
  const world = await stages.observe(memory, signal);
  const now = clock.now();
  const assessed = stages.assess(world, memory, now);
  logger.measure(stages.measures?.(world, assessed.findings) ?? {});
  stages.measureEach?.(world, logger);
  const plan = stages.plan(world, assessed.findings, assessed.memory, now, gate.current());
  const intended = stages.intend?.(assessed.memory, plan, now) ?? null;
  const isIntended = intended === null || (await stateStore.keep(intended, signal));
  const outcomes = await stages.act(
    plan,
    signal,
    () => gate.ask(signal),
    async (until) => isIntended && (await lead.confirm(until)),
  );
  const remembered = stages.remember(assessed.memory, outcomes, clock.now());
  await stateStore.keep(remembered, signal);
  const shared = stages.share?.(world, assessed.memory) ?? null;
  if (shared !== null) await stateStore.share(shared, signal);
  const reported = stages.report(world, assessed.findings, plan, outcomes);
  const unjudged = new Set([...(assessed.unjudged ?? []), ...(reported.unjudged ?? [])]);
  const report = { ...reported, unjudged };
  openAuditLog(ports, scope).note(report);
  // Without its memory a pass may miss what only the memory knows.
  const hasMemory = stateStore.isRead && (stateStore.isThere || remembered === null);
  const mayResolve = hasMemory && stages.sees(world);
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
  requestIds: readonly string[],
  gate: Pick<PauseGate, 'learn'>,
  all: AbortSignal,
) {
  const id = `memory#${scope}#${region}`;
  const reading = await store.read([id, PAUSE_ID, ...requestIds], all);
  if (reading.known) gate.learn(reading.value);
  const items = reading.known ? reading.value : [];
  const item = items.find((one) => one.id === id);
  const stored = unpacked(item?.body ?? null);
  let version = item?.version ?? 0;
  let kept = JSON.stringify(stored);
  if (!reading.known) {
    logger.write('warn', `The memory of ${scope} could not be read`, { why: reading.why });
  }
  return {
    stored,
    items: items.filter((one) => requestIds.includes(one.id)),
    isRead: reading.known,
    isThere: item !== undefined,
    /** Written when it differs: if this fails, readers have it a pass later. */
    async share(shared: { readonly id: string; readonly body: unknown }, signal: AbortSignal) {
      const before = items.find((one) => one.id === shared.id);
      const isSame = JSON.stringify(before?.body) === JSON.stringify(shared.body);
      if (!reading.known || isSame) return;
      const overVersion = before?.version ?? 0;
      await store.write({ ...shared, overVersion, expiresAt: null }, signal);
    },
    /** False: it is not stored. */
    async keep(body: unknown, signal: AbortSignal): Promise<boolean> {
      if (!reading.known) return false;
      const text = JSON.stringify(body);
      if (text === kept) return true;
      const write = { id, overVersion: version, body: packed(body, text), expiresAt: null };
      const answer = await store.write(write, signal);
      if (answer.kind === 'written') {
        ({ version } = answer);
        kept = text;
        return true;
      }
      const why =
        answer.kind === 'failed' ? answer.why : 'another process wrote it at the same time';
      logger.write('warn', `The memory of ${scope} was not kept`, { why });
      return false;
    },
  };
}
