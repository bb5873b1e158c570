/** An incident as it is stored, notified and shown. */

import type { Severity, Subject } from '../core/finding.ts';
import type { Silence } from '../core/maintenance.ts';
import type { ReportedAction } from '../core/report.ts';
import type { Instant } from '../core/time.ts';

export interface Incident {
  /** `account/region/subject/reason`, with the reason that it began with: the same for every later incident of the same kind. */
  readonly id: string;
  /** A reason code, as last seen; text, because an older version may have stored one that is no longer known. */
  readonly reason: string;
  readonly subject: Subject;
  /** As last seen, like summary, evidence and hint. */
  readonly severity: Severity;
  readonly summary: string;
  readonly evidence: readonly string[];
  readonly hint: string;
  /** When the fault began, as far as we know: the last good sight. */
  readonly since: Instant;
  /** The first look that found it. */
  readonly detectedAt: Instant;
  /** When this incident began; with the id it names one of several of the same kind. */
  readonly openedAt: Instant;
  /** When its finding was last seen. */
  readonly seenAt: Instant;
  /** The first look that no longer found it; null while it is found. */
  readonly missedAt: Instant | null;
  /** When its delay was over and it was still found: from then on it is notified. Null: not yet, or never. */
  readonly dueAt: Instant | null;
  /** Null: not notified. */
  readonly notifiedAt: Instant | null;
  /** The gravest severity notified; a rise above it is notified again. */
  readonly notifiedSeverity: Severity | null;
  /** The reason last notified; another one is notified again. Null: not notified, or by an older version. */
  readonly notifiedReason: string | null;
  /** As last seen, and as last notified: the upload that is refused. Null: it has none. */
  readonly revision: string | null;
  readonly notifiedRevision: string | null;
  /** Since when it has its present severity. */
  readonly severitySince: Instant;
  /** The latest notification about it, of whatever kind. */
  readonly repeatedAt: Instant | null;
  /** Id of the incident whose notification covers this one too; null: it has notifications of its own. */
  readonly parent: string | null;
  /** Id of the incident that is its root cause now and suppresses it; null: none. */
  readonly inhibitedBy: string | null;
  /** The maintenance window that it is in now: recorded, not sent. */
  readonly silence: Silence | null;
  readonly ackedAt: Instant | null;
  readonly ackedBy: string | null;
  /** Null while it lasts. */
  readonly resolvedAt: Instant | null;
  /** What ended it, in a few words; null while it lasts. */
  readonly restoredBy: string | null;
  /** What was done about it: the newest, at most `ACTIONS_KEPT`, oldest first. */
  readonly actions: readonly ReportedAction[];
  /** Of all deeds, also of those no longer kept. */
  readonly times: Times;
  /** When it opened before, within the last hour: what comes back so often has to stay away longer to be over. */
  readonly openings: readonly Instant[];
}

/** The measured times of the healing; each null until it happened. */
export interface Times {
  readonly decidedAt: Instant | null;
  readonly firstWriteAt: Instant | null;
  readonly lastWriteAt: Instant | null;
  readonly readBackAt: Instant | null;
}

export const ACTIONS_KEPT = 20;

/** One state change of an incident: notified, or only recorded. */
export interface IncidentChange {
  readonly kind: IncidentChangeKind;
  readonly at: Instant;
  readonly accountId: string;
  readonly region: string;
  /** As it is after the change. */
  readonly incident: Incident;
  /** Null: recorded, not sent (inhibited, in maintenance, resolved before it was due, or notified with another). */
  readonly notification: Notification | null;
}

export type IncidentChangeKind = 'opened' | 'updated' | 'repeated' | 'resolved';

/** What is published on the topic of a channel. */
export interface ChannelMessage {
  /** Null: the channel shows none. */
  readonly subject: string | null;
  readonly body: string;
  /** True: `body` is SNS's JSON with a text for each protocol. */
  readonly isPerProtocol?: true;
}

/** What is handed to the topics: the same content in the form of every channel. */
export interface Notification {
  readonly state: IncidentChangeKind;
  readonly incidentId: string;
  /** At most 99 printable ASCII characters: state, thing, impact. */
  readonly subject: string;
  /** For people, by e-mail. */
  readonly text: string;
  /** At most 140 characters of GSM 03.38, one octet each. */
  readonly sms: string;
  /** For machines: docs/notice.schema.json. */
  readonly json: string;
  readonly severity: Severity;
  /** For SNS filter policies; never an empty value. */
  readonly attributes: Readonly<Record<string, string>>;
  /** One for each channel, by its name. */
  readonly messages: ReadonlyMap<string, ChannelMessage>;
}

/** What a notification is signed with, and where to read more. */
export interface Signature {
  readonly version: string;
  /** Name of the CloudWatch dashboard; null: there is none. */
  readonly dashboard: string | null;
  /** Where docs/ is published, without a slash at its end; null: only in the project. */
  readonly docsUrl: string | null;
  /** What people call the account; null: its number is written. */
  readonly accountName: string | null;
  /** The deployment's stage; null: not known. */
  readonly stage: string | null;
}

export const UNSIGNED: Signature = {
  version: 'unreleased',
  dashboard: null,
  docsUrl: null,
  accountName: null,
  stage: null,
};
