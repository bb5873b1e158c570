/** Interfaces that appliances had: whether they are gone, or were moved elsewhere. */
import { known } from '../../../core/reading.ts';
import type { Ports } from '../../ports.ts';
import type { LostInterface } from '../../types/inventory.ts';
import { type CachedReading, openCachedReading } from '../cachedReading.ts';
import { AGE_MS } from './ages.ts';

export interface LostInterfaces {
  readonly reading: CachedReading<LostInterface>;
  /** Asks for these by their ids, at once when they are others than before. */
  read(interfaceIds: readonly string[], signal: AbortSignal): Promise<void>;
}

export function openLostInterfaces({ ec2, clock }: Pick<Ports, 'ec2' | 'clock'>): LostInterfaces {
  const reading = openCachedReading<LostInterface>(
    'lost interfaces',
    AGE_MS.interfaces,
    null,
    null,
  );
  let missed = '';
  return {
    reading,
    async read(wanted, signal) {
      if (wanted.join() !== missed) reading.expire();
      missed = wanted.join();
      if (wanted.length === 0) return;
      await reading.readWhenDue(clock, async () => {
        const links = await ec2.interfacesById(wanted, signal);
        if (!links.known) return links;
        const byId = new Map(links.value.map((link) => [link.interfaceId, link]));
        const read = wanted.map((interfaceId) => ({
          interfaceId,
          link: byId.get(interfaceId) ?? null,
        }));
        return known(read, links.at);
      });
    },
  };
}
