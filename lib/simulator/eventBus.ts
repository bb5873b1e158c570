/** The event bus of the simulated account. */
import type { EventPort } from '../incidents/ports.ts';
import type { Invocation } from './invocation.ts';
import type { Parts } from './parts.ts';

export function simEvents({ clock, faults, log, random }: Parts, self: Invocation): EventPort {
  return {
    isOpen: true,
    async put(events, signal) {
      await self.pass(10 * random.notifications.whole(1, 4), signal);
      const isFailing = faults.isActive('events-refused') || signal.aborted;
      const answer = isFailing ? ('failed' as const) : ('sent' as const);
      for (const { id, detailType, detail } of events) {
        log.events.push({ by: self.by, atMs: clock.monotonicMs(), id, detailType, detail, answer });
      }
      const why = 'events:PutEvents: no answer in 3 s';
      return isFailing ? events.map((event) => ({ event, why, isWorthRetrying: true })) : [];
    },
  };
}
