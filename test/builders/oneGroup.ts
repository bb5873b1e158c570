/** A simulated account with one group: an appliance in each of two zones, and a route table for each zone. */
import type { GroupLayout, Layout } from '../../lib/simulator/layout/words.ts';
import { layOut } from '../../lib/simulator/layout.ts';
import type { Snapshot } from '../../lib/simulator/snapshot.ts';
import { NOW } from './facts.ts';

export const aGroupLayout = (over: Partial<GroupLayout> = {}): GroupLayout => ({
  name: 'hq',
  zones: ['a', 'b'],
  probe: null,
  destinations: ['10.20.0.0/16'],
  listedCidrs: [],
  pools: {},
  isPublic: true,
  ...over,
});

/** Nothing in it needs a person. */
export const oneGroup = (
  group: Partial<GroupLayout> = {},
  over: Partial<Layout> = {},
): Snapshot => {
  const hq = aGroupLayout(group);
  return layOut({
    zones: [...new Set(hq.zones)],
    groups: [hq],
    tablesPerZone: 1,
    hasUntaggedTable: false,
    hasTableWithoutPreferred: false,
    takenAt: NOW,
    ...over,
  });
};
