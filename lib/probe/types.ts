/** A probe, its target and its answer. */
import type { Instant } from '../core/time.ts';
import type { Destination } from './kind.ts';
import type { ProbeKind } from './kinds.ts';
import type { ProbeResult } from './result.ts';

export type { ProbeKind } from './kinds.ts';
export type { CertificateDates, KeyId, ProbeResult } from './result.ts';

/** One probe as its tag writes it. */
export interface Probe {
  /** Canonical text, as in the tag: `ike:500`, `tcp:10.20.0.5:22`, `tcp:[fd00::1]:443`. */
  readonly text: string;
  readonly kind: ProbeKind;
  /** Null: the appliance's own address. */
  readonly address: string | null;
  /** 1..65535 */
  readonly port: number;
  /** After the port, for `http` and `https`: `/healthz`. Absent: `/`. */
  readonly path?: string;
  /** After `#`, for `http` and `https`: what the body must hold, as in `http:8080/healthz#UP`. */
  readonly word?: string;
  /** The key that it is probed with, by `vpn-medic:probe-key`. Absent: none is named. */
  readonly keyName?: string;
  /** Its own pace, `@15` in the tag: never probed more often, suspect or not. Absent: the deployment's. */
  readonly everyMs?: number;
  /** Not in the tag: it is sent to the appliance itself beside a tag that names far sides alone. */
  readonly isImplied?: boolean;
}

/** Alternatives, written `a|b`: one that answers is enough. Never empty. */
export type ProbeClause = readonly Probe[];

/** Where one probe goes. */
export interface ProbeTarget extends Destination {
  /** The caller's name for it, unique within one burst: answers carry it back. */
  readonly key: string;
  readonly kind: ProbeKind;
  /** Absent: none is named for it. */
  readonly keyName?: string;
  /** Not to test for life: its answer shows the dates of the server's certificate. */
  readonly readsCertificate?: true;
}

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
  /** Those of a probe function inside a VPC; absent: not known. */
  readonly securityGroupIds?: readonly string[];
  /** Whether a probe function inside a VPC may send IPv6; absent: not known. */
  readonly isDualStack?: boolean;
  /** Why its settings, and with them its subnets, could not be read; absent when they could. */
  readonly unreadWhy?: string;
}

/** One probe burst from one vantage: all its probes leave at the same instant. */
export interface Round {
  readonly vantageId: string;
  readonly sentAt: Instant;
  readonly targets: readonly ProbeTarget[];
  readonly timeoutMs: number;
}
