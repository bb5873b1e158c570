/** A notifier that outlives its invocation in the same process while the state table has not taken what it published. */
import type { Lead } from '../core/lease.ts';
import { type Notifier, type NotifierOptions, openNotifier } from './notifier.ts';
import type { RegionPorts } from './ports.ts';

/**
 * While the state table is lost, only the process remembers what people were notified of: the next invocation in it goes
 * on with the same notifier, repeats nothing, and knows what has to end. Kept under its ports, which a warm function keeps.
 */
export function openKeptNotifier(ports: RegionPorts, options: NotifierOptions): Notifier {
  const kept = notifiers.get(ports) ?? new Map<string, Kept>();
  notifiers.set(ports, kept);
  const before = kept.get(options.scope);
  kept.delete(options.scope);
  before?.follow(options.lead);
  const one = before ?? open(ports, options);
  return {
    tell: one.notifier.tell,
    async flush(signal) {
      const isRecorded = await one.notifier.flush(signal);
      if (!isRecorded) kept.set(options.scope, one);
      return isRecorded;
    },
  };
}

interface Kept {
  readonly notifier: Notifier;
  /** From now on under this leadership. */
  readonly follow: (lead: Lead) => void;
}

function open(ports: RegionPorts, options: NotifierOptions): Kept {
  let { lead } = options;
  const current: Lead = {
    state: () => lead.state(),
    confirm: (signal) => lead.confirm(signal),
    isAfterCrash: () => lead.isAfterCrash(),
  };
  return {
    notifier: openNotifier(ports, { ...options, lead: current }),
    follow(next) {
      lead = next;
    },
  };
}

const notifiers = new WeakMap<RegionPorts, Map<string, Kept>>();
