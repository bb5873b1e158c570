/** What the probes of a group say of its drill. Pure. */

import type { Instant } from '../../core/time.ts';
import type { ProbeHistory } from '../../probe/history.ts';
import type { Appliance } from '../types/topology.ts';
import type { VantageObservation, World } from '../types/world.ts';

export interface ProbeCounts {
  readonly sent: number;
  readonly missed: number;
}

type Row = readonly [key: string, history: ProbeHistory, seen: VantageObservation];

/** Of probes that have ever been answered: the others prove nothing. */
const rowsOf = (members: readonly Appliance[], { vantages }: World): readonly Row[] => {
  const ids = new Set(members.map(({ instanceId }) => instanceId));
  return vantages.flatMap((seen) =>
    [...seen.histories].flatMap(([key, history]): readonly Row[] =>
      history.hasAnswered && ids.has(key.split(' ')[0] ?? '') ? [[key, history, seen]] : [],
    ),
  );
};

/** All that this process has sent and missed. */
export const countProbes = (members: readonly Appliance[], world: World): ProbeCounts => {
  const rows = rowsOf(members, world);
  return {
    sent: rows.reduce((sum, [, { sentCount }]) => sum + sentCount, 0),
    missed: rows.reduce((sum, [, { missCount }]) => sum + missCount, 0),
  };
};

/** A probe that is unanswered now and was sent since `at`, as a clause; null: none. */
export function missNow(members: readonly Appliance[], world: World, at: Instant): string | null {
  for (const [key, { misses }, { vantage }] of rowsOf(members, world)) {
    const miss = misses.find(({ sentAt }) => sentAt >= at);
    if (miss !== undefined) return `${key} from ${vantage.id}: ${miss.why}`;
  }
  return null;
}

/** How long what lies behind the tunnels has not answered through any of them, of the worst; null: no probe goes through one. */
export function longestSilenceMs(
  members: readonly Appliance[],
  world: World,
  at: Instant,
): number | null {
  const through = rowsOf(members, world).flatMap(([key, history, { farSides }]) => {
    const name = farSides?.get(key);
    return name === undefined ? [] : [{ name, history }];
  });
  if (through.length === 0) return null;
  const silences = [...Map.groupBy(through, ({ name }) => name).values()].map((some) => {
    const lastGoodAt = Math.max(...some.flatMap(({ history }) => history.goodSentAts));
    const lastMissAt = Math.max(
      at,
      ...some.flatMap(({ history }) => history.misses.map(({ sentAt }) => sentAt)),
    );
    return Math.max(0, lastMissAt - Math.max(at, lastGoodAt));
  });
  return Math.max(...silences);
}
