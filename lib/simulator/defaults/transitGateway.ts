/** The transit gateway of a rehearsal: a data centre with two connections, and static routes that lead over the first. */
import type { Instant } from '../../core/time.ts';
import type { VpnNetwork } from '../siteToSite.ts';
import type { TransitNetwork } from '../transitGateway.ts';
import { aConnection, aGateway, defaultVpn, hex } from './siteToSite.ts';

const TGW = `tgw-${hex(1)}`;
const PAIR = [
  [4, 'dc-east'],
  [5, 'dc-west'],
] as const;

/** The default connections, and those of the data centre. */
export const defaultVpnWithTransit = (takenAt: Instant): VpnNetwork => {
  const { connections, customerGateways } = defaultVpn(takenAt);
  return {
    connections: [
      ...connections,
      ...PAIR.map(([number, name]) => ({
        ...aConnection(number, name, 'dc', takenAt),
        gateway: { kind: 'transit', id: TGW } as const,
        group: 'dc',
      })),
    ],
    customerGateways: [...customerGateways, ...PAIR.map(([number]) => aGateway(number))],
  };
};

const tableId = `tgw-rtb-${hex(1)}`;

export const DEFAULT_TRANSIT: TransitNetwork = {
  tables: [
    {
      tableId,
      name: 'spokes',
      transitGatewayId: TGW,
      groupTag: 'dc',
      preferredTag: null,
      membersTag: null,
      ignored: null,
    },
  ],
  attachments: PAIR.map(([number]) => ({
    attachmentId: `tgw-attach-${hex(number)}`,
    connectionId: `vpn-${hex(number)}`,
    transitGatewayId: TGW,
    stateWord: 'available',
  })),
  routes: ['10.70.0.0/16', '10.71.0.0/16'].map((destination) => ({
    tableId,
    destination,
    attachmentId: `tgw-attach-${hex(4)}`,
  })),
};
