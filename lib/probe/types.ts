/** The knock on an appliance's door, and what can be said of its answer. */
import type { Instant } from '../core/time.ts';

export type ProbeKind = 'tcp' | 'tls' | 'ike' | 'openvpn' | 'openvpn-tcp';

/** One probe as its tag writes it. */
export interface Probe {
  /** Canonical text, as in the tag: `ike:500`, `tcp:10.20.0.5:22`, `tcp:[fd00::1]:443`. */
  readonly text: string;
  readonly kind: ProbeKind;
  /** Null: the appliance's own address. */
  readonly address: string | null;
  /** 1..65535 */
  readonly port: number;
}

/** Alternatives, written `a|b`: one that answers is enough. Never empty. */
export type ProbeClause = readonly Probe[];

/** Where one knock goes. */
export interface ProbeTarget {
  /** The caller's name for it, unique within one round: answers carry it back. */
  readonly key: string;
  readonly kind: ProbeKind;
  /** IPv4 or IPv6, without brackets. */
  readonly address: string;
  /** 1..65535 */
  readonly port: number;
}

/** `down` is the far side's silence or refusal; whatever went wrong on our own side is `unknown`. */
export type ProbeResult =
  | { readonly kind: 'up'; readonly tookMs: number }
  | { readonly kind: 'down'; readonly why: string; readonly tookMs: number }
  | { readonly kind: 'unknown'; readonly why: string };

export interface ProbeAnswer {
  readonly key: string;
  readonly result: ProbeResult;
}

/** A place from which probes are sent. */
export interface Vantage {
  /** `here` for the watching function itself, else the probe function's name. */
  readonly id: string;
  /** Null: outside every VPC (public addresses only), or not known. */
  readonly subnetIds: readonly string[];
  readonly isInVpc: boolean;
  /** Why its settings, and with them its subnets, could not be read; absent when they could. */
  readonly unreadWhy?: string;
}

/** One volley from one vantage: all its knocks leave at the same instant. */
export interface Round {
  readonly vantageId: string;
  readonly sentAt: Instant;
  readonly targets: readonly ProbeTarget[];
  readonly timeoutMs: number;
}
