/** Puts incident changes on the event bus, beside the notifications: late at worst, and never before them. */

import { openBackground } from '../core/background.ts';
import { eventOf } from './channels/events.ts';
import type { RegionPorts } from './ports.ts';
import type { IncidentChange } from './types.ts';

export interface EventPublisher {
  /** They go in the background; what the bus refuses for the moment is sent again later. */
  send(changes: readonly IncidentChange[], signal: AbortSignal): void;
  /** Waits for what is on its way and tries once more, no longer than the signal lasts. */
  flush(signal: AbortSignal): Promise<void>;
}

const RETRY_MS = 10_000;
/** A large account's zone is ten thousand; more only wait for a bus that is gone: the oldest are given up. */
const WAITING_MAX = 20_000;
/** Written out at a time: of all that waits at once, the texts would be tens of megabytes. */
const SLICE = 100;

export function openEventPublisher({ clock, events, logger }: RegionPorts): EventPublisher {
  const background = openBackground();
  let waiting: readonly IncidentChange[] = [];
  let retryAtMs = Number.NEGATIVE_INFINITY;

  function giveUp(lost: readonly IncidentChange[], why: string): void {
    const [first] = lost;
    if (first === undefined) return;
    const fields = { why, first: first.incident.id };
    logger.write('error', `Events not sent: ${lost.length}`, fields);
    logger.measure({ EventsLost: lost.length });
  }

  /** False: the bus is throttled or fails, and is asked again later. */
  async function deliverSlice(signal: AbortSignal): Promise<boolean> {
    const slice = new Map(waiting.slice(0, SLICE).map((change) => [eventOf(change), change]));
    waiting = waiting.slice(SLICE);
    const unsent = await events.put([...slice.keys()], signal);
    const changesOf = (isWorth: boolean): readonly IncidentChange[] =>
      unsent.flatMap(({ event, isWorthRetrying }) =>
        isWorthRetrying === isWorth ? (slice.get(event) ?? []) : [],
      );
    giveUp(changesOf(false), unsent.find((one) => !one.isWorthRetrying)?.why ?? '');
    const again = changesOf(true);
    if (again.length === 0) return true;
    waiting = [...again, ...waiting];
    retryAtMs = clock.monotonicMs() + RETRY_MS;
    const why = unsent.find((one) => one.isWorthRetrying)?.why;
    logger.write('warn', `Events wait for the bus: ${waiting.length}`, { why });
    return false;
  }

  async function deliver(signal: AbortSignal): Promise<void> {
    while (waiting.length > 0 && !signal.aborted) {
      if (!(await deliverSlice(signal))) return;
    }
  }

  return {
    send(fresh, signal) {
      if (!events.isOpen) return;
      waiting = [...waiting, ...fresh];
      giveUp(waiting.slice(0, -WAITING_MAX), 'too many wait for the bus');
      waiting = waiting.slice(-WAITING_MAX);
      if (waiting.length === 0 || clock.monotonicMs() < retryAtMs) return;
      background.run('events', () => deliver(signal));
    },
    async flush(signal) {
      await background.over('events');
      await deliver(signal);
      giveUp(waiting, 'the invocation ends');
      waiting = [];
    },
  };
}
