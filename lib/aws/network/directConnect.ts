/** Virtual interfaces of Direct Connect in one region, and the gateways behind them. Read only. */
import {
  DescribeDirectConnectGatewayAssociationsCommand,
  DescribeDirectConnectGatewayAttachmentsCommand,
  DescribeVirtualInterfacesCommand,
  DirectConnectClient,
  type VirtualInterface,
} from '@aws-sdk/client-direct-connect';
import type { Clock } from '../../core/time.ts';
import type { NetworkPort } from '../../network/ports.ts';
import {
  DIRECT_CONNECT_GATEWAYS_MAX,
  type DirectConnectGatewayFact,
  type VirtualInterfaceFact,
} from '../../network/types.ts';
import {
  type CallContext,
  type CallResult,
  call,
  everyPageBy,
  everyPart,
  listOf,
  reading,
  Unreadable,
} from '../call.ts';
import { type CallHook, delays, hooked, READ_MS } from '../client.ts';

export function directConnectReader(
  region: string,
  clock: Clock,
  onCall?: CallHook,
): NetworkPort['directConnect'] {
  const client = hooked(new DirectConnectClient({ region, ...delays(READ_MS) }), onCall);
  const context: CallContext = { service: 'directconnect', clock };
  return (gatewayIds, signal) =>
    reading(context, 'DescribeVirtualInterfaces', async () => {
      const interfaces = await every(
        context,
        'DescribeVirtualInterfaces',
        signal,
        (nextToken) =>
          client.send(new DescribeVirtualInterfacesCommand({ nextToken }), { abortSignal: signal }),
        (page) => listOf(page.virtualInterfaces).flatMap(interfaceFact),
      );
      if (!interfaces.ok) return interfaces;
      const ids = [
        ...gatewayIds,
        ...interfaces.value.map((one) => one.gatewayId).filter((id) => !id.startsWith('vgw-')),
      ].filter((id) => id !== '');
      const distinct = [...new Set(ids)];
      if (distinct.length > DIRECT_CONNECT_GATEWAYS_MAX) {
        throw new Unreadable(
          `${distinct.length} Direct Connect gateways, and at most ${DIRECT_CONNECT_GATEWAYS_MAX} are read`,
        );
      }
      const gateways = await everyPart(distinct, (id) => gatewayOf(client, context, id, signal));
      if (!gateways.ok) return gateways;
      return { ok: true, value: { interfaces: interfaces.value, gateways: gateways.value } };
    });
}

async function gatewayOf(
  client: DirectConnectClient,
  context: CallContext,
  directConnectGatewayId: string,
  signal: AbortSignal,
): Promise<CallResult<readonly DirectConnectGatewayFact[]>> {
  const options = { abortSignal: signal };
  const gatewayIds = await every(
    context,
    'DescribeDirectConnectGatewayAssociations',
    signal,
    (nextToken) =>
      client.send(
        new DescribeDirectConnectGatewayAssociationsCommand({
          directConnectGatewayId,
          nextToken,
        }),
        options,
      ),
    (page) =>
      listOf(page.directConnectGatewayAssociations).flatMap(
        ({ associationState, associatedGateway }) =>
          associationState === 'associated' ? (associatedGateway?.id ?? []) : [],
      ),
  );
  if (!gatewayIds.ok) return gatewayIds;
  const interfaceIds = await every(
    context,
    'DescribeDirectConnectGatewayAttachments',
    signal,
    (nextToken) =>
      client.send(
        new DescribeDirectConnectGatewayAttachmentsCommand({ directConnectGatewayId, nextToken }),
        options,
      ),
    (page) =>
      listOf(page.directConnectGatewayAttachments).flatMap(
        ({ attachmentState, virtualInterfaceId }) =>
          attachmentState === 'attached' ? (virtualInterfaceId ?? []) : [],
      ),
  );
  if (!interfaceIds.ok) return interfaceIds;
  const fact = {
    directConnectGatewayId,
    gatewayIds: gatewayIds.value,
    interfaceIds: interfaceIds.value,
  };
  return { ok: true, value: [fact] };
}

/** Its replies spell their token in small letters. */
const every = <P extends { readonly nextToken?: string | undefined }, T>(
  context: CallContext,
  action: string,
  signal: AbortSignal,
  send: (nextToken: string | undefined) => Promise<P>,
  read: (page: P) => readonly T[],
): Promise<CallResult<readonly T[]>> =>
  everyPageBy(
    (token) => call(context, action, signal, () => send(token)),
    read,
    ({ nextToken }) => nextToken,
  );

function interfaceFact(raw: VirtualInterface): readonly VirtualInterfaceFact[] {
  const { virtualInterfaceId: interfaceId, virtualInterfaceState: state } = raw;
  if (!interfaceId || raw.virtualInterfaceType === 'public' || GONE.has(state ?? '')) return [];
  return [
    {
      interfaceId,
      name: raw.virtualInterfaceName || interfaceId,
      connectionId: raw.connectionId ?? '',
      device: raw.awsLogicalDeviceId || raw.awsDeviceV2 || '',
      gatewayId: raw.virtualGatewayId || raw.directConnectGatewayId || '',
      isUp: isUp(raw),
    },
  ];
}

const GONE: ReadonlySet<string> = new Set(['deleting', 'deleted', 'rejected']);

/** One session that is up carries traffic; down is what AWS calls so, of the interface or of each session. */
function isUp({ virtualInterfaceState, bgpPeers = [] }: VirtualInterface): boolean | null {
  if (bgpPeers.some(({ bgpStatus }) => bgpStatus === 'up')) return true;
  if (virtualInterfaceState === 'down') return false;
  return bgpPeers.length > 0 && bgpPeers.every(({ bgpStatus }) => bgpStatus === 'down')
    ? false
    : null;
}
