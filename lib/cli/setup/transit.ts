/** Which connections of a transit gateway could stand in for each other, as far as its routes show it. Pure. */
import { compare } from '../../core/order.ts';
import { groupNameOf } from './names.ts';
import type {
  ConnectionProposal,
  ProposedConnectionGroup,
  ProposedTable,
  TransitConnection,
  TransitFacts,
  TransitTable,
} from './types.ts';

/** Tags decide. Without them a group is one connection that static routes lead to, and those of its gateway that no route leads to; where there are two of the former, a person chooses. */
export function connectionProposalOf(
  { connections, tables }: TransitFacts,
  taken: ReadonlySet<string>,
): ConnectionProposal {
  const groups: ProposedConnectionGroup[] = [];
  const unclear: string[] = [];
  const byGateway = Map.groupBy(
    connections.toSorted((a, b) => compare(a.connectionId, b.connectionId)),
    ({ transitGatewayId }) => transitGatewayId,
  );
  for (const [transitGatewayId, members] of byGateway) {
    const own = tables.filter((table) => table.transitGatewayId === transitGatewayId);
    const tagged = Map.groupBy(members, ({ group }) => group);
    for (const [name, some] of tagged) {
      if (name !== null) groups.push(groupOf(name, transitGatewayId, some, own));
    }
    const free = tagged.get(null) ?? [];
    const carriers = free.filter((one) => carriedBy(one, own).length > 0);
    const spares = free.filter(
      ({ connectionId }) => !own.some((table) => table.carriers.has(connectionId)),
    );
    if (carriers.length === 0 || spares.length === 0) continue;
    if (carriers.length > 1) {
      unclear.push(
        `${transitGatewayId}: static routes lead to ${namesOf(carriers)}, and none to ${namesOf(spares)}; tag those that reach the same site with one vpn-medic:group`,
      );
      continue;
    }
    const some = [...carriers, ...spares];
    const names = some.map(({ name }) => ({ name, vpcId: transitGatewayId, group: null }));
    const name = groupNameOf(names, new Set([...taken, ...groups.map((group) => group.name)]));
    groups.push(groupOf(name, transitGatewayId, some, own));
  }
  return { groups, unclear };
}

function groupOf(
  name: string,
  transitGatewayId: string,
  members: readonly TransitConnection[],
  tables: readonly TransitTable[],
): ProposedConnectionGroup {
  const carried = members.map((member) => ({ member, tables: carriedBy(member, tables) }));
  const byTable = Map.groupBy(
    carried.flatMap((one) => one.tables),
    ({ tableId }) => tableId,
  );
  return {
    name,
    transitGatewayId,
    members,
    carrierIds: carried.flatMap((one) => (one.tables.length > 0 ? [one.member.connectionId] : [])),
    tables: [...byTable].map(([tableId, some]) => ({
      tableId,
      name: tableId,
      destinations: some.flatMap(({ destinations }) => destinations).toSorted(),
    })),
  };
}

const namesOf = (some: readonly TransitConnection[]): string =>
  some.map(({ name }) => name).join(', ');

const carriedBy = (
  { connectionId }: TransitConnection,
  tables: readonly TransitTable[],
): readonly ProposedTable[] =>
  tables
    .toSorted((a, b) => compare(a.tableId, b.tableId))
    .flatMap(({ tableId, statics }) => {
      const destinations = statics
        .filter(({ attachment }) => attachment?.resourceId === connectionId)
        .map(({ destination }) => destination)
        .toSorted();
      return destinations.length === 0 ? [] : [{ tableId, name: tableId, destinations }];
    });
