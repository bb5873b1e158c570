/** `vpn-medic admit INSTANCE`: people let an instance into its group, or keep it out. Pure. */
import * as v from 'valibot';
import {
  requestReader,
  StoredAt,
  StoredInstanceId,
  StoredText,
} from '../../core/storedRequests.ts';
import type { Instant } from '../../core/time.ts';

export interface Admit {
  readonly instanceId: string;
  /** It counts for this group only: a new value of the tag needs a new admission. */
  readonly group: string;
  /** False: it was revoked. */
  readonly isAdmitted: boolean;
  readonly at: Instant;
  /** The caller who asked for it, as AWS names it. */
  readonly by: string;
  readonly why: string;
}

/** The item of the state table that holds a region's: written by people only, read by the leader. */
export const admitsId = (region: string): string => `admits#${region}`;

/** So many one region holds; the newest stay. */
export const ADMITS_MAX = 500;

const Row = v.object({
  instanceId: StoredInstanceId,
  group: v.pipe(v.string(), v.maxLength(100)),
  isAdmitted: v.boolean(),
  at: StoredAt,
  by: StoredText,
  why: StoredText,
});

/** Null for garbage, which changes no admission. */
export const parseAdmits: (body: unknown) => readonly Admit[] | null = requestReader(
  'admits',
  Row,
  ADMITS_MAX,
);

/** What people last said of it; undefined: nothing. */
export const admitOf = (
  admits: readonly Admit[],
  { instanceId, group }: Pick<Admit, 'instanceId' | 'group'>,
): Admit | undefined =>
  admits.findLast((one) => one.instanceId === instanceId && one.group === group);
