/** Texts about a subject that no longer exists in AWS. Pure. */
import type { Subject, SubjectKind } from '../core/finding.ts';

/** How such an incident ended. */
export const removalOf = (subject: Subject): string => {
  const parts = partsOf(subject);
  return parts === null ? 'it no longer exists' : `${parts} of it were deleted from the account`;
};

/** What a subject consists of that is not itself an AWS resource, such as a site; null: it is one. */
export const partsOf = ({ kind }: Subject): string | null => PARTS[kind] ?? null;

const PARTS: Readonly<Partial<Record<SubjectKind, string>>> = {
  site: 'connections',
  region: 'endpoints',
};
