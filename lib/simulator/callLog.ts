/** Every call to the simulated account, with its caller, times in virtual milliseconds and answer. */

import type { StoreAnswer } from '../core/ports.ts';
import type { WriteAnswer } from '../core/routeWrite.ts';
import type { PublishAnswer } from '../incidents/ports.ts';
import type { Notification } from '../incidents/types.ts';
import type { ProbeKind } from '../probe/types.ts';
import type { RepairPhase } from '../repairs/types.ts';
import type { Ec2Action } from './faults.ts';

export interface ReadCall {
  /** The invocation that called. */
  readonly by: string;
  readonly action: Ec2Action;
  /** The ids in the request; VPC ids where tables of whole VPCs are read. */
  readonly ids: readonly string[];
  readonly issuedMs: number;
  readonly doneMs: number;
  /** The moment whose state the reply shows. */
  readonly shownMs: number;
  /** Null: answered. */
  readonly failedWhy: string | null;
}

export interface WriteCall {
  readonly by: string;
  readonly tableId: string;
  readonly destination: string;
  /** An interface or a gateway. */
  readonly targetId: string;
  readonly issuedMs: number;
  /** When it took effect; null: never. */
  readonly effectMs: number | null;
  /** The next hop just before. */
  readonly before: string | null;
  readonly answer: WriteAnswer;
}

/** As `WriteCall`, of a transit gateway route. */
export interface TransitWriteCall {
  readonly by: string;
  readonly tableId: string;
  readonly destination: string;
  readonly attachmentId: string;
  readonly issuedMs: number;
  readonly effectMs: number | null;
  readonly before: string | null;
  readonly answer: WriteAnswer;
}

export interface StoreCall {
  readonly by: string;
  readonly kind: 'read' | 'write';
  readonly ids: readonly string[];
  /** The leader and the fencing token of a written lease. */
  readonly lease?: { readonly leader: string; readonly token: number } | null;
  readonly issuedMs: number;
  /** When it was read or written; null: never. */
  readonly effectMs: number | null;
  readonly answer: StoreAnswer['kind'] | 'read';
}

export interface ProbeCall {
  readonly by: string;
  readonly vantageId: string;
  /** The caller's name for the target: `INSTANCE PROBE`. */
  readonly key: string;
  readonly kind: ProbeKind;
  readonly address: string;
  readonly sentMs: number;
  readonly doneMs: number;
  readonly timeoutMs: number;
  /** As the prober measured it; the answer may be delivered later. */
  readonly tookMs: number;
  /** `closed`: accepted, and closed without an answer. */
  readonly answer: 'up' | 'down' | 'unknown' | 'closed';
}

export interface NotificationCall {
  readonly by: string;
  readonly atMs: number;
  readonly state: Notification['state'];
  readonly incidentId: string;
  /** Incidents grouped into this notification. */
  readonly memberIds: readonly string[];
  readonly subject: string;
  readonly answer: PublishAnswer['kind'];
}

/** One repair step that was carried out on an instance. */
export interface InstanceControlCall {
  readonly by: string;
  readonly instanceId: string;
  readonly phase: RepairPhase;
  readonly atMs: number;
  /** Whether it was the only forwarding appliance of its group just before. */
  readonly isLastHealthy: boolean;
}

export interface EventCall {
  readonly by: string;
  readonly atMs: number;
  readonly id: string;
  readonly detailType: string;
  readonly detail: string;
  readonly answer: 'sent' | 'failed';
}

export interface LogLine {
  readonly by: string;
  readonly atMs: number;
  readonly level: 'info' | 'warn' | 'error' | 'metric';
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** Each list is ordered by completion. */
export interface CallLog {
  readonly reads: ReadCall[];
  readonly writes: WriteCall[];
  readonly transitWrites: TransitWriteCall[];
  readonly stores: StoreCall[];
  readonly results: ProbeCall[];
  readonly notifications: NotificationCall[];
  readonly events: EventCall[];
  readonly instanceControl: InstanceControlCall[];
  readonly logger: LogLine[];
}

export const emptyLog = (): CallLog => ({
  reads: [],
  writes: [],
  transitWrites: [],
  stores: [],
  results: [],
  notifications: [],
  events: [],
  instanceControl: [],
  logger: [],
});
