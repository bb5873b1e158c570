/** Pending maintenance of tunnel endpoints in a simulated account: what AWS answers, what a replacement does, and what breaks a promise. */
import { parseQuiet, quietUntil } from '../../lib/core/quiet.ts';
import type { SimAccount } from '../../lib/simulator/account.ts';
import type { Random } from '../../lib/simulator/random.ts';
import type { VpnNetwork } from '../../lib/simulator/siteToSite.ts';
import { tunnelId } from '../../lib/siteToSite/types/connection.ts';

const MINUTE = 60_000;

/** What is drawn: which endpoints AWS wants to replace, and when that is allowed. */
export interface Maintenance {
  readonly vpn: VpnNetwork;
  /** Ids of tunnels; empty: AWS wants nothing. */
  readonly pending: ReadonlySet<string>;
}

/** A request to replace an endpoint, as it reached AWS. */
interface Asked {
  readonly atMs: number;
  readonly connectionId: string;
  readonly outsideIp: string;
  /** Its tunnel is down until then; null: nothing was pending, or it was lost on its way. */
  readonly downUntilMs: number | null;
  readonly wasPending: boolean;
}

/** In half of the storms: some endpoints are to be replaced, in a window of half an hour to two within the storm. */
export function drawMaintenance(random: Random, vpn: VpnNetwork, startedAt: number): Maintenance {
  if (random.chance(0.5)) return { vpn, pending: new Set() };
  const pending = new Set<string>();
  const connections = vpn.connections.map((connection) => {
    const fromMs = MINUTE * random.whole(0, 50);
    const toMs = fromMs + MINUTE * random.whole(30, 80);
    const time = (ms: number) => new Date(startedAt + ms).toISOString().slice(11, 16);
    const tunnels = connection.tunnels.map((tunnel) => {
      if (random.chance(0.6)) pending.add(tunnelId(connection.connectionId, tunnel.outsideIp));
      const { options } = tunnel;
      return options === null
        ? tunnel
        : { ...tunnel, options: { ...options, hasLifecycleControl: true } };
    });
    const maintenanceWindow = parseQuiet(`${time(fromMs)}-${time(toMs)} UTC`);
    return { ...connection, tunnels, ...(random.chance(0.8) && { maintenanceWindow }) };
  });
  return { vpn: { ...vpn, connections }, pending };
}

/** Makes the account answer for it from now on; every request is recorded. */
export function openMaintenance(
  account: SimAccount,
  { pending }: Maintenance,
  random: Random,
): readonly Asked[] {
  const asked: Asked[] = [];
  const lostShare = random.pick([0, 0, 0.4]);
  const isPending = (id: string) =>
    pending.has(id) &&
    !asked.some(
      (one) => one.downUntilMs !== null && tunnelId(one.connectionId, one.outsideIp) === id,
    );
  const start = account.start.bind(account);
  account.start = (by) => {
    const started = start(by);
    const { vpn, ...others } = started.connectionPorts;
    const maintenance: typeof vpn.maintenance = async (of, signal) => {
      const reading = await vpn.maintenance(of, signal);
      const value = { isPending: isPending(tunnelId(of.connectionId, of.outsideIp)) };
      return reading.known ? { ...reading, value: { ...reading.value, ...value } } : reading;
    };
    const replaceTunnel: typeof vpn.replaceTunnel = async (of, signal) => {
      // Takes effect halfway through the call, whatever becomes of the caller.
      await account.clock.sleep(10 * random.whole(5, 40));
      const atMs = account.clock.monotonicMs();
      const isRefused = !(await vpn.maintenance(of, signal)).known;
      const isLost = random.chance(lostShare);
      const wasPending = isPending(tunnelId(of.connectionId, of.outsideIp));
      const isTaken = wasPending && !isRefused && !(isLost && random.chance(0.5));
      const fromMs = atMs + 1_000 * random.whole(20, 180);
      const untilMs = fromMs + 1_000 * random.whole(30, 240);
      asked.push({ atMs, ...of, wasPending, downUntilMs: isTaken ? untilMs : null });
      if (isTaken)
        account.faults.add({ kind: 'tunnel-down', ...of, isBgp: false }, fromMs, untilMs);
      await started.invocation.pass(10 * random.whole(5, 40), signal);
      if (isRefused) return { kind: 'throttled', why: 'RequestLimitExceeded' };
      if (isLost) return { kind: 'unclear', why: 'no answer in 3 s' };
      return wasPending ? { kind: 'written' } : { kind: 'refused', why: 'nothing is pending' };
    };
    return {
      ...started,
      connectionPorts: { ...others, vpn: { ...vpn, maintenance, replaceTunnel } },
    };
  };
  return asked;
}

/** The clock of a function may be wrong by 2 s, and from the fresh read to the request take up to a second. */
const TOLERANCE_MS = 3_000;
/** So long the other tunnel has been up, and the one before this. */
const STEADY_MS = 5 * MINUTE;
/** Half a minute less than what is left of a window when a replacement begins. */
const LEFT_MS = 14.5 * MINUTE;

/** What a request broke, by the truth: its window, the other tunnel, the order. */
export function checkReplacements(account: SimAccount, asked: readonly Asked[]): readonly string[] {
  const startedAt = account.clock.now() - account.clock.monotonicMs();
  return asked.flatMap((one, index) => {
    const { atMs, connectionId, outsideIp, wasPending } = one;
    const connection = account.vpn.network.connections.find(
      (other) => other.connectionId === connectionId,
    );
    const window = connection?.maintenanceWindow;
    const isOpen = (ms: number) =>
      window?.ok === true &&
      [-TOLERANCE_MS, TOLERANCE_MS].some(
        (by) => quietUntil(window.value, startedAt + ms + by) !== null,
      );
    const others = (connection?.tunnels ?? []).filter((tunnel) => tunnel.outsideIp !== outsideIp);
    const untilMs = atMs - TOLERANCE_MS;
    const fromMs = Math.max(0, untilMs - STEADY_MS + 4 * TOLERANCE_MS);
    const isSteady = others.every((other) => {
      for (let ms = fromMs; ms <= untilMs; ms += 1_000) {
        if (account.vpn.truth(connectionId, other.outsideIp, ms) !== 'up') return false;
      }
      return true;
    });
    const before = asked
      .slice(0, index)
      .some((other) => other.connectionId === connectionId && (other.downUntilMs ?? 0) > untilMs);
    const id = tunnelId(connectionId, outsideIp);
    const minute = Math.round(atMs / MINUTE);
    return [
      ...(isOpen(atMs) && isOpen(atMs + LEFT_MS) ? [] : ['outside its window']),
      ...(isSteady ? [] : ['while its other tunnel was not up for five minutes']),
      ...(before ? ['while the other endpoint is being replaced'] : []),
      ...(wasPending ? [] : ['though nothing is pending']),
    ].map((what) => `${minute} min: ${id} is replaced ${what}`);
  });
}
