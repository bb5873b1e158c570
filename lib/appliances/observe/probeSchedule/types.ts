/** What a round of probes is made of, and what is known where it leaves from. Types only. */
import type { Instant } from '../../../core/time.ts';
import type { ProbeHistory } from '../../../probe/history.ts';
import type { Aims } from '../targets.ts';

export interface RoundPlan {
  readonly keys: readonly string[];
  readonly timeoutMs: number;
  /** `full`: every target that is due. `hops`: the current next hops, between two full rounds. `look`: suspects. */
  readonly kind: 'full' | 'hops' | 'look';
}

export interface PostView {
  readonly aims: Aims;
  readonly histories: ReadonlyMap<string, ProbeHistory>;
  /** When each target was probed last, by key. */
  readonly sentAts: ReadonlyMap<string, Instant>;
  /** When each target was last given a long probe, by key. */
  readonly longSentAts: ReadonlyMap<string, Instant>;
  readonly lastFullAt: Instant | null;
  readonly lastHopsAt: Instant | null;
  readonly lastSentAt: Instant;
  /** How long a silence is long enough for a verdict, seen from this vantage. */
  readonly silenceMs: number;
}
