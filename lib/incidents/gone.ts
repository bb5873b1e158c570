/** Texts about a subject that no longer exists in AWS, or is no longer watched. Pure. */
import type { Subject, SubjectKind } from '../core/finding.ts';
import type { Report } from '../core/report.ts';

/** Why the findings of a subject end though nothing healed. */
export type Ended = Pick<Report, 'gone' | 'ignored' | 'watched'>;

/** It exists and carries no tag of ours any more. */
export const isUnwatched = ({ kind, id }: Subject, { gone, watched }: Ended): boolean =>
  kind === 'appliance' && watched?.has(id) === false && !gone.has(id);

/** What the tag says that silences it, or what it lies in; null: no tag does. */
export function ignoredWhy(
  { id, within = [] }: Subject,
  ignored: Report['ignored'],
): string | null {
  if (ignored.size === 0) return null;
  for (const one of [id, ...within]) {
    const why = ignored.get(one);
    if (why !== undefined) return why;
  }
  return null;
}

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
