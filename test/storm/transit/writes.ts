/** What every write of a storm over transit gateway routes is held against: the truth of the account. */
import type { SimAccount } from '../../../lib/simulator/account.ts';
import type { TransitWriteCall } from '../../../lib/simulator/callLog.ts';
import { STRANGE_ATTACHMENT } from '../../builders/transitAccount.ts';
import { LATE_MS, MINUTE } from './shape.ts';

/** Function clocks differ by 2 s at most, and what a reading shows may be 7 s old by the time of the write. */
const TOLERANCE_MS = 10_000;

export const at = (ms: number): string => `${(ms / MINUTE).toFixed(1)} min`;

export const carries = (account: SimAccount, attachmentId: string, ms: number): boolean => {
  const connectionId = account.transit.connectionOf(attachmentId);
  const connection = account.vpn.network.connections.find(
    (one) => one.connectionId === connectionId,
  );
  return (
    connection?.tunnels.some(
      ({ outsideIp }) => account.vpn.truth(connection.connectionId, outsideIp, ms) === 'up',
    ) === true
  );
};

/** Whether it carried traffic at any moment, or at every moment, of a time. */
function samples(account: SimAccount, attachmentId: string, fromMs: number, toMs: number) {
  const step = Math.max(250, (toMs - fromMs) / 400);
  const ups: boolean[] = [];
  for (let ms = Math.max(0, fromMs); ms <= toMs; ms += step) {
    ups.push(carries(account, attachmentId, ms));
  }
  return { isEver: ups.some(Boolean), isAlways: ups.every(Boolean) };
}

export type Homes = ReadonlyMap<string, readonly (readonly [number, string])[]>;

/** By destination: every attachment that its owner, another tool or a pin has ever wanted, with the time. */
export function homesOf(account: SimAccount): Homes {
  const homes = new Map<string, (readonly [number, string])[]>();
  for (const { tableId, destination, attachmentId } of account.transit.network.routes) {
    if (tableId === 'tgw-rtb-1') homes.set(destination, [[0, attachmentId]]);
  }
  for (const { fault, startMs } of account.faults.spells) {
    if (fault.kind === 'rival-transit-route') {
      homes.get(fault.destination)?.push([startMs, fault.attachmentId]);
    }
    if (fault.kind === 'person-pins') {
      const pinned = account.transit.network.attachments.find(
        ({ connectionId }) => connectionId === fault.instanceId,
      );
      for (const list of homes.values()) list.push([startMs, pinned?.attachmentId ?? '']);
    }
  }
  return homes;
}

/** The promises about one write. */
export function judge(
  account: SimAccount,
  write: TransitWriteCall,
  before: readonly TransitWriteCall[],
  homes: Homes,
  holdMs: number,
): readonly string[] {
  const { tableId, destination, attachmentId, issuedMs, before: from, by } = write;
  const lines: string[] = [];
  const own = homes.get(destination);
  if (tableId !== 'tgw-rtb-1' || own === undefined) return ['it is not managed'];
  const seenMs = issuedMs - TOLERANCE_MS;
  if (attachmentId === STRANGE_ATTACHMENT && !hasForgotten(account, issuedMs)) {
    lines.push('its target is a stranger');
  }
  if (!samples(account, attachmentId, seenMs, issuedMs).isEver) {
    lines.push('its target carries nothing');
  }
  const isFailover = from === null || !samples(account, from, seenMs, issuedMs).isAlways;
  const wanted = own.filter(([ms]) => ms <= issuedMs).map(([, id]) => id);
  if (!isFailover && !wanted.includes(attachmentId)) {
    lines.push('it leaves a connection that carries traffic, and nobody wanted it there');
  }
  const isPinned = account.faults.spells.some(
    ({ fault, startMs, endMs }) =>
      fault.kind === 'person-pins' && startMs <= issuedMs && issuedMs <= endMs + LATE_MS,
  );
  if (!isFailover && !isPinned) lines.push(...tooSoon(account, write, before, homes, holdMs));
  if (pausedSince(account, issuedMs) > 5_000) lines.push('writes were paused');
  if (leaderAt(account, issuedMs) !== by) lines.push('another process led');
  const recent = before.filter((one) => issuedMs - one.issuedMs < MINUTE);
  const tries = recent.filter(
    (one) =>
      one.destination === destination &&
      one.attachmentId === attachmentId &&
      one.answer.kind === 'refused',
  );
  if (tries.length >= 5) lines.push('it was refused five times within the minute');
  const passMs = lastPassMs(account, by, issuedMs);
  const burst = before.filter((one) => one.by === by && one.issuedMs > passMs);
  if (burst.length >= 20) lines.push('it is more than the budget of a pass');
  return lines;
}

/** When this process ended a pass last; negative: never before. */
const lastPassMs = (account: SimAccount, by: string, ms: number): number =>
  account.log.logger.findLast(
    (line) => line.by === by && line.atMs < ms && line.message.startsWith('Looked at'),
  )?.atMs ?? -1;

/** A failback: neither soon after a failover, nor to what has just come up, nor after three failovers within an hour. */
function tooSoon(
  account: SimAccount,
  { destination, attachmentId, issuedMs }: TransitWriteCall,
  before: readonly TransitWriteCall[],
  homes: Homes,
  holdMs: number,
): readonly string[] {
  const lines: string[] = [];
  const home = homes.get(destination)?.[0]?.[1];
  const failovers = before.filter(
    (one) =>
      one.destination === destination &&
      one.effectMs !== null &&
      one.before !== null &&
      one.attachmentId !== home &&
      !samples(account, one.before, one.issuedMs - TOLERANCE_MS, one.issuedMs).isAlways,
  );
  // What another tool moves meanwhile is no failover of ours, and may hide one.
  const isDisturbed = (homes.get(destination)?.length ?? 0) > 1 || hasForgotten(account, issuedMs);
  const last = failovers.at(-1);
  if (last !== undefined && !isDisturbed && issuedMs - last.issuedMs < holdMs - TOLERANCE_MS) {
    lines.push('it fails back within the hold-down');
  }
  const within = failovers.filter((one) => issuedMs - one.issuedMs < 60 * MINUTE - TOLERANCE_MS);
  if (within.length >= 3 && !isDisturbed) lines.push('it fails back after three failovers');
  const fromMs = issuedMs - holdMs + TOLERANCE_MS;
  if (!samples(account, attachmentId, fromMs, issuedMs - TOLERANCE_MS).isEver) {
    lines.push('it fails back to what has just come up');
  }
  return lines;
}

/** Stored garbage takes the memory of failovers with it. */
export const hasForgotten = (account: SimAccount, ms: number): boolean =>
  account.faults.spells.some(
    ({ fault, startMs }) => fault.kind === 'store-garbage' && startMs <= ms,
  );

/** For how long writes had been paused then; garbage may have ended the pause, and the end of one pause ends another. */
function pausedSince(account: SimAccount, ms: number): number {
  const { spells } = account.faults;
  const spell = spells.find(({ fault, startMs, endMs }) => {
    if (fault.kind !== 'person-pauses') return false;
    const untilMs = Math.min(endMs, startMs + fault.forMs);
    const isEnded = spells.some(
      (other) =>
        (other.fault.kind === 'person-pauses' && startMs <= other.endMs && other.endMs <= ms) ||
        (other.fault.kind === 'store-garbage' && startMs <= other.startMs && other.startMs <= ms),
    );
    return startMs <= ms && ms < untilMs && !isEnded;
  });
  return spell === undefined ? 0 : ms - spell.startMs;
}

/** Who wrote the lease of the connections last. */
function leaderAt(account: SimAccount, ms: number): string | null {
  const writes = account.log.stores.filter(
    ({ kind, ids, effectMs }) =>
      kind === 'write' &&
      ids.includes('lease#eu-west-1#connections') &&
      effectMs !== null &&
      effectMs <= ms,
  );
  return writes.at(-1)?.by ?? null;
}
