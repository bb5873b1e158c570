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
  const { appliances, routes, tables } = world.topology;
  const scene: PlanScene = {
    world,
    assessment,
    memory,
    policy,
    now,
    appliances: new Map(appliances.map((one) => [one.instanceId, one])),
    peers: Map.groupBy(appliances, ({ group, vpcId }) => `${group} ${vpcId}`),
    homeZones: new Map(tables.map(({ tableId, homeZone }) => [tableId, homeZone])),
    loads: carriedLoads(world),
    allowedCount: 0,
  };
  const choiceRules = rules.filter(({ when }) => when === 'choice');
  const orderRules = rules.filter(({ when }) => when === 'order');
  const moves: Move[] = [];
  const held: Held[] = [];
  for (const route of routes.toSorted((a, b) => compare(a.key, b.key))) {
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

/** What wishes are made from, looked up rather than searched for: thousands of routes are asked about at once. */
interface PlanScene extends Scene {
  /** By group and VPC. */
  readonly peers: ReadonlyMap<string, readonly Appliance[]>;
  /** By table id. */
  readonly homeZones: ReadonlyMap<string, string | null>;
}

interface Wish {
  readonly kind: MoveKind;
  readonly route: ManagedRoute;
  /** Best first; empty when nothing could take it. */
  readonly targets: Iterable<Appliance>;
  readonly because: string;
  readonly isEc2Confirmed: boolean;
}

function wishFor(route: ManagedRoute, scene: PlanScene): Wish | null {
  const { assessment, appliances } = scene;
  const verdict = assessment.verdicts.get(route.carrier);
  const { home } = route;
  if (home.kind === 'contested') return null;
  if (home.kind === 'pool') {
    const owner = appliances.get(home.instanceId);
    if (owner === undefined || owner.instanceId === route.carrier) return null;
    const because = `${route.destination} is a client pool of ${owner.name}`;
    return { kind: 'pool', route, targets: [owner], because, isEc2Confirmed: false };
  }
  if (verdict?.kind === 'down') {
    return {
      kind: 'failover',
      route,
      targets: successors(route, scene),
      because: `${appliances.get(route.carrier)?.name ?? route.carrier} is down: ${verdict.why}`,
      isEc2Confirmed: verdict.isEc2Confirmed,
    };
  }
  if (home.kind !== 'appliance' || home.instanceId === route.carrier) return null;
  const target = appliances.get(home.instanceId);
  if (target === undefined) return null;
  const because = `${target.name} is its home (${home.why === 'tag' ? 'by tag' : target.zone})`;
  return { kind: 'home', route, targets: [target], because, isEc2Confirmed: false };
}

/**
 * Who could carry a dead appliance's route, best first: its home, then its zone, then the least loaded, then the lower
 * id; the dead come last. Drawn one by one, for the first is nearly always taken.
 */
function* successors(
  route: ManagedRoute,
  { peers, homeZones, loads, assessment }: PlanScene,
): Generator<Appliance> {
  const { home } = route;
  const homeId = home.kind === 'appliance' ? home.instanceId : null;
  const homeZone = homeZones.get(route.tableId);
  const rankOf = ({ instanceId, zone }: Appliance): number =>
    (assessment.verdicts.get(instanceId)?.kind === 'down' ? 3 : 0) +
    (instanceId === homeId ? 0 : zone === homeZone ? 1 : 2);
  const waiting = (peers.get(`${route.group} ${route.vpcId}`) ?? [])
    .filter(
      ({ instanceId, forwarding }) => instanceId !== route.carrier && forwarding.kind !== 'none',
    )
    .map((one) => ({ one, rank: rankOf(one), load: loads.get(one.instanceId) ?? 0 }));
  while (waiting.length > 0) {
    const [best] = waiting.splice(indexOfBest(waiting), 1);
    if (best !== undefined) yield best.one;
  }
}

interface Candidate {
  readonly one: Appliance;
  readonly rank: number;
  readonly load: number;
}

const isBetter = (a: Candidate, b: Candidate): boolean =>
  (a.rank - b.rank || a.load - b.load || compare(a.one.instanceId, b.one.instanceId)) < 0;

function indexOfBest(candidates: readonly Candidate[]): number {
  let at = 0;
  let best = candidates[0];
  for (let index = 1; index < candidates.length; index += 1) {
    const candidate = candidates[index];
    if (best === undefined || candidate === undefined || !isBetter(candidate, best)) continue;
    at = index;
    best = candidate;
  }
  return at;
}

interface Choice {
  readonly move: Move;
  readonly hold: Hold | null;
}

/** The first target that no rule forbids; if there is none, the best one with the rule that forbids it. */
function choose(wish: Wish, scene: Scene, rules: readonly PlanRule[]): Choice {
  let best: Choice | null = null;
  for (const target of wish.targets) {
    const move = moveTo(target, wish);
    const choice = { move, hold: firstHold(move, scene, rules) };
    if (choice.hold === null) return choice;
    best ??= choice;
  }
  return (
    best ?? {
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
