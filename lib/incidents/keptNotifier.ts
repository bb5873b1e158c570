/** A teller that outlives its invocation in the same process for as long as the table has not taken what it told. */

import { openTeller, type Teller, type TellerOptions } from './notifier.ts';
import type { RegionPorts } from './ports.ts';

/**
 * While the state table is lost, only the process remembers what people were told: the next invocation in it goes on
 * with the same teller, tells nothing again, and knows what has to end. Parked when flushed with something unwritten,
 * under its ports, which a warm function keeps; taken by one invocation only.
 */
export function openKeptTeller(ports: RegionPorts, options: TellerOptions): Teller {
  const parked = lots.get(ports) ?? new Map<string, Teller>();
  lots.set(ports, parked);
  const before = parked.get(options.scope);
  parked.delete(options.scope);
  before?.resume();
  const teller = before ?? openTeller(ports, options);
  return {
    ...teller,
    async flush(signal) {
      const isRecorded = await teller.flush(signal);
      if (!isRecorded) parked.set(options.scope, teller);
      return isRecorded;
    },
  };
}

const lots = new WeakMap<RegionPorts, Map<string, Teller>>();
