/** Scenarios of what is polled: Site-to-Site connections and Client VPN endpoints. */
import type { EndpointFact } from '../../clientVpn/types/endpoint.ts';
import type { Spell } from '../faults.ts';
import type { Scenario } from './types.ts';

const MINUTE_MS = 60_000;

export const POLL_SCENARIOS: readonly Scenario[] = [
  {
    name: 'site-lost',
    says: 'A site loses a tunnel, then a customer device, then its last connection, and recovers: connections are read once a minute.',
    spellsIn: ({ vpn }) => {
      const [first, second] = vpn.connections;
      const [tunnel] = second?.tunnels ?? [];
      const here = first?.customerGatewayId;
      const there = second?.customerGatewayId;
      if (first === undefined || second === undefined || tunnel === undefined) return null;
      if (first.site === null || first.site !== second.site || !here || !there) return null;
      const { connectionId } = second;
      const { outsideIp } = tunnel;
      return [
        {
          fault: { kind: 'tunnel-down', connectionId, outsideIp, isBgp: false },
          startMs: 2 * MINUTE_MS,
          endMs: 25 * MINUTE_MS,
        },
        {
          fault: { kind: 'customer-device-dead', customerGatewayId: here },
          startMs: 6 * MINUTE_MS,
          endMs: 20 * MINUTE_MS,
        },
        {
          fault: { kind: 'customer-device-dead', customerGatewayId: there },
          startMs: 10 * MINUTE_MS,
          endMs: 15 * MINUTE_MS,
        },
      ];
    },
    isPolled: true,
    lastsMs: 30 * MINUTE_MS,
  },
  {
    name: 'connection-lost',
    says: 'The customer device of a connection dies: its static transit gateway routes move to the other connection of its group, and fail back.',
    spellsIn: ({ vpn, transit }) => {
      const [first] = transit.routes;
      const attachment = transit.attachments.find(
        (one) => one.attachmentId === first?.attachmentId,
      );
      const own = vpn.connections.find((one) => one.connectionId === attachment?.connectionId);
      const others = vpn.connections.filter(
        (one) => one !== own && one.group !== null && one.group === own?.group,
      );
      const customerGatewayId = own?.customerGatewayId;
      if (!customerGatewayId || others.length === 0) return null;
      return [
        {
          fault: { kind: 'customer-device-dead', customerGatewayId },
          startMs: 2 * MINUTE_MS,
          endMs: 8 * MINUTE_MS,
        },
      ];
    },
    isPolled: true,
    lastsMs: 18 * MINUTE_MS,
  },
  {
    name: 'endpoints-dark',
    says: 'A Client VPN endpoint stops answering though EC2 calls it available, then all others of the region: first it is notified, then the region.',
    spellsIn: ({ endpoints: [first, ...others] }) => {
      if (first === undefined || others.length === 0) return null;
      return [
        shut(first, 6 * MINUTE_MS, 23 * MINUTE_MS),
        ...others.map((one) => shut(one, 11 * MINUTE_MS, 18 * MINUTE_MS)),
      ];
    },
    isPolled: true,
    lastsMs: 30 * MINUTE_MS,
  },
  {
    name: 'list-expiring',
    says: "A Client VPN endpoint's CRL has five days left, is not renewed, expires, so that no client can connect, and is renewed.",
    spellsIn: ({ endpoints: [first] }) => {
      if (first === undefined) return null;
      const { endpointId } = first;
      return [
        {
          fault: { kind: 'crl-old', endpointId, days: 5 },
          startMs: 2 * MINUTE_MS,
          endMs: 62 * MINUTE_MS,
        },
        {
          fault: { kind: 'crl-old', endpointId, days: -1 },
          startMs: 62 * MINUTE_MS,
          endMs: 122 * MINUTE_MS,
        },
      ];
    },
    isPolled: true,
    lastsMs: 190 * MINUTE_MS,
  },
];

const shut = ({ endpointId }: EndpointFact, startMs: number, endMs: number): Spell => ({
  fault: { kind: 'endpoint-unreachable', endpointId },
  startMs,
  endMs,
});
