/** Where the owner of each route put it, learnt from what EC2 shows. Pure. */
import * as v from 'valibot';
import { packed, unpacked } from '../../core/packed.ts';
import { pinOf } from '../../core/pin.ts';
import type { Instant } from '../../core/time.ts';
import type { Memory } from '../state.ts';
import type { LearntRoute, LearntRoutes } from '../types/learnt.ts';
import type { Move } from '../types/plan.ts';
import type { ManagedRoute } from '../types/topology.ts';
import type { Verdicts } from '../types/verdict.ts';
import type { World } from '../types/world.ts';

/**
 * The same map when nothing was learnt. A route is learnt where it is first seen to live; anew when someone else than
 * vpn-medic points it at another living member. Nothing is learnt while a part of the region cannot be read.
 */
export function learnPreferred(
  world: World,
  verdicts: Verdicts,
  memory: Memory,
  now: Instant,
): LearntRoutes {
  if (world.gaps.some(({ zone }) => zone === null)) return memory.preferred;
  const { routes } = world.topology;
  const changes = new Map<string, LearntRoute>();
  for (const route of routes) {
    if (verdicts.get(route.nextHop)?.kind !== 'up' || isInFlux(route, memory, now)) continue;
    const before = memory.preferred.get(route.key);
    const after = learnt(route, before, world, verdicts, now);
    if (after !== before) changes.set(route.key, after);
  }
  const isFull = memory.preferred.size > routes.length + LEFT_MAX;
  if (changes.size === 0 && !isFull) return memory.preferred;
  const keys = new Set(routes.map(({ key }) => key));
  const kept = [...memory.preferred].filter(([key]) => !isFull || keys.has(key));
  return new Map([...kept, ...changes]);
}

/** Routes that are gone, or lead elsewhere at this moment, and are still remembered. */
const LEFT_MAX = 500;

/** A write that does not show yet, and a person's pin that has just ended, say nothing about the owner's choice. */
function isInFlux(route: ManagedRoute, { pending, pins }: Memory, now: Instant): boolean {
  if (pending.has(route.key)) return true;
  if (pins.length === 0) return false;
  return [now, now - UNPINNED_MS].some((at) => pinOf(pins, route, at)?.to === route.nextHop);
}

const UNPINNED_MS = 60_000;

function learnt(
  route: ManagedRoute,
  before: LearntRoute | undefined,
  world: World,
  verdicts: Verdicts,
  now: Instant,
): LearntRoute {
  const { nextHop } = route;
  const here = () => ({ ...placeOf(nextHop, world), ...UNMOVED });
  if (before === undefined) return here();
  const sinceMs = before.movedAt === null ? null : Math.abs(now - before.movedAt);
  if (nextHop === before.instanceId) {
    return sinceMs !== null && sinceMs > SETTLED_MS
      ? { ...before, movedTo: [], movedAt: null }
      : before;
  }
  if (isHeir(route, before, world, sinceMs ?? HEIR_MS)) return here();
  // A client pool belongs to the member that claims it, wherever the route leads at this moment.
  if (before.movedTo.includes(nextHop) || route.preferred.kind === 'pool') return before;
  // Away from what is down is a failover, whatever made it: a leader without its table leaves no record of its moves.
  if (verdicts.get(before.instanceId)?.kind === 'down') {
    return { ...before, movedTo: [...before.movedTo, nextHop].slice(-MOVED_MAX), movedAt: now };
  }
  return { ...here(), changed: { at: now, from: before.instanceId } };
}

const UNMOVED = { movedTo: [], movedAt: null, changed: null } as const;

/** Until then a late or an old read may show where the route led before it was moved. */
const SETTLED_MS = 60_000;

/** The preferred member is gone for good, and this next hop has taken its place: at once in its zone, elsewhere after a day. */
function isHeir(
  { nextHop, preferred }: ManagedRoute,
  before: LearntRoute,
  world: World,
  sinceMs: number,
): boolean {
  if (preferred.kind !== 'appliance' || preferred.why !== 'learnt') return false;
  if (preferred.instanceId !== nextHop) return false;
  const isInZone = placeOf(nextHop, world).zone === before.zone;
  return sinceMs >= (isInZone ? SETTLED_MS : HEIR_MS);
}

/** For so long a member that is launched in the zone of one that is gone takes over its routes. */
const HEIR_MS = 86_400_000;

function placeOf(
  instanceId: string,
  { topology, signals }: World,
): Pick<LearntRoute, 'instanceId' | 'zone' | 'launchedAt'> {
  const zone = topology.appliances.find((one) => one.instanceId === instanceId)?.zone ?? '';
  return { instanceId, zone, launchedAt: signals.get(instanceId)?.launchedAt ?? null };
}

/**
 * With the moves that are about to be written: after a process that ended in between it is still known that they were
 * vpn-medic's own.
 */
export function withMoves(
  preferred: LearntRoutes,
  moves: readonly Move[],
  world: World,
  now: Instant,
): LearntRoutes {
  if (moves.length === 0) return preferred;
  const next = new Map(preferred);
  for (const { routeKey, from, to } of moves) {
    // A route that leaves a next hop that was never seen to live was still put there by its owner.
    const before = next.get(routeKey) ?? { ...placeOf(from, world), ...UNMOVED };
    if (isNoted(before, to, now)) continue;
    const movedTo = [...before.movedTo.filter((id) => id !== to), to].slice(-MOVED_MAX);
    next.set(routeKey, { ...before, movedTo, movedAt: now });
  }
  return next;
}

/** A move that is planned anew every second is not noted anew every second. */
const isNoted = ({ movedTo, movedAt }: LearntRoute, to: string, now: Instant): boolean =>
  movedTo.includes(to) && movedAt !== null && Math.abs(now - movedAt) < NOTED_MS;

const NOTED_MS = 20_000;

/** Members that one route is moved to before it is back: more are not kept. */
const MOVED_MAX = 8;

const At = v.pipe(v.number(), v.minValue(0));
const Id = v.pipe(v.string(), v.maxLength(100));
const Stored = v.record(
  v.pipe(v.string(), v.maxLength(200)),
  v.object({
    instanceId: Id,
    zone: Id,
    launchedAt: v.nullable(At),
    movedTo: v.pipe(v.array(Id), v.maxLength(MOVED_MAX)),
    movedAt: v.nullable(At),
    changed: v.nullable(v.object({ at: At, from: Id })),
  }),
);

export function storedPreferred(preferred: LearntRoutes): unknown {
  const body = Object.fromEntries(preferred);
  return packed(body, JSON.stringify(body));
}

/** Empty for garbage: everything is learnt anew, and no well route is moved for it. */
export function parsePreferred(body: unknown, past: (at: Instant) => Instant): LearntRoutes {
  const parsed = v.safeParse(Stored, unpacked(body));
  if (!parsed.success) return new Map();
  return new Map(
    Object.entries(parsed.output).map(([key, one]) => [
      key,
      {
        ...one,
        movedAt: one.movedAt === null ? null : past(one.movedAt),
        changed: one.changed === null ? null : { ...one.changed, at: past(one.changed.at) },
      },
    ]),
  );
}
