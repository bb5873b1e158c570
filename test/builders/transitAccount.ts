/** A simulated account whose three connections are a group on a transit gateway. */
import { SimAccount } from '../../lib/simulator/account.ts';
import { defaultAccount } from '../../lib/simulator/defaults/account.ts';
import { defaultVpn } from '../../lib/simulator/defaults/siteToSite.ts';
import { USUAL_DELAYS } from '../../lib/simulator/delays.ts';
import type { TransitNetwork } from '../../lib/simulator/transitGateway.ts';
import type { TransitRouteWrite } from '../../lib/transitGateway/ports.ts';
import { HERE, TAKEN_AT } from '../storm/account.ts';

const TGW = 'tgw-0a';
/** Of the three connections of the group, in the order of their ids. */
export const ATTACHMENTS = [1, 2, 3].map((number) => `tgw-attach-${number}`);
/** Its owner is somebody else: it only claims to be of the group. Of those that are up for as long, the lowest id is taken. */
export const STRANGER = 'vpn-00000000000000000';
export const STRANGE_ATTACHMENT = 'tgw-attach-4';
const [NORTH = '', SOUTH = '', BRANCH = ''] = ATTACHMENTS;

/** Routes over the first connection (22: more than one pass may write), one over each other, and what is not ours. */
export function transitAccount(seed: number | string, routeCount: number = 22): SimAccount {
  const plain = defaultVpn(TAKEN_AT);
  const gateway = { kind: 'transit', id: TGW } as const;
  const [first] = plain.connections;
  if (first === undefined) throw new Error('there is no connection');
  const stranger = {
    ...first,
    connectionId: STRANGER,
    name: 'stranger',
    customerGatewayId: 'cgw-9',
    site: null,
    gateway,
    tunnels: first.tunnels.map((one, index) => ({ ...one, outsideIp: `203.0.113.${91 + index}` })),
  };
  const vpn = {
    ...plain,
    connections: [
      ...plain.connections.map((one) => ({ ...one, group: 'core', gateway })),
      stranger,
    ],
  };
  const table = {
    name: 'spokes',
    transitGatewayId: TGW,
    preferredTag: null,
    membersTag: null,
    ignored: null,
  };
  const network: TransitNetwork = {
    tables: [
      { ...table, tableId: 'tgw-rtb-1', groupTag: 'core' },
      { ...table, tableId: 'tgw-rtb-2', groupTag: 'other' },
    ],
    attachments: vpn.connections.map(({ connectionId }, index) => ({
      attachmentId: ATTACHMENTS[index] ?? STRANGE_ATTACHMENT,
      connectionId,
      transitGatewayId: TGW,
      stateWord: 'available',
    })),
    routes: [
      ...Array.from({ length: routeCount }, (_, index) => route(`10.${index}.0.0/16`, NORTH)),
      route('10.100.0.0/16', SOUTH),
      route('10.101.0.0/16', BRANCH),
      route('10.102.0.0/16', 'tgw-attach-vpc'),
      { ...route('10.0.0.0/16', NORTH), tableId: 'tgw-rtb-2' },
    ],
  };
  return new SimAccount({
    snapshot: defaultAccount(TAKEN_AT),
    seed,
    vantages: [HERE],
    pace: USUAL_DELAYS,
    skewMsMax: 2_000,
    vpn,
    transit: network,
  });
}

const route = (destination: string, attachmentId: string): TransitRouteWrite => ({
  tableId: 'tgw-rtb-1',
  destination,
  attachmentId,
});
