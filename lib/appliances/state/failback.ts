/** Whether routes may go back to an appliance that has died: the doubt of its tunnel, and people's word. Pure. */
import * as v from 'valibot';
import {
  requestReader,
  StoredAt,
  StoredInstanceId,
  StoredText,
} from '../../core/storedRequests.ts';
import type { Instant } from '../../core/time.ts';
import type { ApplianceMemory, GroupMemory, Memory } from '../state.ts';
import type { Doubt, FailbackRequest, Homecoming } from '../types/failback.ts';
import type { Policy } from '../types/policy.ts';
import type { DownCause, Verdict } from '../types/verdict.ts';

/** The item of the state table that holds a region's: written by people only, read by the leader. */
export const failbacksId = (region: string): string => `failbacks#${region}`;

/** So many one region holds; the newest stay. */
export const FAILBACKS_MAX = 500;

const Row = v.object({
  instanceId: StoredInstanceId,
  doubtSince: v.nullable(StoredAt),
  at: StoredAt,
  by: StoredText,
  why: StoredText,
});

/** Null for garbage, which allows nothing. */
export const parseFailbacks: (body: unknown) => readonly FailbackRequest[] | null = requestReader(
  'failbacks',
  Row,
  FAILBACKS_MAX,
);

/** Whether a person has said so since the doubt began. */
export const isAllowed = (
  failbacks: readonly FailbackRequest[],
  instanceId: string,
  doubt: Doubt | null | undefined,
): boolean =>
  failbacks.some(
    (one) => one.instanceId === instanceId && one.doubtSince === (doubt?.since ?? null),
  );

/** Why routes do not go back to an appliance that answers; null: nothing holds them for its tunnel's sake. */
export function tunnelHold(
  instanceId: string,
  verdict: Verdict | undefined,
  { appliances, failbacks }: Pick<Memory, 'appliances' | 'failbacks'>,
  policy: Policy,
): string | null {
  const doubt = appliances.get(instanceId)?.doubt;
  const tunnel = verdict?.kind === 'up' ? verdict.tunnel : undefined;
  if (tunnel === 'lost') return 'its daemon answers, and its tunnel carries nothing';
  if (isAllowed(failbacks, instanceId, doubt)) return null;
  if (doubt?.why === 'undone') return 'its tunnel was lost right after the last failback';
  if (tunnel === 'proven') return null;
  // The tag asks for a proof.
  if (tunnel !== undefined) return 'its daemon answers, and no probe through its tunnel does';
  return doubt != null && policy.failback === 'proven'
    ? 'it died and came back, and nothing proves that its tunnel came back'
    : null;
}

/** Whether it died and came back, and nothing has shown since that its tunnel did: others carry a route better. */
export const isDoubted = (
  instanceId: string,
  verdict: Verdict | undefined,
  memory: Pick<Memory, 'appliances' | 'failbacks'>,
  policy: Policy,
): boolean =>
  memory.appliances.get(instanceId)?.doubt != null &&
  tunnelHold(instanceId, verdict, memory, policy) !== null;

/**
 * What is remembered of a death and its doubt after one more verdict. `isUndone`: its tunnel is lost right after a
 * failback. `isEnded`: a person has ended the doubt so far, so that this one is another.
 */
export function deathAfter(
  verdict: Verdict | undefined,
  past: ApplianceMemory | undefined,
  isUndone: boolean,
  isEnded: boolean,
  now: Instant,
): Pick<ApplianceMemory, 'downCause' | 'doubt'> {
  const doubt = past?.doubt ?? null;
  const before = past?.downCause ?? null;
  if (isUndone) {
    const since = doubt?.why === 'undone' && !isEnded ? doubt.since : now;
    return { downCause: 'probes', doubt: { since, why: 'undone' } };
  }
  switch (verdict?.kind) {
    case 'down': {
      // Within one death EC2's word counts, whenever it came.
      const known: DownCause | null = past?.downSince == null ? null : before;
      const downCause = verdict.cause === 'probes' ? (known ?? 'probes') : verdict.cause;
      if (doubt?.why === 'undone') return { downCause, doubt };
      const since = past?.downSince != null && doubt !== null ? doubt.since : verdict.since;
      return { downCause, doubt: downCause === 'probes' ? { since, why: 'died' } : null };
    }
    case 'up':
      return doubt?.why === 'died' && verdict.tunnel === 'proven'
        ? { downCause: null, doubt: null }
        : { downCause: before, doubt };
    case 'unknown':
    case undefined:
      return { downCause: before, doubt };
    default:
      return verdict satisfies never;
  }
}

/** A person's word names the doubt that the leader stored: a standby's own counts only for what that leader cannot have seen. */
export function deathHandedOver(
  mine: ApplianceMemory,
  theirs: ApplianceMemory | undefined,
): Pick<ApplianceMemory, 'downCause' | 'doubt'> {
  const isNewer = mine.doubt != null && mine.doubt.since > (theirs?.seenAt ?? 0);
  const { downCause = null, doubt = null } = theirs === undefined || isNewer ? mine : theirs;
  return { downCause, doubt };
}

/** For so long after a failback the loss of the tunnel undoes it. */
export const watchMsOf = ({ holdMs }: Pick<Policy, 'holdMs'>): number =>
  Math.max(WATCH_MS_MIN, holdMs);

const WATCH_MS_MIN = 60_000;

/** The failback that is still watched; null: none, or not to where the route leads. */
export function homecomingOf(
  past: GroupMemory | undefined,
  { key, nextHop }: { readonly key: string; readonly nextHop: string },
  policy: Policy,
  now: Instant,
): Homecoming | null {
  const home = past?.homecomings?.[key];
  return home !== undefined && home.to === nextHop && now - home.at < watchMsOf(policy)
    ? home
    : null;
}
