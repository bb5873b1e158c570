/** Which transit gateway routes are to move, and which would but for a rule. Pure. */
import type { ConnectionPath } from '../core/connectionPath.ts';
import { compare } from '../core/order.ts';
import { type Pin, pinOf } from '../core/pin.ts';
import { toIso } from '../core/time.ts';
import { managedRoutes, membersOf, pathsById } from './assess/routes.ts';
import { objectionTo, type Scene, TRANSIT_RULES, whyUnfit } from './rules.ts';
import type { TransitHeld, TransitMove, TransitPlan } from './types/plan.ts';
import type { TransitRoute } from './types/world.ts';

/** The widest destinations first: they carry most. */
export function planTransit(
  scene: Omit<Scene, 'allowedCount'>,
  rules: typeof TRANSIT_RULES = TRANSIT_RULES,
): TransitPlan {
  const actions: TransitMove[] = [];
  const held: TransitHeld[] = [];
  const routes = managedRoutes(scene.world, scene.memory).toSorted(
    (a, b) => prefixLength(a) - prefixLength(b) || compare(a.key, b.key),
  );
  for (const route of routes) {
    const wanted = wantedMove(route, scene, rules);
    if (wanted === null) continue;
    if (wanted.kind === 'nowhere') {
      held.push(wanted.held);
      continue;
    }
    const objection = objectionTo(
      wanted.move,
      route,
      { ...scene, allowedCount: actions.length },
      rules,
    );
    if (objection === null) actions.push(wanted.move);
    else held.push(heldOf(wanted.move, objection));
  }
  return { actions, held };
}

const prefixLength = ({ destination }: TransitRoute): number =>
  Number(destination.split('/')[1] ?? 128);

type Wanted =
  | { readonly kind: 'move'; readonly move: TransitMove }
  | { readonly kind: 'nowhere'; readonly held: TransitHeld };

function wantedMove(
  route: TransitRoute,
  scene: Omit<Scene, 'allowedCount'>,
  rules: typeof TRANSIT_RULES,
): Wanted | null {
  const { world, memory } = scene;
  const current = pathsById(world).get(route.connectionId);
  const preferredId = route.preferredTag ?? memory.routes[route.key]?.preferred ?? null;
  const members = membersOf(world, route.group, route.transitGatewayId);
  const deadWhy = whyDead(route, current);
  const pin = pinOf(world.pins, route, scene.now);
  if (deadWhy === null && pin !== null) return pinned(pin, route, scene);
  if (deadWhy === null) {
    const preferred = members.find(({ connectionId }) => connectionId === preferredId);
    if (preferred === undefined || preferred.connectionId === route.connectionId) return null;
    if (preferred.health.kind !== 'up') return null;
    return moveTo(preferred, 'failback', `${preferred.name} is preferred and up`, route, scene);
  }
  const others = members.filter(({ connectionId }) => connectionId !== route.connectionId);
  const rank = ({ connectionId }: ConnectionPath): number =>
    connectionId === pin?.to ? 0 : connectionId === preferredId ? 1 : 2;
  const isRuled = rules.some(([rule]) => rule === 'S2');
  const fit = others
    .filter((one) => !isRuled || whyUnfit(one, route, world, memory) === null)
    .toSorted((a, b) => rank(a) - rank(b) || byLongestUp(a, b));
  const [best] = fit;
  if (best !== undefined) return moveTo(best, 'failover', deadWhy, route, scene);
  const whys = others.map((one) => `${one.name} ${whyUnfit(one, route, world, memory)}`);
  return {
    kind: 'nowhere',
    held: {
      kind: 'failover',
      routeKey: route.key,
      group: route.group,
      from: route.connectionId,
      to: null,
      rule: 'S2',
      because: `${deadWhy}, and ${whys.length === 0 ? 'the group has no other connection' : whys.join('; ')}`,
      until: null,
    },
  };
}

/** Null: it is where the pin wants it. */
function pinned(pin: Pin, route: TransitRoute, scene: Omit<Scene, 'allowedCount'>): Wanted | null {
  if (pin.to === route.connectionId) return null;
  const target = pathsById(scene.world).get(pin.to);
  const because = `${pin.by} pinned it to ${target?.name ?? pin.to} until ${toIso(pin.until)}`;
  if (target !== undefined) return moveTo(target, 'pin', because, route, scene);
  return {
    kind: 'nowhere',
    held: {
      kind: 'pin',
      routeKey: route.key,
      group: route.group,
      from: route.connectionId,
      to: pin.to,
      rule: 'S2',
      because: `${because}, and EC2 lists no connection ${pin.to}`,
      until: pin.until,
    },
  };
}

const byLongestUp = (a: ConnectionPath, b: ConnectionPath): number =>
  upSince(a) - upSince(b) || compare(a.connectionId, b.connectionId);

const upSince = ({ health }: ConnectionPath): number =>
  health.kind === 'up' ? health.since : Number.POSITIVE_INFINITY;

/** Why nothing passes where the route leads, as EC2 itself says it; null: it is not known to be dead. */
export function whyDead(
  { isBlackhole, connectionId }: TransitRoute,
  path: ConnectionPath | undefined,
): string | null {
  const name = path?.name ?? connectionId;
  if (path?.health.kind === 'down') return `${name} is down: ${path.health.why}`;
  return isBlackhole ? `EC2 calls the route over ${name} a blackhole` : null;
}

function moveTo(
  target: ConnectionPath,
  kind: TransitMove['kind'],
  because: string,
  route: TransitRoute,
  { world }: Omit<Scene, 'allowedCount'>,
): Wanted {
  const attachment = world.attachments.known
    ? world.attachments.value.find(
        (one) =>
          one.connectionId === target.connectionId &&
          one.transitGatewayId === route.transitGatewayId,
      )
    : undefined;
  const { key: routeKey, tableId, tableName, destination, group } = route;
  return {
    kind: 'move',
    move: {
      kind,
      routeKey,
      tableId,
      tableName,
      destination,
      group,
      from: route.connectionId,
      fromAttachmentId: route.attachmentId,
      to: target.connectionId,
      // Without one the move is not fit, and never written.
      toAttachmentId: attachment?.attachmentId ?? '',
      because,
    },
  };
}

const heldOf = (
  { kind, routeKey, group, from, to }: TransitMove,
  { rule, because, until }: Pick<TransitHeld, 'rule' | 'because' | 'until'>,
): TransitHeld => ({ kind, routeKey, group, from, to, rule, because, until });
