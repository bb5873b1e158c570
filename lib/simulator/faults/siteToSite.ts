/** Faults of Site-to-Site connections, and of reading them. */
import type { MetricFailures } from '../metrics.ts';

export type VpnFault =
  | TunnelFault
  /** All tunnels of the customer gateway are down. */
  | { readonly kind: 'customer-device-dead'; readonly customerGatewayId: string }
  /** Permanent. */
  | { readonly kind: 'connection-deleted'; readonly connectionId: string }
  /** AWS calls it by this word, whatever its tunnels do: `modifying`, `deleting`, one that is not documented. */
  | { readonly kind: 'connection-word'; readonly connectionId: string; readonly word: string }
  /** One of AWS's lists after the other lacks it. */
  | { readonly kind: 'connection-unlisted'; readonly connectionId: string }
  /** AWS says nothing of one of its tunnels. */
  | {
      readonly kind: 'tunnel-unlisted';
      readonly connectionId: string;
      readonly outsideIp: string;
    }
  /** AWS reports no state of its tunnels. */
  | { readonly kind: 'telemetry-missing'; readonly connectionId: string }
  /** AWS reports an undocumented status message. */
  | { readonly kind: 'telemetry-strange'; readonly connectionId: string }
  /** AWS dates status changes in the future. */
  | { readonly kind: 'telemetry-ahead'; readonly byMs: number }
  /** Every call about connections fails with this: `ec2:DescribeVpnConnections not accepted (AuthFailure)`. */
  | { readonly kind: 'vpn-unreadable'; readonly why: string }
  | { readonly kind: 'vpn-throttled'; readonly chance: number }
  | TransitFault
  | { readonly kind: 'metrics-trouble'; readonly trouble: Partial<MetricFailures> }
  /** No points are published for its tunnels. */
  | { readonly kind: 'metrics-missing'; readonly connectionId: string };

export type TransitFault =
  /** A connection that is not a member is tagged for a group. */
  | { readonly kind: 'connection-joins'; readonly connectionId: string; readonly group: string }
  /** Every read of transit gateways fails with this. */
  | { readonly kind: 'transit-unreadable'; readonly why: string }
  | { readonly kind: 'transit-throttled'; readonly chance: number }
  /** The role may not write transit gateway routes. */
  | { readonly kind: 'transit-write-refused' }
  /** The answer to a write is lost, before or after its effect. */
  | {
      readonly kind: 'transit-write-unclear';
      readonly chance: number;
      readonly isAfterEffect: boolean;
    }
  /** Another tool or a person points a route elsewhere, once. */
  | {
      readonly kind: 'rival-transit-route';
      readonly tableId: string;
      readonly destination: string;
      readonly attachmentId: string;
    };

export type TunnelFault =
  | {
      readonly kind: 'tunnel-down';
      readonly connectionId: string;
      readonly outsideIp: string;
      /** IPsec is up all the same. */
      readonly isBgp: boolean;
    }
  /** BGP is up, and the customer device announces nothing. */
  | {
      readonly kind: 'routes-withdrawn';
      readonly connectionId: string;
      readonly outsideIp: string;
    }
  /** Down for the first `downMs` of each `periodMs`. */
  | {
      readonly kind: 'tunnel-flapping';
      readonly connectionId: string;
      readonly outsideIp: string;
      readonly periodMs: number;
      readonly downMs: number;
    };
