/** Who may tell: a claim written before a notice is published, so that two functions at once tell once. Pure. */

import type { Instant } from '../../core/time.ts';
import type { Claim, Incident, IncidentChangeKind } from '../types.ts';
import { isEndMissed, merged } from './merge.ts';

/** Longer than publishing can take; a teller that died is waited for no longer. */
export const CLAIM_MS = 20_000;

/** What is to be stored: claimed by us, or as it is when somebody else is telling or has told it. */
export function claimed(
  mine: Incident,
  stored: Incident | undefined,
  { kind, lead, by, isWorthNotifying, isBinding }: Purpose,
  now: Instant,
): Incident {
  const one = merged(mine, stored, isWorthNotifying);
  const claimOfOther = stored?.claim?.by === by ? null : (stored?.claim ?? null);
  const isTaken = claimOfOther !== null && isBinding(claimOfOther);
  const isPast = stored !== undefined && isEndMissed(mine, stored, isWorthNotifying);
  if (isTaken || isPast || isNotified(one, mine, kind)) {
    return stored === undefined ? one : withoutClaim(one, by);
  }
  const claim = { by, until: now + CLAIM_MS };
  return { ...one, claim: lead === null ? claim : { ...claim, lead } };
}

interface Purpose {
  readonly kind: IncidentChangeKind;
  /** In whose notice it is to be told; null: in its own. */
  readonly lead: string | null;
  readonly by: string;
  /** People know of it already, and the book does not. */
  readonly isWorthNotifying: boolean;
  /** Whether this claim of another's still binds. */
  readonly isBinding: (claim: Claim) => boolean;
}

const withoutClaim = (one: Incident, by: string): Incident =>
  one.claim?.by === by ? { ...one, claim: null } : one;

/** Somebody else has told meanwhile what we are about to tell. */
function isNotified(one: Incident, mine: Incident, kind: IncidentChangeKind): boolean {
  switch (kind) {
    case 'opened':
      return one.notifiedAt !== null || one.resolvedAt !== null;
    case 'updated':
    case 'repeated':
      return one.resolvedAt !== null || (one.repeatedAt ?? 0) > (mine.repeatedAt ?? 0);
    case 'resolved':
      return one.resolvedAt !== null;
    default:
      return kind satisfies never;
  }
}
