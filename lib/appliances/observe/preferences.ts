/** What decides which next hop a route prefers, besides its table's tag. */
import type { LearntRoutes } from '../types/learnt.ts';
import type { Appliance, TableObservation } from '../types/topology.ts';
import type { PoolIndex } from './pools.ts';

export interface Preferences {
  readonly learnt: LearntRoutes;
  readonly pools: PoolIndex;
  readonly prefixLists: ReadonlyMap<string, readonly string[]>;
  readonly isGone: (appliance: Appliance) => boolean;
  /** It may carry routes of its group in this table. */
  readonly isAdmitted: (appliance: Appliance, table: TableObservation) => boolean;
}
