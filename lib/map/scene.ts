/** What the map shows, as plain data. */
import type { Severity } from '../core/finding.ts';
import type { Instant } from '../core/time.ts';
import type { LastLooks } from '../watcher/lastLooks.ts';

export interface MapScene {
  readonly accountId: string;
  readonly region: string;
  readonly at: Instant;
  readonly mode: 'act' | 'observe';
  /** When the leader last looked: what it holds is drawn first. Null or absent: not known, or this is the leader's own look. */
  readonly watch?: LastLooks | null;
  /** Where the probes of the look behind this picture left: a second opinion. Absent: it is the leader's own. */
  readonly lookedFrom?: string;
  /** Ordered by name. */
  readonly zones: readonly string[];
  readonly appliances: readonly MapAppliance[];
  readonly tables: readonly MapTable[];
  readonly sites: readonly MapSite[];
  /** Transit gateway route tables whose routes are managed; absent: none. */
  readonly transitTables?: readonly MapTable[];
  readonly endpoints: readonly MapEndpoint[];
  /** The most severe first. */
  readonly incidents: readonly MapIncident[];
  readonly held: readonly MapHeld[];
  /** What could not be read, one sentence each. */
  readonly gaps: readonly string[];
}

/** `unsure`: not known to be down, and not everything that would prove it healthy is known. */
export type Health = 'well' | 'down' | 'unsure';

export interface MapAppliance {
  readonly id: string;
  readonly name: string;
  readonly group: string;
  readonly zone: string;
  readonly health: Health;
  readonly why: string;
  /** Managed routes that it carries now. */
  readonly routeCount: number;
  /** Client pools pinned to it. */
  readonly pools: readonly string[];
  /** Of its tag `vpn-medic:priority`; absent: it has none. */
  readonly priority?: number;
  /** The reason that its `vpn-medic:ignore` gives; null without one. */
  readonly ignored: string | null;
}

export interface MapTable {
  readonly id: string;
  readonly name: string;
  /** Null: it serves no subnet, or no zone most. */
  readonly zone: string | null;
  readonly routeGroups: readonly MapRouteGroup[];
}

/** Routes of one table with the same next hops and state. */
export interface MapRouteGroup {
  readonly destinations: readonly string[];
  /** An appliance's id, or the id of another target. */
  readonly nextHop: string;
  /** Null: these routes have no preferred next hop. */
  readonly preferred: string | null;
  /** `lost`: the next hop is down. `failedOver`: on a healthy next hop that is not the preferred one. */
  readonly state: 'preferred' | 'failedOver' | 'lost' | 'unsure';
  readonly isPool: boolean;
  readonly isPinned: boolean;
}

export interface MapSite {
  readonly id: string;
  readonly name: string;
  readonly connections: readonly MapConnection[];
  /** Its connections are gateways of Direct Connect, and their tunnels virtual interfaces. */
  readonly isDirectConnect?: true;
}

export interface MapConnection {
  readonly id: string;
  readonly name: string;
  /** What it ends on at our side: a virtual private gateway, a transit gateway, Cloud WAN. */
  readonly gateway: string;
  readonly tunnels: readonly MapTunnel[];
}

export interface MapTunnel {
  readonly id: string;
  /** Its outside address. */
  readonly name: string;
  readonly health: Health;
  readonly why: string;
}

export interface MapEndpoint {
  readonly id: string;
  readonly name: string;
  readonly zones: readonly string[];
  readonly health: Health;
  readonly why: string;
}

export interface MapIncident {
  readonly severity: Severity;
  readonly reason: string;
  /** The reason's title in the catalogue of findings. */
  readonly title: string;
  readonly name: string;
  readonly summary: string;
  /** In ms, until now. */
  readonly lastsMs: number;
}

export interface MapHeld {
  readonly what: string;
  readonly rule: string;
  readonly because: string;
  readonly until: Instant | null;
}
