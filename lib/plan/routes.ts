/** Which routes are to be moved where, and which moves are held by which rule. Pure and deterministic. */
import type { Assessment } from '../model/assessment.ts';
import type { Memory } from '../model/memory.ts';
import { compare } from '../model/order.ts';
import type { Held, Move, MoveKind, Plan } from '../model/plan.ts';
import type { Policy } from '../model/policy.ts';
import type { Appliance, ManagedRoute } from '../model/topology.ts';
import type { World } from '../model/world.ts';
import type { Instant } from '../time.ts';
import { type Hold, type PlanRule, RULES, type Scene } from './rules.ts';

/**
 * As few writes as reach the goal: a route moves only when its carrier is down, when its home is well again, or when
 * a pool's route has strayed. Every wish ends as an action or as a held one with its rule; the same input gives the
 * same plan, in the order in which it should be carried out.
 */
export function plan(
  world: World,
  assessment: Assessment,
  memory: Memory,
  policy: Policy,
  now: Instant,
  rules: readonly PlanRule[] = RULES,
): Plan {
  const scene: Scene = {
    world,
    assessment,
    memory,
    policy,
    now,
    loads: carriedLoads(world),
    allowedCount: 0,
  };
  const choiceRules = rules.filter(({ when }) => when === 'choice');
  const orderRules = rules.filter(({ when }) => when === 'order');
  const moves: Move[] = [];
  const held: Held[] = [];
  for (const route of world.topology.routes.toSorted((a, b) => compare(a.key, b.key))) {
    const wish = wishFor(route, scene);
    if (wish === null) continue;
    const { move, hold } = choose(wish, scene, choiceRules);
    if (hold === null) {
      moves.push(move);
      addLoad(scene.loads, move.from, -1);
      addLoad(scene.loads, move.to, 1);
    } else {
      held.push(heldBy(hold, move));
    }
  }
  const actions: Move[] = [];
  for (const move of moves.toSorted(byHarm)) {
    const hold = firstHold(move, { ...scene, allowedCount: actions.length }, orderRules);
    if (hold === null) actions.push(move);
    else held.push(heldBy(hold, move));
  }
  return { actions, held };
}

interface Wish {
  readonly kind: MoveKind;
  readonly route: ManagedRoute;
  /** Best first; empty when nothing could take it. */
  readonly targets: readonly Appliance[];
  readonly because: string;
  readonly isEc2Confirmed: boolean;
}

function wishFor(route: ManagedRoute, scene: Scene): Wish | null {
  const { assessment, world } = scene;
  const verdict = assessment.verdicts.get(route.carrier);
  const { home } = route;
  const carrierName = nameOf(world, route.carrier);
  if (home.kind === 'contested') return null;
  if (home.kind === 'pool') {
    const owner = world.topology.appliances.find(
      ({ instanceId }) => instanceId === home.instanceId,
    );
    if (owner === undefined || owner.instanceId === route.carrier) return null;
    const because = `${route.destination} is a client pool of ${owner.name}`;
    return { kind: 'pool', route, targets: [owner], because, isEc2Confirmed: false };
  }
  if (verdict?.kind === 'down') {
    return {
      kind: 'failover',
      route,
      targets: successors(route, scene),
      because: `${carrierName} is down: ${verdict.why}`,
      isEc2Confirmed: verdict.isEc2Confirmed,
    };
  }
  if (home.kind !== 'appliance' || home.instanceId === route.carrier) return null;
  const target = world.topology.appliances.find(({ instanceId }) => instanceId === home.instanceId);
  if (target === undefined) return null;
  const because = `${target.name} is its home (${home.why === 'tag' ? 'by tag' : target.zone})`;
  return { kind: 'home', route, targets: [target], because, isEc2Confirmed: false };
}

/** Who could carry a dead appliance's route: its home first, then its zone, then the least loaded, then the lower id. */
function successors(route: ManagedRoute, { world, loads }: Scene): readonly Appliance[] {
  const { home } = route;
  const homeId = home.kind === 'appliance' ? home.instanceId : null;
  const table = world.topology.tables.find(({ tableId }) => tableId === route.tableId);
  const rank = (one: Appliance): number =>
    one.instanceId === homeId ? 0 : one.zone === table?.homeZone ? 1 : 2;
  return world.topology.appliances
    .filter(
      (one) =>
        one.group === route.group &&
        one.vpcId === route.vpcId &&
        one.instanceId !== route.carrier &&
        one.forwarding.kind !== 'none',
    )
    .toSorted(
      (a, b) =>
        rank(a) - rank(b) ||
        (loads.get(a.instanceId) ?? 0) - (loads.get(b.instanceId) ?? 0) ||
        compare(a.instanceId, b.instanceId),
    );
}

interface Choice {
  readonly move: Move;
  readonly hold: Hold | null;
}

/** The first target that no rule forbids; if there is none, the best one with the rule that forbids it. */
function choose(wish: Wish, scene: Scene, rules: readonly PlanRule[]): Choice {
  const choices = wish.targets.map((target): Choice => {
    const move = moveTo(target, wish);
    return { move, hold: firstHold(move, scene, rules) };
  });
  const free = choices.find(({ hold }) => hold === null);
  if (free !== undefined) return free;
  return (
    choices[0] ?? {
      move: moveTo(null, wish),
      hold: { rule: 'S3', because: 'the group has no other appliance', until: null },
    }
  );
}

function firstHold(move: Move, scene: Scene, rules: readonly PlanRule[]): Hold | null {
  for (const { rule, holds } of rules) {
    const hold = holds(move, scene);
    if (hold !== null) return { rule, ...hold };
  }
  return null;
}

function moveTo(target: Appliance | null, { kind, route, because, isEc2Confirmed }: Wish): Move {
  return {
    kind,
    routeKey: route.key,
    tableId: route.tableId,
    tableName: route.tableName,
    destination: route.destination,
    group: route.group,
    vpcId: route.vpcId,
    from: route.carrier,
    fromTargetId: route.targetId,
    to: target?.instanceId ?? '',
    toInterfaceId: target?.forwarding.kind === 'interface' ? target.forwarding.interfaceId : '',
    because,
    isEc2Confirmed,
  };
}

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

const HARM: readonly MoveKind[] = ['failover', 'pool', 'home'];

/** Dead targets before strays before homecomings; among the dead, those that EC2 confirms first. */
const byHarm = (a: Move, b: Move): number =>
  HARM.indexOf(a.kind) - HARM.indexOf(b.kind) ||
  Number(b.isEc2Confirmed) - Number(a.isEc2Confirmed) ||
  compare(a.routeKey, b.routeKey);

function carriedLoads(world: World): Map<string, number> {
  const loads = new Map<string, number>();
  for (const { carrier } of world.topology.routes) addLoad(loads, carrier, 1);
  return loads;
}

const addLoad = (loads: Map<string, number>, id: string, by: number): void => {
  loads.set(id, (loads.get(id) ?? 0) + by);
};

const nameOf = (world: World, instanceId: string): string =>
  world.topology.appliances.find((one) => one.instanceId === instanceId)?.name ?? instanceId;
