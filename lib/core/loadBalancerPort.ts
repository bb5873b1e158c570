/** Network load balancers and what is behind them, as the command line reads them. Types only. */
import type { Reading } from './reading.ts';

export interface LoadBalancerPort {
  /** The network load balancers among `arns`, and those of the target groups among them. One that is gone is left out. */
  balancers(
    arns: readonly string[],
    signal: AbortSignal,
  ): Promise<Reading<readonly LoadBalancerFact[]>>;
}

export interface LoadBalancerFact {
  readonly arn: string;
  readonly name: string;
  /** Empty: it has none, and lets everything through. */
  readonly securityGroupIds: readonly string[];
  /** Of its interfaces: its health checks leave from them. */
  readonly addresses: readonly string[];
  /** One for each target group that a listener forwards to. */
  readonly ways: readonly ListenerWay[];
}

export type Transport = 'tcp' | 'udp';

export interface ListenerWay {
  readonly transports: readonly Transport[];
  readonly port: number;
  readonly targetTransports: readonly Transport[];
  readonly targets: readonly TargetFact[];
}

export interface TargetFact {
  /** An instance id or an address. */
  readonly id: string;
  readonly port: number;
  /** Health checks of a network load balancer are TCP, HTTP or HTTPS; null: AWS does not say. */
  readonly healthPort: number | null;
  /** Null: its interface is not known. */
  readonly address: string | null;
  readonly securityGroupIds: readonly string[];
}
