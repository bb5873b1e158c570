/** A finding's life, as it is stored and told. */
import type { Instant } from '../time.ts';
import type { Severity, Subject } from './finding.ts';

export interface Incident {
  /** `account/region/subject/reason` */
  readonly id: string;
  /** A reason code; text, because an older version may have stored one that is no longer known. */
  readonly reason: string;
  readonly subject: Subject;
  readonly severity: Severity;
  readonly summary: string;
  readonly openedAt: Instant;
  /** When its finding was last seen. */
  readonly seenAt: Instant;
  /** Null: nobody has been told yet. */
  readonly toldAt: Instant | null;
}

/** What is handed to a topic: the same content for people and for machines. */
export interface Notice {
  readonly state: 'opened' | 'resolved';
  readonly incidentId: string;
  /** At most 99 printable ASCII characters. */
  readonly subject: string;
  readonly text: string;
  readonly json: string;
  /** For SNS filter policies; never an empty value. */
  readonly attributes: Readonly<Record<string, string>>;
}
