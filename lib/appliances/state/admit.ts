/** `vpn-medic admit INSTANCE`: people let an instance into its group, or keep it out. Pure. */
import * as v from 'valibot';
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

const Text = v.pipe(v.string(), v.maxLength(2_000));
const Body = v.object({
  admits: v.pipe(
    v.array(
      v.object({
        instanceId: v.pipe(v.string(), v.regex(/^i-[0-9a-f]{1,40}$/)),
        group: v.pipe(v.string(), v.maxLength(100)),
        isAdmitted: v.boolean(),
        at: v.pipe(v.number(), v.minValue(0)),
        by: Text,
        why: Text,
      }),
    ),
    v.maxLength(ADMITS_MAX),
  ),
});

/** Null for garbage, which changes no admission. */
export function parseAdmits(body: unknown): readonly Admit[] | null {
  const parsed = v.safeParse(Body, body);
  return parsed.success ? parsed.output.admits : null;
}

/** What people last said of it; undefined: nothing. */
export const admitOf = (
  admits: readonly Admit[],
  { instanceId, group }: Pick<Admit, 'instanceId' | 'group'>,
): Admit | undefined =>
  admits.findLast((one) => one.instanceId === instanceId && one.group === group);
