/** The loop at its own pace: one pass a second, sooner on news, by the one watcher that holds the lease. */

import { openObserver } from '../appliances/observe.ts';
import type { Ports } from '../appliances/ports.ts';
import { type FleetMemory, takeOver } from '../appliances/state/fleet.ts';
import { afterJump, inOwnTime, mergeGroups, notAhead } from '../appliances/state/groupMerge.ts';
import type { Memory } from '../appliances/state.ts';
import { type Policy, silenceMsMin } from '../appliances/types/policy.ts';
import { type Tick } from '../appliances/types/tick.ts';
import { openBell, openChores, openVoice } from '../core/background.ts';
import type { Report, ReportedAction } from '../core/report.ts';
import type { Instant } from '../core/time.ts';
import { openAuditLog } from '../incidents/history/log.ts';
import { openKeptNotifier } from '../incidents/keptNotifier.ts';
import type { Notification } from '../incidents/types.ts';
import type { RepairPort } from '../repairs/ports/start.ts';
import { REPAIR_RULES } from '../repairs/rules.ts';
import { openRepairs, type RepairTurn } from '../repairs/run.ts';
import { openJumpWatch } from './clockGuard.ts';
import { type Lease, openLease } from './lease.ts';
import { pass, SAFETY, type Safety } from './loop.ts';
import { openRunSummary, type Summary } from './runSummary.ts';
import { openMemory } from './state.ts';

export interface WatchOptions {
  /** Null: read off the instances. */
  readonly accountId: string | null;
  readonly policy: Policy;
  /** Unique among watchers; shown to people. */
  readonly watcherId: string;
  /** Time left to this invocation, in ms; it ends under `END_MS`. */
  readonly remainingMs: () => number;
  readonly signal: AbortSignal;
  readonly onTick?: (tick: Tick) => void;
  readonly onNotifications?: (notifications: readonly Notification[]) => void;
  readonly safety?: Safety;
  /** Null or absent: nothing is repaired, whatever tags allow. */
  readonly repairs?: RepairPort | null;
  readonly onRepairs?: (turn: RepairTurn) => void;
}

const END_MS = 3_000;
/** Kept for the answer itself. */
const ANSWER_MS = 500;
/** The longest that a watcher with time left finishes what it has begun. */
const LAST_WORDS_MS_MAX = 30_000;
/** Passes on news follow each other no closer than this. */
const NEWS_GAP_MS = 10;
/** How often groups and pins are read again: others (a person's ack or pin, the event function) write them. */
const REFRESH_MS = 15_000;

/** Watches one region until a newer watcher takes over, time runs out, or the signal aborts. */
export async function watch(ports: Ports, options: WatchOptions): Promise<Summary> {
  const { policy, signal, safety = SAFETY } = options;
  const { clock, store, logger, region } = ports;
  const minutes = openRunSummary(region, logger);
  const archive = openMemory(store, clock, region);
  let memory = await archive.recall(policy, signal);
  const bell = openBell(clock);
  const stopping = new AbortController();
  const all = AbortSignal.any([signal, stopping.signal]);
  const observer = await openObserver(
    ports,
    policy,
    options.accountId ?? '',
    () => memory,
    bell.ring,
    all,
  );
  await observer.open(all);
  const background = observer.run(all);
  let hasVisibility = true;
  const lease = openLease(store, clock, {
    id: `lease#${region}`,
    holder: options.watcherId,
    shadowMs: shadowMs(policy),
    hasVisibility: () => hasVisibility,
  });
  const notifier = openKeptNotifier(ports, {
    scope: 'appliances',
    mode: policy.mode,
    mayResolve: true,
  });
  const voice = openVoice(async (report) => {
    const notifications = await notifier.tell(report, signal);
    minutes.notified(notifications);
    options.onNotifications?.(notifications);
  });
  const record = openAuditLog(ports, 'appliances');
  /** What repairs did, until the appliances' story tells of it. */
  const repaired: ReportedAction[] = [];
  const say = (report: Report) => {
    record.note(report);
    voice.say({ ...report, actions: [...report.actions, ...repaired.splice(0)] });
  };
  const { repairs: port = null } = options;
  const rules = safety.repairRules ?? REPAIR_RULES;
  const repairs = port === null ? null : openRepairs(ports, { policy, port, rules });
  const repair = async (tick: Tick) => {
    const turn = await repairs?.turn(tick, () => lease.confirm(all), all);
    if (turn === undefined) return;
    repaired.push(...turn.actions);
    minutes.notified(turn.notifications);
    options.onNotifications?.(turn.notifications);
    options.onRepairs?.(turn);
  };
  const jumps = openJumpWatch(clock, policy);
  const chores = openChores();
  let refreshedAtMs = clock.monotonicMs();
  let wasHeld = false;
  let isCaughtUp = false;
  /** What the forerunner left, until the next pass takes it in. */
  const legacies: FleetMemory[] = [];
  let hasAsked = false;
  let namesBefore = groupNames(memory);
  /** Groups that this watcher has failed over as an onlooker and not stored yet. */
  const unnotified = new Set<string>();
  const keepOnly = async (of: Memory, names: ReadonlySet<string>) => {
    const own = new Map([...of.groups].filter(([name]) => names.has(name)));
    const kept = await archive.keepGroups({ ...of, groups: own }, all);
    return new Map([...of.groups, ...kept]);
  };
  const groupsFrom = async (job: (of: Memory) => Promise<Memory['groups']>) => {
    const base = memory.groups;
    const theirs = await job(memory);
    memory = { ...memory, groups: mergeGroups(base, memory.groups, theirs) };
  };

  while (!signal.aborted && options.remainingMs() >= END_MS) {
    const startedAtMs = clock.monotonicMs();
    const jump = jumps.look();
    // Before anything is stored by a clock that jumped, the lease says so. A renewal under way may have been sent before.
    if (jump !== null) await chores.over('lease');
    chores.run('lease', () => lease.keep(all));
    if (!hasAsked || jump !== null) await chores.over('lease');
    hasAsked = true;
    const { kind } = lease.observation();
    if (kind === 'lost') break;
    const isHeld = kind === 'held';
    const names = groupNames(memory);
    const isDue = startedAtMs - refreshedAtMs >= REFRESH_MS || names !== namesBefore;
    const refresh = async () => {
      let isKnown = false;
      await groupsFrom(async (of) => {
        const fresh = await archive.refresh(of, all);
        isKnown = fresh !== of;
        memory = { ...memory, pins: fresh.pins };
        return fresh.groups;
      });
      if (!isHeld || isCaughtUp || !isKnown) return;
      const latest = await archive.latest(all);
      if (!latest.known) return;
      legacies.push(latest.value);
      bell.ring();
    };
    const isBehind = isHeld && !isCaughtUp;
    if ((isDue || isBehind || isHeld !== wasHeld) && chores.run('memory', refresh)) {
      refreshedAtMs = startedAtMs;
      namesBefore = names;
      wasHeld = isHeld;
    }
    if (jump !== null) {
      observer.forgetRuns();
      memory = { ...memory, groups: afterJump(memory.groups, jumps.jumpedMs(), clock.now()) };
    }
    memory = { ...memory, groups: notAhead(memory.groups, clock.now()) };
    const speaks = kind !== 'shadowing';
    const tell = speaks ? say : () => {};
    if (!isCaughtUp && legacies.length > 0) {
      const agoMs = lease.forerunnerAgoMs();
      memory = { ...memory, groups: inOwnTime(memory.groups, agoMs, clock.now()) };
    }
    const base = memory.groups;
    for (const legacy of legacies.splice(0)) {
      memory = takeOver(memory, legacy);
      observer.recollect(legacy.appliances);
      isCaughtUp = true;
    }
    // What the forerunner saw and did while we looked on is not in our memory yet: its holds and pins are kept all the same.
    const voted = isCaughtUp ? lease : onlooker(clock.now());
    const before = memory;
    const latest = (groups: readonly string[]) => archive.lookUp(before, groups, all);
    const passing = { policy, lease: voted, jump, tell, latest, safety };
    const tick = await pass(ports, observer, memory, passing, all);
    const groups = mergeGroups(base, tick.memory.groups, memory.groups);
    const pins = tick.memory.pins === before.pins ? memory.pins : tick.memory.pins;
    memory = { ...tick.memory, groups, pins };
    hasVisibility = tick.world.gaps.every(({ zone }) => zone !== null);
    minutes.note(tick, clock.monotonicMs() - startedAtMs);
    options.onTick?.(tick);
    if (isHeld) chores.run('memory', () => groupsFrom((of) => archive.keep(of, all)));
    // What an onlooker does on EC2's word the holder must know of at once: it holds the way home, and counts.
    for (const { move, kind: came } of tick.outcomes) {
      const isFailover = move.kind === 'failover' && (came === 'done' || came === 'written');
      if (isFailover && !isHeld) unnotified.add(move.group);
    }
    const failedOver = new Set(unnotified);
    const tellOthers = () => groupsFrom((of) => keepOnly(of, failedOver));
    if (failedOver.size > 0 && chores.run('memory', tellOthers)) {
      unnotified.clear();
    }
    if (tick.world.lease.kind === 'held' && repairs !== null)
      chores.run('repairs', () => repair(tick));
    await bell.wait(policy.probeIntervalMs - (clock.monotonicMs() - startedAtMs), NEWS_GAP_MS, all);
  }
  const ended = signal.aborted ? 'aborted' : lease.observation().kind === 'lost' ? 'lease' : 'time';
  const lastWords = async () => {
    await Promise.all([
      chores.over('lease'),
      chores.over('memory'),
      chores.over('repairs'),
      voice.quiet(),
    ]);
    await Promise.all([notifier.flush(signal), repairs?.flush(signal)]);
  };
  // A table or a topic that hangs must not keep it past its time: killed, it would not even give its summary.
  const spoken = new AbortController();
  const leftMs = Math.min(LAST_WORDS_MS_MAX, options.remainingMs() - ANSWER_MS);
  await Promise.race([
    lastWords().finally(() => spoken.abort()),
    clock.sleep(Math.max(0, leftMs), spoken.signal),
  ]);
  stopping.abort();
  await background;
  return minutes.summary(ended, observer.probeCount());
}

const onlooker = (now: Instant): Pick<Lease, 'observation' | 'confirm'> => ({
  observation: () => ({ kind: 'shadowing', until: now }),
  confirm: async () => false,
});

/** A group that is new to us may have a past in the table: a pin, a hold. */
const groupNames = ({ appliances }: Memory): string =>
  [...new Set([...appliances.values()].map(({ group }) => group))].toSorted().join();

/** The time in which the watcher that still decides would have found and acted on any fault that the newcomer cannot have seen. */
const shadowMs = (policy: Policy): number =>
  silenceMsMin(policy) + policy.probeIntervalMs + policy.probeTimeoutMs + 500;
