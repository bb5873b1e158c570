/** What stands between an appliance that has died and its routes. */
import type { Instant } from '../../core/time.ts';

/** Why its daemon's answers alone bring no route back. */
export interface Doubt {
  /** When it fell silent, or lost its tunnel. */
  readonly since: Instant;
  /** `died`: without EC2's word, so that nothing says that its tunnel came back with its daemon. `undone`: its tunnel was lost right after a failback. */
  readonly why: 'died' | 'undone';
}

/** `vpn-medic failback`: a person says that routes may go back. */
export interface FailbackRequest {
  readonly instanceId: string;
  /** The doubt that it ends, known by its beginning; null: there was none. A later doubt needs a new request. */
  readonly doubtSince: Instant | null;
  readonly at: Instant;
  /** The caller who asked for it, as AWS names it. */
  readonly by: string;
  readonly why: string;
}

/** A route that went back to its preferred next hop a short time ago. */
export interface Homecoming {
  readonly at: Instant;
  readonly to: string;
  /** Where it came from. */
  readonly from: string;
  /** What answered through `from` until then. */
  readonly farSides: readonly string[];
}
