/** Runs polling functions as deployed: on a schedule, with start delays, and killed at their timeout. */

import { DEFAULT_POLICY } from '../appliances/types/policy.ts';
import type { EndpointWorld } from '../clientVpn/types/world.ts';
import type { Notification } from '../incidents/types.ts';
import { rowsOf } from '../metrics/table.ts';
import type { MetricWorld } from '../metrics/types.ts';
import type { Poll } from '../watcher/poll/pass.ts';
import { poll } from '../watcher/poll.ts';
import { lookAtConnections, loopOf } from '../watcher/scopes/connections.ts';
import type { ScopeWorld, TransitSafety } from '../watcher/scopes/connectionTypes.ts';
import { endpointStages, metricStages } from '../watcher/scopes/endpoints.ts';
import type { SimAccount, Started } from './account.ts';
import { type Random, seededRandom } from './random.ts';

export interface PollerOptions<World> {
  readonly seed: number | string;
  /** Left out: as deployed. */
  readonly everyMs?: number;
  /** `askedMs`: when the poll began, in virtual time. */
  readonly onPoll?: (by: string, poll: Poll<World>, askedMs: number) => void;
}

export interface ConnectionPollerOptions extends PollerOptions<ScopeWorld> {
  readonly mode?: 'act' | 'observe';
  readonly holdMs?: number;
  /** Left out: all of them. */
  readonly safety?: TransitSafety;
  /** False: one pass a minute also while a group of connections exists. Left out: as deployed. */
  readonly loops?: boolean;
}

export interface Poller {
  start(): void;
  stop(): void;
  /** Polls that threw. */
  readonly crashes: { readonly by: string; readonly error: unknown }[];
}

/** pollConnections. */
export function openPoller(account: SimAccount, options: ConnectionPollerOptions): Poller {
  const { mode = 'act', holdMs = DEFAULT_POLICY.holdMs, safety, loops = true, onPoll } = options;
  const { clock } = account;
  return openPolls(
    account,
    CONNECTIONS,
    options,
    async ({ ports, connectionPorts, invocation }, signal) => {
      const { accountId } = account.network;
      const at = {
        accountId,
        mode,
        holdMs,
        health: [],
        ...(safety === undefined ? {} : { safety }),
      };
      const beganMs = clock.monotonicMs();
      let askedMs = beganMs;
      // What the whole poll returns holds those of its passes again.
      const polledOnes = new Set<Notification>();
      const loop = loopOf(
        () => beganMs + CONNECTIONS.lifeMs - clock.monotonicMs(),
        (polled) => {
          onPoll?.(invocation.by, polled, askedMs);
          for (const one of polled.notifications) polledOnes.add(one);
          askedMs = clock.monotonicMs();
        },
      );
      const whole = await lookAtConnections(
        { ...ports, ...connectionPorts },
        at,
        signal,
        loops ? loop : null,
      );
      return whole === null
        ? null
        : { ...whole, notifications: whole.notifications.filter((one) => !polledOnes.has(one)) };
    },
  );
}

/** pollEndpoints, without its metrics table. */
export const openEndpointPoller = (
  account: SimAccount,
  options: PollerOptions<EndpointWorld>,
): Poller =>
  openPolls(account, ENDPOINTS, options, ({ ports, endpointObserver }, signal) => {
    const { accountId } = account.network;
    const observer = { region: ports.region, clock: ports.clock, ...endpointObserver };
    const scope = { accountId, regionCount: 1, policy: DEFAULT_POLICY };
    return poll(ports, endpointStages(observer, scope), 'act', signal);
  });

/** The metrics table of pollEndpoints. */
export const openMetricPoller = (
  account: SimAccount,
  options: PollerOptions<MetricWorld>,
): Poller =>
  openPolls(account, ENDPOINTS, options, ({ ports, metricObserver }, signal) => {
    const { region, clock } = ports;
    const observer = { region, clock, ...metricObserver };
    const { accountId } = account.network;
    return poll(ports, metricStages(observer, accountId, rowsOf(region, true)), 'act', signal);
  });

interface Polled {
  readonly name: string;
  readonly everyMs: number;
  /** The function's timeout. */
  readonly lifeMs: number;
}

/** As in deploy/pollConnections.yml and deploy/pollEndpoints.yml. */
const CONNECTIONS: Polled = { name: 'connections', everyMs: 60_000, lifeMs: 90_000 };
const ENDPOINTS: Polled = { name: 'endpoints', everyMs: 60_000, lifeMs: 60_000 };

function openPolls<World>(
  account: SimAccount,
  { name, everyMs: usuallyMs, lifeMs }: Polled,
  { seed, everyMs = usuallyMs, onPoll }: PollerOptions<World>,
  pollOnce: (started: Started, signal: AbortSignal) => Promise<Poll<World> | null>,
): Poller {
  const { clock, faults } = account;
  const random: Random = seededRandom(seed).fork(
    name === 'connections' ? 'poller' : `poller of ${name}`,
  );
  const stopping = new AbortController();
  const crashes: Poller['crashes'] = [];
  let count = 0;

  async function look(): Promise<void> {
    // It was due before the schedule ended, and would only see its own calls aborted.
    if (stopping.signal.aborted) return;
    count += 1;
    const started = account.start(`${name}-${count}`);
    const { invocation } = started;
    const askedMs = clock.monotonicMs();
    let isOver = false;
    clock.at(askedMs + lifeMs, () => {
      if (!isOver) invocation.kill();
    });
    try {
      const polled = await pollOnce(started, stopping.signal);
      if (polled !== null) onPoll?.(invocation.by, polled, askedMs);
    } catch (error) {
      crashes.push({ by: invocation.by, error });
    } finally {
      isOver = true;
      account.end(invocation);
    }
  }

  function onSchedule(): void {
    if (stopping.signal.aborted) return;
    if (!faults.isActive('schedule-missed')) {
      clock.at(clock.monotonicMs() + 100 * random.whole(3, 30), () => {
        look().catch((error: unknown) => crashes.push({ by: 'poller', error }));
      });
    }
    clock.at(clock.monotonicMs() + everyMs, onSchedule);
  }

  return { start: onSchedule, stop: () => stopping.abort(), crashes };
}
