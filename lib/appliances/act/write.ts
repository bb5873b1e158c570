/** Sends the writes, and says what became of each. */
import { isGatewayId } from '../../core/lastResort.ts';
import type { AskPause } from '../../core/pause.ts';
import type { WriteAnswer } from '../../core/routeWrite.ts';
import type { Ports } from '../ports.ts';
import type { Move, Outcome } from '../types/plan.ts';

export interface Writes {
  /** One for each move. */
  readonly outcomes: readonly Outcome[];
  /** How many were sent. */
  readonly written: number;
  readonly isThrottled: boolean;
}

/**
 * In order, several at once; a pause or the first throttled answer stops the rest, and a refusal that is about a table
 * stops the rest of it, which would be refused too and cost writes that others need. The next pass plans them again.
 */
export async function writeAll(
  { ec2, clock }: Pick<Ports, 'ec2' | 'clock'>,
  moves: readonly Move[],
  privateIps: ReadonlyMap<Move, string>,
  askPause: AskPause,
  signal: AbortSignal,
): Promise<Writes> {
  const outcomes = new Map<Move, Outcome>();
  const queue = moves.values();
  const refused = new Set<string>();
  let isThrottled = false;
  let paused: string | null = null;
  const worker = async () => {
    for (const move of queue) {
      paused ??= await askPause();
      if (paused !== null || isThrottled || signal.aborted) return;
      const { tableId, destination, toTargetId: id } = move;
      if (refused.has(tableId)) continue;
      const startedAt = clock.now();
      const privateIp = privateIps.get(move);
      const target = { kind: isGatewayId(id) ? 'gateway' : 'interface', id } as const;
      const write = { tableId, destination, target, ...(privateIp && { privateIp }) };
      const answer = await ec2.replaceRoute(write, signal);
      isThrottled ||= answer.kind === 'throttled';
      const at = clock.now();
      outcomes.set(move, { move, at, ...outcomeOf(answer, at - startedAt) });
      if (answer.kind === 'refused' && answer.isOfTable === true) refused.add(tableId);
    }
  };
  await Promise.all(Array.from({ length: Math.min(WRITES_AT_ONCE, moves.length) }, worker));
  const why = whyUnwritten(paused, isThrottled, signal.aborted);
  return {
    outcomes: moves.map(
      (move) => outcomes.get(move) ?? { move, at: clock.now(), kind: 'deferred', why },
    ),
    written: outcomes.size,
    isThrottled,
  };
}

/** Connections of the SDK are reused; more at once only queue in EC2's bucket. */
const WRITES_AT_ONCE = 10;

/** The first writes, which leave together right after the recheck, use the answer that came with the lease. */
export function freshly(ask: AskPause): AskPause {
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
