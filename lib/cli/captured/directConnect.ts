/** The virtual interfaces of a captured account, as CloudWatch lists them: those whose BGP has a metric. */
import { type DirectConnectNetwork, NO_DIRECT_CONNECT } from '../../simulator/directConnect.ts';
import type { CapturedAccount } from './account.ts';

/** Empty where the capture does not say. */
export async function directConnectOf(
  { clients, setup: { region } }: Pick<CapturedAccount, 'clients' | 'setup'>,
  signal: AbortSignal,
): Promise<DirectConnectNetwork> {
  const [metrics, watchTags] = await Promise.all([
    clients.metrics(region),
    clients.watchTags(region),
  ]);
  const [series, watched] = await Promise.all([
    metrics.series({ namespace: 'AWS/DX', metricName: null }, signal),
    watchTags.watched(signal),
  ]);
  if (!series.known || !watched.known) return NO_DIRECT_CONNECT;
  const interfaces = series.value.flatMap(({ metricName, dimensions }) => {
    const { VirtualInterfaceId: interfaceId, ConnectionId: connectionId } = dimensions;
    const isWhole = interfaceId !== undefined && connectionId !== undefined;
    return metricName === BGP && isWhole ? [{ interfaceId, connectionId }] : [];
  });
  return { interfaces, watched: watched.value };
}

const BGP = 'VirtualInterfaceBgpStatus';
