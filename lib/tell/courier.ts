/** Takes incident changes to the event bus, beside the notices: late at worst, and never in their way. */
import { openChores } from '../pace.ts';
import type { BusEvent } from '../ports/events.ts';
import type { RegionPorts } from '../ports.ts';

export interface Courier {
  /** They go in the background; what the bus refuses for the moment is sent again later. */
  send(events: readonly BusEvent[], signal: AbortSignal): void;
  /** Waits for what is on its way and tries once more, no longer than the signal lasts. */
  flush(signal: AbortSignal): Promise<void>;
}

const RETRY_MS = 10_000;
/** More than that only pile up behind a bus that is gone: the oldest are given up. */
const WAITING_MAX = 1_000;

export function openCourier({ clock, events, journal }: RegionPorts): Courier {
  const chores = openChores();
  let waiting: readonly BusEvent[] = [];
  let retryAtMs = Number.NEGATIVE_INFINITY;

  function giveUp(lost: readonly BusEvent[], why: string): void {
    if (lost.length === 0) return;
    const [first] = lost;
    journal.write('error', `Events not sent: ${lost.length}`, { why, first: first?.id ?? null });
  }

  async function deliver(signal: AbortSignal): Promise<void> {
    const batch = waiting;
    waiting = [];
    const unsent = await events.put(batch, signal);
    const again = unsent.filter(({ isWorthRetrying }) => isWorthRetrying);
    const lost = unsent.filter(({ isWorthRetrying }) => !isWorthRetrying);
    giveUp(
      lost.map(({ event }) => event),
      lost[0]?.why ?? '',
    );
    if (again.length === 0) return;
    retryAtMs = clock.monotonicMs() + RETRY_MS;
    waiting = [...again.map(({ event }) => event), ...waiting];
    journal.write('warn', `Events wait for the bus: ${waiting.length}`, { why: again[0]?.why });
  }

  return {
    send(fresh, signal) {
      if (!events.isOpen) return;
      waiting = [...waiting, ...fresh];
      giveUp(waiting.slice(0, -WAITING_MAX), 'too many wait for the bus');
      waiting = waiting.slice(-WAITING_MAX);
      if (waiting.length === 0 || clock.monotonicMs() < retryAtMs) return;
      chores.run('events', () => deliver(signal));
    },
    async flush(signal) {
      await chores.over('events');
      if (waiting.length > 0) await deliver(signal);
      giveUp(waiting, 'the invocation ends');
      waiting = [];
    },
  };
}
