/** What a look at the endpoints of one region saw; every gap an explicit one. */

import type { Gone } from '../../core/gone.ts';
import type { Point } from '../../core/metric.ts';
import type { Reading } from '../../core/reading.ts';
import type { Instant } from '../../core/time.ts';
import type { EndpointMemory } from '../state.ts';
import type { AssociationFact, EndpointFact } from './endpoint.ts';
import type { EndpointMetricKey } from './metrics.ts';

export interface EndpointWorld {
  readonly at: Instant;
  readonly accountId: string;
  readonly region: string;
  /** How many regions this deployment watches: with several, users go where DNS sends them. */
  readonly regionCount: number;
  /** Null: the list could not be read, so nothing can be said of any of them. Ordered by id. */
  readonly endpoints: readonly EndpointObservation[] | null;
  /** Endpoints that EC2 has no more, or is deleting. */
  readonly gone: Gone;
  /** What could not be read; empty when sight is whole. */
  readonly gaps: readonly EndpointGap[];
  /** What the next look is to know of this one's asking. */
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
  /** The last hour's points of each series that exists and was asked for now; the others are missing. */
  readonly recent: Readonly<Partial<Record<EndpointMetricKey, readonly Point[]>>>;
  /** Hours of two weeks, of those asked for now. */
  readonly history: Readonly<Partial<Record<EndpointMetricKey, readonly Point[]>>>;
}

/** What a few knocks in a row came to. */
export type Reachability =
  | { readonly kind: 'up'; readonly recent: readonly string[] }
  /** Not one of them answered, and all were fairly heard. */
  | { readonly kind: 'down'; readonly why: string; readonly recent: readonly string[] }
  | { readonly kind: 'unknown'; readonly why: string; readonly recent: readonly string[] }
  /** Nobody knocks at an endpoint that is not open. */
  | { readonly kind: 'unasked' };
