/** Carries a plan out: reads again, writes, reads back (S6). The only place that writes routes. */

import { isElastic } from '../core/elasticAddress.ts';
import { insistent, passBudget } from './act/insist.ts';
import type { Acting } from './act/steps.ts';
import { chooseWritable } from './act/writable.ts';
import { freshly, writeAll } from './act/write.ts';
import { type ActMemory, rememberWrites } from './state/afterWrites.ts';
import type { PendingWrite } from './state/pending.ts';
import type { Memory } from './state.ts';
import type { RouteTableFact } from './types/inventory.ts';
import type { Move, Outcome, Plan } from './types/plan.ts';

export interface Acted {
  /** One for each action of the plan, in its order. */
  readonly outcomes: readonly Outcome[];
  /** Tables as they were read last, before or after the writes, for the next pass. */
  readonly tables: readonly RouteTableFact[];
  readonly memory: ActMemory;
}

/**
 * The outcome of every action. Right before the writes the lease is confirmed (S7), and everything is decided once
 * more with what is known by then (S6). Elastic addresses follow when the routes are written and read back: their calls are
 * others, and hold up no route.
 */
export async function act(acting: Acting, plan: Plan, memory: Memory): Promise<Acted> {
  const routes = await actAlike(acting, plan, memory, false);
  const concerned = [...memory.pending.keys(), ...plan.actions.map(({ tableId }) => tableId)];
  if (!concerned.some(isElastic)) return routes;
  const recheck = { ...acting.recheck, wayTableIds: [] };
  const withRoutes = { ...memory, ...routes.memory };
  const addresses = await actAlike({ ...acting, recheck }, plan, withRoutes, true);
  const outcomes = new Map(
    [...routes.outcomes, ...addresses.outcomes].map((one) => [one.move, one]),
  );
  return {
    outcomes: plan.actions.flatMap((move) => outcomes.get(move) ?? []),
    tables: [...routes.tables, ...addresses.tables],
    memory: addresses.memory,
  };
}

/** The plan's moves of routes, or those of Elastic addresses; earlier writes are read back with those of their kind. */
async function actAlike(
  { ports, policy, recheck, signal, steps }: Acting,
  plan: Plan,
  memory: Memory,
  isOfAddresses: boolean,
): Promise<Acted> {
  const { clock, ec2 } = ports;
  const moves = plan.actions.filter(({ tableId }) => isElastic(tableId) === isOfAddresses);
  const pending: ReadonlyMap<string, PendingWrite> = new Map(
    [...memory.pending].filter(([routeKey]) => isElastic(routeKey) === isOfAddresses),
  );
  const askPause = freshly(() => steps.askPause(recheck.askPause));
  // Reads may take seconds: the lease is confirmed after them.
  const budget = passBudget();
  const reads = insistent(recheck.reads ?? ec2, clock, budget);
  const { writable, refused, tables, privateIps } = await chooseWritable(
    { clock, reads },
    moves,
    { ...recheck, askPause },
    signal,
    steps,
  );
  const { written, isThrottled, outcomes } = await writeAll(
    ports,
    writable,
    privateIps,
    askPause,
    signal,
  );
  const asWritten = outcomes.filter(({ kind }) => kind === 'written');
  const again = insistent(ec2, clock, budget);
  const back = await steps.readBack(again, asWritten, pending, clock.now(), signal);
  const readBackAt = clock.now();
  const byMove = new Map<Move, Outcome>([...refused, ...outcomes].map((one) => [one.move, one]));
  for (const outcome of back.confirmed) {
    byMove.set(outcome.move, outcome.kind === 'done' ? { ...outcome, readBackAt } : outcome);
  }
  return {
    outcomes: moves.flatMap((move) => byMove.get(move) ?? []),
    tables: [...tables.filter(isNotIn(back.tables)), ...back.tables],
    memory: rememberWrites(
      memory,
      [...byMove.values()],
      back.tables,
      { count: written, isThrottled },
      policy,
      clock.now(),
    ),
  };
}

const isNotIn =
  (newer: readonly RouteTableFact[]) =>
  ({ tableId }: RouteTableFact): boolean =>
    !newer.some((one) => one.tableId === tableId);
