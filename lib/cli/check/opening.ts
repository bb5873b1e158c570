/** What check reports before the probes. Pure. */

import type { Assessment } from '../../appliances/types/assessment.ts';
import type { World } from '../../appliances/types/world.ts';
import { toIso } from '../../core/time.ts';
import type { LastLooks } from '../../watcher/lastLooks.ts';
import type { LeaderView } from '../../watcher/leaderView.ts';
import type { Viewpoint } from '../pass.ts';
import { reportRoute } from './appliances.ts';
import { reportIncident } from './incident.ts';
import type { CheckReport, LeaderIncident } from './types.ts';

/** What is known before the probes. No probe changes a route's state: silence takes longer than one pass. */
export interface Opening
  extends Pick<CheckReport, 'accountId' | 'region' | 'at' | 'viewpoint' | 'routes'> {
  readonly watch: LastLooks | null;
  /** Open ones, as the leader has stored them; null: no state table is named, or it cannot be read. */
  readonly incidents: readonly LeaderIncident[] | null;
  readonly capture: string | null;
  readonly appliances: readonly {
    readonly instanceId: string;
    readonly name: string;
    readonly group: string;
  }[];
}

export const reportOpening = (
  world: World,
  assessment: Assessment,
  viewpoint: Viewpoint,
  leader: LeaderView | null,
  capture: string | null,
): Opening => ({
  capture,
  watch: leader?.watch ?? null,
  incidents: leader?.incidents.map(reportIncident) ?? null,
  accountId: world.accountId,
  region: world.region,
  at: toIso(world.at),
  viewpoint,
  appliances: world.topology.appliances,
  routes: world.topology.routes.map((route) => reportRoute(route, assessment)),
});
