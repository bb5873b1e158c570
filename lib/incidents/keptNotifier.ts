/** A teller that outlives its invocation in the same process for as long as the table has not taken what it told. */

import { type Notifier, type NotifierOptions, openNotifier } from './notifier.ts';
import type { RegionPorts } from './ports.ts';

/**
 * While the state table is lost, only the process remembers what people were told: the next invocation in it goes on
 * with the same teller, tells nothing again, and knows what has to end. Parked when flushed with something unwritten,
 * under its ports, which a warm function keeps; taken by one invocation only.
 */
export function openKeptNotifier(ports: RegionPorts, options: NotifierOptions): Notifier {
  const parked = lots.get(ports) ?? new Map<string, Notifier>();
  lots.set(ports, parked);
  const before = parked.get(options.scope);
  parked.delete(options.scope);
  before?.resume();
  const notifier = before ?? openNotifier(ports, options);
  return {
    ...notifier,
    async flush(signal) {
      const isRecorded = await notifier.flush(signal);
      if (!isRecorded) parked.set(options.scope, notifier);
      return isRecorded;
    },
  };
}

const lots = new WeakMap<RegionPorts, Map<string, Notifier>>();
