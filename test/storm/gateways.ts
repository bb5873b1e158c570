/** What was behind a gateway of last resort, by ground truth. */
import { covers } from '../../lib/core/cidr.ts';
import type { Run } from './record.ts';

/** What is believed of a gateway is at most a minute old, and the watcher reads it every few seconds. */
export const GATEWAY_AGE_MS = 70_000;

/** Whether a connection behind it carried traffic at some moment of the span. */
export const wasUp = (run: Run, gatewayId: string, fromMs: number, toMs: number): boolean =>
  momentsIn(run, fromMs, toMs).some((atMs) => isUpAt(run, gatewayId, atMs));

/** Whether none behind it did at some moment of the span. */
export const wasDown = (run: Run, gatewayId: string, fromMs: number, toMs: number): boolean =>
  momentsIn(run, fromMs, toMs).some((atMs) => !isUpAt(run, gatewayId, atMs));

/** Whether what is behind it, up or not, has a route for all of a destination. */
export function leadsTo({ account }: Run, gatewayId: string, destination: string): boolean {
  const gateway = account.network.gateways.find((one) => one.gatewayId === gatewayId);
  const cidrs = [
    ...(gateway?.routes ?? []).map((one) => one.destination),
    ...account.vpn.network.connections.flatMap((one) =>
      one.gateway.id === gatewayId ? one.staticCidrs : [],
    ),
  ];
  return cidrs.some((cidr) => covers(cidr, destination));
}

const isUpAt = ({ account: { vpn } }: Run, gatewayId: string, atMs: number): boolean =>
  vpn.network.connections.some(
    ({ gateway, connectionId, tunnels }) =>
      gateway.id === gatewayId &&
      tunnels.some(({ outsideIp }) => vpn.truth(connectionId, outsideIp, atMs) === 'up'),
  );

/** Both ends, and wherever a fault begins or ends between them. */
const momentsIn = ({ options }: Run, fromMs: number, toMs: number): readonly number[] => [
  fromMs,
  toMs,
  ...options.spells
    .flatMap(({ startMs, endMs }) => [startMs, endMs])
    .filter((atMs) => atMs > fromMs && atMs < toMs),
];
