/** How full an endpoint is, against the addresses and the associations that it has. Pure. */

import { prefixLength } from '../../core/cidr.ts';
import { counted } from '../../core/text.ts';
import { latestOf } from '../state.ts';
import type { EndpointCheck, Trouble } from '../types/check.ts';
import type { EndpointObservation } from '../types/world.ts';

export const CAPACITY_CHECK: EndpointCheck = {
  reasons: ['EndpointNearCapacity'],
  judge(observation, _past, _isOpen, now) {
    const active = latestOf(observation.recent.active, now);
    const room = roomOf(observation);
    if (active === null || room === null) return null;
    const share = active.value / room.count;
    if (share < WARNING_SHARE) return [];
    return [
      {
        reason: 'EndpointNearCapacity',
        ...judged(active.value, room),
        evidence: [
          `${active.value} active connections`,
          ...(room.byCidr === null
            ? []
            : [
                `client range ${observation.fact.clientCidr ?? ''}: ${inWords(2 * room.byCidr)} addresses, AWS advises at most ${inWords(room.byCidr)} clients`,
              ]),
          ...(room.byQuota === null
            ? []
            : [`default quota for ${room.associationCount} associations: ${room.byQuota}`]),
        ],
        hint: room.isByCidr
          ? 'The client range of an endpoint cannot be changed: make a second endpoint with a larger one, and move users to it.'
          : 'Associate a further subnet, or ask for more: Service Quotas, quota L-C4B238BF.',
      },
    ];
  },
};

/** The advice is not a limit, and a default quota that is exceeded has been raised: neither is called full. */
function judged(
  count: number,
  { byCidr, count: limit, isByCidr, associationCount }: Room,
): Pick<Trouble, 'severity' | 'summary'> {
  const share = count / limit;
  const isRaised = !isByCidr && share > 1;
  const connections = `${inWords(count)} connections`;
  const associations = counted(associationCount, 'association');
  return {
    severity: share < CRITICAL_SHARE || isRaised ? 'warning' : 'critical',
    summary: isByCidr
      ? `${connections}; AWS advises at most ${inWords(limit)} for this range, ${inWords(2 * (byCidr ?? 0))} addresses. When no address is left, no more clients get in.`
      : isRaised
        ? `${connections}; the default quota for ${associations} is ${inWords(limit)}, so yours has been raised: compare with it.`
        : `${connections} of ${inWords(limit)} that the default quota allows for ${associations} (${Math.floor(share * 100)} %): at the quota no more clients get in.`,
  };
}

const inWords = (count: number): string => count.toLocaleString('en-US');

const WARNING_SHARE = 0.8;
const CRITICAL_SHARE = 0.95;

export interface Room {
  readonly count: number;
  readonly byCidr: number | null;
  readonly byQuota: number | null;
  readonly isByCidr: boolean;
  readonly associationCount: number;
}

/** The smaller of both limits; null when neither can be known. */
export function roomOf({
  fact,
  associations,
}: Pick<EndpointObservation, 'fact' | 'associations'>): Room | null {
  const associationCount = associations.known
    ? associations.value.filter(({ state }) => state === 'associated').length
    : 0;
  const byCidr = fact.clientCidr === null ? null : clientsIn(fact.clientCidr);
  const byQuota = associationCount === 0 ? null : quotaOf(associationCount);
  if (byCidr === null && byQuota === null) return null;
  const count = Math.min(byCidr ?? Number.POSITIVE_INFINITY, byQuota ?? Number.POSITIVE_INFINITY);
  return { count, byCidr, byQuota, isByCidr: count === byCidr, associationCount };
}

/**
 * Half of the range: a portion serves the endpoint's own availability, and AWS says to give it twice the addresses that
 * clients need at most.
 * @see https://docs.aws.amazon.com/vpn/latest/clientvpn-admin/what-is-best-practices.html (read 2026-11-21)
 */
function clientsIn(cidr: string): number | null {
  const bits = prefixLength(cidr);
  return bits < 0 || bits > 31 || cidr.includes(':') ? null : 2 ** (32 - bits) / 2;
}

/**
 * Concurrent connections by associations, default values; more can be asked for.
 * @see https://docs.aws.amazon.com/vpn/latest/clientvpn-admin/limits.html (read 2026-11-21)
 */
const QUOTAS = [7_000, 36_500, 66_500, 96_500, 126_000] as const;

const quotaOf = (associationCount: number): number =>
  QUOTAS[Math.min(associationCount, QUOTAS.length) - 1] ?? 0;
