/** Two appliances of group `hq` in two zones, with a probe subnet of its own for each. */

import { probeSubnetId } from '../../lib/simulator/layout/words.ts';
import type { VantageSetup } from '../../lib/simulator/probes.ts';
import type { Snapshot } from '../../lib/simulator/snapshot.ts';
import { oneGroup } from './oneGroup.ts';

export const HQ_A = 'i-0a1b2c3d4e5f60001';
export const HQ_B = 'i-0a1b2c3d4e5f60002';
export const B_LINK = 'eni-0a1b2c3d4e5f60002';

/** What `vpn-medic:probe` holds; every route leads to hq-a. */
export const tunnelAccount = (probe: string | null, zones = ['a', 'b']): Snapshot =>
  oneGroup({ zones, probe, isActivePassive: true }, { hasProbeSubnets: true });

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
