/** What outlives a pass: the past that the next decision needs. Plain data, kept in the state table between invocations. */
import type { Link } from '../core/connectionEnds.ts';
import { type LastResorts, NO_LAST_RESORTS } from '../core/lastResort.ts';
import type { MaintenanceWindow } from '../core/maintenance.ts';
import type { Pause } from '../core/pause.ts';
import type { Pin } from '../core/pin.ts';
import type { Instant } from '../core/time.ts';
import type { CertificateDates, KeyId } from '../probe/types.ts';
import type { ProbeCounts } from './plan/drillProbes.ts';
import type { Admit } from './state/admit.ts';
import type { Leave } from './state/leave.ts';
import type { PendingWrite } from './state/pending.ts';
import type { Admissions } from './types/admission.ts';
import type { DrillRequest, Drills } from './types/drill.ts';
import type { Doubt, FailbackRequest, Homecoming } from './types/failback.ts';
import type { LearntRoutes } from './types/learnt.ts';
import type { ApplianceInterface } from './types/topology.ts';
import type { DownCause } from './types/verdict.ts';

export interface Memory {
  /** By instance id. */
  readonly appliances: ReadonlyMap<string, ApplianceMemory>;
  /** By group name. */
  readonly groups: ReadonlyMap<string, GroupMemory>;
  /** By route key: tried, and not yet seen in a read-back. */
  readonly pending: ReadonlyMap<string, PendingWrite>;
  readonly budget: WriteBudget;
  /** Where the owner of each route put it. */
  readonly preferred: LearntRoutes;
  /** By group name: who may carry its routes. */
  readonly admissions: Admissions;
  /** People's pins, expired or not; only people write them. */
  readonly pins: readonly Pin[];
  /** People's admissions and revocations; only people write them. */
  readonly admits: readonly Admit[];
  /** Notices of AWS and operators that an instance leaves, over or not; only the event function and operators write them. */
  readonly leaves: readonly Leave[];
  /** People's words that routes may go back; only people write them. */
  readonly failbacks: readonly FailbackRequest[];
  /** Connections by the address of their other end; only the poll of connections writes them. Absent: none are known. */
  readonly links?: readonly Link[];
  readonly drills: Drills;
  /** By group name: what this process had sent and missed at the last turn of a running drill. */
  readonly drillCounts: ReadonlyMap<string, ProbeCounts>;
  /** What operators asked for, answered or not; only they write them. */
  readonly drillRequests: readonly DrillRequest[];
  /** Gateways of last resort; only the poll of connections writes them. */
  readonly lastResorts: LastResorts;
  /** Maintenance windows of the region, open or not; only people write them. */
  readonly windows: readonly MaintenanceWindow[];
  /** By route key: when this process last moved it off an instance that leaves. */
  readonly leftAts: ReadonlyMap<string, Instant>;
  /** Tokens of the lifecycle hooks that this process has completed. */
  readonly completedHooks: ReadonlySet<string>;
  /** An operator's stop of every write; null: none is known. */
  readonly pause: Pause | null;
  /** What was stored and is not believed, one line each; absent: nothing. */
  readonly refused?: readonly string[];
}

export interface ApplianceMemory {
  readonly group: string;
  readonly zone: string;
  readonly vpcId: string;
  readonly name: string;
  /** By them routes to a vanished instance, or to a lost interface, are still recognised as its own. */
  readonly interfaces: readonly ApplianceInterface[];
  /** Its client pools: pinned for as long as it is remembered, also when its tags went with it. */
  readonly pools: readonly string[];
  /** Probes that have ever answered: `VANTAGE PROBE`. */
  readonly answered: readonly string[];
  /** By `VANTAGE PROBE`: the keys with which it was answered, newest last; absent: none. */
  readonly answeredKeys?: Readonly<Record<string, readonly KeyId[]>>;
  /** By probe: the dates of the certificate that its server showed last; absent: none was seen. */
  readonly certificates?: Readonly<Record<string, CertificateDates>>;
  /** Since when every probe has been answered; null while not up. */
  readonly goodSince: Instant | null;
  readonly downSince: Instant | null;
  /** Why it was last down, EC2's word before the probes'; null or absent: never, or its tunnel has been proven since. */
  readonly downCause?: DownCause | null;
  /** Null or absent: its probes alone may bring its routes back. */
  readonly doubt?: Doubt | null;
  /** Site-to-Site connections that end on it; absent: none. */
  readonly connectionIds?: readonly string[];
  /** Since when its probes are unanswered, down or not; null or absent: it was well when last judged. */
  readonly silentSince?: Instant | null;
  readonly seenAt: Instant;
  /** When it joined a fleet that was known already; null or absent: not known to be new. */
  readonly firstSeenAt?: Instant | null;
}

export interface GroupMemory {
  /** Failbacks never restart the hold-down: a large one takes many passes. */
  readonly lastFailoverAt: Instant;
  /** Failovers in close succession, at least 1; each after the first doubles the hold. */
  readonly flapCount: number;
  /** By route key: instants of the first writes, newest last, at most `FAILOVERS_KEPT`. */
  readonly failovers: Readonly<Record<string, readonly Instant[]>>;
  /** Routes that stay where they are, after three failovers, until a person acknowledges: route key → since. */
  readonly pinnedAts: Readonly<Record<string, Instant>>;
  /** By route key: the interface that the last move of a route with failovers within the hour pointed it at. */
  readonly lastTargets?: Readonly<Record<string, string>>;
  /** By route key: when writes of another tool, back to a dead next hop, were undone; newest last, within the hour. */
  readonly rewrites?: Readonly<Record<string, readonly Instant[]>>;
  /** By route key: its last failback, until it moves again. */
  readonly homecomings?: Readonly<Record<string, Homecoming>>;
}

/** A token bucket: `tokens` at `at`, refilled by the policy's rate. */
export interface WriteBudget {
  readonly tokens: number;
  readonly at: Instant;
}

export const noMemory = (now: Instant, burst: number): Memory => ({
  appliances: new Map(),
  groups: new Map(),
  pending: new Map(),
  budget: { tokens: burst, at: now },
  preferred: new Map(),
  admissions: new Map(),
  pins: [],
  admits: [],
  leaves: [],
  failbacks: [],
  drills: new Map(),
  drillCounts: new Map(),
  drillRequests: [],
  lastResorts: NO_LAST_RESORTS,
  windows: [],
  leftAts: new Map(),
  completedHooks: new Set(),
  pause: null,
});
