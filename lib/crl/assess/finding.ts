/** Findings about CRLs and their subjects. Pure. */
import { createHash } from 'node:crypto';

import type { Finding, Severity, Subject } from '../../core/finding.ts';
import type { CrlReason } from '../../core/reasons.ts';
import { plainText } from '../../core/safeLine.ts';
import type { Instant } from '../../core/time.ts';

interface Words {
  readonly summary: string;
  readonly evidence?: readonly string[];
  readonly hint: string;
  readonly since?: Instant;
  readonly revision?: string | undefined;
}

export const aFinding = (
  reason: CrlReason,
  severity: Severity,
  subject: Subject,
  now: Instant,
  { summary, evidence = [], hint, since = now, revision }: Words,
): Finding => ({
  reason,
  subject,
  severity,
  summary,
  evidence,
  since,
  hint,
  ...(revision !== undefined && { revision }),
});

/** An upload may have any name: its letters are kept for people, each channel writes what it can. */
export const fileSubject = (fileName: string): Subject => ({
  kind: 'crl',
  id: idOf(fileName),
  name: plainText(fileName).slice(0, SHOWN_MAX),
  group: null,
  zone: null,
});

const SHOWN_MAX = 128;

/** Plain, as it is typed in commands: what is not ASCII is "?", and such a name, or a long one, ends in its hash. */
function idOf(fileName: string): string {
  const plain = fileName.replaceAll(/[^ -~]/g, '?');
  if (plain === fileName && plain.length <= SHOWN_MAX) return plain;
  const hash = createHash('sha256').update(fileName).digest('hex').slice(0, 8);
  return `${plain.slice(0, SHOWN_MAX - 10)} ${hash}`;
}

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
