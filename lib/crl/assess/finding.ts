/** Findings about CRLs and their subjects. Pure. */

import type { Finding, Severity, Subject } from '../../core/finding.ts';
import type { CrlReason } from '../../core/reasons.ts';
import type { Instant } from '../../core/time.ts';

interface Words {
  readonly summary: string;
  readonly evidence?: readonly string[];
  readonly hint: string;
  readonly since?: Instant;
}

export const aFinding = (
  reason: CrlReason,
  severity: Severity,
  subject: Subject,
  now: Instant,
  { summary, evidence = [], hint, since = now }: Words,
): Finding => ({ reason, subject, severity, summary, evidence, since, hint });

export const fileSubject = (fileName: string): Subject => ({
  kind: 'crl',
  id: fileName,
  name: fileName,
  group: null,
  zone: null,
});

/** The inbox, the issuers, or the endpoints as a whole. */
export const inboxSubject = (what: string): Subject => ({
  kind: 'crl',
  id: `crl:${what}`,
  name: what,
  group: null,
  zone: null,
});

export const endpointSubject = (endpointId: string, name: string): Subject => ({
  kind: 'endpoint',
  id: endpointId,
  name,
  group: null,
  zone: null,
});
