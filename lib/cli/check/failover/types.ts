/** What check says of a group's failover, and what it says it from. Types only. */
import type { Reading } from '../../../core/reading.ts';
import type { Vantage } from '../../../probe/types.ts';
import type { AgentObservation } from '../../../repairs/ports.ts';
import type { Security } from '../reach.ts';

export interface FailoverReport {
  /** `unknown`: nothing is known that forbids it, and not everything that allows it is known. */
  readonly canFailOver: 'yes' | 'no' | 'unknown';
  readonly cause: FailoverCause;
  readonly because: string;
  /** The one command, or the one thing to do; null: nothing. */
  readonly toDo: string | null;
}

/** `unseen`: its death would not be seen. `held`: a safety rule holds its routes. */
export type FailoverCause =
  | 'ready'
  | 'no-route'
  | 'alone'
  | 'paused'
  | 'observe'
  | 'unread'
  | 'unseen'
  | 'held'
  | 'one-zone'
  | 'no-watcher';

/** Where the deployed watcher's probes leave from, and what security groups and network ACLs say of them. */
export interface Deployed {
  readonly vantages: readonly Vantage[];
  /** Where SSH sessions of repairs leave from. */
  readonly ssh: Vantage;
  /** By instance id, of those whose service may be restarted: how Systems Manager sees it. */
  readonly agents?: ReadonlyMap<string, Reading<AgentObservation>>;
  /** Null: they could not be read. */
  readonly security: Security | null;
}
