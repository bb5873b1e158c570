/** S14 by ground truth: only what was announced is left while it lives, it is no target, and its hook waits for its routes. */
import type { Fault, FaultOf, LeaveFault, Spell } from '../../../lib/simulator/faults.ts';
import { groupsIn, ownerOf, type Run, targetAsOf, type Violation } from '../record.ts';
import { hadFault, lagOf, type WriteView } from '../writeView.ts';

/** So long a notice that came to nothing counts, by its kind; a drain only until it has been read that it ended. */
const COUNTS_MS = { 'spot-notice': 600_000, 'person-drains': 15_000 } as const;
const HOOK_WAIT_MS = 60_000;

const isOfLeave = (fault: Fault): fault is LeaveFault =>
  fault.kind === 'spot-notice' ||
  fault.kind === 'rebalance-notice' ||
  fault.kind === 'terminate-hook' ||
  fault.kind === 'event-scheduled' ||
  fault.kind === 'person-drains';

/** Whether it was announced at that moment that this instance leaves, whoever had read it. */
export const wasAnnounced = (run: Run, instanceId: string, atMs: number): boolean =>
  isDrillAsked(run, instanceId, atMs) ||
  run.options.spells.some(
    ({ fault, startMs, endMs }) =>
      isOfLeave(fault) &&
      fault.instanceId === instanceId &&
      startMs <= atMs &&
      atMs <= untilMs(fault, startMs, endMs),
  );

/**
 * Announced to end, and known to be by the watcher that wrote: then its silence is expected, and it is no part of a
 * share (S3). What is only recommended to leave may never end.
 */
export function isEnding(run: Run, { tick, plannedMs }: WriteView, instanceId: string): boolean {
  const isCertain = run.options.spells.some(
    ({ fault, startMs, endMs }) =>
      isOfLeave(fault) &&
      fault.kind !== 'rebalance-notice' &&
      fault.instanceId === instanceId &&
      startMs <= plannedMs &&
      plannedMs <= untilMs(fault, startMs, endMs),
  );
  return isCertain && tick?.leaving.includes(instanceId) !== false;
}

/** A request waits two minutes for all to be well; that it was ended may not have been read. */
const isDrillAsked = (run: Run, instanceId: string, atMs: number): boolean =>
  run.options.spells.some(
    ({ fault, startMs }) =>
      fault.kind === 'person-drills' &&
      groupsIn(run, instanceId, 0, atMs).includes(fault.group) &&
      startMs <= atMs &&
      atMs <= startMs + 135_000 + fault.forMs,
  );

function untilMs({ kind }: LeaveFault, startMs: number, endMs: number): number {
  switch (kind) {
    case 'spot-notice':
      return startMs + COUNTS_MS[kind];
    case 'person-drains':
      return endMs + COUNTS_MS[kind];
    case 'event-scheduled':
      return endMs + COUNTS_MS['person-drains'];
    case 'rebalance-notice':
    case 'terminate-hook':
      return Number.POSITIVE_INFINITY;
    default:
      return kind satisfies never;
  }
}

/** A move away from what is announced to leave, as the product itself calls it; of one that died in the act, as it looks. */
export function isLeave(run: Run, view: WriteView): boolean {
  const move = view.tick?.outcomes.find((one) => one.move.routeKey === view.routeKey)?.move;
  return move === undefined
    ? view.fromId !== null && wasAnnounced(run, view.fromId, view.plannedMs)
    : move.kind === 'leave';
}

/** Of what AWS itself has announced: the last leader goes on for it without its table, as for a death that EC2 confirms. */
export const isLeaveOfEc2 = (run: Run, view: WriteView): boolean =>
  isLeave(run, view) &&
  run.options.spells.some(
    ({ fault, startMs }) =>
      isOfLeave(fault) &&
      fault.kind !== 'person-drains' &&
      fault.instanceId === view.fromId &&
      startMs <= view.plannedMs,
  );

export function checkS14(run: Run, views: readonly WriteView[]): readonly Violation[] {
  return [
    ...views.flatMap((view) => checkWrite(run, view)),
    ...checkHooks(run),
    ...run.options.spells.flatMap((spell) => checkEnd(run, spell)),
  ];
}

function checkWrite(run: Run, view: WriteView): readonly Violation[] {
  const { write, fromId, toId, tick, routeKey } = view;
  const violation = (what: string): Violation => ({
    rule: 'S14',
    atMs: write.issuedMs,
    what: `${routeKey} ${what}`,
  });
  const kind = tick?.outcomes.find((one) => one.move.routeKey === routeKey)?.move.kind;
  if (kind === 'leave' && fromId !== null && !wasAnnounced(run, fromId, view.plannedMs)) {
    return [violation(`left ${fromId}, of which nothing was announced`)];
  }
  if ((kind === 'leave' || kind === 'failback') && tick?.leaving.includes(toId ?? '') === true) {
    return [violation(`went to ${toId ?? ''}, which leaves itself`)];
  }
  return [];
}

/** A hook that was completed within a minute: no managed route leads to its instance. */
function checkHooks(run: Run): readonly Violation[] {
  const { account, options } = run;
  return [...account.completedHooks].flatMap(([instanceId, atMs]): readonly Violation[] => {
    const hook = options.spells.find(
      ({ fault, startMs }) =>
        fault.kind === 'terminate-hook' && fault.instanceId === instanceId && startMs <= atMs,
    );
    const isOld =
      lagOf(run) > 0 || hook === undefined || atMs - hook.startMs >= HOOK_WAIT_MS - 1_000;
    const isDoubtful =
      isOld ||
      hadFault(run, ['rival-route', 'rival-untag', 'clock-step', 'write-unclear'], 0, atMs);
    const left = routesOf(run, instanceId, atMs);
    return isDoubtful || left.length === 0
      ? []
      : [
          {
            rule: 'S14',
            atMs,
            what: `${left.join()} led to ${instanceId} when its hook was completed`,
          },
        ];
  });
}

/** Everything was read at that age before the notice, and a watcher that ends hands over. */
const CALM_MS = 20_000;

/** An instance that a Spot notice has ended, while nothing else was wrong and a peer lived: no route led to it by then. */
function checkEnd(run: Run, { fault, startMs, endMs }: Spell): readonly Violation[] {
  const atMs = startMs + SPOT_MS;
  if (fault.kind !== 'spot-notice' || endMs < atMs) return [];
  const others = run.options.spells.filter(
    (one) => one.fault !== fault && one.startMs <= atMs && one.endMs >= startMs - CALM_MS,
  );
  if (others.length > 0 || !hasPeer(run, fault)) return [];
  const left = routesOf(run, fault.instanceId, atMs);
  return left.length === 0
    ? []
    : [
        {
          rule: 'S14',
          atMs,
          what: `${left.join()} still led to ${fault.instanceId} when it ended`,
        },
      ];
}

const SPOT_MS = 120_000;

const hasPeer = (
  { options: { snapshot, vantages } }: Run,
  { instanceId }: FaultOf<'spot-notice'>,
) => {
  const groupOf = (id: string) =>
    snapshot.tags.find((tag) => tag.resourceId === id && tag.key === 'vpn-medic:group')?.value;
  const own = snapshot.instances.find((one) => one.instanceId === instanceId);
  return snapshot.instances.some(
    (one) =>
      one.instanceId !== instanceId &&
      groupOf(one.instanceId) === groupOf(instanceId) &&
      one.vpcId === own?.vpcId &&
      vantages.some(({ closedTo }) => !closedTo.includes(one.instanceId)),
  );
};

/** Managed routes that led to it, but for client pools, which no other can carry. */
function routesOf(run: Run, instanceId: string, atMs: number): readonly string[] {
  const { snapshot } = run.options;
  const pools = snapshot.tags.filter(({ key }) => key === 'vpn-medic:pool');
  return snapshot.routeTables
    .filter(({ tableId }) =>
      snapshot.tags.some((tag) => tag.resourceId === tableId && tag.key === 'vpn-medic:group'),
    )
    .flatMap(({ tableId, routes }) =>
      routes.flatMap(({ destination }) => {
        const targetId = targetAsOf(run, tableId, destination, atMs);
        const isPool = pools.some(({ value }) => value === destination);
        return !isPool && targetId !== null && ownerOf(run, targetId) === instanceId
          ? [`${tableId} ${destination}`]
          : [];
      }),
    );
}
