/** Where the owner of each route put it, as learnt. */
import type { Instant } from '../../core/time.ts';

/** What is known of one route. */
export interface LearntRoute {
  /** The member that its owner pointed it at. */
  readonly instanceId: string;
  readonly zone: string;
  /** When EC2 had last started that member: only one started later can be its successor. Null: not known. */
  readonly launchedAt: Instant | null;
  /** Members to which vpn-medic itself moved the route since it was last at its preferred next hop. */
  readonly movedTo: readonly string[];
  /** When vpn-medic last moved it, or was about to. */
  readonly movedAt: Instant | null;
  /** When someone else pointed it at another living member than this one, which was preferred until then. */
  readonly changed: { readonly at: Instant; readonly from: string } | null;
}

/** By route key. */
export type LearntRoutes = ReadonlyMap<string, LearntRoute>;
