/** The time to restore of each failover: from the last answer of the dead next hop to the read-back of its last route. */

import { lastGoodOf } from '../appliances/state/lastGood.ts';
import type { Tick } from '../appliances/types/tick.ts';
import type { Instant } from '../core/time.ts';

export interface HealWatch {
  /** The failovers that end with this pass: no managed route that can move leads to the dead appliance. */
  note(tick: Tick): readonly TimeToRestore[];
  /** Those that have not ended when the invocation does. */
  rest(): readonly TimeToRestore[];
}

export interface TimeToRestore {
  /** Instance id of the appliance that failed. */
  readonly from: string;
  readonly routeCount: number;
  readonly lastGoodAt: Instant;
  readonly readBackAt: Instant;
  readonly tookMs: number;
}

interface Open {
  readonly lastGoodAt: Instant;
  readonly keys: Set<string>;
  /** Written, and not yet seen in a read-back. */
  readonly unseen: Set<string>;
  readBackAt: Instant;
}

export function openRestoreTimer(): HealWatch {
  const open = new Map<string, Open>();

  function take(from: string, { lastGoodAt, readBackAt, keys }: Open): TimeToRestore {
    open.delete(from);
    const tookMs = Math.max(0, readBackAt - lastGoodAt);
    return { from, routeCount: keys.size, lastGoodAt, readBackAt, tookMs };
  }

  function fold(tick: Tick): void {
    for (const outcome of tick.outcomes) {
      const { move, at, kind } = outcome;
      if (move.kind !== 'failover' || (kind !== 'done' && kind !== 'written')) continue;
      const one = open.get(move.from) ?? {
        lastGoodAt: lastGoodOf(tick.world, tick.assessment, move.from),
        keys: new Set<string>(),
        unseen: new Set<string>(),
        readBackAt: at,
      };
      open.set(move.from, one);
      one.keys.add(move.routeKey);
      if (kind === 'done') {
        one.unseen.delete(move.routeKey);
        one.readBackAt = Math.max(one.readBackAt, outcome.readBackAt ?? at);
      } else one.unseen.add(move.routeKey);
    }
  }

  return {
    note(tick) {
      fold(tick);
      if (open.size === 0) return [];
      const written = new Set(tick.outcomes.map(({ move }) => move.from));
      const left = new Set(
        tick.world.topology.routes
          .filter(({ preferred }) => preferred.kind !== 'pool' && preferred.kind !== 'contested')
          .map(({ nextHop }) => nextHop),
      );
      const restoreTimes: TimeToRestore[] = [];
      for (const [from, one] of open) {
        // What was written in this pass shows in the topology of the next one.
        if (written.has(from) || left.has(from)) continue;
        if (one.unseen.size > 0) one.readBackAt = Math.max(one.readBackAt, tick.world.at);
        restoreTimes.push(take(from, one));
      }
      return restoreTimes;
    },
    rest: () => [...open].flatMap(([from, one]) => (one.unseen.size > 0 ? [] : [take(from, one)])),
  };
}
