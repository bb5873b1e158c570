/** Drills: when one begins, what ends it before its time, and when it is over. Pure. */

import { quietUntil } from '../../core/quiet.ts';
import { counted } from '../../core/text.ts';
import type { Instant } from '../../core/time.ts';
import { DRILL_RULES, type DrillRule, type DrillScene } from '../rules/drill.ts';
import { joinOf } from '../state/admission.ts';
import { BEGINS_MS, DRILLS_KEPT } from '../state/drill.ts';
import type { Leave } from '../state/leave.ts';
import type { Memory } from '../state.ts';
import { type Drill, type DrillMemory, type DrillRequest, runningDrill } from '../types/drill.ts';
import type { Plan } from '../types/plan.ts';
import type { Appliance } from '../types/topology.ts';
import { countProbes, longestSilenceMs, type ProbeCounts } from './drillProbes.ts';

export interface DrillTurn {
  readonly drills: Memory['drills'];
  /** This process's counts of each group with a running drill, for the next turn. */
  readonly drillCounts: Memory['drillCounts'];
  /** What is over since this turn. */
  readonly over: readonly GroupDrill[];
}

export interface GroupDrill extends Drill {
  readonly group: string;
}

/** A drill by its tag lasts so long. */
const DRILL_MS = 300_000;
/** An operator's request waits so long for all to be well. */
const REQUEST_MS = 120_000;
/** Its routes have left by then, or it is aborted; and are back so long after its end, or it has failed. */
const AWAY_MS = 60_000;
const BACK_MS = 900_000;
/** Before a chance to begin is over, why it was not taken is kept. */
const LAST_MS = 5_000;

/**
 * Only the leader's turns change anything. `planWith`: the plan of this pass, with one leave more: a drill begins only
 * where every rule lets every route go.
 */
export function turnDrills(
  scene: Omit<DrillScene, 'group' | 'members' | 'drill' | 'counts'>,
  planWith: (leave: Leave) => Plan,
  rules: readonly DrillRule[] = DRILL_RULES,
): DrillTurn {
  const { world, memory, policy } = scene;
  const { topology } = world;
  const admitted = topology.appliances.filter(
    (one) => joinOf(one, { topology, memory, policy }).isAdmitted,
  );
  const groups = Map.groupBy(admitted, ({ group }) => group);
  const none = { drills: memory.drills, drillCounts: countedFrom(scene, groups), over: [] };
  if (world.lease.kind !== 'leader') return none;
  const names = new Set([
    ...memory.drills.keys(),
    ...memory.drillRequests.map(({ group }) => group),
    ...[...groups].flatMap(([group, members]) => (members.some(isTagged) ? [group] : [])),
  ]);
  if (names.size === 0) return none;
  const drills = new Map(memory.drills);
  const drillCounts = new Map<string, ProbeCounts>();
  const over: GroupDrill[] = [];
  for (const group of names) {
    const members = groups.get(group) ?? [];
    const past = memory.drills.get(group);
    const drill = runningDrill(past);
    const now = countProbes(members, world);
    const counts =
      drill === null ? { sent: 0, missed: 0 } : since(memory.drillCounts.get(group), now);
    const own = { ...scene, group, members, drill, counts };
    const after = {
      ...turnGroup(own, past ?? NEVER, planWith, rules),
      taggedAt: taggedAt(own, past),
    };
    if (runningDrill(after) !== null) drillCounts.set(group, now);
    if (JSON.stringify(after) !== JSON.stringify(past ?? NEVER)) drills.set(group, after);
    const last = after.drills.at(-1);
    if (last?.doneAt === scene.now) over.push({ ...last, group });
  }
  const isSame = [...drills].every(([group, one]) => memory.drills.get(group) === one);
  return { drills: isSame ? memory.drills : drills, drillCounts, over };
}

/** Of running drills, from when this process first saw them: what a standby misses ends a drill when it comes to lead. */
const countedFrom = (
  { memory, world }: Pick<DrillScene, 'memory' | 'world'>,
  groups: ReadonlyMap<string, readonly Appliance[]>,
): Memory['drillCounts'] =>
  new Map(
    [...memory.drills].flatMap(([group, drills]): readonly [string, ProbeCounts][] =>
      runningDrill(drills) === null
        ? []
        : [[group, memory.drillCounts.get(group) ?? countProbes(groups.get(group) ?? [], world)]],
    ),
  );

const NEVER: DrillMemory = { taggedAt: null, askedAt: 0, drills: [] };

const isTagged = ({ drillTimes }: Appliance): boolean => drillTimes !== undefined;

const taggedAt = (
  { members, world, now }: DrillScene,
  past: DrillMemory | undefined,
): Instant | null => {
  const before = past?.taggedAt ?? null;
  if (members.some(isTagged)) return before ?? now;
  return world.gaps.length > 0 ? before : null;
};

/** A process that has just begun, or has forgotten its probes, counts from now on. */
const since = (before: ProbeCounts | undefined, now: ProbeCounts): ProbeCounts =>
  before === undefined || now.sent < before.sent
    ? { sent: 0, missed: 0 }
    : { sent: now.sent - before.sent, missed: now.missed - before.missed };

function turnGroup(
  scene: DrillScene,
  past: DrillMemory,
  planWith: (leave: Leave) => Plan,
  rules: readonly DrillRule[],
): DrillMemory {
  const request = scene.memory.drillRequests.find(
    ({ group, at }) => group === scene.group && at > past.askedAt && scene.now - at < REQUEST_MS,
  );
  if (scene.drill !== null) {
    const isEnded = request !== undefined && request.forMs === 0;
    const objection = isEnded ? `ended by ${request.by}` : objectionOf(scene, rules);
    const after = goOn(scene, scene.drill, objection);
    const askedAt = isEnded ? request.at : past.askedAt;
    return { ...past, askedAt, drills: [...past.drills.slice(0, -1), after] };
  }
  const chance = request === undefined ? chanceByTag(scene, past) : chanceBy(request);
  if (chance === null || chance.forMs === 0) return past;
  const begun = begin(scene, past, chance, planWith, rules);
  if (begun.failedWhy !== null && scene.now < chance.lastAt - LAST_MS) return past;
  return {
    ...past,
    askedAt: request?.at ?? past.askedAt,
    drills: [...past.drills, begun].slice(-DRILLS_KEPT),
  };
}

interface Chance {
  readonly by: string;
  readonly why: string;
  readonly forMs: number;
  /** When it is over. */
  readonly lastAt: Instant;
}

const chanceBy = ({ at, ...request }: DrillRequest): Chance => ({
  ...request,
  lastAt: at + REQUEST_MS,
});

/** Null: it is not its time, or this time was taken. */
function chanceByTag({ members, now }: DrillScene, { drills }: DrillMemory): Chance | null {
  for (const { drillTimes } of members) {
    const lastAt = drillTimes === undefined ? null : quietUntil(drillTimes, now);
    if (lastAt === null || (drills.at(-1)?.at ?? 0) >= lastAt - BEGINS_MS) continue;
    return { by: 'the tag vpn-medic:drill', why: drillTimes?.text ?? '', forMs: DRILL_MS, lastAt };
  }
  return null;
}

const objectionOf = (scene: DrillScene, rules: readonly DrillRule[]): string | null => {
  for (const objects of rules) {
    const why = objects(scene);
    if (why !== null) return why;
  }
  return null;
};

/** Running; or over at once, with the reason why it may not begin. */
function begin(
  scene: DrillScene,
  past: DrillMemory,
  { by, why, forMs }: Chance,
  planWith: (leave: Leave) => Plan,
  rules: readonly DrillRule[],
): Drill {
  const { now, members } = scene;
  const { instanceId, routes } = nextHopOf(scene, past);
  const name = members.find((one) => one.instanceId === instanceId)?.name ?? '';
  const leave: Leave = {
    instanceId,
    by,
    why,
    at: now,
    until: now + forMs,
    cause: 'drill',
    endsAt: null,
    hook: null,
  };
  const failedWhy =
    objectionOf(scene, rules) ??
    (routes.length === 0
      ? 'no route that can move leads to a member'
      : heldWhy(planWith(leave), leave, name));
  const isBegun = failedWhy === null;
  return {
    instanceId,
    name,
    at: now,
    until: now + forMs,
    by,
    why,
    failedWhy,
    awayAt: null,
    probes: 0,
    missed: 0,
    outageMs: null,
    routes: isBegun ? routes : [],
    endedAt: isBegun ? null : now,
    doneAt: isBegun ? null : now,
  };
}

/** The next hop that was drilled longest ago, and its routes that others can carry. */
function nextHopOf({ world, group }: DrillScene, { drills }: DrillMemory) {
  const own = world.topology.routes.filter(
    (one) => one.group === group && one.preferred.kind === 'appliance',
  );
  const lastAt = (id: string) =>
    Math.max(0, ...drills.flatMap(({ instanceId, at }) => (instanceId === id ? [at] : [])));
  const [instanceId = ''] = [...new Set(own.map(({ nextHop }) => nextHop))].toSorted(
    (a, b) => lastAt(a) - lastAt(b),
  );
  return {
    instanceId,
    routes: own.flatMap((one) => (one.nextHop === instanceId ? [one.key] : [])),
  };
}

/** By which rule a route of it would stay; what only waits for the write budget moves a little later. */
function heldWhy({ held, actions }: Plan, { instanceId }: Leave, name: string): string | null {
  const one = held.find(({ from, rule }) => from === instanceId && rule !== 'S8');
  if (one === undefined) return null;
  const { length } = [...held, ...actions].filter(({ from }) => from === instanceId);
  return `${counted(length, 'route')} would leave ${name}, held: ${one.because}`;
}

/** Its next moment. Whatever is wrong, its routes go back by the usual rules. */
function goOn(scene: DrillScene, drill: Drill, objection: string | null): Drill {
  const { now, world, counts, members } = scene;
  const led = world.topology.routes.filter(({ key }) => drill.routes.includes(key));
  const isAway = led.every(({ nextHop }) => nextHop !== drill.instanceId);
  const isBack = led.every(({ nextHop }) => nextHop === drill.instanceId);
  const awayAt = drill.awayAt ?? (isAway ? now : null);
  const isStuck = awayAt === null && (now - drill.at > AWAY_MS || now >= drill.until);
  const isWhole = led.length === drill.routes.length;
  const why =
    drill.failedWhy ??
    objection ??
    (isStuck ? 'its routes have not left it' : null) ??
    (isWhole ? null : 'some of its routes are not managed any more');
  const endedAt = drill.endedAt ?? (why !== null || now >= drill.until ? now : null);
  const isLost = endedAt !== null && !isBack && now - endedAt > BACK_MS;
  const silenceMs = longestSilenceMs(members, world, drill.at);
  return {
    ...drill,
    awayAt,
    endedAt,
    failedWhy: why ?? (isLost ? 'its routes have not gone back' : null),
    doneAt: endedAt !== null && endedAt !== now && (isBack || isLost) ? now : null,
    probes: drill.probes + counts.sent,
    missed: drill.missed + counts.missed,
    outageMs: silenceMs === null ? drill.outageMs : Math.max(silenceMs, drill.outageMs ?? 0),
  };
}
