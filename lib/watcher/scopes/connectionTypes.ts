/** What the stages of the connections' scope hand on. */
import type { LastResorts } from '../../core/lastResort.ts';
import type { Pin } from '../../core/pin.ts';
import type { Reading } from '../../core/reading.ts';
import type { NetworkPort } from '../../network/ports.ts';
import type { NetworkMemory } from '../../network/state.ts';
import type { NetworkWorld } from '../../network/types.ts';
import type { ConnectionPorts } from '../../siteToSite/ports.ts';
import type { ConnectionMemory } from '../../siteToSite/state.ts';
import type { HealthNote } from '../../siteToSite/types/connection.ts';
import type { ReplacementOutcome, ReplacementPlan } from '../../siteToSite/types/replacement.ts';
import type { ConnectionWorld } from '../../siteToSite/types/world.ts';
import type { TransitSteps } from '../../transitGateway/act.ts';
import type { TransitGatewayPort } from '../../transitGateway/ports.ts';
import type { TRANSIT_RULES } from '../../transitGateway/rules.ts';
import type { TransitMemory } from '../../transitGateway/state.ts';
import type { TransitOutcome, TransitPlan } from '../../transitGateway/types/plan.ts';
import type { TransitWorld } from '../../transitGateway/types/world.ts';
import type { Cause } from './connectionCauses.ts';

export type ScopePorts = ConnectionPorts & {
  readonly transit: TransitGatewayPort;
  readonly network: NetworkPort;
};

export interface ConnectionsOptions {
  readonly accountId: string;
  readonly mode: 'act' | 'observe';
  /** How long a route stays where a failover put it, and how long a connection must have been up for a failback. */
  readonly holdMs: number;
  /** What the event that started this pass said. */
  readonly health: readonly HealthNote[];
  /** Absent: all of it. */
  readonly safety?: TransitSafety;
}

/** The rules and steps that keep writes safe. A test removes one to see it missed. */
export interface TransitSafety {
  readonly rules: typeof TRANSIT_RULES;
  readonly steps: TransitSteps;
}

export interface ScopeWorld extends ConnectionWorld {
  /** Null: no connection of a transit gateway is a member of a group. */
  readonly transit: TransitWorld | null;
  /** Null: not read in this pass. */
  readonly network: NetworkWorld | null;
  readonly lastResorts: Reading<LastResorts>;
}

export interface ScopeMemory {
  readonly connections: ConnectionMemory;
  readonly transit: TransitMemory;
  readonly network: NetworkMemory;
  readonly pins: readonly Pin[];
  /** Appliances that are down, with the connections that end on them. */
  readonly causes: readonly Cause[];
  /** As the last pass that read them wrote them. */
  readonly lastResorts: LastResorts;
}

export interface ScopePlan {
  /** Null: no connection of a transit gateway is a member of a group. */
  readonly transit: TransitPlan | null;
  readonly replacements: ReplacementPlan;
  /** What was known of connections when it was made. */
  readonly connections: ConnectionMemory;
  readonly staticRoutes: ConnectionWorld['staticRoutes'];
}

export type ScopeOutcome = TransitOutcome | ReplacementOutcome;

export const isOfRoute = (outcome: ScopeOutcome): outcome is TransitOutcome => 'move' in outcome;
export const isOfTunnel = (outcome: ScopeOutcome): outcome is ReplacementOutcome =>
  !isOfRoute(outcome);
