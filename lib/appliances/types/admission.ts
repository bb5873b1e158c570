/** Who belongs to a group, as it is kept. */
import type { Instant } from '../../core/time.ts';

/** What is kept of one group. */
export interface GroupAdmission {
  /** By instance id: since when each is a member, and how it became one. */
  readonly members: Readonly<Record<string, Membership>>;
  /** Instance profiles and auto scaling groups of members that have carried its routes, newest last. */
  readonly identities: readonly string[];
}

export interface Membership {
  /** `founder`: there when the group was first seen. `carrier`: a route of the group has led to it. */
  readonly how: (typeof HOWS)[number];
  readonly at: Instant;
}

export type Admissions = ReadonlyMap<string, GroupAdmission>;

/** Founders and carriers stay; every other way is asked anew each time. */
export const HOWS = ['founder', 'carrier', 'identity', 'table', 'operator', 'policy'] as const;
