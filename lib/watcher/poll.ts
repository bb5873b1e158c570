/** Passes over a scope that is polled rather than watched, by its one leader. */
import { randomUUID } from 'node:crypto';
import type { Lead } from '../core/lease.ts';
import type { RegionPorts } from '../incidents/ports.ts';
import { leaseId } from './lease/item.ts';
import { requestLook } from './lease/lookRequest.ts';
import { type Lease, openLease } from './lease.ts';
import { type Poll, pollOnce } from './poll/pass.ts';
import type { Stages } from './poll/stages.ts';

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
