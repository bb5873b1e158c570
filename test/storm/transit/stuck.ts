/** Where routes are, not how they came there: none stays on what is dead, and all are home at the end. */
import type { SimAccount } from '../../../lib/simulator/account.ts';
import type { Fault } from '../../../lib/simulator/faults.ts';
import type { Poll } from '../../../lib/watcher/poll/pass.ts';
import type { ScopeWorld } from '../../../lib/watcher/scopes/connectionTypes.ts';
import { ATTACHMENTS } from '../../builders/transitAccount.ts';
import { LATE_MS, MINUTE } from './shape.ts';
import { at, carries, type Homes, hasForgotten } from './writes.ts';

const DISTURBING: ReadonlySet<Fault['kind']> = new Set([
  'transit-unreadable',
  'transit-throttled',
  'transit-write-refused',
  'transit-write-unclear',
  'vpn-unreadable',
  'vpn-throttled',
  'telemetry-missing',
  'telemetry-strange',
  'telemetry-ahead',
  'tunnel-flapping',
  'store-unreachable',
  'store-flaky',
  'store-garbage',
  'schedule-missed',
  'process-frozen',
  'watcher-killed',
  'person-pauses',
  'rival-transit-route',
]);

/** Routes that stay on what is dead while another member carries traffic and nothing is in the way. */
export function stuck(account: SimAccount, since: Map<string, number>): readonly string[] {
  const nowMs = account.clock.monotonicMs();
  const isQuiet = !account.faults.spells.some(
    ({ fault, startMs, endMs }) =>
      DISTURBING.has(fault.kind) && startMs <= nowMs && nowMs < endMs + MINUTE,
  );
  const lines: string[] = [];
  for (const { tableId, destination } of account.transit.network.routes) {
    const target = account.transit.targetOf(tableId, destination) ?? '';
    const key = `${tableId} ${destination}`;
    const isManaged = tableId === 'tgw-rtb-1' && ATTACHMENTS.includes(target);
    const other = ATTACHMENTS.some((one) => one !== target && carries(account, one, nowMs));
    if (!isQuiet || !isManaged || carries(account, target, nowMs) || !other) {
      since.delete(key);
      continue;
    }
    const from = since.get(key) ?? nowMs;
    since.set(key, from);
    if (nowMs - from > LATE_MS)
      lines.push(`${at(nowMs)}: ${key} stays on ${target}, which is dead`);
  }
  return lines;
}

/** After the calm every route is where its owner wanted it last, and nothing is found. */
export function atEnd(
  account: SimAccount,
  last: Poll<ScopeWorld> | null,
  homes: Homes,
): readonly string[] {
  const lines: string[] = [];
  // What was learnt while a route was away is its home then.
  const isForgotten = hasForgotten(account, Number.POSITIVE_INFINITY);
  for (const [destination, wanted] of isForgotten ? [] : homes) {
    const target = account.transit.targetOf('tgw-rtb-1', destination) ?? '';
    if (!wanted.some(([, id]) => id === target)) lines.push(`${destination} ends on ${target}`);
  }
  for (const { reason, severity, subject } of last?.findings ?? []) {
    if (severity !== 'info') lines.push(`at the end: ${reason} ${subject.id}`);
  }
  return last === null ? ['no pass at all'] : lines;
}
