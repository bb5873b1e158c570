/** One look at everything, as far as incidents go by it, and the incidents after it. Types, and an incident's id. */
import type { Finding } from '../../core/finding.ts';
import type { MaintenanceWindow, Silence } from '../../core/maintenance.ts';
import type { Quiet } from '../../core/quiet.ts';
import type { ReportedAction } from '../../core/report.ts';
import type { Delays } from '../delays.ts';
import type { Incident } from '../types.ts';

/** One look at everything, as far as incidents go by it. */
export interface Look {
  readonly accountId: string;
  readonly region: string;
  /** Without those that people asked to ignore. Info findings are listed, never notified. */
  readonly findings: readonly Finding[];
  /** Explain findings, and open no incidents here. Absent: none. */
  readonly causes?: readonly Finding[];
  readonly actions: readonly ReportedAction[];
  readonly windows: readonly MaintenanceWindow[];
  /** By subject id: hours in which it, and what is within it, is expected to be off. */
  readonly quiets: ReadonlyMap<string, Quiet>;
  /** By subject id: why it is expected to end. Absent: nothing is. */
  readonly expected?: ReadonlyMap<string, Silence>;
  /** Subjects so new that what is merely not ready yet is not notified. */
  readonly newSubjectIds: ReadonlySet<string>;
  /** By `unjudgedKey`: neither found nor over. Absent: nothing is. */
  readonly unjudged?: ReadonlySet<string>;
  readonly gone: ReadonlySet<string>;
  readonly delays: Delays;
  /** A single look sees too little to say that something is over. */
  readonly mayResolve: boolean;
}

/** All incidents known after the look, by id: open ones, and those closed within the last hour. */
export type Incidents = ReadonlyMap<string, Incident>;

export const incidentId = (
  { subject, reason }: Pick<Incident, 'subject' | 'reason'>,
  { accountId, region }: Pick<Look, 'accountId' | 'region'>,
): string => `${accountId}/${region}/${subject.id}/${reason}`;
