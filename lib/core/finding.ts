/** One thing that is wrong, with its evidence: what incidents and notifications are made of. */

import type { Reason } from './findings/catalogue.ts';
import { SEVERITIES, type Severity, type SubjectKind } from './findings/entry.ts';
import type { Instant } from './time.ts';

export { SEVERITIES, type Severity, SUBJECT_KINDS, type SubjectKind } from './findings/entry.ts';

/** The most severe first. */
export const bySeverity = (a: Pick<Finding, 'severity'>, b: Pick<Finding, 'severity'>): number =>
  SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity);

export interface Subject {
  readonly kind: SubjectKind;
  /** What AWS calls it (`i-…`, `rtb-…`, `eu-west-1a`), a group's name, or a route's key. */
  readonly id: string;
  /** For people; the id again where nothing better is known. */
  readonly name: string;
  readonly group: string | null;
  readonly zone: string | null;
  /** Ids of the greater things that it is part of: when one of them is down, that explains this. */
  readonly within?: readonly string[];
  /**
   * Ids of what this fails by, which others may fail by too (a directory, a certificate, a function): of findings of one reason
   * that depend on the same, the first is notified, and the others are named in it. Absent: nothing is known.
   */
  readonly dependsOn?: readonly string[];
}

export interface Finding {
  readonly reason: Reason;
  readonly subject: Subject;
  readonly severity: Severity;
  /** One sentence: what is wrong and what it means. */
  readonly summary: string;
  /** Numbers and sightings behind it, one per line. */
  readonly evidence: readonly string[];
  /** When it began, as far as we know. */
  readonly since: Instant;
  /** One thing for a person to do. */
  readonly hint: string;
  /** What it was found in, such as one upload of a file: found in another one, it is notified again. Absent: that is no news. */
  readonly revision?: string;
}
