/** Planned leaves: what is announced to end, or is drained by an operator. Its routes leave before it does (S14). Pure. */
import * as v from 'valibot';
import {
  requestReader,
  StoredAt,
  StoredInstanceId,
  StoredText,
} from '../../core/storedRequests.ts';
import { type Instant, toIso } from '../../core/time.ts';
import type { World } from '../types/world.ts';

export interface Leave {
  readonly instanceId: string;
  readonly cause: LeaveCause;
  /** When it was announced. */
  readonly at: Instant;
  /** When it is expected to end; null: not known. */
  readonly endsAt: Instant | null;
  /** It counts until then; null: for as long as EC2 lists it. */
  readonly until: Instant | null;
  /** The caller who asked for it, as AWS names it; or the service that announced it. */
  readonly by: string;
  readonly why: string;
  /** The lifecycle hook that waits for vpn-medic; null: none does. */
  readonly hook: LeaveHook | null;
}

/** What Auto Scaling wants to hear of, to let the instance end. */
export interface LeaveHook {
  readonly name: string;
  readonly group: string;
  readonly token: string;
}

/**
 * `spot`: a Spot interruption notice. `rebalance`: EC2 recommends to leave, and may never end it. `lifecycle`: its auto
 * scaling group ends it. `scheduled`: an event of EC2 is near. `drain`: an operator asked for it. `drill`: it stays, and its
 * routes come back; no item of the table holds it.
 */
export type LeaveCause = (typeof CAUSES)[number] | 'drill';

const CAUSES = ['spot', 'lifecycle', 'scheduled', 'drain', 'rebalance'] as const;

/** By instance id. */
export type Leaves = ReadonlyMap<string, Leave>;

/** Whether AWS itself has announced it. */
export const isAnnounced = ({ cause }: Leave): boolean => cause !== 'drain' && cause !== 'drill';

/** Whether it ends for certain: only then is it stronger than a pin that was there before. */
export const isCertain = ({ cause }: Leave): boolean => cause !== 'rebalance' && cause !== 'drill';

/** Whether an operator's pin to it keeps a route there all the same: one that is newer, or than which the notice is weaker. */
export const isOutweighed = (leave: Leave, pin: { readonly at: Instant } | null): boolean =>
  pin !== null && (pin.at > leave.at || !isCertain(leave));

/** One clause, for people: `leaves (EC2 interrupts its Spot capacity), until …`. */
export function describeLeave({ cause, why, by, endsAt, until }: Leave): string {
  const end = endsAt === null ? '' : ` at ${toIso(endsAt)}`;
  switch (cause) {
    case 'spot':
      return `ends${end}: Spot interruption`;
    case 'lifecycle':
      return `ends: ${why}`;
    case 'scheduled':
      return `has a scheduled event of EC2${end}: ${why}`;
    case 'rebalance':
      return 'may end soon: rebalance recommended';
    case 'drain':
      return `is drained by ${by}${until === null ? '' : ` until ${toIso(until)}`}: ${why}`;
    case 'drill':
      return `is drilled by ${by}`;
    default:
      return cause satisfies never;
  }
}

/** The item of the state table that holds a region's: written by the event function and by operators, read by the leader. */
export const leavesId = (region: string): string => `leaves#${region}`;

/** Whatever is stored, none lasts longer. */
export const LEAVE_MS_MAX = 7 * 86_400_000;
/** So many one region holds; the newest stay. */
export const LEAVES_MAX = 500;

const readLeaves = requestReader(
  'leaves',
  v.object({
    instanceId: StoredInstanceId,
    cause: v.picklist(CAUSES),
    at: StoredAt,
    endsAt: v.nullable(StoredAt),
    until: StoredAt,
    by: StoredText,
    why: StoredText,
    hook: v.nullable(v.object({ name: StoredText, group: StoredText, token: StoredText })),
  }),
  LEAVES_MAX,
);

export type StoredLeave = Leave & { readonly until: Instant };

/** Null for garbage, which changes no leave. */
export function parseLeaves(body: unknown): readonly StoredLeave[] | null {
  const leaves = readLeaves(body);
  if (leaves === null) return null;
  return leaves.map((one) => ({ ...one, until: Math.min(one.until, one.at + LEAVE_MS_MAX) }));
}

/** With one more: it takes the place of an earlier one of the same instance, cause and hook. Those that are over for an hour go. */
export const withLeave = (
  leaves: readonly StoredLeave[],
  leave: StoredLeave,
  now: Instant,
): readonly StoredLeave[] =>
  [...leaves.filter((one) => !isSame(one, leave) && now - one.until < ENDED_MS), leave].slice(
    -LEAVES_MAX,
  );

const ENDED_MS = 3_600_000;

const isSame = (a: Leave, b: Leave): boolean =>
  a.instanceId === b.instanceId && a.cause === b.cause && a.hook?.name === b.hook?.name;

/** A scheduled event counts from so long before it on. */
export const SCHEDULED_NEAR_MS = 3_600_000;

/** An operator's or EventBridge's clock is ahead by no more. */
const AHEAD_MS = 300_000;

/** What leaves now: of several notices of one instance the most certain. An announced end is past once EC2 has started it again. */
export function leavesNow(
  { signals }: Pick<World, 'signals'>,
  stored: readonly Leave[],
  now: Instant,
): Leaves {
  const leaves = new Map<string, Leave>();
  const add = (leave: Leave) => {
    const other = leaves.get(leave.instanceId);
    if (other === undefined || rankOf(leave) < rankOf(other)) leaves.set(leave.instanceId, leave);
  };
  for (const one of stored) {
    const startedAt = signals.get(one.instanceId)?.launchedAt ?? null;
    const isPast = isAnnounced(one) && startedAt !== null && startedAt > one.at;
    if (!isPast && isLive(one, now)) add(one);
  }
  for (const [instanceId, { events }] of signals) {
    for (const { code, description, notBefore } of events) {
      if (notBefore === null || notBefore - now > SCHEDULED_NEAR_MS) continue;
      add({
        instanceId,
        cause: 'scheduled',
        at: notBefore - SCHEDULED_NEAR_MS,
        endsAt: notBefore,
        until: null,
        by: 'EC2',
        why: description === '' ? code : `${code}: ${description}`,
        hook: null,
      });
    }
  }
  return leaves;
}

export const isLive = ({ at, until }: Leave, now: Instant): boolean =>
  at <= now + AHEAD_MS && (until === null || now < until);

const rankOf = ({ cause }: Leave): number =>
  cause === 'drill' ? CAUSES.length : CAUSES.indexOf(cause);
