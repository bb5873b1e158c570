/** The simulated account has no peerings, private gateways, attachments or PrivateLink endpoints of its own. */
import { known } from '../core/reading.ts';
import type { Clock } from '../core/time.ts';
import type { NetworkPort } from '../network/ports.ts';

export const emptyNetwork = ({ clock }: { readonly clock: Pick<Clock, 'now'> }): NetworkPort => {
  const none = async () => known([], clock.now());
  return {
    peerings: none,
    tables: none,
    gateways: none,
    privateLinks: none,
    attachments: none,
    transitGateways: none,
    transitRoutes: async () => new Map(),
    directConnect: async () => known({ interfaces: [], gateways: [] }, clock.now()),
  };
};
