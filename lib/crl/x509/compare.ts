/** Whether two CRLs revoke the same certificates, and which of them is later. Pure. */
import { missingSerials } from './missing.ts';
import type { Crl } from './parse.ts';

export interface Comparison {
  /** Serial numbers that only the first has. */
  readonly addedCount: number;
  /** Serial numbers that only the second has. */
  readonly lostCount: number;
  /** By number where both have one, else by date: 1 when the first is later, -1 when it is earlier. */
  readonly order: -1 | 0 | 1;
}

export function compareCrls(one: Crl, other: Crl): Comparison {
  return {
    addedCount: missingSerials(one, other).length,
    lostCount: missingSerials(other, one).length,
    order: orderOf(one, other),
  };
}

function orderOf(one: Crl, other: Crl): -1 | 0 | 1 {
  const a = one.extensions.number;
  const b = other.extensions.number;
  const [mine, theirs] = a === null || b === null ? [one.thisUpdateAt, other.thisUpdateAt] : [a, b];
  if (mine === theirs) return 0;
  return mine > theirs ? 1 : -1;
}
