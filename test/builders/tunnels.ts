/** Two appliances of group `hq` in two zones, with a probe subnet of its own for each. */
import { probeSubnetId } from '../../lib/simulator/layout/words.ts';
import { layOut } from '../../lib/simulator/layout.ts';
import type { VantageSetup } from '../../lib/simulator/probes.ts';
import type { Snapshot } from '../../lib/simulator/snapshot.ts';

export const HQ_A = 'i-0a1b2c3d4e5f60001';
export const HQ_B = 'i-0a1b2c3d4e5f60002';
export const B_LINK = 'eni-0a1b2c3d4e5f60002';

/** What `vpn-medic:probe` holds; every route leads to hq-a. */
export const tunnelAccount = (probe: string | null, zones = ['a', 'b']): Snapshot =>
  layOut({
    zones,
    groups: [
      {
        name: 'hq',
        zones,
        probe,
        destinations: ['10.20.0.0/16'],
        listedCidrs: [],
        pools: {},
        isActivePassive: true,
        isPublic: true,
      },
    ],
    tablesPerZone: 1,
    hasUntaggedTable: false,
    hasTableWithoutPreferred: false,
    hasProbeSubnets: true,
    takenAt: Date.parse('2026-11-20T21:00:00Z'),
  });

export const OUTSIDE: readonly VantageSetup[] = [
  { id: 'here', subnetIds: [], isInVpc: false, closedTo: [] },
];

/** One in each appliance's own probe subnet; `isShut`: the security groups admit no probe to the appliances themselves. */
export const ownSubnets = (isShut = false, count = 2): readonly VantageSetup[] =>
  Array.from({ length: count }, (_, index) => ({
    id: `probe-${index}`,
    subnetIds: [probeSubnetId(0, index)],
    isInVpc: true,
    closedTo: isShut ? [HQ_A, HQ_B] : [],
  }));
