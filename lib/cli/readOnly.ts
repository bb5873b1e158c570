/** Ports that cannot write. */

import type { Ports } from '../appliances/ports.ts';
import type { StorePort } from '../core/ports.ts';

/** Ports that read and refuse to write: a write through them is a bug, and throws. */
export function readOnly(
  ports: Pick<Ports, 'region' | 'clock' | 'ec2' | 'probes'> & {
    readonly store: Pick<StorePort, 'read'>;
  },
): Ports {
  const { region, clock, ec2, probes, store } = ports;
  return {
    region,
    clock,
    probes,
    ec2: { ...ec2, replaceRoute: () => forbid('a route') },
    store: {
      read: (ids, signal) => store.read(ids, signal),
      write: () => forbid('the state table'),
    },
    hooks: { complete: () => forbid('a lifecycle action') },
    events: { isOpen: false, put: () => forbid('an event') },
    notifications: { publish: () => forbid('a notification') },
    logger: {
      write: () => refuse('the log'),
      measure: () => refuse('a metric'),
      measureEach: () => refuse('a metric'),
    },
  };
}

function refuse(what: string): never {
  throw new Error(`writing ${what} from a command that only reads`);
}

const forbid = async (what: string): Promise<never> => refuse(what);
