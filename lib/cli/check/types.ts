/** What check found, as the data that `--json` prints and the text is made from. */

import type { Finding, Severity, Subject } from '../../core/finding.ts';
import type { reportWatch } from '../output/watchText.ts';
import type { StoreObservation, Viewpoint } from '../pass.ts';
import type { ApplianceReport, RouteReport } from './appliances.ts';
import type { ConnectionGroupReport } from './connectionGroups.ts';
import type { ConnectionReport, SiteReport } from './connections.ts';
import type { EndpointReport } from './endpoints.ts';
import type { FailoverReport } from './failover/types.ts';
import type { SshRepairReport } from './sshRepair.ts';
import type { WayBackReport } from './wayBack.ts';

/** Version 1: fields may be added, never renamed or taken away. Instants are ISO 8601 text. */
export interface CheckReport {
  readonly version: 1;
  readonly accountId: string;
  readonly region: string;
  readonly at: string;
  readonly viewpoint: Viewpoint;
  /** When the leader last looked; null: no state table is named, or it cannot be read. */
  readonly watch: ReturnType<typeof reportWatch> | null;
  readonly memory: StoreObservation;
  /** `well`, `needs-a-person` or `cannot-tell`: exit 0, 2 or 1. */
  readonly result: 'well' | 'needs-a-person' | 'cannot-tell';
  /** In words: what could not be checked. */
  readonly objections: readonly string[];
  readonly groups: readonly GroupReport[];
  readonly appliances: readonly ApplianceReport[];
  readonly routes: readonly RouteReport[];
  readonly endpoints: readonly EndpointReport[];
  readonly sites: readonly SiteReport[];
  readonly connections: readonly ConnectionReport[];
  /** Groups of connections whose transit gateway routes are moved. */
  readonly connectionGroups: readonly ConnectionGroupReport[];
  /** Open ones, as the leader has stored them. */
  readonly incidents: readonly LeaderIncident[];
  /** Open ones that the leader notifies with their root cause. */
  readonly suppressed: readonly LeaderIncident[];
  /** Of this look. */
  readonly findings: readonly FindingReport[];
  readonly gaps: readonly GapReport[];
  /** The file that stands in place of the account; null: the account itself. */
  readonly capture: string | null;
}

export interface GroupReport {
  readonly name: string;
  readonly vpcIds: readonly string[];
  readonly zones: readonly string[];
  readonly applianceCount: number;
  readonly wellCount: number;
  readonly routeCount: number;
  readonly failover: FailoverReport;
  readonly wayBack: WayBackReport;
  /** Null: no appliance of it asks for restart-service. */
  readonly sshRepair: SshRepairReport | null;
  /** Routes that stay where they are until `vpn-medic ack`. */
  readonly pinnedRoutes: readonly string[];
}

export interface LeaderIncident {
  readonly id: string;
  readonly reason: string;
  readonly severity: Severity;
  readonly subject: Subject;
  readonly summary: string;
  readonly hint: string;
  readonly since: string;
  /** Since when it is not found any more, before it ends; null: it is found. */
  readonly missedAt: string | null;
  readonly isAcked: boolean;
}

export interface FindingReport {
  readonly reason: Finding['reason'];
  readonly severity: Severity;
  readonly subject: Subject;
  readonly summary: string;
  readonly evidence: readonly string[];
  readonly hint: string;
  readonly since: string;
  readonly docs: string;
}

export interface GapReport {
  readonly what: string;
  readonly why: string;
  /** Null: the whole region is in doubt. */
  readonly zone: string | null;
}
