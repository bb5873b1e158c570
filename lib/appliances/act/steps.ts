/** What the carrying out of a plan is given: the questions before a write, and the steps around it. */
import type { AskPause } from '../../core/pause.ts';
import type { Ports } from '../ports.ts';
import type { RouteTableFact } from '../types/inventory.ts';
import type { Move } from '../types/plan.ts';
import type { Policy } from '../types/policy.ts';
import type { Reads } from './insist.ts';
import { readBack } from './readBack.ts';
import { confirmMoves } from './reread.ts';

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

/** What the moves of one plan have in common. */
export interface Acting {
  readonly ports: Ports;
  readonly policy: Policy;
  readonly recheck: Recheck;
  readonly signal: AbortSignal;
  readonly steps: ActSteps;
}
