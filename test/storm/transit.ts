/** One storm over transit gateway routes: faults drawn from a seed, every write held against the truth of the account. */
import type { SimAccount } from '../../lib/simulator/account.ts';
import type { TransitWriteCall } from '../../lib/simulator/callLog.ts';
import type { Fault } from '../../lib/simulator/faults.ts';
import { openPoller } from '../../lib/simulator/poller.ts';
import { type Random, seededRandom } from '../../lib/simulator/random.ts';
import type { Poll } from '../../lib/watcher/poll.ts';
import {
  type ScopeWorld,
  TRANSIT_SAFETY,
  type TransitSafety,
} from '../../lib/watcher/scopes/connections.ts';
import {
  ATTACHMENTS,
  STRANGE_ATTACHMENT,
  STRANGER,
  transitAccount,
} from '../builders/transitAccount.ts';

const MINUTE = 60_000;
export const STORM_MS = 40 * MINUTE;
/** Three failovers within an hour keep a route where it is until the first is an hour old. */
const CALM_MS = 75 * MINUTE;
const HOLD_MS = 2 * MINUTE;
/** Function clocks differ by 2 s at most, and what a reading shows may be 7 s old by the time of the write. */
const TOLERANCE_MS = 10_000;
/** Two passes, and the wait for the lease between two invocations. */
const LATE_MS = 35_000;

export interface TransitStorm {
  readonly seed: number;
  /** Left out: all of it. */
  readonly safety?: TransitSafety;
  readonly mode?: 'act' | 'observe';
  /** False: it ends with the storm, and what is left over then is no fault. */
  readonly hasCalm?: boolean;
}

export interface Weathered {
  /** What broke a promise, each with its minute. */
  readonly broken: readonly string[];
  readonly writes: number;
  readonly notified: readonly string[];
  /** By reason. */
  readonly found: ReadonlySet<string>;
}

/** `spoil` makes the product worse, to see that the promises would notice. */
export async function weather(
  { seed, safety = TRANSIT_SAFETY, mode = 'act', hasCalm = true }: TransitStorm,
  spoil: (account: SimAccount) => void = () => {},
): Promise<Weathered> {
  const account = transitAccount(seed);
  const faults = draw(seededRandom(seed).fork('storm'), account);
  for (const { fault, startMs, endMs } of faults) account.faults.add(fault, startMs, endMs);
  spoil(account);
  const broken: string[] = [];
  const found = new Set<string>();
  const stuckSince = new Map<string, number>();
  let last: Poll<ScopeWorld> | null = null;
  const poller = openPoller(account, {
    seed,
    mode,
    holdMs: HOLD_MS,
    safety,
    onPoll: (_, poll) => {
      for (const { reason } of poll.findings) found.add(reason);
      if (mode === 'act') broken.push(...stuck(account, stuckSince));
      last = poll;
    },
  });
  poller.start();
  await account.clock.run(STORM_MS + (hasCalm ? CALM_MS : 0));
  poller.stop();
  await account.clock.run(account.clock.monotonicMs() + MINUTE);
  for (const { by, error } of poller.crashes) broken.push(`${by} crashed: ${String(error)}`);
  const { transitWrites, notifications } = account.log;
  const homes = homesOf(account);
  for (const [index, write] of transitWrites.entries()) {
    for (const line of judge(account, write, transitWrites.slice(0, index), homes)) {
      broken.push(`${at(write.issuedMs)}: ${write.destination} to ${write.attachmentId}: ${line}`);
    }
  }
  if (mode === 'observe' && transitWrites.length > 0) broken.push('written in observe mode');
  const ends: Poll<ScopeWorld> | null = last;
  if (mode === 'act' && hasCalm) broken.push(...atEnd(account, ends, homes));
  return {
    broken,
    writes: transitWrites.length,
    notified: notifications
      .filter(({ answer }) => answer === 'published')
      .map(({ subject }) => subject),
    found,
  };
}

const at = (ms: number): string => `${(ms / MINUTE).toFixed(1)} min`;

const carries = (account: SimAccount, attachmentId: string, ms: number): boolean => {
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

/** By destination: every attachment that its owner, another tool or a pin has ever wanted, with the time. */
function homesOf(account: SimAccount): ReadonlyMap<string, readonly (readonly [number, string])[]> {
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
function judge(
  account: SimAccount,
  write: TransitWriteCall,
  before: readonly TransitWriteCall[],
  homes: ReturnType<typeof homesOf>,
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
  if (!isFailover && !isPinned) lines.push(...tooSoon(account, write, before, homes));
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
  homes: ReturnType<typeof homesOf>,
): readonly string[] {
  const lines: string[] = [];
  const failovers = before.filter(
    (one) =>
      one.destination === destination &&
      one.effectMs !== null &&
      one.before !== null &&
      !samples(account, one.before, one.issuedMs - TOLERANCE_MS, one.issuedMs).isEver,
  );
  // What another tool moves meanwhile is no failover of ours, and may hide one.
  const isDisturbed = (homes.get(destination)?.length ?? 0) > 1 || hasForgotten(account, issuedMs);
  const last = failovers.at(-1);
  if (last !== undefined && !isDisturbed && issuedMs - last.issuedMs < HOLD_MS - TOLERANCE_MS) {
    lines.push('it fails back within the hold-down');
  }
  const within = failovers.filter((one) => issuedMs - one.issuedMs < 60 * MINUTE - TOLERANCE_MS);
  if (within.length >= 3 && !isDisturbed) lines.push('it fails back after three failovers');
  const fromMs = issuedMs - HOLD_MS + TOLERANCE_MS;
  if (!samples(account, attachmentId, fromMs, issuedMs - TOLERANCE_MS).isEver) {
    lines.push('it fails back to what has just come up');
  }
  return lines;
}

/** Stored garbage takes the memory of failovers with it. */
const hasForgotten = (account: SimAccount, ms: number): boolean =>
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
function stuck(account: SimAccount, since: Map<string, number>): readonly string[] {
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
function atEnd(
  account: SimAccount,
  last: Poll<ScopeWorld> | null,
  homes: ReturnType<typeof homesOf>,
): readonly string[] {
  const lines: string[] = [];
  for (const [destination, wanted] of homes) {
    const target = account.transit.targetOf('tgw-rtb-1', destination) ?? '';
    if (!wanted.some(([, id]) => id === target)) lines.push(`${destination} ends on ${target}`);
    const isSimple = wanted.length === 1 && !hasForgotten(account, Number.POSITIVE_INFINITY);
    if (isSimple && target !== wanted[0]?.[1]) lines.push(`${destination} is not home at the end`);
  }
  for (const { reason, severity, subject } of last?.findings ?? []) {
    if (severity !== 'info') lines.push(`at the end: ${reason} ${subject.id}`);
  }
  return last === null ? ['no pass at all'] : lines;
}

interface Drawn {
  readonly fault: Fault;
  readonly startMs: number;
  readonly endMs: number;
}

function draw(random: Random, account: SimAccount): readonly Drawn[] {
  const { customerGateways } = account.vpn.network;
  const connections = account.vpn.network.connections.slice(0, 3);
  return Array.from({ length: random.whole(4, 12) }, (): Drawn => {
    const connection = random.pick(connections);
    const { connectionId } = connection;
    const { outsideIp } = random.pick(connection.tunnels);
    const { customerGatewayId } = random.pick(customerGateways);
    const { destination } = random.pick(account.transit.network.routes.slice(0, 24));
    const dead: Fault = { kind: 'customer-device-dead', customerGatewayId };
    const kinds: readonly Fault[] = [
      dead,
      dead,
      dead,
      dead,
      { kind: 'tunnel-down', connectionId, outsideIp, isBgp: random.chance(0.3) },
      {
        kind: 'tunnel-flapping',
        connectionId,
        outsideIp,
        periodMs: MINUTE * random.whole(2, 6),
        downMs: 10_000 * random.whole(2, 9),
      },
      { kind: 'telemetry-missing', connectionId },
      { kind: 'telemetry-strange', connectionId },
      { kind: 'telemetry-ahead', byMs: random.whole(1, 120) * 1_000 },
      { kind: 'vpn-unreadable', why: 'not accepted (AuthFailure)' },
      { kind: 'vpn-throttled', chance: 0.6 },
      { kind: 'transit-unreadable', why: 'denied (UnauthorizedOperation)' },
      { kind: 'transit-throttled', chance: 0.4 },
      { kind: 'transit-write-refused' },
      {
        kind: 'transit-write-unclear',
        chance: random.whole(2, 10) / 10,
        isAfterEffect: random.chance(0.5),
      },
      {
        kind: 'rival-transit-route',
        tableId: 'tgw-rtb-1',
        destination,
        attachmentId: random.pick(ATTACHMENTS),
      },
      { kind: 'connection-joins', connectionId: STRANGER, group: 'core' },
      { kind: 'connection-joins', connectionId: STRANGER, group: 'core' },
      { kind: 'process-frozen', forMs: 1_000 * random.whole(5, 40) },
      { kind: 'process-frozen', forMs: 1_000 * random.whole(5, 40) },
      { kind: 'watcher-killed' },
      { kind: 'store-unreachable' },
      { kind: 'store-flaky', chance: 0.3 },
      { kind: 'store-garbage' },
      { kind: 'notifications-failing' },
      { kind: 'schedule-missed' },
      { kind: 'person-pauses', forMs: 5 * MINUTE },
      { kind: 'person-pins', group: 'core', instanceId: connectionId, forMs: 8 * MINUTE },
    ];
    const fault = random.pick(kinds);
    const startMs = random.whole(0, STORM_MS - 5 * MINUTE);
    const lastsMs = random.whole(MINUTE / 2, 10 * MINUTE);
    return { fault, startMs, endMs: Math.min(STORM_MS, startMs + lastsMs) };
  });
}
