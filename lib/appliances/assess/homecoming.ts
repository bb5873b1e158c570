/** Whether the tunnel that routes went back to a short time ago carries anything. Pure. */
import type { Instant } from '../../core/time.ts';
import { watchMsOf } from '../state/failback.ts';
import type { Memory } from '../state.ts';
import type { Homecoming } from '../types/failback.ts';
import { type Policy, silenceMsOf } from '../types/policy.ts';
import type { Appliance } from '../types/topology.ts';
import type { VantageObservation, World } from '../types/world.ts';
import type { Judgement } from './verdict.ts';

/** Failbacks to it that are still watched, of routes that lead there: a write whose answer was lost may never have happened. */
function homecomingsTo(
  { instanceId, group }: Appliance,
  { topology }: World,
  { groups }: Memory,
  policy: Policy,
  now: Instant,
): readonly Homecoming[] {
  const watched = Object.entries(groups.get(group)?.homecomings ?? {}).filter(
    ([, home]) => home.to === instanceId && now - home.at < watchMsOf(policy),
  );
  if (watched.length === 0) return [];
  const carried = new Set(
    topology.routes.flatMap(({ key, nextHop }) => (nextHop === instanceId ? [key] : [])),
  );
  return watched.flatMap(([key, home]) => (carried.has(key) ? [home] : []));
}

/**
 * The judgement, with the tunnel called lost where a failback has shown it: a far side answered through the appliance
 * that the routes left until then, and never through this one since. Elsewhere such a silence proves nothing, because
 * the far side may have died; that it died in the second of the failback is not believed.
 */
export function withLostHome(
  judgement: Judgement,
  appliance: Appliance,
  world: World,
  memory: Memory,
  policy: Policy,
  now: Instant,
): Judgement {
  const { verdict } = judgement;
  if (verdict.kind !== 'up' || (verdict.tunnel !== 'silent' && verdict.tunnel !== 'unsure')) {
    return judgement;
  }
  const isLost = homecomingsTo(appliance, world, memory, policy, now).some((home) =>
    world.vantages.some((one) => isSilentSince(home, appliance, one, policy)),
  );
  return isLost ? { ...judgement, verdict: { ...verdict, tunnel: 'lost' } } : judgement;
}

/** From this vantage, for as long as a death needs, in rounds in which something answered. */
function isSilentSince(
  { at, farSides: names }: Homecoming,
  { instanceId }: Appliance,
  { vantage, farSides, histories, rounds }: VantageObservation,
  policy: Policy,
): boolean {
  const answered = new Set(
    rounds.filter(({ answeredBy }) => answeredBy.length > 0).map(({ sentAt }) => sentAt),
  );
  return [...(farSides ?? [])].some(([key, name]) => {
    const history = histories.get(key);
    if (!key.startsWith(`${instanceId} `) || !names.includes(name) || history === undefined) {
      return false;
    }
    if (history.goodSentAts.some((sentAt) => sentAt >= at)) return false;
    const misses = history.misses.filter(({ sentAt }) => sentAt >= at && answered.has(sentAt));
    const first = misses[0];
    const last = misses.at(-1);
    return (
      first !== undefined &&
      last !== undefined &&
      first.sentAt - at < SOON_MS &&
      misses.filter(({ isFull }) => isFull).length >= policy.fall &&
      last.sentAt - first.sentAt >= silenceMsOf(policy, vantage)
    );
  });
}

/** The far side was silent from the failback on: a later silence may have another cause. */
const SOON_MS = 10_000;

/** Whether a watched failback is to be undone: the tunnel is lost, alone or with its daemon, and EC2 does not say why. */
export function isHomeLost(
  appliance: Appliance,
  { verdict, clauseResults }: Judgement,
  world: World,
  memory: Memory,
  policy: Policy,
  now: Instant,
): boolean {
  const isLost =
    (verdict.kind === 'up' && verdict.tunnel === 'lost') ||
    (verdict.kind === 'down' &&
      verdict.cause === 'probes' &&
      clauseResults.some(({ tunnel }) => tunnel === 'lost'));
  return isLost && homecomingsTo(appliance, world, memory, policy, now).length > 0;
}
