/** S6 and S7 by ground truth: a read before and after each write, and only the leader writes on probe results. */
import { UNHELD } from '../../../lib/core/elasticAddress.ts';
import { isGatewayId } from '../../../lib/core/lastResort.ts';
import type { ReadCall } from '../../../lib/simulator/callLog.ts';
import type { ProbeRecord } from '../probeRecord.ts';
import { type Run, readActionOf, type Violation } from '../record.ts';
import { hadFault, isFailover, isSilent, type WriteView } from '../writeView.ts';
import { isLeaveOfEc2 } from './leaves.ts';

/** How old a look may be when the write leaves: a batch of writes shares one. */
const LOOK_MS_MAX = 3_000;
/** Requests that are not answered are sent again, for some seconds; a look that is older than six is not used. */
const BROWNOUT_MS = 3_000;
const READ_BACK_MS = 10_000;

export function checkS6(run: Run, probes: ProbeRecord, view: WriteView): readonly Violation[] {
  const { write } = view;
  const { reads } = run.account.log;
  const violation = (what: string): Violation => ({
    rule: 'S6',
    atMs: write.issuedMs,
    what: `${view.routeKey} ${what}`,
  });
  const had = (kind: 'api-slow' | 'brownout') =>
    hadFault(run, [kind], write.issuedMs - 20_000, write.issuedMs);
  const slackMs = had('api-slow') ? 20_000 : had('brownout') ? BROWNOUT_MS : 0;
  const looked = (action: ReadCall['action'], id: string) =>
    reads.findLast(
      (read) =>
        read.by === write.by &&
        read.action === action &&
        read.ids.includes(id) &&
        read.failedWhy === null &&
        read.doneMs <= write.issuedMs &&
        write.issuedMs - read.doneMs <= LOOK_MS_MAX + slackMs,
    );
  const table = looked(readActionOf(write.tableId), write.tableId);
  const violations: Violation[] = [];
  if (table === undefined)
    violations.push(violation('was written without a fresh read of its table'));
  const toId = view.toId ?? '';
  const isGateway = isGatewayId(toId);
  if (!isGateway && looked('DescribeInstanceStatus', toId) === undefined) {
    violations.push(violation('was written without a fresh read of its target'));
  }
  if (!isGateway && looked('DescribeNetworkInterfaces', toId) === undefined) {
    violations.push(violation("was written without a fresh read of its target's interface"));
  }
  return [
    ...violations,
    ...checkOverwrite(view, violation),
    ...checkRecheck(run, probes, view, violation),
    ...checkReadBack(run, view, violation),
  ];
}

/** Who was silent when the plan was made has said nothing until the first of its writes left. */
function checkRecheck(
  run: Run,
  probes: ProbeRecord,
  view: WriteView,
  violation: (what: string) => Violation,
): readonly Violation[] {
  const { write, plannedMs, fromId, isEc2Down, isLinkLost } = view;
  if (!isFailover(view) || fromId === null || isEc2Down || isLinkLost || !view.isSilent) return [];
  const batch = run.account.log.writes.filter(
    ({ by, issuedMs }) => by === write.by && issuedMs >= plannedMs && issuedMs <= write.issuedMs,
  );
  const recheckedMs = Math.min(...batch.map(({ issuedMs }) => issuedMs)) - 1;
  if (isSilent(run, probes, write.by, fromId, recheckedMs)) return [];
  // A death that an earlier leader established lasts until an answer to anybody.
  if (isSilent(run, probes, null, fromId, recheckedMs)) return [];
  return [violation(`left ${fromId}, which had answered again before the write`)];
}

/** What the route led to when it was looked at is what the plan meant to leave. */
function checkOverwrite(
  { leftId, tick, routeKey, write }: WriteView,
  violation: (what: string) => Violation,
): readonly Violation[] {
  const move = tick?.outcomes.find((one) => one.move.routeKey === routeKey)?.move;
  // A write to where it leads already changes nothing.
  if (move === undefined || leftId === move.fromTargetId || leftId === write.targetId) return [];
  if (move.fromTargetId === UNHELD && write.before === null) return [];
  return [
    violation(
      `was meant to leave ${move.fromTargetId} and overwrote ${leftId ?? 'nothing'}, which somebody had put there before`,
    ),
  ];
}

function checkReadBack(
  run: Run,
  { write }: WriteView,
  violation: (what: string) => Violation,
): readonly Violation[] {
  const { clock, log } = run.account;
  const isLived = clock.monotonicMs() - write.issuedMs > READ_BACK_MS;
  const isDead =
    hadFault(run, ['watcher-killed'], write.issuedMs - 1, write.issuedMs + 10_000) ||
    hadFault(run, ['process-frozen'], write.issuedMs - 20_000, write.issuedMs + 10_000);
  if (!isLived || isDead || write.effectMs === null) return [];
  const isRead = log.reads.some(
    (read) =>
      read.by === write.by &&
      read.action === readActionOf(write.tableId) &&
      read.issuedMs >= write.issuedMs &&
      read.issuedMs <= write.issuedMs + READ_BACK_MS,
  );
  return isRead ? [] : [violation('was never read back')];
}

/** S7: a write on the probes' word is made by the leader, which has confirmed its lease moments ago. */
export function checkS7(run: Run, view: WriteView): readonly Violation[] {
  const { write } = view;
  if (view.isEc2Down || isLeaveOfEc2(run, view)) return [];
  const taken = run.account.log.stores.filter(
    (call) =>
      call.kind === 'write' &&
      call.effectMs !== null &&
      // A request to look names the leader that it found.
      call.lease?.leader === call.by,
  );
  const violation = (what: string): readonly Violation[] => [
    { rule: 'S7', atMs: write.issuedMs, what: `${view.routeKey}: ${write.by} ${what}` },
  ];
  const own = taken.findLast(
    ({ by, effectMs }) => by === write.by && (effectMs ?? 0) <= write.issuedMs,
  );
  if (own === undefined) return violation('never led');
  const had = (kind: 'api-slow' | 'brownout') =>
    hadFault(run, [kind], write.issuedMs - 20_000, write.issuedMs);
  const slackMs = had('api-slow') ? 20_000 : had('brownout') ? BROWNOUT_MS : 0;
  if (write.issuedMs - (own.effectMs ?? 0) > LOOK_MS_MAX + slackMs) {
    return violation('had not confirmed its lease just before');
  }
  const token = own.lease?.token ?? 0;
  const newer = taken.find(
    ({ lease, effectMs }) => (lease?.token ?? 0) > token && (effectMs ?? 0) < (own.effectMs ?? 0),
  );
  // A lease that holds garbage is free: its next leader begins to count anew.
  const isSpoilt = hadFault(run, ['store-garbage'], 0, write.issuedMs);
  return newer === undefined || isSpoilt
    ? []
    : violation(`wrote after the newer ${newer.by} had taken the lease`);
}
