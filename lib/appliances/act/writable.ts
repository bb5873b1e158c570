/** The last questions before the writes: fresh reads, the lease, a pause, and the decision once more (S6, S7). */
import type { Clock } from '../../core/time.ts';
import type { RouteTableFact } from '../types/inventory.ts';
import type { Move, Outcome } from '../types/plan.ts';
import type { Reads } from './insist.ts';
import type { ActSteps, Recheck } from './steps.ts';

/** The moves that a fresh read, the lease and the recheck still allow; the others get their outcome. */
export async function chooseWritable(
  { clock, reads }: { readonly clock: Clock; readonly reads: Reads },
  moves: readonly Move[],
  recheck: Recheck,
  signal: AbortSignal,
  steps: ActSteps,
): Promise<{
  readonly writable: readonly Move[];
  /** Of the others. */
  readonly refused: readonly Outcome[];
  readonly tables: readonly RouteTableFact[];
  /** Of Elastic addresses: what each is to be associated with. */
  readonly privateIps: ReadonlyMap<Move, string>;
}> {
  const privateIps = new Map<Move, string>();
  if (moves.length === 0) return { writable: [], refused: [], tables: [], privateIps };
  const beganAtMs = clock.monotonicMs();
  const { checks, tables } = await steps.confirm(reads, moves, recheck.wayTableIds, signal);
  const right = moves.filter((move) => checks.get(move)?.kind === 'right');
  // Asked together with the lease, so that nothing but the write follows the recheck.
  const [permission] =
    right.length > 0
      ? await Promise.all([steps.askLease(() => recheck.mayWrite()), recheck.askPause()])
      : (['none'] as const);
  const isStale = clock.monotonicMs() - beganAtMs > LOOK_MS_MAX;
  const objections = right.length > 0 ? steps.recheck(recheck, tables) : () => null;
  const writable: Move[] = [];
  const refused: Outcome[] = [];
  for (const move of moves) {
    const check = checks.get(move) ?? { kind: 'deferred', why: 'not read again' };
    const isAllowed =
      permission === 'all' || (permission === 'confirmedByEc2' && move.isEc2Confirmed);
    const why = !isAllowed
      ? 'the lease was lost before the write'
      : isStale
        ? 'the state table answered too late after the fresh reads'
        : objections(move);
    if (check.kind !== 'right') refused.push({ move, at: clock.now(), ...check });
    else if (why === null) {
      writable.push(move);
      if (check.privateIp !== undefined) privateIps.set(move, check.privateIp);
    } else refused.push({ move, at: clock.now(), kind: 'deferred', why });
  }
  return { writable, refused, tables, privateIps };
}

/** From the first of the fresh reads to the write (S6): what has taken longer is read again in the next pass. */
const LOOK_MS_MAX = 6_000;
