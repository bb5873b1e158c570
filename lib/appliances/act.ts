/** Carries a plan out: reads again, writes, reads back (S6). The only place that writes routes. */

import { isElastic } from '../core/elasticAddress.ts';
import type { AskPause } from '../core/pause.ts';
import type { WriteAnswer } from '../core/routeWrite.ts';
import type { Clock, Instant } from '../core/time.ts';
import { insistent, passBudget, type Reads } from './act/insist.ts';
import { readBack } from './act/readBack.ts';
import { confirmMoves } from './act/reread.ts';
import type { Ec2Port, Ports } from './ports.ts';
import { type ActMemory, rememberWrites } from './state/afterWrites.ts';
import type { Memory } from './state.ts';
import type { RouteTableFact } from './types/inventory.ts';
import type { Move, Outcome, Plan } from './types/plan.ts';
import type { Policy } from './types/policy.ts';

export interface Acted {
  /** One for each action of the plan, in its order. */
  readonly outcomes: readonly Outcome[];
  /** Tables as they were read last, before or after the writes, for the next pass. */
  readonly tables: readonly RouteTableFact[];
  readonly memory: ActMemory;
}

/** The steps around a write that a rule asks for; tests remove one to see it missed. */
export interface ActSteps {
  readonly confirm: typeof confirmMoves;
  readonly readBack: typeof readBack;
  /** The last question before the first write (S7). */
  readonly askLease: (mayWrite: () => Promise<WritePermission>) => Promise<WritePermission>;
  /** Asked before each write. */
  readonly askPause: (ask: AskPause) => Promise<string | null>;
  /** The last decision before the first write (S6). */
  readonly recheck: (recheck: Recheck, tables: readonly RouteTableFact[]) => Objections;
}

export const ACT_STEPS: ActSteps = {
  confirm: confirmMoves,
  readBack,
  askLease: (mayWrite) => mayWrite(),
  askPause: (ask) => ask(),
  recheck: (recheck, tables) => recheck.recheck(tables),
};

/** What this process may write now: everything, only what EC2 itself confirms, or nothing (S7). */
export type WritePermission = 'all' | 'confirmedByEc2' | 'none';

/** Why a move is not written after all; null: it is. */
export type Objections = (move: Move) => string | null;

/** What is asked between the fresh reads and the write. */
export interface Recheck {
  /** Tables to be read with those of the moves. */
  readonly wayTableIds: readonly string[];
  mayWrite(): Promise<WritePermission>;
  readonly askPause: AskPause;
  /** What the fresh reads are asked of; absent: EC2. */
  readonly reads?: Reads;
  /** Decides again with these tables and what probes have answered by now. No call. */
  recheck(tables: readonly RouteTableFact[]): Objections;
}

/**
 * The outcome of every action. Right before the writes the lease is confirmed (S7), and everything is decided once
 * more with what is known by then (S6). Elastic addresses follow when the routes are written and read back: their calls are
 * others, and hold up no route.
 */
export async function act(
  ports: Ports,
  plan: Plan,
  memory: Memory,
  policy: Policy,
  recheck: Recheck,
  signal: AbortSignal,
  steps: ActSteps = ACT_STEPS,
): Promise<Acted> {
  const addresses = plan.actions.filter(({ tableId }) => isElastic(tableId));
  const isAnyPending = [...memory.pending.keys()].some(isElastic);
  if (addresses.length === 0 && !isAnyPending) {
    return actAlike(ports, plan, memory, policy, recheck, signal, steps);
  }
  const routes = plan.actions.filter(({ tableId }) => !isElastic(tableId));
  const first = await actAlike(
    ports,
    { ...plan, actions: routes },
    memory,
    policy,
    recheck,
    signal,
    {
      ...steps,
      readBack: ofKind(steps.readBack, false),
    },
  );
  const second = await actAlike(
    ports,
    { ...plan, actions: addresses },
    { ...memory, ...first.memory },
    policy,
    { ...recheck, wayTableIds: [] },
    signal,
    { ...steps, readBack: ofKind(steps.readBack, true) },
  );
  const outcomes = new Map([...first.outcomes, ...second.outcomes].map((one) => [one.move, one]));
  return {
    outcomes: plan.actions.flatMap((move) => outcomes.get(move) ?? []),
    tables: [...first.tables, ...second.tables],
    memory: second.memory,
  };
}

/** Earlier writes are read again with those of their kind. */
const ofKind =
  (readBackAll: typeof readBack, isOfAddress: boolean): typeof readBack =>
  (ec2, written, pending, now, signal) =>
    readBackAll(
      ec2,
      written,
      new Map([...pending].filter(([key]) => isElastic(key) === isOfAddress)),
      now,
      signal,
    );

/** Of moves that are all of routes, or all of Elastic addresses. */
async function actAlike(
  ports: Ports,
  plan: Plan,
  memory: Memory,
  policy: Policy,
  recheck: Recheck,
  signal: AbortSignal,
  steps: ActSteps,
): Promise<Acted> {
  const { clock, ec2 } = ports;
  const outcomes = new Map<Move, Outcome>();
  const askPause = freshly(() => steps.askPause(recheck.askPause));
  // Reads may take seconds: the lease is confirmed after them.
  const budget = passBudget();
  const reads = insistent(recheck.reads ?? ec2, clock, budget);
  const { writable, tables, privateIps } = await chooseWritable(
    { clock, reads },
    plan,
    { ...recheck, askPause },
    outcomes,
    signal,
    steps,
  );
  const { written, paused } = await writeAll(ec2, writable, privateIps, askPause, signal, clock);
  for (const [move, { answer, at, tookMs }] of written) {
    outcomes.set(move, { move, at, ...outcomeOf(answer, tookMs) });
  }
  const isThrottled = [...written.values()].some(({ answer }) => answer.kind === 'throttled');
  for (const move of writable) {
    if (written.has(move)) continue;
    const why = whyUnwritten(paused, isThrottled, signal.aborted);
    outcomes.set(move, { move, at: clock.now(), kind: 'deferred', why });
  }
  const asWritten = [...outcomes.values()].filter(({ kind }) => kind === 'written');
  const again = insistent(ec2, clock, budget);
  const back = await steps.readBack(again, asWritten, memory.pending, clock.now(), signal);
  const readBackAt = clock.now();
  for (const outcome of back.confirmed) {
    outcomes.set(outcome.move, outcome.kind === 'done' ? { ...outcome, readBackAt } : outcome);
  }
  return {
    outcomes: plan.actions.flatMap((move) => outcomes.get(move) ?? []),
    tables: [...tables.filter(isNotIn(back.tables)), ...back.tables],
    memory: rememberWrites(
      memory,
      [...outcomes.values()],
      back.tables,
      { count: written.size, isThrottled },
      policy,
      clock.now(),
    ),
  };
}

const isNotIn =
  (newer: readonly RouteTableFact[]) =>
  ({ tableId }: RouteTableFact): boolean =>
    !newer.some((one) => one.tableId === tableId);

/** From the first of the fresh reads to the write (S6): what has taken longer is read again in the next pass. */
const LOOK_MS_MAX = 6_000;

/** The moves that a fresh read, the lease and the recheck still allow; the others get their outcome. */
async function chooseWritable(
  { clock, reads }: { readonly clock: Clock; readonly reads: Reads },
  plan: Plan,
  recheck: Recheck,
  outcomes: Map<Move, Outcome>,
  signal: AbortSignal,
  steps: ActSteps,
): Promise<{
  readonly writable: readonly Move[];
  readonly tables: readonly RouteTableFact[];
  /** Of Elastic addresses: what each is to be associated with. */
  readonly privateIps: ReadonlyMap<Move, string>;
}> {
  const privateIps = new Map<Move, string>();
  if (plan.actions.length === 0) return { writable: [], tables: [], privateIps };
  const beganAtMs = clock.monotonicMs();
  const { checks, tables } = await steps.confirm(reads, plan.actions, recheck.wayTableIds, signal);
  const right = plan.actions.filter((move) => checks.get(move)?.kind === 'right');
  // Asked together with the lease, so that nothing but the write follows the recheck.
  const [permission] =
    right.length > 0
      ? await Promise.all([steps.askLease(() => recheck.mayWrite()), recheck.askPause()])
      : (['none'] as const);
  const isStale = clock.monotonicMs() - beganAtMs > LOOK_MS_MAX;
  const objections = right.length > 0 ? steps.recheck(recheck, tables) : () => null;
  const writable: Move[] = [];
  for (const move of plan.actions) {
    const check = checks.get(move) ?? { kind: 'deferred', why: 'not read again' };
    const isAllowed =
      permission === 'all' || (permission === 'confirmedByEc2' && move.isEc2Confirmed);
    const why = !isAllowed
      ? 'the lease was lost before the write'
      : isStale
        ? 'the state table answered too late after the fresh reads'
        : objections(move);
    if (check.kind !== 'right') outcomes.set(move, { move, at: clock.now(), ...check });
    else if (why === null) {
      writable.push(move);
      if (check.privateIp !== undefined) privateIps.set(move, check.privateIp);
    } else outcomes.set(move, { move, at: clock.now(), kind: 'deferred', why });
  }
  return { writable, tables, privateIps };
}

/** The first writes, which leave together right after the recheck, use the answer that came with the lease. */
function freshly(ask: AskPause): AskPause {
  let first: ReturnType<AskPause> | null = null;
  let useCount = 0;
  return () => {
    first ??= ask();
    useCount += 1;
    // The first use is that beside the lease.
    return useCount <= WRITES_AT_ONCE + 1 ? first : ask();
  };
}

function whyUnwritten(paused: string | null, isThrottled: boolean, isEnding: boolean): string {
  if (paused !== null) return paused;
  if (isThrottled) return 'EC2 throttled an earlier write';
  return isEnding ? 'this invocation ends' : 'EC2 refuses every route of this table';
}

interface Written {
  readonly answer: WriteAnswer;
  readonly at: Instant;
  readonly tookMs: number;
}

/** Connections of the SDK are reused; more at once only queue in EC2's bucket. */
const WRITES_AT_ONCE = 10;

/**
 * In order, several at once; a pause or the first throttled answer stops the rest, and a refusal that is about a table
 * stops the rest of it, which would be refused too and cost writes that others need. The next pass plans them again.
 */
async function writeAll(
  ec2: Ec2Port,
  moves: readonly Move[],
  privateIps: ReadonlyMap<Move, string>,
  askPause: AskPause,
  signal: AbortSignal,
  clock: Clock,
): Promise<{ readonly written: ReadonlyMap<Move, Written>; readonly paused: string | null }> {
  const written = new Map<Move, Written>();
  const queue = moves.values();
  const refused = new Set<string>();
  let isThrottled = false;
  let paused: string | null = null;
  const worker = async () => {
    for (const move of queue) {
      paused ??= await askPause();
      if (paused !== null || isThrottled || signal.aborted) return;
      const { tableId, destination, toInterfaceId: interfaceId } = move;
      if (refused.has(tableId)) continue;
      const startedAt = clock.now();
      const privateIp = privateIps.get(move);
      const write = { tableId, destination, interfaceId, ...(privateIp && { privateIp }) };
      const answer = await ec2.replaceRoute(write, signal);
      isThrottled ||= answer.kind === 'throttled';
      const at = clock.now();
      written.set(move, { answer, at, tookMs: at - startedAt });
      if (answer.kind === 'refused' && answer.isOfTable === true) refused.add(tableId);
    }
  };
  await Promise.all(Array.from({ length: Math.min(WRITES_AT_ONCE, moves.length) }, worker));
  return { written, paused };
}

type OutcomeKind = Outcome extends infer One
  ? One extends Outcome
    ? Omit<One, 'move' | 'at'>
    : never
  : never;

function outcomeOf(answer: WriteAnswer, tookMs: number): OutcomeKind {
  switch (answer.kind) {
    case 'written':
      return { kind: 'written', tookMs, isUnclear: false };
    // The effect may have happened: treated as written until the read-back says otherwise.
    case 'unclear':
      return { kind: 'written', tookMs, isUnclear: true };
    case 'throttled':
      return { kind: 'deferred', why: answer.why };
    case 'refused':
      return { kind: 'failed', why: answer.why, isOfTable: answer.isOfTable === true };
    default:
      return answer satisfies never;
  }
}
