/** pollConnections as it is deployed: once a minute, now and then a little late, and killed when its time is over. */
import { lookAtConnections } from '../connections.ts';
import type { ConnectionWorld } from '../model/connectionWorld.ts';
import type { Poll } from '../poll.ts';
import type { SimAccount } from './account.ts';
import { type Dice, dice } from './dice.ts';

export interface PollerOptions {
  readonly seed: number | string;
  readonly everyMs: number;
  /** `askedMs`: when the look began, in virtual time. */
  readonly onPoll?: (by: string, poll: Poll<ConnectionWorld>, askedMs: number) => void;
}

export interface Poller {
  start(): void;
  stop(): void;
  /** Looks that ended otherwise than by returning. */
  readonly crashes: { readonly by: string; readonly error: unknown }[];
}

/** As in deploy/pollConnections.yml. */
const LIFE_MS = 55_000;

export function openPoller(account: SimAccount, { seed, everyMs, onPoll }: PollerOptions): Poller {
  const { clock, faults } = account;
  const luck: Dice = dice(seed).fork('poller');
  const stopping = new AbortController();
  const crashes: Poller['crashes'] = [];
  let count = 0;

  async function look(): Promise<void> {
    count += 1;
    const { invocation, ports, connectionPorts } = account.start(`connections-${count}`);
    const askedMs = clock.monotonicMs();
    let isOver = false;
    clock.at(askedMs + LIFE_MS, () => {
      if (!isOver) invocation.kill();
    });
    try {
      const { accountId } = account.estate;
      const options = { accountId, mode: 'act', health: [] } as const;
      const result = await lookAtConnections(
        { ...ports, ...connectionPorts },
        options,
        stopping.signal,
      );
      onPoll?.(invocation.by, result, askedMs);
    } catch (error) {
      crashes.push({ by: invocation.by, error });
    } finally {
      isOver = true;
      account.end(invocation);
    }
  }

  function everyMinute(): void {
    if (stopping.signal.aborted) return;
    const { length } = faults.active('schedule-missed');
    if (length === 0) {
      clock.at(clock.monotonicMs() + 100 * luck.whole(3, 30), () => {
        look().catch((error: unknown) => crashes.push({ by: 'poller', error }));
      });
    }
    clock.at(clock.monotonicMs() + everyMs, everyMinute);
  }

  return { start: everyMinute, stop: () => stopping.abort(), crashes };
}
