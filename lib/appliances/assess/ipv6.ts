/** An appliance that answers, and not by IPv6: its IPv6 routes leave it, and no other. Pure. */
import type { Appliance } from '../types/topology.ts';
import { isDead, type Verdict } from '../types/verdict.ts';
import type { ClauseResult } from './probes.ts';

/** What answers, and not by IPv6, is up, and down for its IPv6 routes alone. */
export function withoutIpv6(
  whole: Verdict,
  by: (results: readonly ClauseResult[]) => Verdict,
  clauseResults: readonly ClauseResult[],
  { interfaces }: Appliance,
): Verdict {
  if (whole.kind === 'up') {
    const arm = interfaces.find(({ ipv6 }) => ipv6 === 'lost');
    if (arm === undefined) return whole;
    return { ...whole, ipv6DownWhy: `its interface ${arm.interfaceId} has lost its IPv6 address` };
  }
  const others = clauseResults.filter((one) => !isIpv6(one));
  if (!isDead(whole) || whole.cause !== 'probes' || others.length === clauseResults.length)
    return whole;
  const rest = by(others);
  return rest.kind === 'up' && !rest.isByEc2Alone ? { ...rest, ipv6DownWhy: whole.why } : whole;
}

/** Of the appliance itself, by IPv6 alone. */
const isIpv6 = ({ clause, isFarSide }: ClauseResult): boolean =>
  !isFarSide && clause.every(({ address }) => address?.includes(':') === true);
