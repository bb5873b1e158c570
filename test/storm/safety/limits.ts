/** S4 and S8 by ground truth: failover and failback delays, failovers per hour, and the write budget. */
import { isGatewayId } from '../../../lib/core/lastResort.ts';
import type { WriteCall } from '../../../lib/simulator/callLog.ts';
import type { ProbeRecord } from '../probeRecord.ts';
import type { Run, Violation } from '../record.ts';
import {
  hadFault,
  hasReason,
  isEffective,
  isFailover,
  lagOf,
  type WriteView,
} from '../writeView.ts';
import { isLeave } from './leaves.ts';
import { isOwnersChoice } from './preferred.ts';
import { TAG_AGE_MS } from './proof.ts';
import { poolOwner, poolTag } from './targets.ts';

const HOUR_MS = 3_600_000;
const FAILOVERS_MAX = 3;

/** S4: no move without a long silence or EC2's word; home only after the hold, and not after three failovers within an hour. */
export function checkS4(
  run: Run,
  probes: ProbeRecord,
  views: readonly WriteView[],
): readonly Violation[] {
  return views.flatMap((view, index) => {
    const past = views.slice(0, index).filter(mayHaveHappened);
    // What leaves cannot wait.
    if (isLeave(run, view)) return [];
    return isFailover(view)
      ? [...checkDegraded(run, probes, view), ...checkFailover(run, view)]
      : checkFailback(run, view, past);
  });
}

/** A failed status check is one witness: where every vantage is answered, the routes stay. */
function checkDegraded(run: Run, probes: ProbeRecord, view: WriteView): readonly Violation[] {
  const { fromId, isEc2Down, isDeadEnd, isSilent, plannedMs, write } = view;
  if (fromId === null || !isEc2Down || isDeadEnd || isSilent) return [];
  const { policy, vantages } = run.options;
  const freshMs = plannedMs - policy.probeIntervalMs - policy.probeTimeoutMs;
  const isAnswered = probes.clauses(fromId).every((keys) =>
    vantages.every(({ id }) =>
      keys.some((key) => {
        const last = probes.of(write.by, id, key).findLast(({ doneMs }) => doneMs <= plannedMs);
        return last?.answer === 'up' && last.sentMs >= freshMs;
      }),
    ),
  );
  return isAnswered
    ? [violation(view, `left ${fromId}, which answers though its status check fails`)]
    : [];
}

function checkFailover(run: Run, view: WriteView): readonly Violation[] {
  // A write to where it leads already changes nothing.
  if (hasReason(view) || view.leftId === view.write.targetId) return [];
  if (hasDoubtfulAddress(run, view)) return [];
  const from = view.fromId ?? 'nothing';
  return [
    violation(view, `was failed over from ${from}, which was neither silent nor confirmed dead`),
  ];
}

/** Interfaces are read every 30 s: until then an answer may be that of another at its address, and a known death stays one. */
const ADDRESS_AGE_MS = 45_000;

const hasDoubtfulAddress = ({ account }: Run, { fromId, plannedMs }: WriteView): boolean =>
  account.faults.spells.some(
    ({ fault, startMs, endMs }) =>
      fault.kind === 'address-moved' &&
      (fault.instanceId === fromId || fault.toId === fromId) &&
      startMs <= plannedMs &&
      plannedMs <= endMs + ADDRESS_AGE_MS,
  );

function checkFailback(
  run: Run,
  view: WriteView,
  past: readonly WriteView[],
): readonly Violation[] {
  const { write, toId } = view;
  if (!isOnPreferred(run, view)) {
    return [violation(view, `failed back to ${toId ?? ''}, which is not its preferred next hop`)];
  }
  // A pool's route that left a dead next hop was repaired: no hold-down keeps it there.
  if (hasReason(view)) return [];
  const group = groupOf(run, view);
  // Moves of one and the same plan know nothing of each other, and a second try is no second failover.
  const earlier = past.filter((one) => one.tick === null || one.tick !== view.tick);
  const failovers = earlier.filter(
    (one, index) =>
      isFailover(one) &&
      groupOf(run, one) === group &&
      !isSameAgain(
        earlier.slice(0, index).filter(({ routeKey }) => routeKey === one.routeKey),
        one,
      ),
  );
  const last = failovers.at(-1);
  if (last === undefined || hasLostMemory(run, last.write.issuedMs, write.issuedMs)) return [];
  const { policy, skewMsMax } = run.options;
  const passedMs = write.issuedMs - last.write.issuedMs;
  const violations: Violation[] = [];
  const isWorthNotifying = last.write.by === write.by || !last.isEc2Down || passedMs > NEWS_MS;
  const isStepped = hasStepped(run, last.write.issuedMs, write.issuedMs);
  const slackMs = 2 * skewMsMax + 1_000 + (isStepped ? STEPS_MS : 0);
  if (isWorthNotifying && passedMs < policy.holdMs - slackMs) {
    violations.push(
      violation(
        view,
        `failed back ${passedMs} ms after a failover of its group; the hold is ${policy.holdMs} ms`,
      ),
    );
  }
  // What was lost on its way is no failover, and pins nothing.
  const own = earlier.filter((one) => one.routeKey === view.routeKey && isEffective(one));
  const isPinned = own.some(
    (one) => failoversIn(own, one.write.issuedMs + 1).length >= FAILOVERS_MAX,
  );
  const firstMs = failoversIn(own, write.issuedMs)[0]?.write.issuedMs ?? write.issuedMs;
  if (isPinned && !wasRewritten(run, view) && !mayHaveLostState(run, firstMs, write.issuedMs)) {
    violations.push(
      violation(view, 'failed back though three failovers within an hour had pinned it'),
    );
  }
  return violations;
}

/** Whether another writer had its hand on the route: undoing that is no failover. */
const wasRewritten = ({ options }: Run, { write }: WriteView): boolean =>
  options.spells.some(
    ({ fault, startMs }) =>
      fault.kind === 'rival-route' &&
      fault.tableId === write.tableId &&
      fault.destination === write.destination &&
      startMs <= write.issuedMs,
  );

const mayHaveHappened = ({ write: { answer } }: WriteView): boolean =>
  answer.kind === 'written' || answer.kind === 'unclear';

/** What another invocation did on EC2's word reaches this one's memory within this. */
const NEWS_MS = 3_000;

const failoversIn = (own: readonly WriteView[], atMs: number): readonly WriteView[] =>
  own
    .filter((one, index) => isFailover(one) && !isSameAgain(own.slice(0, index), one))
    .filter(({ write }) => write.issuedMs < atMs && atMs - write.issuedMs < HOUR_MS);

/** A second try of a write whose answer was lost is the same failover, and so is another hand's that saw the same. */
function isSameAgain(before: readonly WriteView[], { write, leftId }: WriteView): boolean {
  const { targetId, issuedMs } = write;
  if (before.at(-1)?.write.targetId === targetId) return true;
  return before.some(
    (one) =>
      one.write.targetId === targetId &&
      one.leftId === leftId &&
      issuedMs - one.write.issuedMs < ONE_DEATH_MS,
  );
}

/** Two hands that write the same move at the same death are no further apart than this. */
const ONE_DEATH_MS = 15_000;

/** The table that keeps the memory, or whoever should have written it, was not well; or a clock went wrong, for good. */
const mayHaveLostState = (run: Run, fromMs: number, toMs: number): boolean =>
  hasLostMemory(run, fromMs, toMs) || hasStepped(run, fromMs, toMs);

const hasLostMemory = (run: Run, fromMs: number, toMs: number): boolean =>
  hadFault(
    run,
    ['store-unreachable', 'store-flaky', 'store-conflicts', 'store-garbage', 'watcher-killed'],
    fromMs - 2_000,
    toMs,
  );

const hasStepped = (run: Run, fromMs: number, toMs: number): boolean =>
  hadFault(run, ['clock-step'], fromMs - run.options.lifeMs, toMs);

/** What wrong clocks may take off a hold: steps too small to be seen, and what a newcomer's clock may differ by. */
const STEPS_MS = 7_000;

/** A gateway may have several groups. */
function groupOf({ account }: Run, { fromId, toId }: WriteView): string {
  const id = toId !== null && isGatewayId(toId) ? fromId : toId;
  return account.network.tags.past(`${id ?? ''} vpn-medic:group`)[0]?.value ?? '';
}

/** Where somebody else than the product put it, or the pool's owner. */
function isOnPreferred(run: Run, { write, fromId, toId, plannedMs }: WriteView): boolean {
  // Any appliance is better than a last resort.
  if (fromId !== null && isGatewayId(fromId)) return true;
  const sinceMs = plannedMs - TAG_AGE_MS - lagOf(run);
  const claimant = poolTag(run, write.destination)?.resourceId ?? null;
  if (
    claimant !== null &&
    [claimant, run.account.network.successorOf(claimant)].includes(toId ?? '')
  )
    return true;
  if (poolOwner(run, write.destination, sinceMs, write.issuedMs) !== null) return false;
  return isOwnersChoice(run, write, toId ?? '', write.issuedMs);
}

const violation = ({ write, routeKey }: WriteView, what: string): Violation => ({
  rule: 'S4',
  atMs: write.issuedMs,
  what: `${routeKey} ${what}`,
});

/** S8: no watcher sends more than its burst and its rate, and all together never empty EC2's own bucket. */
export function checkS8(run: Run): readonly Violation[] {
  const { writes } = run.account.log;
  const byWatcher = Map.groupBy(writes, ({ by }) => by);
  const bursts = [...byWatcher.values()].flatMap((own) => checkBurst(run, own));
  const empties = writes.filter(
    ({ answer, issuedMs }) =>
      answer.kind === 'throttled' &&
      !hadFault(run, ['api-throttled', 'brownout'], issuedMs, issuedMs + 10_000),
  );
  return [
    ...bursts,
    ...empties.map(({ issuedMs }) => ({
      rule: 'S8',
      atMs: issuedMs,
      what: "EC2's own bucket was drunk dry",
    })),
  ];
}

function checkBurst({ options }: Run, own: readonly WriteCall[]): readonly Violation[] {
  const { writeBurst, writesPerSecond } = options.policy;
  const sent = own.map(({ issuedMs }) => issuedMs).toSorted((a, b) => a - b);
  for (const [first, fromMs] of sent.entries()) {
    for (let last = first + writeBurst; last < sent.length; last += 1) {
      const toMs = sent[last] ?? fromMs;
      const count = last - first + 1;
      const allowed = writeBurst + ((toMs - fromMs + 1_000) / 1_000) * writesPerSecond;
      if (count > allowed) {
        return [{ rule: 'S8', atMs: toMs, what: `${count} writes in ${toMs - fromMs} ms` }];
      }
    }
  }
  return [];
}
