/** A drill: the routes of one next hop lead to its peers for a while, and then back. */
import type { Instant } from '../../core/time.ts';

/** One drill of a group, running or over. */
export interface Drill {
  /** The next hop that its routes leave; empty where none was chosen. */
  readonly instanceId: string;
  /** Its name then. */
  readonly name: string;
  readonly at: Instant;
  /** When its routes go back, if nothing is wrong before. */
  readonly until: Instant;
  /** The caller who asked for it, as AWS names it; or the tag. */
  readonly by: string;
  readonly why: string;
  /** Keys of the routes that leave; none: it was not begun. */
  readonly routes: readonly string[];
  /** When no route led to the next hop any more; null: not yet, or never. */
  readonly awayAt: Instant | null;
  /** Since when its routes are to go back; null: not yet. */
  readonly endedAt: Instant | null;
  /** Why it failed, or was not begun; null: it passed, or runs. */
  readonly failedWhy: string | null;
  /** When it was over; null: it runs. */
  readonly doneAt: Instant | null;
  /** Probes of the group's members meanwhile, and how many of them were not answered. */
  readonly probes: number;
  readonly missed: number;
  /** The longest time without an answer through the tunnels; null: no probe goes through one. */
  readonly outageMs: number | null;
}

/** What is known of one group's drills. */
export interface DrillMemory {
  /** Since when its tag `vpn-medic:drill` is known; null: none. */
  readonly taggedAt: Instant | null;
  /** The newest operator's request that was answered. */
  readonly askedAt: Instant;
  /** Newest last, at most `DRILLS_KEPT`. */
  readonly drills: readonly Drill[];
}

/** By group name. */
export type Drills = ReadonlyMap<string, DrillMemory>;

/** `vpn-medic drill GROUP`. */
export interface DrillRequest {
  readonly group: string;
  readonly at: Instant;
  /** 0: what runs is to end now. */
  readonly forMs: number;
  /** The caller who asked for it, as AWS names it. */
  readonly by: string;
  readonly why: string;
}

export const runningDrill = (memory: DrillMemory | undefined): Drill | null => {
  const last = memory?.drills.at(-1);
  return last === undefined || last.doneAt !== null ? null : last;
};
