/** Where transit gateway routes would move if connections failed now. Pure. */
import type { ConnectionPath } from '../../core/connectionPath.ts';
import { known } from '../../core/reading.ts';
import { planTransit, whyDead } from '../../transitGateway/plan.ts';
import { TRANSIT_RULES } from '../../transitGateway/rules.ts';
import type { TransitHeld, TransitMove } from '../../transitGateway/types/plan.ts';
import type { TransitRoute, TransitWorld } from '../../transitGateway/types/world.ts';
import type { TransitLook } from './look.ts';

export interface TransitWhatIf {
  readonly moves: readonly TransitMove[];
  /** Routes of what fails that would stay, each with the rule that holds it; null: no rule, it is not managed. */
  readonly lost: readonly TransitLost[];
  /** Routes that lead to what is down now, whatever else fails. */
  readonly alreadyLost: readonly TransitLost[];
}

export interface TransitLost {
  readonly route: TransitRoute;
  readonly rule: TransitHeld['rule'] | null;
  readonly why: string;
}

/** The write budget only delays moves, so it is left out. Pauses and the mode are the operator's own, and left out too. */
const RULES = TRANSIT_RULES.filter(([rule]) => rule !== 'S8' && rule !== 'observe');

export function transitWhatIf(look: TransitLook, failed: ReadonlySet<string>): TransitWhatIf {
  const { world, memory, routes } = look;
  const scene = { memory, mode: 'act', holdMs: 0, pause: null, now: world.at } as const;
  const { actions, held } = planTransit({ ...scene, world: withFailed(world, failed) }, RULES);
  const now = planTransit({ ...scene, world }, RULES);
  const isFailing = ({ connectionId }: TransitRoute) => failed.has(connectionId);
  const moving = new Set(actions.map(({ routeKey }) => routeKey));
  const paths = new Map(
    (world.paths.known ? world.paths.value : []).map((one) => [one.connectionId, one]),
  );
  const dead = routes.filter(
    (route) => !isFailing(route) && whyDead(route, paths.get(route.connectionId)) !== null,
  );
  return {
    moves: actions.filter(({ from }) => failed.has(from)),
    lost: routes
      .filter((route) => isFailing(route) && !moving.has(route.key))
      .map((route) => lostOf(route, held)),
    alreadyLost: dead.map((route) =>
      now.actions.some(({ routeKey }) => routeKey === route.key)
        ? { route, rule: null, why: 'not moved away yet' }
        : lostOf(route, now.held),
    ),
  };
}

const withFailed = (world: TransitWorld, failed: ReadonlySet<string>): TransitWorld =>
  world.paths.known
    ? {
        ...world,
        paths: known(
          world.paths.value.map(
            (path): ConnectionPath =>
              failed.has(path.connectionId)
                ? { ...path, health: { kind: 'down', since: world.at, why: 'it failed' } }
                : path,
          ),
          world.paths.at,
        ),
      }
    : world;

function lostOf(route: TransitRoute, held: readonly TransitHeld[]): TransitLost {
  const hold = held.find(({ routeKey }) => routeKey === route.key);
  return {
    route,
    rule: hold?.rule ?? null,
    why: hold?.because ?? 'nothing is known of a connection that could carry it',
  };
}
