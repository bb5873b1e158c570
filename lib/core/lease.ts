/** Whether this process leads its scope (S7), as rules and findings see it. */
import type { Instant } from './time.ts';

export type LeaseState =
  | { readonly kind: 'leader'; readonly token: number }
  /** Another leader is alive: this process reads, and writes and notifies nothing. */
  | { readonly kind: 'standby'; readonly until: Instant }
  /** A newer leader has the lease; this process ends. */
  | { readonly kind: 'lost'; readonly to: string }
  /** The state table cannot be reached. `wasLeader`: this process led when it was reached last. */
  | { readonly kind: 'unreachable'; readonly why: string; readonly wasLeader: boolean }
  /** A leader for one pass on an event: it acts only on what EC2 itself confirms. */
  | { readonly kind: 'singlePass'; readonly token: number };

/** The leadership of a scope, for what writes and notifies in its name. */
export interface Lead {
  readonly state: () => LeaseState;
  /** Asked right before something is published. True: this process led at the moment of that write. */
  readonly confirm: (signal: AbortSignal) => Promise<boolean>;
  /**
   * The previous leader did not release its lease: it died, or it lives and was replaced. What it published last may not
   * be recorded.
   */
  readonly isAfterCrash: () => boolean;
}
