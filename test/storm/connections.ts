/**
 * Storm, then calm: faults drawn from a seed strike three connections for two hours of virtual time; each look of
 * pollConnections is held against the truth of the simulated account.
 */
import { readPage } from '../../lib/incidents/store/page.ts';
import type { Incident } from '../../lib/incidents/types.ts';
import { SimAccount } from '../../lib/simulator/account.ts';
import { defaultAccount } from '../../lib/simulator/defaults/account.ts';
import { defaultVpn } from '../../lib/simulator/defaults/siteToSite.ts';
import { USUAL_DELAYS } from '../../lib/simulator/delays.ts';
import type { Fault } from '../../lib/simulator/faults.ts';
import { openPoller } from '../../lib/simulator/poller.ts';
import { type Random, seededRandom } from '../../lib/simulator/random.ts';
import type { TunnelTruth } from '../../lib/simulator/siteToSite.ts';
import type { ConnectionWorld } from '../../lib/siteToSite/types/world.ts';
import type { Poll } from '../../lib/watcher/poll/pass.ts';
import { HERE, TAKEN_AT } from './account.ts';
import { checkReplacements, drawMaintenance, openMaintenance } from './maintenance.ts';

const MINUTE = 60_000;
const STORM_MS = 120 * MINUTE;
/** Changes count as flapping for an hour, and metrics are asked for every 20 minutes. */
const CALM_MS = 100 * MINUTE;
const QUIET_MS = 15 * MINUTE;

export interface Weathered {
  readonly faults: readonly Fault[];
  /** What broke a promise, each with its time. */
  readonly broken: readonly string[];
  readonly lastFindings: readonly string[];
  readonly openAtEnd: number;
  readonly notificationsInQuiet: readonly string[];
  readonly notified: readonly string[];
  /** Endpoints that were replaced. */
  readonly replacedCount: number;
}

/** `spoil` makes the product worse, to see that the promises would notice. */
export async function connectionStorm(
  seed: number,
  spoil: (world: SimAccount) => void = () => {},
): Promise<Weathered> {
  const random = seededRandom(seed).fork('storm');
  const drawn = random.fork('maintenance');
  const maintenance = drawMaintenance(drawn, defaultVpn(TAKEN_AT), TAKEN_AT);
  const account = new SimAccount({
    snapshot: defaultAccount(TAKEN_AT),
    seed,
    vantages: [HERE],
    pace: USUAL_DELAYS,
    skewMsMax: 2_000,
    vpn: maintenance.vpn,
  });
  const asked = openMaintenance(account, maintenance, drawn.fork('answers'));
  const faults = draw(random, account);
  for (const { fault, startMs, endMs } of faults) account.faults.add(fault, startMs, endMs);
  spoil(account);
  const broken: string[] = [];
  let before: ReadonlySet<string> = new Set();
  const isOver = openResolutions(account);
  let last: Poll<ConnectionWorld> | null = null;
  const poller = openPoller(account, {
    seed,
    everyMs: MINUTE,
    onPoll: (_, poll, askedMs) => {
      const now = new Set(keysOf(poll));
      for (const line of [...judge(account, poll, askedMs, before), ...isOver(askedMs)]) {
        broken.push(`${Math.round(askedMs / MINUTE)} min: ${line}`);
      }
      before = now;
      last = poll;
    },
  });
  poller.start();
  await account.clock.run(STORM_MS + CALM_MS + QUIET_MS);
  poller.stop();
  await account.clock.run(account.clock.monotonicMs() + MINUTE);
  for (const { by, error } of poller.crashes) broken.push(`${by} crashed: ${String(error)}`);
  broken.push(...checkReplacements(account, asked));
  const notified = account.log.notifications.filter(({ answer }) => answer === 'published');
  return {
    faults: faults.map(({ fault }) => fault),
    broken,
    lastFindings: last === null ? ['no look at all'] : keysOf(last),
    openAtEnd: openIncidents(account),
    notificationsInQuiet: notified
      .filter(({ atMs }) => atMs > STORM_MS + CALM_MS)
      .map(({ subject }) => subject),
    notified: notified.map(({ subject }) => subject),
    replacedCount: asked.filter(({ downUntilMs }) => downUntilMs !== null).length,
  };
}

/** What AWS wants goes on until it is done: that is no trouble that a calm ends. */
const PENDING = 'TunnelMaintenancePending';

const keysOf = ({ findings }: Poll<ConnectionWorld>): readonly string[] =>
  findings
    .filter(({ severity, reason }) => severity !== 'info' && reason !== PENDING)
    .map(({ reason, subject }) => `${reason} ${subject.id}`);

/** The promises, held against the truth while the look was on its way (it may have changed meanwhile). */
function judge(
  account: SimAccount,
  { world, findings }: Poll<ConnectionWorld>,
  askedMs: number,
  before: ReadonlySet<string>,
): readonly string[] {
  const lines: string[] = [];
  const nowMs = account.clock.monotonicMs();
  const truths = (connectionId: string, ip: string) =>
    new Set(
      [askedMs, askedMs + 30, (askedMs + nowMs) / 2, nowMs].map((at) =>
        account.vpn.truth(connectionId, ip, at),
      ),
    );
  for (const { connectionId, tunnels } of account.vpn.network.connections) {
    const could = tunnels.map(({ outsideIp }) => truths(connectionId, outsideIp));
    const isFound = (reason: string) =>
      findings.some((one) => one.reason === reason && one.subject.id === connectionId);
    const isDown = isFound('ConnectionDown') || isFound('BgpDown');
    const wasDown =
      before.has(`ConnectionDown ${connectionId}`) || before.has(`BgpDown ${connectionId}`);
    const isSeenUp = tunnels.some(({ outsideIp }, index) => {
      const can = could[index];
      return can !== undefined && isSurelyUp(can) && !isCarried(world, connectionId, outsideIp);
    });
    if (isDown && !wasDown && isSeenUp) {
      lines.push(`${connectionId} is called down, and a tunnel is up`);
    }
    if (isDown && !wasDown && !world.connections.known)
      lines.push(`${connectionId} is called down unseen`);
    const shown = world.connections.known
      ? world.connections.value.find((one) => one.connectionId === connectionId)
      : undefined;
    // What is being deleted is judged by what was known of it before.
    const told = shown?.state === 'deleting' ? [] : (shown?.tunnels ?? []);
    const statuses = told.map(({ status, acceptedRouteCount }) =>
      status === 'up' && acceptedRouteCount === 0 ? 'no-routes' : status,
    );
    if (statuses.includes('up') && isDown)
      lines.push(`${connectionId} is called down, and AWS says that a tunnel is up`);
    const isSurelyDown =
      statuses.length === 2 &&
      statuses.every((status) => status === 'down' || status === 'no-routes');
    if (isSurelyDown && !isDown) lines.push(`${connectionId} is down, and not called so`);
    for (const [index, { outsideIp }] of tunnels.entries()) {
      const id = `${connectionId}/${outsideIp}`;
      const isTunnelDown = findings.some(
        ({ reason, subject }) =>
          (reason === 'TunnelDown' || reason === 'BgpDown') && subject.id === id,
      );
      const isNew = !before.has(`TunnelDown ${id}`) && !before.has(`BgpDown ${id}`) && !wasDown;
      // What flaps is told as down only after a while of it.
      const wasFlapping = before.has(`TunnelFlapping ${id}`);
      const can = could[index];
      if (
        isTunnelDown &&
        isNew &&
        !wasFlapping &&
        !isCarried(world, connectionId, outsideIp) &&
        can !== undefined &&
        isSurelyUp(can)
      ) {
        lines.push(`${id} is called down, and is up`);
      }
    }
  }
  return lines;
}

const isSurelyUp = (truths: ReadonlySet<TunnelTruth>): boolean =>
  [...truths].every((truth) => truth === 'up');

/** What is recorded as over since the last poll, though it was broken all the time since the poll began (S13). */
function openResolutions(account: SimAccount): (askedMs: number) => readonly string[] {
  const over = new Set<string>();
  return (askedMs) =>
    incidentsOf(account).flatMap((incident) => {
      const { id, openedAt, resolvedAt, reason, subject } = incident;
      const key = `${id} ${openedAt}`;
      if (resolvedAt === null || over.has(key)) return [];
      over.add(key);
      return isBroken(account, reason, subject.id, askedMs)
        ? [`${subject.id} ${reason} is over, and it is broken`]
        : [];
    });
}

/** Of reasons that say that a tunnel, a connection or a site carries nothing, or nearly so. */
function isBroken(account: SimAccount, reason: string, id: string, fromMs: number): boolean {
  const { vpn, clock } = account;
  const nowMs = clock.monotonicMs();
  const ups = vpn.network.connections.flatMap(({ connectionId, site, tunnels }) =>
    tunnels.flatMap(({ outsideIp }) => {
      const wasUp = [fromMs, fromMs + 30, (fromMs + nowMs) / 2, nowMs].some(
        (atMs) => vpn.truth(connectionId, outsideIp, atMs) === 'up',
      );
      return wasUp ? [[connectionId, `${connectionId}/${outsideIp}`, `site/${site}`]] : [];
    }),
  );
  const count = ups.filter((ids) => ids.includes(id)).length;
  return count < (FEWEST_UP[reason] ?? 0);
}

/** So many tunnels are up when it is over. */
const FEWEST_UP: Readonly<Record<string, number>> = {
  ConnectionDown: 1,
  LongDown: 1,
  TunnelDown: 1,
  BgpDown: 1,
  NoRoutesAccepted: 1,
  SiteDown: 1,
  RedundancyLost: 2,
};

/** Its status at this look is not known, so what was known before counts. */
function isCarried(world: ConnectionWorld, connectionId: string, outsideIp: string): boolean {
  if (!world.connections.known) return true;
  const connection = world.connections.value.find((one) => one.connectionId === connectionId);
  if (connection?.state === 'deleting') return true;
  return connection?.tunnels.find((one) => one.outsideIp === outsideIp)?.status == null;
}

const incidentsOf = (account: SimAccount): readonly Incident[] =>
  [...account.table.bodies()]
    .filter(([id]) => id.startsWith('incidents#eu-west-1#connections#'))
    .flatMap(([, body]) => readPage(body).incidents);

const openIncidents = (account: SimAccount): number =>
  incidentsOf(account).filter(({ resolvedAt, reason }) => resolvedAt === null && reason !== PENDING)
    .length;

interface Drawn {
  readonly fault: Fault;
  readonly startMs: number;
  readonly endMs: number;
}

function draw(random: Random, account: SimAccount): readonly Drawn[] {
  const { connections, customerGateways } = account.vpn.network;
  const blackout: readonly Drawn[] = customerGateways.slice(0, 2).map(({ customerGatewayId }) => ({
    fault: { kind: 'customer-device-dead', customerGatewayId },
    startMs: 40 * MINUTE,
    endMs: 50 * MINUTE,
  }));
  const single = Array.from({ length: random.whole(8, 25) }, (): Drawn => {
    const connection = random.pick(connections);
    const { connectionId } = connection;
    const { outsideIp } = random.pick(connection.tunnels);
    const { customerGatewayId } = random.pick(customerGateways);
    const kinds: readonly Fault[] = [
      { kind: 'tunnel-down', connectionId, outsideIp, isBgp: random.chance(0.3) },
      { kind: 'tunnel-down', connectionId, outsideIp, isBgp: random.chance(0.3) },
      { kind: 'customer-device-dead', customerGatewayId },
      {
        kind: 'tunnel-flapping',
        connectionId,
        outsideIp,
        periodMs: MINUTE * random.whole(2, 12),
        downMs: 10_000 * random.whole(1, 9),
      },
      { kind: 'routes-withdrawn', connectionId, outsideIp },
      { kind: 'routes-withdrawn', connectionId, outsideIp },
      { kind: 'connection-word', connectionId, word: random.pick(WORDS) },
      { kind: 'tunnel-unlisted', connectionId, outsideIp },
      { kind: 'telemetry-missing', connectionId },
      { kind: 'telemetry-strange', connectionId },
      { kind: 'telemetry-ahead', byMs: random.whole(1, 120) * 1_000 },
      { kind: 'vpn-unreadable', why: 'not accepted (AuthFailure)' },
      { kind: 'vpn-throttled', chance: 0.6 },
      {
        kind: 'metrics-trouble',
        trouble: { throttledChance: 0.7, partialChance: 0.2, absurdChance: 0.3 },
      },
      { kind: 'metrics-missing', connectionId },
      { kind: 'store-unreachable' },
      { kind: 'store-flaky', chance: 0.3 },
      { kind: 'store-garbage' },
      { kind: 'notifications-failing' },
      { kind: 'schedule-missed' },
    ];
    const startMs = random.whole(0, STORM_MS - 10 * MINUTE);
    const lastsMs = random.whole(MINUTE / 2, 25 * MINUTE);
    return { fault: random.pick(kinds), startMs, endMs: Math.min(STORM_MS, startMs + lastsMs) };
  });
  // What AWS calls deleting, or leaves out, for ten minutes on end is taken for gone.
  const absent = connections.flatMap(({ connectionId }): readonly Drawn[] => {
    const startMs = random.whole(0, STORM_MS - 10 * MINUTE);
    const endMs = startMs + MINUTE * random.whole(1, 8);
    return [
      { fault: { kind: 'connection-unlisted' as const, connectionId }, startMs, endMs },
      {
        fault: { kind: 'connection-word' as const, connectionId, word: 'deleting' },
        startMs,
        endMs,
      },
    ].filter(() => random.chance(0.3));
  });
  return [...(random.chance(0.3) ? blackout : []), ...single, ...absent];
}

const WORDS = ['modifying', 'UPDATING', ''];
