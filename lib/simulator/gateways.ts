/** The gateways of the simulated account and the route tables of their VPCs, as pollConnections reads them. */
import type { RouteTableFact } from '../appliances/types/inventory.ts';
import type { NetworkPort } from '../network/ports.ts';
import type { NetworkTable } from '../network/types.ts';
import { openReads } from './ec2Reads.ts';
import { emptyNetwork } from './emptyNetwork.ts';
import type { Faults } from './faults.ts';
import type { Invocation } from './invocation.ts';
import type { Network } from './network.ts';
import type { Random } from './random.ts';

/** Nothing but what leads over gateways. */
export function simNetwork(
  network: Network,
  faults: Faults,
  random: Random,
  self: Invocation,
): NetworkPort {
  const empty = emptyNetwork(self);
  if (network.gateways.length === 0) return empty;
  const ask = openReads(self, random, () => faults.active('transit-unreadable')[0]?.why ?? null);
  const tagOf = (id: string, key: string) => network.tags.get(`${id} vpn-medic:${key}`)?.value;
  const of = (kind: 'vgw-' | 'tgw-') =>
    network.gateways
      .filter(({ gatewayId }) => gatewayId.startsWith(kind))
      .map(({ gatewayId, vpcId }) => {
        const groupTag = tagOf(gatewayId, 'group');
        return {
          gatewayId,
          vpcId,
          name: gatewayId,
          ...(groupTag !== undefined && { groupTag }),
          ignored: tagOf(gatewayId, 'ignore') ?? null,
          isWatched: false,
        };
      });
  return {
    ...empty,
    gateways: (signal) => ask(signal, 'DescribeVpnGateways', () => of('vgw-')),
    transitGateways: (signal) => ask(signal, 'DescribeTransitGateways', () => of('tgw-')),
    tables: (signal) =>
      ask(signal, 'DescribeRouteTables', () =>
        network.tables
          .all()
          .map((fact) => tableOf(fact, tagOf(fact.tableId, 'group') !== undefined)),
      ),
    attachments: (signal) =>
      ask(signal, 'DescribeTransitGatewayAttachments', () =>
        of('tgw-').map(({ gatewayId, vpcId }) => ({
          attachmentId: `tgw-attach-${gatewayId.slice('tgw-'.length)}`,
          transitGatewayId: gatewayId,
          kind: 'vpc',
          resourceId: vpcId,
          tableId: tableIdOf(gatewayId),
        })),
      ),
    transitRoutes: async (tableIds, _callsMax, signal) => {
      const read = (tableId: string) =>
        ask(signal, 'SearchTransitGatewayRoutes', () =>
          network.gateways
            .filter(({ gatewayId }) => tableIdOf(gatewayId) === tableId)
            .flatMap(({ routes }) =>
              routes.map(({ destination, connectionId }) => ({
                destination,
                attachments: [{ kind: 'vpn', resourceId: connectionId }],
              })),
            ),
        );
      return new Map(await Promise.all(tableIds.map(async (id) => [id, await read(id)] as const)));
    },
  };
}

const tableOf = (fact: RouteTableFact, isGrouped: boolean): NetworkTable => ({
  tableId: fact.tableId,
  name: fact.name,
  vpcId: fact.vpcId,
  isMain: fact.isMain,
  subnetIds: fact.subnetIds,
  propagating: [],
  routes: fact.routes.map(({ destination, otherTarget, origin, state }) => ({
    destination,
    target: otherTarget ?? '',
    isBlackhole: state === 'blackhole',
    isPropagated: origin === 'propagated',
  })),
  isGrouped,
  ignored: null,
  isWatched: false,
});

const tableIdOf = (gatewayId: string): string => `tgw-rtb-${gatewayId.slice('tgw-'.length)}`;
