/** One check of one endpoint, and what it finds. */
import type { Finding } from '../../core/finding.ts';
import { type EndpointReason } from '../../core/reasons.ts';
import type { Instant } from '../../core/time.ts';
import { type EndpointPast } from '../state.ts';
import type { EndpointObservation } from './world.ts';

/** One check of one endpoint. */
export interface EndpointCheck {
  /** What it may find: while it cannot tell, its previous findings stay. */
  readonly reasons: readonly EndpointReason[];
  /** Null: cannot tell now. `past` already holds what this pass has learnt. */
  readonly judge: (
    observation: EndpointObservation,
    past: EndpointPast,
    isOpen: (reason: EndpointReason) => boolean,
    now: Instant,
  ) => readonly Trouble[] | null;
}

/** A finding without what is the same for all of one endpoint. */
export interface Trouble extends Pick<Finding, 'severity' | 'summary' | 'evidence' | 'hint'> {
  readonly reason: EndpointReason;
  /** Ids of what the endpoint fails by, where others may use it too. */
  readonly dependsOn?: readonly string[];
}
