/** The verdict on one appliance, and the evidence it rests on. */
import type { Instant } from '../../core/time.ts';

export type Verdict = UpVerdict | DownVerdict | UnknownVerdict;

export interface UpVerdict {
  readonly kind: 'up';
  /** `rise` good probes in a row: eligible for failback. */
  readonly isHealthy: boolean;
  /** Answered 3 probes within the last 10 s and missed none since: eligible as a target (S2). */
  readonly isProven: boolean;
  /** What is missing to be proven, as a clause; null when nothing is. */
  readonly lacks: string | null;
  /** First good probe of the current row; null when only EC2 says that it is up. */
  readonly since: Instant | null;
  /** No probe has answered: judged by EC2's own signals alone. */
  readonly isByEc2Alone: boolean;
  /** EC2's status check fails while it answers: routes stay, and it is a target of last resort. Absent: the check passes. */
  readonly degradedWhy?: string;
  /** It answers, and too late to be proven: its routes stay. Absent: not so. */
  readonly isLate?: true;
  /** Why its IPv6 routes leave it, and no other: it answers, and not by IPv6, or has no IPv6 address any more. Absent: not so. */
  readonly ipv6DownWhy?: string;
  /** What its probes through the tunnel prove; absent: its tag asks for none, and none is sent. */
  readonly tunnel?: TunnelSign | 'unsent';
}

/**
 * `proven`: three answers within 10 s and no miss since. `answering`: not yet so many. `lost`: silent for as long as a
 * death needs, while the same far side answers through another appliance. `silent`: for as long, without that witness.
 */
export type TunnelSign = 'proven' | 'answering' | 'lost' | 'unsure' | 'silent';

export interface DownVerdict {
  readonly kind: 'down';
  readonly cause: DownCause;
  /** EC2 itself (state, status check) says so: a mass failure or a lost table does not hold it (S3, S7). */
  readonly isEc2Confirmed: boolean;
  readonly since: Instant;
  /** One clause: `ike:500 unanswered 5 times from here`, `EC2 says stopped`. */
  readonly why: string;
  /** It answers again, and EC2 has not shown since then that the address is still its own: no route leaves it meanwhile. */
  readonly isAwaitingAddress?: boolean;
  /** It answers, and too late to be proven: slow, not known to be dead. Absent: not so. */
  readonly isLate?: true;
}

/** Whether routes have to leave it. */
export const isDead = (verdict: Verdict | undefined): verdict is DownVerdict =>
  verdict?.kind === 'down' && verdict.isAwaitingAddress !== true && verdict.isLate !== true;

/** Answers its probes and fails EC2's status check. */
export const isDegraded = (verdict: Verdict | undefined): boolean =>
  verdict?.kind === 'up' && verdict.degradedWhy !== undefined;

export interface UnknownVerdict {
  readonly kind: 'unknown';
  readonly why: string;
}

export const DOWN_CAUSES = ['state', 'status-check', 'interface', 'probes'] as const;

export type DownCause = (typeof DOWN_CAUSES)[number];

/** What assess hands on: one verdict an appliance, by instance id. */
export type Verdicts = ReadonlyMap<string, Verdict>;
