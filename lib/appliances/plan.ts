/** Which routes are to be moved where, and which moves are held by which rule. Pure and deterministic. */

import { isElastic } from '../core/elasticAddress.ts';
import { isGatewayId } from '../core/lastResort.ts';
import { compare } from '../core/order.ts';
import type { Instant } from '../core/time.ts';
import { candidateFor, type RouteCandidate, type Target } from './plan/candidates.ts';
import type { PlanScene } from './plan/successors.ts';
import { targetInterfaceOf } from './plan/targetInterface.ts';
import { type Hold, type PlanRule, RULES, type Scene } from './rules.ts';
import { withFounders } from './state/admission.ts';
import type { PendingWrite } from './state/pending.ts';
import type { Memory } from './state.ts';
import type { Assessment } from './types/assessment.ts';
import type { Held, Move, MoveKind, Plan } from './types/plan.ts';
import type { Policy } from './types/policy.ts';
import { type Appliance, vpcIdsOf } from './types/topology.ts';
import { isDegraded } from './types/verdict.ts';
import type { World } from './types/world.ts';

/**
 * As few writes as reach the goal: a route moves only when its next hop is down or leaves, when a person has pinned it
 * elsewhere, when its preferred next hop is healthy again, or when a pool's route leads to another than its owner. Every candidate
 * ends as an action or as a held one with its rule; the same input gives the same plan, in the order of execution.
 */
export function plan(
  world: World,
  assessment: Assessment,
  stored: Memory,
  policy: Policy,
  now: Instant,
  rules: readonly PlanRule[] = RULES,
): Plan {
  const { appliances, routes, tables } = world.topology;
  const memory = withFounders(stored, world.topology, now);
  const scene: PlanScene = {
    world,
    assessment,
    memory,
    policy,
    now,
    appliances: new Map(appliances.map((one) => [one.instanceId, one])),
    peers: peersOf(appliances),
    preferredZones: new Map(tables.map(({ tableId, preferredZone }) => [tableId, preferredZone])),
    loads: carriedLoads(world),
    allowedCount: 0,
  };
  const choiceRules = rules.filter(({ when }) => when === 'choice');
  const orderRules = rules.filter(({ when }) => when === 'order');
  const moves: Move[] = [];
  const held: Held[] = [];
  // Nearly every route stays: only candidates are sorted.
  const candidates = routes.flatMap((route) => candidateFor(route, scene) ?? []);
  for (const candidate of candidates.toSorted((a, b) => compare(a.route.key, b.route.key))) {
    const { move, hold } = choose(candidate, scene, choiceRules);
    if (hold === null) {
      moves.push(move);
      addLoad(scene.loads, move.from, -1);
      addLoad(scene.loads, move.to, 1);
    } else {
      held.push(heldBy(hold, move));
    }
  }
  const actions: Move[] = [];
  for (const move of moves.toSorted(inOrder(memory))) {
    const hold = firstHold(move, { ...scene, allowedCount: actions.length }, orderRules);
    if (hold === null) actions.push(move);
    else held.push(heldBy(hold, move));
  }
  return { actions, held };
}

/** By group and VPC: an appliance is a peer in each VPC that it has an interface in. */
function peersOf(appliances: readonly Appliance[]): ReadonlyMap<string, readonly Appliance[]> {
  const peers = new Map<string, Appliance[]>();
  for (const one of appliances) {
    for (const vpcId of vpcIdsOf(one)) {
      const key = `${one.group} ${vpcId}`;
      peers.set(key, [...(peers.get(key) ?? []), one]);
    }
  }
  return peers;
}

interface Choice {
  readonly move: Move;
  readonly hold: Hold | null;
}

/**
 * The first target that no rule forbids; if there is none, the best one with the rule that forbids it, and with what
 * forbids the gateways of last resort.
 */
function choose(candidate: RouteCandidate, scene: Scene, rules: readonly PlanRule[]): Choice {
  let best: { readonly move: Move; readonly hold: Hold } | null = null;
  const whys = new Set<string>();
  for (const target of candidate.targets) {
    const move = moveTo(target, candidate, scene);
    const hold = firstHold(move, scene, rules);
    if (hold === null) return { move, hold };
    if (best === null || isGatewayId(move.to)) whys.add(hold.because);
    best ??= { move, hold };
  }
  return best === null
    ? { move: moveTo(null, candidate, scene), hold: { ...candidate.noTarget, until: null } }
    : { move: best.move, hold: { ...best.hold, because: [...whys].join('; ') } };
}

function firstHold(move: Move, scene: Scene, rules: readonly PlanRule[]): Hold | null {
  for (const { rule, holds } of rules) {
    const hold = holds(move, scene);
    if (hold !== null) return { rule, ...hold };
  }
  return null;
}

function moveTo(
  target: Target | null,
  { kind, route, because, isEc2Confirmed, isUndoing }: RouteCandidate,
  { appliances, assessment, world }: Scene,
): Move {
  const gatewayId = target !== null && 'gatewayId' in target ? target.gatewayId : '';
  const appliance = target === null || 'gatewayId' in target ? null : target;
  const isLastResort = isDegraded(assessment.verdicts.get(appliance?.instanceId ?? ''));
  const arm =
    appliance === null
      ? null
      : targetInterfaceOf(appliance, appliances.get(route.nextHop), route, world.topology);
  return {
    kind,
    routeKey: route.key,
    tableId: route.tableId,
    tableName: route.tableName,
    destination: route.destination,
    group: route.group,
    vpcId: route.vpcId,
    from: route.nextHop,
    fromTargetId: route.targetId,
    to: appliance?.instanceId ?? gatewayId,
    toTargetId: arm?.kind === 'interface' ? arm.interface.interfaceId : gatewayId,
    because: kind === 'failover' ? `${because}${priorityNote(appliance)}` : because,
    isEc2Confirmed,
    ...(isUndoing === true ? { isUndoing } : {}),
    ...(isLastResort ? { isLastResort } : {}),
    ...(kind === 'failback' ? { farSides: farSidesThrough(route.nextHop, world) } : {}),
  };
}

/** What has answered through it, and not missed since. */
const farSidesThrough = (instanceId: string, { vantages }: World): readonly string[] => [
  ...new Set(
    vantages.flatMap(({ farSides, histories }) =>
      [...(farSides ?? [])].flatMap(([key, name]) => {
        const history = key.startsWith(`${instanceId} `) ? histories.get(key) : undefined;
        return history !== undefined && history.goodCount > 0 ? [name] : [];
      }),
    ),
  ),
];

/** Where a priority was given, what chose the target: plans and histories say so. */
const priorityNote = (target: Appliance | null): string =>
  target?.priority === undefined ? '' : `; ${target.name} has priority ${target.priority}`;

const heldBy = (hold: Hold, move: Move): Held => ({
  kind: move.kind,
  routeKey: move.routeKey,
  group: move.group,
  from: move.from,
  to: move.to === '' ? null : move.to,
  rule: hold.rule,
  because: `${hold.because} (wanted because ${move.because})`,
  until: hold.until,
});

const HARM: readonly MoveKind[] = ['failover', 'pool', 'leave', 'pin', 'failback'];

/** What EC2 has refused goes last: its next try never takes the budget of a write that can succeed (S8). */
const inOrder =
  ({ pending }: Memory) =>
  (a: Move, b: Move): number =>
    Number(isRefused(pending.get(a.routeKey))) - Number(isRefused(pending.get(b.routeKey))) ||
    byHarm(a, b);

const isRefused = (write: PendingWrite | undefined): boolean => write?.answer === 'refused';

/** Failovers before pools before leaves before pins before failbacks; of one kind routes before addresses, and those that EC2 confirms first. */
const byHarm = (a: Move, b: Move): number =>
  HARM.indexOf(a.kind) - HARM.indexOf(b.kind) ||
  Number(isElastic(a.tableId)) - Number(isElastic(b.tableId)) ||
  Number(b.isEc2Confirmed) - Number(a.isEc2Confirmed) ||
  compare(a.routeKey, b.routeKey);

function carriedLoads(world: World): Map<string, number> {
  const loads = new Map<string, number>();
  for (const { nextHop } of world.topology.routes) addLoad(loads, nextHop, 1);
  return loads;
}

const addLoad = (loads: Map<string, number>, id: string, by: number): void => {
  loads.set(id, (loads.get(id) ?? 0) + by);
};
