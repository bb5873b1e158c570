/** Plays one failure in a fresh simulated account, and measures what it cuts, what moves, and what is notified. */
import { DEFAULT_POLICY } from '../../appliances/types/policy.ts';
import type { Notification } from '../../incidents/types.ts';
import { AS_DEPLOYED, Deployment } from '../deployment.ts';
import { openFixture } from '../open.ts';
import { openEndpointPoller, openMetricPoller, openPoller } from '../poller.ts';
import type { Roles } from '../roles.ts';
import { type CaseKind, type FailureCase, spellsOf } from './cases.ts';
import { type Loss, openLosses, type PathKind } from './losses.ts';

/** Times are virtual milliseconds since the failure. */
export interface FailureOutcome {
  readonly kind: CaseKind;
  readonly id: string;
  readonly name: string;
  readonly how: string;
  /** `cut-off`: something was still lost when the rehearsal ended. `interrupted`: all came back. `no-loss`: redundancy alone is lost. */
  readonly result: 'cut-off' | 'interrupted' | 'no-loss';
  readonly lost: readonly LostPath[];
  /** Of what came back, the longest; null: nothing was interrupted and came back. */
  readonly outageMs: number | null;
  readonly moved: readonly {
    readonly from: string;
    readonly to: string;
    readonly routeCount: number;
  }[];
  /** Negative: before the failure, as of a CRL that runs out. */
  readonly notified: readonly { readonly afterMs: number; readonly subject: string }[];
  /** What nothing watches, one sentence each. */
  readonly unwatched: readonly string[];
  /** Bugs of vpn-medic. */
  readonly crashes: readonly string[];
}

export interface LostPath {
  readonly kind: PathKind;
  readonly name: string;
  /** Null: until the end. */
  readonly forMs: number | null;
  /** Why it was not moved; null: it came back, or nothing can move it. */
  readonly why: string | null;
}

interface Span {
  readonly startMs: number;
  /** Longest after the failure. */
  readonly afterMs: number;
  readonly stepMs: number;
  readonly isWatched: boolean;
}

const MINUTE_MS = 60_000;
const WATCHED: Span = { startMs: 40_000, afterMs: 150_000, stepMs: 100, isWatched: true };
const POLLED_CONNECTIONS: Span = {
  startMs: 3.5 * MINUTE_MS,
  afterMs: 12 * MINUTE_MS,
  stepMs: 1_000,
  isWatched: false,
};
const POLLED_INTERFACES: Span = {
  startMs: 12 * MINUTE_MS,
  afterMs: 15 * MINUTE_MS,
  stepMs: 5_000,
  isWatched: false,
};
const POLLED_ENDPOINTS: Span = {
  startMs: 70 * MINUTE_MS,
  afterMs: 75 * MINUTE_MS,
  stepMs: 10_000,
  isWatched: false,
};
/** Notifications and writes that follow at once are waited for. */
const SETTLE_MS = 20_000;

const spanOf = (kind: CaseKind): Span => {
  if (kind === 'endpoint' || kind === 'crl') return POLLED_ENDPOINTS;
  if (kind === 'interface') return POLLED_INTERFACES;
  return kind === 'connection' || kind === 'tunnel' || kind === 'device'
    ? POLLED_CONNECTIONS
    : WATCHED;
};

/** `usual`: ids of incidents that are notified without any failure (`usualIncidents`). */
export async function playFailure(
  roles: Roles,
  failure: FailureCase,
  usual: ReadonlySet<string>,
): Promise<FailureOutcome> {
  const span = spanOf(failure.kind);
  const run = openRun(roles, span, failure);
  const { account, clock, nameOf, sent, held, crashes } = run;
  const losses = openLosses(account);
  for (const { fault, startMs, endMs } of spellsOf(failure, span.startMs)) {
    account.faults.add(fault, startMs, endMs);
  }
  await clock.run(span.startMs - 1);
  losses.sample();
  const isNotified = () => sent.some(({ id }) => !usual.has(id));
  const endMs = span.startMs + span.afterMs;
  let quietSinceMs: number | null = null;
  while (clock.monotonicMs() < endMs) {
    await clock.run(clock.monotonicMs() + span.stepMs);
    losses.sample();
    const isOpen = losses.all().some(({ untilMs }) => untilMs === null);
    if (isOpen && span.isWatched) quietSinceMs = null;
    else if (isNotified()) quietSinceMs ??= clock.monotonicMs();
    if (quietSinceMs !== null && clock.monotonicMs() - quietSinceMs >= SETTLE_MS) break;
  }
  const all = losses.all();
  const lost = all.map((loss) => lostPath(loss, held));
  const notified = sent
    .filter(
      ({ id, atMs }) => !usual.has(id) && atMs >= span.startMs - (failure.before?.lastsMs ?? 0),
    )
    .map(({ atMs, subject }) => ({ afterMs: atMs - span.startMs, subject }));
  await run.stop();
  const backs = all.flatMap(({ fromMs, untilMs }) => (untilMs === null ? [] : [untilMs - fromMs]));
  return {
    kind: failure.kind,
    id: failure.id,
    name: failure.name,
    how: failure.how,
    result: lost.some(({ forMs }) => forMs === null)
      ? 'cut-off'
      : lost.length > 0
        ? 'interrupted'
        : 'no-loss',
    lost,
    outageMs: backs.length === 0 ? null : Math.max(...backs),
    moved: movesOf(account, span.startMs, nameOf),
    notified,
    unwatched: unwatchedOf(lost, notified.length),
    crashes: crashes(),
  };
}

/** Ids of incidents that the account has without any failure; by the kinds of cases that are to be played. */
export async function usualIncidents(
  roles: Roles,
  kinds: readonly CaseKind[],
): Promise<ReadonlySet<string>> {
  const ids = new Set<string>();
  for (const span of new Set(kinds.map(spanOf))) {
    const kind = kinds.find((one) => spanOf(one) === span);
    if (kind === undefined) continue;
    const run = openRun(roles, span, { kind });
    await run.clock.run(span.startMs + Math.min(span.afterMs, 5 * MINUTE_MS));
    for (const { id } of run.sent) ids.add(id);
    await run.stop();
  }
  return ids;
}

interface Sent {
  readonly id: string;
  readonly atMs: number;
  readonly subject: string;
}

function openRun(roles: Roles, span: Span, { kind }: Pick<FailureCase, 'kind'>) {
  const seed = 'every';
  const { account, clock, nameOf } = openFixture(roles, seed);
  const sent: Sent[] = [];
  /** By route: why it is held, as of the last tick that held it. */
  const held = new Map<string, string>();
  let isOver = false;
  const note = (notifications: readonly Notification[]) => {
    if (isOver) return;
    const atMs = clock.monotonicMs();
    for (const { state, incidentId: id, subject } of notifications) {
      if (state !== 'resolved') sent.push({ id, atMs, subject });
    }
  };
  const deployment = new Deployment(account, {
    seed,
    policy: DEFAULT_POLICY,
    ...AS_DEPLOYED,
    onTick(_by, { plan }) {
      for (const { routeKey, because } of plan.held) held.set(routeKey, because);
    },
    onNotifications: (_by, notifications) => note(notifications),
  });
  const polled = {
    seed,
    onPoll: (_by: string, poll: { readonly notifications: readonly Notification[] }) =>
      note(poll.notifications),
  };
  const isOfInterfaces = span === POLLED_INTERFACES;
  const isOfConnections = span === POLLED_CONNECTIONS || isOfInterfaces;
  const isOfEndpoints =
    span === POLLED_ENDPOINTS || (kind === 'zone' && roles.endpoints.length > 0);
  const pollers = [
    ...(isOfConnections ? [openPoller(account, polled)] : []),
    ...(isOfEndpoints ? [openEndpointPoller(account, polled)] : []),
    ...(isOfInterfaces ? [openMetricPoller(account, polled)] : []),
  ];
  if (span.isWatched) deployment.start();
  for (const poller of pollers) poller.start();
  return {
    account,
    clock,
    nameOf,
    sent,
    held,
    crashes: () =>
      [...deployment.crashes, ...pollers.flatMap((poller) => poller.crashes)].map(
        ({ by, error }) => `${by}: ${String(error)}`,
      ),
    async stop() {
      isOver = true;
      deployment.stop();
      for (const poller of pollers) poller.stop();
      await clock.run(clock.monotonicMs() + STOP_MS);
    },
  };
}

const STOP_MS = 5_000;

function lostPath(
  { kind, key, name, fromMs, untilMs }: Loss,
  held: ReadonlyMap<string, string>,
): LostPath {
  const forMs = untilMs === null ? null : untilMs - fromMs;
  if (forMs !== null) return { kind, name, forMs, why: null };
  switch (kind) {
    case 'pool':
      return { kind, name, forMs, why: 'a client pool: only this appliance can carry it' };
    case 'unmanaged':
      return { kind, name, forMs, why: 'not managed: its table is not tagged for the group' };
    case 'route':
    case 'transit':
      return { kind, name, forMs, why: held.get(key) ?? null };
    case 'site':
    case 'endpoint':
    case 'direct-connect':
      return { kind, name, forMs, why: null };
    default:
      return kind satisfies never;
  }
}

function movesOf(
  { log, network, transit }: ReturnType<typeof openFixture>['account'],
  sinceMs: number,
  nameOf: (id: string) => string,
): FailureOutcome['moved'] {
  const ownerOf = (interfaceId: string | null) => {
    const owner = network.interfaces.past(interfaceId ?? '').at(-1)?.instanceId;
    return owner == null ? (interfaceId ?? '-') : nameOf(owner);
  };
  const connectionOf = (attachmentId: string | null) =>
    nameOf(transit.connectionOf(attachmentId ?? '') ?? attachmentId ?? '-');
  const moves = [
    ...log.writes.map((one) => ({
      effectMs: one.effectMs,
      from: ownerOf(one.before),
      to: ownerOf(one.targetId),
    })),
    ...log.transitWrites.map((one) => ({
      effectMs: one.effectMs,
      from: connectionOf(one.before),
      to: connectionOf(one.attachmentId),
    })),
  ].filter(({ effectMs }) => effectMs !== null && effectMs >= sinceMs);
  const groups = Map.groupBy(moves, ({ from, to }) => `${from} ${to}`);
  return [...groups.values()].flatMap(([first, ...more]) =>
    first === undefined ? [] : [{ from: first.from, to: first.to, routeCount: more.length + 1 }],
  );
}

/** A loss that is not notified, and routes that nothing moves. */
function unwatchedOf(lost: readonly LostPath[], notifiedCount: number): readonly string[] {
  const unmanaged = lost.filter(({ kind }) => kind === 'unmanaged');
  return [
    ...(notifiedCount === 0 ? ['nothing is notified'] : []),
    ...unmanaged.map(({ name }) => `route ${name} is not managed`),
  ];
}
