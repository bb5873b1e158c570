/** Everything that can go wrong with Site-to-Site connections in the simulated account, and with reading them. */
import type { MetricFailures } from '../metrics.ts';

export type VpnFault =
  | TunnelFault
  /** The customer's device and all tunnels that end on it. */
  | { readonly kind: 'customer-device-dead'; readonly customerGatewayId: string }
  /** For good. */
  | { readonly kind: 'connection-deleted'; readonly connectionId: string }
  /** AWS says nothing of its tunnels. */
  | { readonly kind: 'telemetry-missing'; readonly connectionId: string }
  /** AWS says it in words that nobody has documented. */
  | { readonly kind: 'telemetry-strange'; readonly connectionId: string }
  /** Dates of changes lie ahead of the true time. */
  | { readonly kind: 'telemetry-ahead'; readonly byMs: number }
  /** Every call about connections fails so: `ec2:DescribeVpnConnections not accepted (AuthFailure)`. */
  | { readonly kind: 'vpn-unreadable'; readonly why: string }
  | { readonly kind: 'vpn-throttled'; readonly chance: number }
  | { readonly kind: 'metrics-trouble'; readonly trouble: Partial<MetricFailures> }
  /** No points are published for its tunnels. */
  | { readonly kind: 'metrics-missing'; readonly connectionId: string };

export type TunnelFault =
  | {
      readonly kind: 'tunnel-down';
      readonly connectionId: string;
      readonly outsideIp: string;
      /** IPsec is up all the same. */
      readonly isBgp: boolean;
    }
  /** Down for the first `downMs` of each `periodMs`. */
  | {
      readonly kind: 'tunnel-flapping';
      readonly connectionId: string;
      readonly outsideIp: string;
      readonly periodMs: number;
      readonly downMs: number;
    };
