/** What is remembered of replacements of tunnel endpoints: which were asked for, and whether they are over. Pure. */
import type { Instant } from '../../core/time.ts';
import type { ConnectionMemory, TunnelMemory } from '../state.ts';
import { CONNECTION_POLICY as POLICY } from '../types/policy.ts';
import type { Replacement, ReplacementOutcome } from '../types/replacement.ts';

type Replacements = ConnectionMemory['replacements'];

/** Stored before the write: a process that ends after it has not forgotten what it asked for. */
export const withReplacementIntents = (
  memory: ConnectionMemory,
  actions: readonly Replacement[],
  now: Instant,
): ConnectionMemory => ({
  ...memory,
  replacements: {
    ...memory.replacements,
    ...Object.fromEntries(
      actions.map(({ tunnelId, connectionId, customerGatewayId }) => [
        tunnelId,
        { connectionId, customerGatewayId, askedAt: now },
      ]),
    ),
  },
});

/** Of those that were tried, the ones that may have begun. */
export function afterReplacements(
  memory: ConnectionMemory,
  outcomes: readonly ReplacementOutcome[],
): ConnectionMemory {
  const begun = outcomes.filter(({ kind }) => kind === 'done' || kind === 'written');
  if (begun.length === 0) return memory;
  const replacements: Replacements = { ...memory.replacements };
  for (const { replacement, at } of begun) {
    const { tunnelId, connectionId, customerGatewayId } = replacement;
    replacements[tunnelId] = { connectionId, customerGatewayId, askedAt: at };
  }
  return { ...memory, replacements };
}

/**
 * Without those that are over: AWS calls no maintenance pending, the tunnel went and has been up again for a while. One
 * that shows no change is waited for; after a day none counts, as the other tunnel's state is asked about all the same.
 */
export const underway = (
  before: Replacements,
  tunnels: ReadonlyMap<string, TunnelMemory>,
  now: Instant,
): Replacements =>
  Object.fromEntries(
    Object.entries(before).filter(
      ([id, { askedAt }]) =>
        now - askedAt < POLICY.replacementKeptMs && !isOver(tunnels.get(id), askedAt, now),
    ),
  );

function isOver(tunnel: TunnelMemory | undefined, askedAt: Instant, now: Instant): boolean {
  const maintenance = tunnel?.maintenance;
  if (tunnel === undefined || maintenance == null || tunnel.status !== 'up') return false;
  if (maintenance.isPending || maintenance.askedAt <= askedAt) return false;
  const changedAt = Math.max(tunnel.since, tunnel.changedAt ?? tunnel.since);
  const hasChanged = changedAt > askedAt;
  return hasChanged
    ? now - changedAt >= POLICY.steadyMs
    : now - askedAt >= POLICY.replacementUnseenMs;
}
