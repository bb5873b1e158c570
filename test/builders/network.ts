/** The networks of a region, in which there is nothing but what a test adds. */
import { known } from '../../lib/core/reading.ts';
import type { NetworkWorld } from '../../lib/network/types.ts';
import { NOW } from './facts.ts';

export const aNetworkWorld = (over: Partial<NetworkWorld> = {}): NetworkWorld => ({
  at: NOW,
  region: 'eu-west-1',
  peerings: known([], NOW),
  tables: known([], NOW),
  gateways: known([], NOW),
  privateLinks: known([], NOW),
  attachments: known([], NOW),
  transitTables: new Map(),
  unreadTableIds: [],
  directConnect: known({ interfaces: [], gateways: [] }, NOW),
  ...over,
});
