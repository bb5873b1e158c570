/** The appliances' loop: one pass a second, sooner when a probe changes a verdict, by the leader of the region. */
import { openEarlyReads } from '../appliances/act/earlyReads.ts';
import { openObserver } from '../appliances/observe.ts';
import type { Ports } from '../appliances/ports.ts';
import { type Memory, noMemory } from '../appliances/state.ts';
import type { Policy } from '../appliances/types/policy.ts';
import type { Tick } from '../appliances/types/tick.ts';
import { openBackground, openWakeUp } from '../core/background.ts';
import type { Switch } from '../core/switches.ts';
import type { Clock } from '../core/time.ts';
import { openClockGuard } from './clockGuard.ts';
import { openLeadership } from './leadership.ts';
import { openLease } from './lease.ts';
import { type PassContext, pass, readEarly, SAFETY } from './pass.ts';
import { openReporting, type ReportingOptions } from './reporting.ts';
import { openRunSummary, type Summary } from './runSummary.ts';
import { openState, type StateStore } from './state.ts';

export interface WatchOptions extends ReportingOptions {
  /** Null: read off the instances. */
  readonly accountId: string | null;
  /** Unique among watchers; shown to people. */
  readonly watcherId: string;
  /** Time left to this invocation, in ms; it ends under `END_MS`. */
  readonly remainingMs: () => number;
  readonly signal: AbortSignal;
  readonly onTick?: (tick: Tick) => void;
  /** What the deployment leaves out. */
  readonly off?: readonly Switch[];
}

const END_MS = 3_000;
/** A pass ends with so much left, whatever it waits for. */
const PASS_END_MS = 2_000;
/** Kept for the answer itself. */
const ANSWER_MS = 500;
/** The longest that a watcher with time left finishes what it has begun. */
const FINISH_MS_MAX = 30_000;
/** Passes on a changed verdict follow each other no closer than this. */
const CHANGE_GAP_MS = 10;

/** Watches one region until a newer leader takes over, time runs out, or the signal aborts. */
export async function watch(ports: Ports, options: WatchOptions): Promise<Summary> {
  const { policy, remainingMs, signal } = options;
  const { clock } = ports;
  const stopping = new AbortController();
  const lateness = new AbortController();
  // A pass that waits for AWS is given up in time: killed, the process would leave no state.
  void clock
    .sleep(Math.max(0, remainingMs() - PASS_END_MS), stopping.signal)
    .then(() => lateness.abort());
  const watcher = await openWatcher(
    ports,
    options,
    AbortSignal.any([signal, stopping.signal]),
    AbortSignal.any([signal, stopping.signal, lateness.signal]),
  );
  while (!signal.aborted && remainingMs() >= END_MS && !watcher.isLost()) {
    const startedAtMs = clock.monotonicMs();
    await watcher.tick();
    await watcher.wait(policy.probeIntervalMs - (clock.monotonicMs() - startedAtMs));
  }
  const ended = signal.aborted ? 'aborted' : watcher.isLost() ? 'lease' : 'time';
  // A table or a topic that hangs must not keep it past its time: killed, it would not even give its summary.
  const finished = new AbortController();
  const leftMs = Math.min(FINISH_MS_MAX, remainingMs() - ANSWER_MS);
  await Promise.race([
    watcher.finish().finally(() => finished.abort()),
    clock.sleep(Math.max(0, leftMs), finished.signal),
  ]);
  stopping.abort();
  return watcher.summary(ended);
}

interface Watcher {
  isLost(): boolean;
  tick(): Promise<void>;
  wait(ms: number): Promise<void>;
  /** Stores and notifies what is left, and frees the lease. */
  finish(): Promise<void>;
  /** Resolves when the observer has stopped, after the signal has aborted. */
  summary(ended: Summary['ended']): Promise<Summary>;
}

// oxlint-disable-next-line max-lines-per-function -- it joins the parts around the memory that each pass replaces
async function openWatcher(
  ports: Ports,
  options: WatchOptions,
  signal: AbortSignal,
  passSignal: AbortSignal,
): Promise<Watcher> {
  const { policy, safety = SAFETY } = options;
  const { clock, store, region } = ports;
  const background = openBackground();
  const wakeUp = openWakeUp(clock);
  const guard = openClockGuard(clock);
  const runSummary = openRunSummary(region, ports.logger);
  const stateStore = openState(store, clock, region);
  let memory = await recalled(stateStore, clock, policy, signal);
  const { accountId } = options;
  const reads = openEarlyReads(ports.ec2, clock);
  const observer = await openObserver(
    ports,
    policy,
    accountId ?? '',
    () => memory,
    { onChange: wakeUp.wake, onRipening: lookAhead },
    signal,
  );
  await observer.open(signal);
  const observing = observer.run(signal);
  let isWhole = true;
  let isAddressDoubted = false;
  let waitMs = 0;
  const lease = openLease(store, clock, {
    region,
    scope: 'appliances',
    leader: options.watcherId,
    mode: policy.mode,
    off: options.off ?? [],
    standbyMs: standbyMsOf(policy),
    mayTakeOver: () => isWhole,
  });
  const leadership = openLeadership(
    clock,
    lease,
    stateStore,
    background,
    wakeUp.wake,
    observer.readTables,
  );
  const reporting = openReporting(ports, leadership, runSummary, options);

  function lookAhead(silentIds: ReadonlySet<string>): void {
    const context = { policy, safety, lease: leadership.lead.state };
    // An address that has moved away is silent, too.
    background.run('links', () => observer.readLinks(silentIds, passSignal));
    readEarly(ports, observer, memory, context, silentIds, reads.early, passSignal);
  }

  async function tick(): Promise<void> {
    const startedAtMs = clock.monotonicMs();
    const clockGap = guard.check(waitMs);
    if (clockGap !== null) observer.forgetRuns();
    await leadership.keep(signal);
    const refreshed = leadership.refresh(memory);
    ({ memory } = refreshed);
    if (refreshed.hasTakenOver) observer.recollect(memory.appliances);
    // The previous leader may have moved routes since this process read the tables.
    const isLookRequested = lease.takeLookRequest();
    const isLookDue = isLookRequested || refreshed.hasTakenOver || isAddressDoubted;
    if (isLookRequested) leadership.look(signal);
    if (isLookDue) background.run('look', () => observer.refresh(signal));
    const context: PassContext = {
      policy,
      lease: leadership.lead.state,
      mayWrite: () => leadership.mayWrite(passSignal),
      askPause: () => leadership.askPause(passSignal),
      reads: reads.fresh,
      clockGap,
      report: reporting.add,
      intend: (intended) => leadership.save(intended, signal),
      safety,
    };
    const done = await pass(ports, observer, memory, context, passSignal);
    ({ memory } = done);
    isAddressDoubted = [...done.assessment.verdicts.values()].some(
      (verdict) => verdict.kind === 'down' && verdict.isAwaitingAddress === true,
    );
    isWhole = done.world.gaps.every(({ zone }) => zone !== null);
    runSummary.note(done, clock.monotonicMs() - startedAtMs);
    options.onTick?.(done);
    leadership.save(memory, signal);
    background.run('repairs', () => reporting.repair(done, signal));
    guard.mark();
  }

  return {
    tick,
    isLost: () => leadership.lead.state().kind === 'lost',
    async wait(ms) {
      waitMs = Math.max(1, ms);
      await wakeUp.wait(ms, CHANGE_GAP_MS, signal);
    },
    async finish() {
      await Promise.all([background.over('look'), background.over('repairs')]);
      await reporting.finish(options.signal);
      await leadership.end(memory, options.signal);
    },
    async summary(ended) {
      await observing;
      return runSummary.summary(ended, observer.probeCount());
    },
  };
}

async function recalled(
  stateStore: StateStore,
  clock: Clock,
  policy: Policy,
  signal: AbortSignal,
): Promise<Memory> {
  const reading = await stateStore.recall(policy, signal);
  return reading.known ? reading.value : noMemory(clock.now(), policy.writeBurst);
}

/** The time in which the leader would have found and repaired any fault that the standby cannot have seen. */
const standbyMsOf = (policy: Policy): number =>
  policy.silenceOutsideMs + policy.probeIntervalMs + policy.probeTimeoutMs + 500;
