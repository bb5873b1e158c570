/** `vpn-medic ack GROUP`: a person lets routes fail back that were pinned after three failovers within an hour. Pure. */
import * as v from 'valibot';
import type { Instant } from '../../core/time.ts';
import type { GroupMemory, Memory } from '../state.ts';

/** By route key: the pin that is let go, known by the instant at which it began. */
export type RouteAcks = Readonly<Record<string, Instant>>;

/** The item of the state table that holds them: written by people only, read by the leader. */
export const acksId = (region: string): string => `acks#${region}`;

/** So many acknowledged routes one region keeps; the newest stay. */
export const ACKS_MAX = 1_000;

const Body = v.object({ routes: v.record(v.string(), v.number()) });

/** Null for garbage. */
export function parseAcks(body: unknown): RouteAcks | null {
  const parsed = v.safeParse(Body, body);
  return parsed.success ? parsed.output.routes : null;
}

/** The groups without the acknowledged pins, and without the failovers that made them; the same object if none applies. */
export function withAcks(groups: Memory['groups'], acks: RouteAcks): Memory['groups'] {
  const isAcked = ([key, at]: readonly [string, Instant]) => acks[key] === at;
  const changed = [...groups].filter(([, { pinnedAts }]) =>
    Object.entries(pinnedAts).some(isAcked),
  );
  if (changed.length === 0) return groups;
  const next = new Map(groups);
  for (const [name, group] of changed) next.set(name, letGo(group, acks));
  return next;
}

function letGo(group: GroupMemory, acks: RouteAcks): GroupMemory {
  const isPinned = (key: string) => acks[key] !== undefined && acks[key] === group.pinnedAts[key];
  const failovers = Object.entries(group.failovers).map(([key, ats]) => {
    const ackedAt = isPinned(key) ? acks[key] : undefined;
    return [key, ackedAt === undefined ? ats : ats.filter((at) => at > ackedAt)] as const;
  });
  return {
    ...group,
    pinnedAts: Object.fromEntries(
      Object.entries(group.pinnedAts).filter(([key]) => !isPinned(key)),
    ),
    failovers: Object.fromEntries(failovers.filter(([, ats]) => ats.length > 0)),
  };
}
