/** Why a move is not made: each safety rule asked in turn. Pure. */
import type { ConnectionPath } from '../core/connectionPath.ts';
import { describePause, type Pause } from '../core/pause.ts';
import { describeMs, type Instant } from '../core/time.ts';
import { isNamed } from './assess/routes.ts';
import { groupKeyOf, type PendingWrite, type TransitMemory } from './state.ts';
import type { TransitMove, TransitRule } from './types/plan.ts';
import { TRANSIT_POLICY as POLICY } from './types/policy.ts';
import type { TransitRoute, TransitWorld } from './types/world.ts';

export interface Scene {
  readonly world: TransitWorld;
  readonly memory: TransitMemory;
  readonly mode: 'act' | 'observe';
  readonly holdMs: number;
  readonly pause: Pause | null;
  readonly now: Instant;
  /** Actions that were allowed before this one. */
  readonly allowedCount: number;
}

export interface Objection {
  readonly rule: TransitRule;
  readonly because: string;
  readonly until: Instant | null;
}

type Ask = (move: TransitMove, route: TransitRoute, scene: Scene) => Omit<Objection, 'rule'> | null;

/** In this order: the first that objects holds the move. Tests remove one to see it missed. */
export const TRANSIT_RULES: readonly (readonly [TransitRule, Ask])[] = [
  ['S2', targetIsUnfit],
  ['S5', hasNotRisen],
  ['S4', isTooSoon],
  ['S6', writeDidNotTake],
  ['paused', isPaused],
  ['observe', onlyObserves],
  ['S8', budgetIsSpent],
];

export function objectionTo(
  move: TransitMove,
  route: TransitRoute,
  scene: Scene,
  rules: typeof TRANSIT_RULES,
): Objection | null {
  for (const [rule, ask] of rules) {
    const objection = ask(move, route, scene);
    if (objection !== null) return { rule, ...objection };
  }
  return null;
}

const hold = (because: string, until: Instant | null = null) => ({ because, until });

/** S2: an admitted member of the route's transit gateway whose attachment is available, known to be up in this pass. */
function targetIsUnfit(move: TransitMove, route: TransitRoute, { world, memory }: Scene) {
  if (!world.paths.known) return hold(world.paths.why);
  const target = world.paths.value.find(({ connectionId }) => connectionId === move.to);
  if (target === undefined) return hold(`EC2 lists no connection ${move.to}`);
  const why = whyUnfit(target, route, world, memory);
  return why === null ? null : hold(`${target.name} ${why}`);
}

/** One clause without its subject; null: it may carry the route. */
export function whyUnfit(
  target: ConnectionPath,
  { tableId, group, transitGatewayId }: TransitRoute,
  world: TransitWorld,
  memory: TransitMemory,
): string | null {
  const { connectionId, health, ignored } = target;
  if (target.group !== group) return `is not of group ${group}`;
  if (target.transitGatewayId !== transitGatewayId) return 'ends on another gateway';
  if (ignored !== null) return `is ignored (${ignored})`;
  const isAdmitted =
    memory.groups[groupKeyOf(group, transitGatewayId)]?.admitted.includes(connectionId) === true;
  if (!isAdmitted && !isNamed(connectionId, tableId, world)) {
    return 'joined the group later and is not admitted';
  }
  if (health.kind === 'down') return `is down itself: ${health.why}`;
  if (health.kind === 'unknown') return `is not known to be up: ${health.why}`;
  if (!world.attachments.known) return `may have no attachment: ${world.attachments.why}`;
  const attachment = world.attachments.value.find(
    (one) => one.connectionId === connectionId && one.transitGatewayId === transitGatewayId,
  );
  if (attachment === undefined) return 'has no attachment';
  return attachment.stateWord === 'available'
    ? null
    : `has an attachment that EC2 calls ${attachment.stateWord}`;
}

/** S5: a failback goes to a connection that has been up without a break for the hold-down. */
function hasNotRisen(move: TransitMove, { key }: TransitRoute, scene: Scene) {
  if (move.kind !== 'failback' || !scene.world.paths.known) return null;
  const target = scene.world.paths.value.find(({ connectionId }) => connectionId === move.to);
  if (target?.health.kind !== 'up') return null;
  const until = target.health.since + holdMsOf(scene.memory.routes[key]?.failoverAts ?? [], scene);
  return scene.now >= until
    ? null
    : hold(`${target.name} is up for ${describeMs(scene.now - target.health.since)} only`, until);
}

/** S4: after a failover the route stays for the hold-down; after three within an hour, until the first is an hour old. */
function isTooSoon(move: TransitMove, { key }: TransitRoute, scene: Scene) {
  if (move.kind !== 'failback') return null;
  const failoverAts = scene.memory.routes[key]?.failoverAts ?? [];
  const last = failoverAts.at(-1);
  if (last === undefined) return null;
  const [first] = failoverAts.slice(-POLICY.failoversMax);
  if (failoverAts.length >= POLICY.failoversMax && first !== undefined) {
    const until = first + POLICY.flapWindowMs;
    if (scene.now < until) return hold('it failed over three times within the hour', until);
  }
  const until = last + holdMsOf(failoverAts, scene);
  return scene.now >= until
    ? null
    : hold(`it failed over ${describeMs(scene.now - last)} ago`, until);
}

/** Doubled for each failover of the hour after the first; one hour at most, or the setting itself where it is longer. */
function holdMsOf(failoverAts: readonly Instant[], { holdMs }: Scene): number {
  const doubled = holdMs * 2 ** Math.max(0, Math.min(failoverAts.length, 20) - 1);
  return Math.max(holdMs, Math.min(doubled, POLICY.flapWindowMs));
}

/** S6: a write that did not take is tried again ever more slowly. */
function writeDidNotTake({ toAttachmentId }: TransitMove, { key }: TransitRoute, scene: Scene) {
  const write = scene.memory.pending[key];
  if (write === undefined || write.toAttachmentId !== toAttachmentId) return null;
  const until = write.lastAt + waitMsOf(write);
  if (scene.now >= until) return null;
  const times = write.tryCount === 1 ? 'once' : `${write.tryCount} times`;
  return hold(
    write.answer === 'refused' ? write.why : `written ${times} and not seen in the read-back`,
    until,
  );
}

const waitMsOf = ({ tryCount }: PendingWrite): number =>
  Math.min(POLICY.retryMsMax, POLICY.retryMs * 2 ** Math.min(tryCount - 1, 10));

function isPaused(_move: TransitMove, _route: TransitRoute, { pause }: Scene) {
  return pause === null ? null : hold(describePause(pause), pause.until);
}

function onlyObserves(_move: TransitMove, _route: TransitRoute, { mode }: Scene) {
  return mode === 'observe' ? hold('mode is observe: nothing is written') : null;
}

/** S8: the rest waits for the next pass. */
function budgetIsSpent(_move: TransitMove, _route: TransitRoute, { allowedCount, now }: Scene) {
  return allowedCount < POLICY.writesMax
    ? null
    : hold('the write budget of this pass is spent: the next one writes it', now);
}
