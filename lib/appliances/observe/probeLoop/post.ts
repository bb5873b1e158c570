/** One vantage, with what is probed from it and what that has shown. */
import type { Instant } from '../../../core/time.ts';
import type { ProbeHistory } from '../../../probe/history.ts';
import type { Vantage } from '../../../probe/types.ts';
import { type Policy, silenceMsOf } from '../../types/policy.ts';
import type { Topology } from '../../types/topology.ts';
import type { RoundObservation } from '../../types/world.ts';
import { type NewsPace, NO_NEWS } from '../probeSchedule/news.ts';
import { type Aims, aimFrom } from '../targets.ts';

export interface Post {
  readonly vantage: Vantage;
  aims: Aims;
  histories: Map<string, ProbeHistory>;
  rounds: RoundObservation[];
  readonly sentAts: Map<string, Instant>;
  readonly longSentAts: Map<string, Instant>;
  /** When each certificate was asked for last. */
  readonly certificateAts: Map<string, Instant>;
  readonly silenceMs: number;
  lastFullAt: Instant | null;
  lastHopsAt: Instant | null;
  lastSentAt: Instant;
  news: NewsPace;
  /** Targets whose verdict was announced, with the instant of it. */
  ripening: ReadonlyMap<string, Instant>;
  /** Ends the wait for the next round: a first miss makes one due at once. */
  wake: AbortController;
}

export const openPost = (vantage: Vantage, policy: Policy): Post => ({
  vantage,
  aims: { aims: new Map(), unreachables: new Map(), farSides: new Map() },
  histories: new Map(),
  rounds: [],
  sentAts: new Map(),
  longSentAts: new Map(),
  certificateAts: new Map(),
  silenceMs: silenceMsOf(policy, vantage),
  lastFullAt: null,
  lastHopsAt: null,
  lastSentAt: 0,
  news: NO_NEWS,
  ripening: new Map(),
  wake: new AbortController(),
});

/** Everything is due at once. */
export function forgetPace(post: Post): void {
  post.lastFullAt = null;
  post.lastHopsAt = null;
  post.lastSentAt = 0;
  post.sentAts.clear();
  post.longSentAts.clear();
}

/** Points its probes at where the topology shows them now; a target at another address begins a new history. */
export function aimPost(
  post: Post,
  topology: Topology,
  begin: (key: string, instanceId: string) => ProbeHistory,
): void {
  const before = post.aims.aims;
  post.aims = aimFrom(post.vantage, topology);
  post.histories = new Map(
    [...post.aims.aims].map(([key, { target, instanceId }]) => {
      const old = before.get(key)?.target;
      const isSame = old?.address === target.address && old.port === target.port;
      const kept = isSame ? post.histories.get(key) : undefined;
      return [key, kept ?? begin(key, instanceId)];
    }),
  );
}
