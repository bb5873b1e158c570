/** The account of a rehearsal without a snapshot: two groups in three zones. */

import type { Instant } from '../../core/time.ts';
import { layOut } from '../layout.ts';
import type { Snapshot } from '../snapshot.ts';

/** 15 managed routes with IPv6 and a prefix list, one client pool, and one untagged table. */
export const defaultAccount = (takenAt: Instant): Snapshot =>
  layOut({
    zones: ['a', 'b', 'c'],
    groups: [
      {
        name: 'hq',
        zones: ['a', 'b', 'c'],
        probe: null,
        destinations: ['10.20.0.0/16', '2001:db8:20::/48'],
        listedCidrs: [],
        pools: { 0: '10.8.0.0/24' },
        isPublic: true,
      },
      {
        name: 'branch',
        zones: ['a', 'b'],
        probe: 'openvpn:1194',
        destinations: ['10.30.0.0/16'],
        listedCidrs: ['10.40.0.0/16', '10.41.0.0/16'],
        pools: {},
        isPublic: true,
      },
    ],
    tablesPerZone: 1,
    hasUntaggedTable: true,
    hasTableWithoutPreferred: false,
    takenAt,
  });
