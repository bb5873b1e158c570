/** Carries a plan out: reads again, writes, reads back (S6). The only place that writes transit gateway routes. */
import type { ConnectionPath } from '../core/connectionPath.ts';
import type { AskPause } from '../core/pause.ts';
import type { Reading } from '../core/reading.ts';
import type { TransitPorts } from './ports.ts';
import type { TransitMove, TransitOutcome, TransitPlan } from './types/plan.ts';
import { TRANSIT_POLICY as POLICY } from './types/policy.ts';
import type { TransitRouteFact } from './types/transit.ts';

/** What is asked right before the writes. */
export interface WriteGuards {
  /** S7: true when this process led its scope at the moment of the answer. */
  readonly confirmLease: (signal: AbortSignal) => Promise<boolean>;
  readonly askPause: AskPause;
}

interface Objection {
  readonly kind: 'skipped' | 'deferred';
  readonly why: string;
}

/** The steps around a write that keep it safe. Tests take one away to see it missed. */
export interface TransitSteps {
  /** What the fresh reads have against a move (S6); null: it is still right. */
  readonly recheck: (
    move: TransitMove,
    paths: Reading<readonly ConnectionPath[]>,
    tables: Tables,
  ) => Objection | null;
  readonly askLease: (guards: WriteGuards, signal: AbortSignal) => Promise<boolean>;
  readonly askPause: (guards: WriteGuards) => Promise<string | null>;
}

type Tables = ReadonlyMap<string, Reading<readonly TransitRouteFact[]>>;

export const TRANSIT_STEPS: TransitSteps = {
  recheck: whyNotNow,
  askLease: ({ confirmLease }, signal) => confirmLease(signal),
  askPause: ({ askPause }) => askPause(),
};

/** The outcome of every action, in the plan's order. */
export async function actOnTransit(
  ports: TransitPorts,
  { actions }: TransitPlan,
  guards: WriteGuards,
  signal: AbortSignal,
  steps: TransitSteps = TRANSIT_STEPS,
): Promise<readonly TransitOutcome[]> {
  if (actions.length === 0) return [];
  const { clock } = ports;
  const readMs = clock.monotonicMs();
  const [paths, tables] = await Promise.all([
    ports.paths(signal),
    readTables(ports, actions, signal),
  ]);
  const leads = await steps.askLease(guards, signal);
  const outcomes: TransitOutcome[] = [];
  let stopWhy: string | null = leads ? null : 'the lease was lost before the write';
  for (const move of actions) {
    const why = steps.recheck(move, paths, tables);
    if (why !== null) {
      outcomes.push({ move, at: clock.now(), ...why });
      continue;
    }
    stopWhy ??= await steps.askPause(guards);
    if (clock.monotonicMs() - readMs > POLICY.freshMs)
      stopWhy ??= 'what was read is too old by now';
    if (signal.aborted) stopWhy ??= 'this invocation ends';
    if (stopWhy !== null) {
      outcomes.push({ move, at: clock.now(), kind: 'deferred', why: stopWhy });
      continue;
    }
    const outcome = await write(ports, move, signal);
    if (outcome.kind === 'deferred') stopWhy = 'EC2 throttled an earlier write';
    outcomes.push(outcome);
  }
  return readBack(ports, outcomes, signal);
}

async function readTables(
  { transit }: TransitPorts,
  moves: readonly TransitMove[],
  signal: AbortSignal,
): Promise<Tables> {
  const ids = [...new Set(moves.map(({ tableId }) => tableId))];
  return new Map(
    await Promise.all(ids.map(async (id) => [id, await transit.routes(id, signal)] as const)),
  );
}

const deferred = (why: string): Objection => ({ kind: 'deferred', why });
const skipped = (why: string): Objection => ({ kind: 'skipped', why });

/** What the fresh reads have against a move; null: it is still right. */
function whyNotNow(
  { kind, tableId, destination, from, fromAttachmentId, to }: TransitMove,
  paths: Reading<readonly ConnectionPath[]>,
  tables: Tables,
): Objection | null {
  const routes = tables.get(tableId);
  if (!paths.known) return deferred(paths.why);
  if (routes?.known !== true) return deferred(routes?.why ?? 'the table was not read again');
  const route = routes.value.find((one) => one.destination === destination);
  if (route === undefined) return deferred('the table does not show the route any more');
  if ((route.attachment?.attachmentId ?? null) !== fromAttachmentId) {
    return skipped('another writer moved the route meanwhile');
  }
  const health = (id: string) => paths.value.find((one) => one.connectionId === id)?.health.kind;
  if (health(to) !== 'up') return deferred('its target is not known to be up any more');
  if (kind === 'failover' && health(from) !== 'down' && !route.isBlackhole) {
    return skipped('the connection that it leaves is not down any more');
  }
  return null;
}

async function write(
  { transit, clock }: TransitPorts,
  move: TransitMove,
  signal: AbortSignal,
): Promise<TransitOutcome> {
  const { tableId, destination, toAttachmentId: attachmentId } = move;
  const answer = await transit.replaceRoute({ tableId, destination, attachmentId }, signal);
  const at = clock.now();
  switch (answer.kind) {
    case 'written':
      return { move, at, kind: 'written', isUnclear: false };
    case 'unclear':
      return { move, at, kind: 'written', isUnclear: true };
    case 'throttled':
      return { move, at, kind: 'deferred', why: answer.why };
    case 'refused':
      return { move, at, kind: 'failed', why: answer.why };
    default:
      return answer satisfies never;
  }
}

/** EC2 answers before a route is changed everywhere: a read-back that shows it late is read again by the next pass. */
async function readBack(
  ports: TransitPorts,
  outcomes: readonly TransitOutcome[],
  signal: AbortSignal,
): Promise<readonly TransitOutcome[]> {
  const written = outcomes.filter(({ kind }) => kind === 'written').map(({ move }) => move);
  if (written.length === 0) return outcomes;
  const tables = await readTables(ports, written, signal);
  return outcomes.map((outcome) => {
    const { move, at, kind } = outcome;
    const routes = tables.get(move.tableId);
    const shown = routes?.known
      ? routes.value.find(({ destination }) => destination === move.destination)
      : undefined;
    return kind === 'written' && shown?.attachment?.attachmentId === move.toAttachmentId
      ? { move, at: ports.clock.now(), kind: 'done', wroteAt: at }
      : outcome;
  });
}
