/** Whether a gateway of last resort carries a route, by what the poll of connections says of it. Pure. */
import { isElastic } from '../../core/elasticAddress.ts';
import { describeGateway, type LastResort } from '../../core/lastResort.ts';
import { describeMs, type Instant } from '../../core/time.ts';
import type { Memory } from '../state.ts';
import type { Move } from '../types/plan.ts';
import type { ManagedRoute, TableObservation } from '../types/topology.ts';

/** The poll looks every 10 s while there is such a gateway. What is older says nothing about now. */
const FRESH_MS = 60_000;

/** The gateways that the owner gave to the group of a route; which of them can carry it is for S2 to say. */
export const resortsOf = (
  { group, tableId, nextHop }: Pick<ManagedRoute, 'group' | 'tableId' | 'nextHop'>,
  { lastResorts }: Memory,
): readonly LastResort[] =>
  isElastic(tableId)
    ? []
    : lastResorts.gateways.filter(
        ({ gatewayId, groups }) => groups.includes(group) && gatewayId !== nextHop,
      );

/** Null: a connection behind it is known to be up and to have a route. What is not known is a reason. */
export function whyUnfit(
  { to, vpcId, destination }: Pick<Move, 'to' | 'vpcId' | 'destination'>,
  table: Pick<TableObservation, 'name' | 'members'> | undefined,
  memory: Memory,
  now: Instant,
): string | null {
  if (table?.members !== undefined && !table.members.includes(to)) {
    return `the tag vpn-medic:members of ${table.name} does not name it`;
  }
  const { at } = memory.lastResorts;
  if (!isFresh(memory, now)) return `what is behind it was last read ${describeMs(now - at)} ago`;
  return known(to, memory)?.carries[vpcId]?.includes(destination) === true
    ? null
    : `no VPN connection behind it is known to be up and to have a route for ${destination} from ${vpcId}`;
}

/** Why a route has to leave the gateway that it leads to; null: nothing is known against it. */
export function whyLost(
  { nextHop, isBlackhole }: Pick<ManagedRoute, 'nextHop' | 'isBlackhole'>,
  memory: Memory,
  now: Instant,
): string | null {
  if (isBlackhole) return `${describeGateway(nextHop)} is a blackhole`;
  return isFresh(memory, now) && known(nextHop, memory)?.health === 'down'
    ? `every VPN connection behind ${describeGateway(nextHop)} is down`
    : null;
}

const known = (id: string, { lastResorts }: Memory): LastResort | undefined =>
  lastResorts.gateways.find(({ gatewayId }) => gatewayId === id);

const isFresh = ({ lastResorts: { at } }: Memory, now: Instant): boolean =>
  Math.abs(now - at) <= FRESH_MS;
