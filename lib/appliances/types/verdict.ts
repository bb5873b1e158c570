/** What is believed of one appliance, and on whose word. */
import type { Instant } from '../../core/time.ts';

export type Verdict = UpVerdict | DownVerdict | UnknownVerdict;

export interface UpVerdict {
  readonly kind: 'up';
  /** `rise` good probes in a row: fit to be a home again. */
  readonly isHealthy: boolean;
  /** Answered 3 probes within the last 10 s and missed none since: fit to be a target (S2). */
  readonly isProven: boolean;
  /** What is missing to be proven, as a clause; null when nothing is. */
  readonly lacks: string | null;
  /** First good knock of the present row; null when only EC2 vouches for it. */
  readonly since: Instant | null;
  /** Not a word from any probe: judged by EC2's own signals alone. */
  readonly isByEc2Alone: boolean;
}

export interface DownVerdict {
  readonly kind: 'down';
  readonly cause: DownCause;
  /** EC2 itself (state, status check) says so: any invocation may act on it (S3, S7). */
  readonly isEc2Confirmed: boolean;
  readonly since: Instant;
  /** One clause: `ike:500 unanswered 5 times from here`, `EC2 says stopped`. */
  readonly why: string;
}

export interface UnknownVerdict {
  readonly kind: 'unknown';
  readonly why: string;
}

export type DownCause = 'state' | 'status-check' | 'interface' | 'probes';

/** What assess hands on: one verdict an appliance, by instance id. */
export type Verdicts = ReadonlyMap<string, Verdict>;
