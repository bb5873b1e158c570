/** What the catalogue says of one finding: everything about it that is the same in every case. */

export const SEVERITIES = ['critical', 'warning', 'info'] as const;
export type Severity = (typeof SEVERITIES)[number];

export const SUBJECT_KINDS = [
  'account',
  'region',
  'zone',
  'vpc',
  'gateway',
  'privateLink',
  'group',
  'appliance',
  'table',
  'route',
  'vantage',
  'site',
  'connection',
  'tunnel',
  'endpoint',
  'crl',
  'metric',
] as const;
export type SubjectKind = (typeof SUBJECT_KINDS)[number];

/** A section of the runbook; Markdown. */
export interface RunbookText {
  /** A few words, for people who do not know the code. */
  readonly title: string;
  readonly meaning: string;
  /** How to see it with other means. */
  readonly confirm?: string;
  readonly action?: string;
}

export interface FindingEntry extends RunbookText {
  /** What it is found about. */
  readonly subjects: readonly [SubjectKind, ...(readonly SubjectKind[])];
  /** Those that it may have; the first is the usual one. */
  readonly severities: readonly [Severity, ...(readonly Severity[])];
  /** One line of plain text for the notification; absent where `assess` writes one for each case. */
  readonly hint?: string;
}
