/** What one pass over the Client VPN endpoints of a region read; every gap is explicit. */

import type { Gone } from '../../core/gone.ts';
import type { Reading } from '../../core/reading.ts';
import type { Instant } from '../../core/time.ts';
import type { EndpointMemory } from '../state.ts';
import type { AssociationFact, EndpointFact } from './endpoint.ts';
import type { EndpointPoints } from './metrics.ts';
import type { Surroundings } from './surroundings.ts';

export interface EndpointWorld {
  readonly at: Instant;
  readonly accountId: string;
  readonly region: string;
  /** How many regions this deployment watches: with several, DNS can send users to another one. */
  readonly regionCount: number;
  /** Ordered by id. Null: they could not be listed, so nothing is known of any of them. */
  readonly endpoints: readonly EndpointObservation[] | null;
  /** By id: known before and left out of the list now, or not to be read; what was found of them stands. */
  readonly absent: EndpointMemory['endpoints'];
  /** By id, where the list cannot be read: whether those that were up do answer. */
  readonly answers: ReadonlyMap<string, Reachability>;
  /** Endpoints that EC2 no longer has, or is deleting. */
  readonly gone: Gone;
  /** What could not be read; empty when everything was. */
  readonly gaps: readonly EndpointGap[];
  /** What was read when, for the next pass. */
  readonly asked: EndpointMemory['asked'];
}

export interface EndpointGap {
  /** `endpoints`, `associations of cvpn-endpoint-…`, `metrics`, … */
  readonly what: string;
  readonly why: string;
}

export interface EndpointObservation {
  readonly fact: EndpointFact;
  readonly associations: Reading<readonly AssociationFact[]>;
  readonly reachability: Reachability;
  /** Null: not read in this pass. */
  readonly surroundings: Surroundings | null;
  /** The last hour of each series that was read in this pass. */
  readonly recent: EndpointPoints;
  /** Two weeks by the hour, of those read in this pass. */
  readonly history: EndpointPoints;
  /** Null: its connection log was not read in this pass. */
  readonly failedLogins: Reading<FailedLogins> | null;
}

/** Failed logins of the last hour by AWS's words for the reason, the most frequent first. */
export type FailedLogins = readonly {
  readonly why: string;
  readonly count: number;
  readonly firstAt: Instant;
}[];

/** The result of one probe burst. */
export type Reachability =
  | { readonly kind: 'up'; readonly recent: readonly string[] }
  /** No probe was answered, and none failed on our side. */
  | { readonly kind: 'down'; readonly why: string; readonly recent: readonly string[] }
  | { readonly kind: 'unknown'; readonly why: string; readonly recent: readonly string[] }
  /** An endpoint that is not `available` is not probed. */
  | { readonly kind: 'unasked' };
