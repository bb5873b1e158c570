/** How long the claims of others bind us, also where their clocks and ours lie further apart than a claim lasts. */

import type { Instant } from '../../core/time.ts';
import type { Claim, Incident } from '../types.ts';
import { CLAIM_MS } from './claim.ts';

/** `now`: the date; `nowMs`: monotonic. */
interface Moment {
  readonly now: Instant;
  readonly nowMs: number;
}

/**
 * Whether another's claim on this incident still binds. One that came up under our eyes binds from then on by our own
 * monotonic clock, whatever its date says; one that was there when we first read of it may be of any age, and has only
 * its date. `known`: the incident as we knew it before.
 */
export type ClaimObservations = (known: Incident, claim: Claim, at: Moment) => boolean;

export function openClaimObservations(): ClaimObservations {
  const observations = new Map<string, { readonly claim: Claim; readonly atMs: number }>();
  return ({ id, claim: before }, claim, { now, nowMs }) => {
    const observation = observations.get(id);
    if (observation !== undefined && isSame(observation.claim, claim))
      return nowMs - observation.atMs < CLAIM_MS;
    if (before !== null && isSame(before, claim)) return isInDate(claim, now);
    observations.set(id, { claim, atMs: nowMs });
    return true;
  };
}

/** A claim that reaches further than claims do was made by a clock that has since gone back. */
const isInDate = ({ until }: Claim, now: Instant): boolean =>
  until > now && until - now <= 2 * CLAIM_MS;

const isSame = (a: Claim, b: Claim): boolean => a.by === b.by && a.until === b.until;
