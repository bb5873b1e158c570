/** The brakes that a repair must pass, each the smallest function that can be named; the table's order is their rank. */

import type { Rule } from '../appliances/types/plan.ts';
import type { Policy } from '../appliances/types/policy.ts';
import type { ManagedRoute } from '../appliances/types/topology.ts';
import { isInVpc } from '../appliances/types/topology.ts';
import type { Verdicts } from '../appliances/types/verdict.ts';
import type { Ec2Signals, World } from '../appliances/types/world.ts';
import type { Finding } from '../core/finding.ts';
import { type MaintenanceWindow, windowOver } from '../core/maintenance.ts';
import { describePause, type Pause, pauseNow } from '../core/pause.ts';
import { describeMs, type Instant } from '../core/time.ts';
import type { Brake, DueRepair } from './types/plan.ts';
import {
  type Attempt,
  BOOT_GRACE_MS,
  hasActed,
  INITIALIZING_MS_MAX,
  judgedAtOf,
  type Ladder,
  type Ladders,
  stepOf,
} from './types.ts';

export interface RepairScene {
  readonly world: World;
  readonly verdicts: Verdicts;
  readonly findings: readonly Finding[];
  readonly ladders: Ladders;
  readonly windows: readonly MaintenanceWindow[];
  readonly pause: Pause | null;
  readonly policy: Policy;
  readonly now: Instant;
  /** Those that this plan has let through so far. */
  readonly allowed: readonly DueRepair[];
}

export interface Hold {
  readonly because: string;
  readonly until: Instant | null;
}

export interface RepairRule {
  readonly rule: Rule;
  readonly brake: Brake;
  readonly holds: (due: DueRepair, scene: RepairScene) => Hold | null;
}

export const REPAIR_RULES: readonly RepairRule[] = [
  { rule: 'S1', brake: 'observation', holds: observationIsPartial },
  { rule: 'S7', brake: 'lease', holds: anotherLeads },
  { rule: 'S3', brake: 'mass failure', holds: massIsSuspect },
  { rule: 'S9', brake: 'maintenance window', holds: peopleAreAtIt },
  { rule: 'S9', brake: 'carrying routes', holds: stillCarries },
  { rule: 'S9', brake: 'last of its group', holds: isPerhapsTheLast },
  { rule: 'S9', brake: 'one of a group', holds: anotherOfItsGroup },
  { rule: 'S9', brake: 'share of the fleet', holds: fleetIsBusy },
  { rule: 'S9', brake: 'one ladder an hour', holds: hadOneThisHour },
  { rule: 'S9', brake: 'three ladders a day', holds: hadThreeToday },
  { rule: 'S9', brake: 'boot grace', holds: isStillBooting },
  { rule: 'S8', brake: 'start budget', holds: startsAreSpent },
  { rule: 'paused', brake: 'paused', holds: peoplePaused },
  { rule: 'observe', brake: 'mode observe', holds: onlyObserves },
];

const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;
const LADDERS_A_DAY = 3;
/** Of all appliances, rounded up: one of 1 to 5, two of 6 to 10. */
const FLEET_SHARE = 0.2;

const hold = (because: string, until: Instant | null = null): Hold => ({ because, until });

/** Starting what a repair stopped ends that repair: only gaps, lease and mode may hold it. */
const endsARepair = ({ phase }: DueRepair): boolean => phase === 'start';

function observationIsPartial({ zone }: DueRepair, { world }: RepairScene): Hold | null {
  const gap = world.gaps.find((one) => one.zone === null || one.zone === zone);
  return gap === undefined ? null : hold(`${gap.what} cannot be read: ${gap.why}`);
}

function anotherLeads(_due: DueRepair, { world: { lease } }: RepairScene): Hold | null {
  return lease.kind === 'leader' ? null : hold('this watcher does not lead');
}

function massIsSuspect(due: DueRepair, { findings }: RepairScene): Hold | null {
  if (endsARepair(due)) return null;
  const mass = findings.find(
    ({ reason, subject: { id } }) =>
      reason === 'NothingAnswers' ||
      (reason === 'MassFailureSuspect' && (id === due.group || id === due.vpcId)),
  );
  return mass === undefined ? null : hold('a mass failure is suspected');
}

/** In a maintenance window people repair; an instance that a repair stopped is started all the same. */
function peopleAreAtIt(due: DueRepair, { windows, world, now }: RepairScene): Hold | null {
  if (endsARepair(due)) return null;
  const { instanceId, group, zone, vpcId } = due;
  const window = windowOver([instanceId, group, zone, vpcId, world.region], windows, now);
  return window === null
    ? null
    : hold(`${window.by} asked for a maintenance window (${window.why})`, window.until);
}

/** Its own client pool's routes stay with it and do not count; the others must have left. */
export const isHeavy = (route: ManagedRoute, instanceId: string): boolean =>
  route.nextHop === instanceId &&
  !(route.preferred.kind === 'pool' && route.preferred.instanceId === instanceId);

function stillCarries(due: DueRepair, { world }: RepairScene): Hold | null {
  if (endsARepair(due)) return null;
  const carried = world.topology.routes.filter((route) => isHeavy(route, due.instanceId));
  const [first] = carried;
  if (first === undefined) return null;
  const what = carried.length === 1 ? first.key : `${carried.length} routes`;
  return hold(`${what} still lead${carried.length === 1 ? 's' : ''} through it`);
}

/** The silence may be the vantage's: while no other of the group is proven, probes alone start no repair. */
function isPerhapsTheLast(due: DueRepair, { world, verdicts }: RepairScene): Hold | null {
  if (endsARepair(due)) return null;
  const isProven = world.topology.appliances.some((one) => {
    const { instanceId, group } = one;
    const verdict = verdicts.get(instanceId);
    const isOther = instanceId !== due.instanceId && group === due.group && isInVpc(one, due.vpcId);
    return isOther && verdict?.kind === 'up' && verdict.isProven;
  });
  return isProven ? null : hold(`no other appliance of ${due.group} is proven alive`);
}

function anotherOfItsGroup(due: DueRepair, scene: RepairScene): Hold | null {
  if (endsARepair(due)) return null;
  for (const { instanceId, ladder } of busy(scene)) {
    if (instanceId === due.instanceId || ladder.group !== due.group) continue;
    return hold(`${ladder.name} of the same group is being repaired`, endOf(ladder));
  }
  const started = scene.allowed.find(({ group }) => group === due.group);
  return started === undefined
    ? null
    : hold(`${started.name} of the same group is being repaired`, null);
}

function fleetIsBusy(due: DueRepair, scene: RepairScene): Hold | null {
  if (endsARepair(due)) return null;
  const fleetCount = scene.world.topology.appliances.length;
  const most = Math.ceil(fleetCount * FLEET_SHARE);
  const others = busy(scene).filter(({ instanceId }) => instanceId !== due.instanceId);
  const ids = new Set([...others, ...scene.allowed].map(({ instanceId }) => instanceId));
  if (ids.size < most) return null;
  const untils = others.flatMap(({ ladder }) => endOf(ladder) ?? []);
  return hold(
    `${ids.size} of ${fleetCount} appliances ${ids.size === 1 ? 'is' : 'are'} being repaired, and ${most} may be at once`,
    untils.length === 0 ? null : Math.min(...untils),
  );
}

function hadOneThisHour(due: DueRepair, { ladders, now }: RepairScene): Hold | null {
  if (!due.isNewLadder) return null;
  const last = acted(due, ladders).at(-1);
  if (last === undefined || now - last.startedAt >= HOUR_MS) return null;
  return hold(`its last ladder began ${ago(last, now)} ago`, last.startedAt + HOUR_MS);
}

function hadThreeToday(due: DueRepair, { ladders, now }: RepairScene): Hold | null {
  if (!due.isNewLadder) return null;
  const today = acted(due, ladders).filter(({ startedAt }) => now - startedAt < DAY_MS);
  const [oldest] = today;
  if (today.length < LADDERS_A_DAY || oldest === undefined) return null;
  return hold(`it was repaired ${today.length} times within a day`, oldest.startedAt + DAY_MS);
}

/** EC2's own start, or our last reboot: an instance that is booting, or whose checks are initializing, is left alone. */
function isStillBooting(due: DueRepair, { world, ladders, now }: RepairScene): Hold | null {
  if (stepOf(due.phase) === 'stop-start' && due.phase !== 'stop') return null;
  const signals = world.signals.get(due.instanceId);
  const launchedAt = signals?.launchedAt ?? Number.NEGATIVE_INFINITY;
  const boots = (ladders.get(due.instanceId) ?? []).flatMap(({ attempts }) =>
    attempts.filter(isBoot),
  );
  const bootedAt = Math.max(launchedAt, ...boots.map(({ startedAt }) => startedAt));
  const until = Math.max(launchedAt + BOOT_GRACE_MS, ...boots.map(judgedAtOf));
  if (now < until) return hold(`it began to boot ${describeMs(now - bootedAt)} ago`, until);
  return signals !== undefined && isInitializing(signals) && now - bootedAt < INITIALIZING_MS_MAX
    ? hold('its status checks are initializing')
    : null;
}

/** EC2's own checks say nothing of it yet. */
export const isInitializing = ({ checks }: Ec2Signals): boolean =>
  checks.known &&
  (checks.value.instance === 'initializing' || checks.value.system === 'initializing');

/** EC2 lets an account start 5 at once and 2 a second more, for all callers (throttling guide, read 2026-11-20): ours are 2 in 10 s. */
function startsAreSpent(due: DueRepair, { ladders, allowed, now }: RepairScene): Hold | null {
  if (due.phase !== 'start') return null;
  const recent = [...ladders.values()]
    .flat()
    .flatMap(({ attempts }) => attempts)
    .filter(({ phase, startedAt }) => phase === 'start' && now - startedAt < START_WINDOW_MS);
  const count = recent.length + allowed.filter(({ phase }) => phase === 'start').length;
  return count < STARTS_AT_ONCE
    ? null
    : hold(
        `${count} machines were started within ${describeMs(START_WINDOW_MS)}`,
        now + START_WINDOW_MS,
      );
}

const STARTS_AT_ONCE = 2;
const START_WINDOW_MS = 10_000;

/** Holds every phase, also the start of what a repair has stopped: a pause stops all writes. */
function peoplePaused(_due: DueRepair, { pause, now }: RepairScene): Hold | null {
  const current = pauseNow(pause, now);
  return current === null ? null : hold(describePause(current), current.until);
}

function onlyObserves(_due: DueRepair, { policy }: RepairScene): Hold | null {
  return policy.mode === 'observe'
    ? hold('this deployment only observes (VPN_MEDIC_MODE=observe)')
    : null;
}

interface Busy {
  readonly instanceId: string;
  readonly ladder: Ladder;
}

/** Those whose ladder is not over. */
const busy = ({ ladders }: RepairScene): readonly Busy[] =>
  [...ladders].flatMap(([instanceId, all]) => {
    const ladder = all.at(-1);
    return ladder === undefined || ladder.end !== null ? [] : [{ instanceId, ladder }];
  });

/** When the step that is under way is judged; the ladder may go on after that. */
const endOf = ({ attempts }: Ladder): Instant | null => {
  const last = attempts.at(-1);
  return last === undefined ? null : judgedAtOf(last);
};

const acted = ({ instanceId }: DueRepair, ladders: Ladders): readonly Ladder[] =>
  (ladders.get(instanceId) ?? []).filter(hasActed);

const ago = ({ startedAt }: Ladder, now: Instant): string => describeMs(now - startedAt);

const isBoot = ({ phase, result }: Attempt): boolean =>
  (phase === 'reboot' || phase === 'start') && (result === null || result.kind === 'done');
