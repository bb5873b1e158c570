/** What is said of a thing that AWS has no more. Pure. */
import type { Subject, SubjectKind } from '../core/finding.ts';

/** What ended its trouble. */
export const removalOf = (subject: Subject): string => {
  const parts = partsOf(subject);
  return parts === null ? 'it no longer exists' : `${parts} of it were deleted from the account`;
};

/** What a thing that is a name of ours (a place that connections lead to) consists of; null: it is itself in AWS. */
export const partsOf = ({ kind }: Subject): string | null => PARTS[kind] ?? null;

const PARTS: Readonly<Partial<Record<SubjectKind, string>>> = {
  site: 'connections',
  region: 'endpoints',
};
