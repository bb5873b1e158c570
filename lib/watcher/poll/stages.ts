/** What a polled scope is made of: the five stages of its subjects. Types only. */
import type { Finding } from '../../core/finding.ts';
import type { Measures } from '../../core/measures.ts';
import type { AskPause, Pause } from '../../core/pause.ts';
import type { Item, LoggerPort } from '../../core/ports.ts';
import type { Report } from '../../core/report.ts';
import type { Instant } from '../../core/time.ts';
import type { Scope } from '../lease/item.ts';

/** The stages of one subject. What a subject does not do (most only watch) it leaves empty. */
export interface Stages<World, Memory, Plan, Outcome> {
  /** Names the subject's incidents and its memory in the state table: `connections`. */
  readonly scope: Scope;
  /** Ids of items that are read with the memory: what operators asked for. None: nothing. */
  readonly requestIds?: readonly string[];
  /**
   * What was kept, from what is stored; an empty memory for null (nothing there, or unreadable) and for garbage. `items`
   * are those of `requestIds` that exist.
   */
  readonly recall: (stored: unknown, items: readonly Item[]) => Memory;
  readonly observe: (memory: Memory, signal: AbortSignal) => Promise<World>;
  /** False: this look saw too little to say that anything is over. Incidents stay open until one that does. */
  readonly sees: (world: World) => boolean;
  readonly assess: (world: World, memory: Memory, now: Instant) => Assessed<Memory>;
  /** While `pause` lasts, what would be written is held. */
  readonly plan: (
    world: World,
    findings: readonly Finding[],
    memory: Memory,
    now: Instant,
    pause: Pause | null,
  ) => Plan;
  /**
   * The memory that is stored before the first write, so that a process that ends after a write has not forgotten whose
   * it was; null: nothing is to be written. Absent: writes need none.
   */
  readonly intend?: (memory: Memory, plan: Plan, now: Instant) => unknown;
  readonly act: (
    plan: Plan,
    signal: AbortSignal,
    askPause: AskPause,
    mayWrite: (signal: AbortSignal) => Promise<boolean>,
  ) => Promise<readonly Outcome[]>;
  /** What the next look must know, after what was done. JSON values only. */
  readonly remember: (memory: Memory, outcomes: readonly Outcome[], now: Instant) => unknown;
  /** What other scopes read of this one, each an item of its own; of `requestIds`. One that is left out stays as it is. */
  readonly share?: (
    world: World,
    memory: Memory,
  ) => readonly { readonly id: string; readonly body: unknown }[];
  /** What the look comes to in numbers of the catalogue. */
  readonly measures?: (world: World, findings: readonly Finding[]) => Measures;
  /** Of each resource, where the deployment asks for it. */
  readonly measureEach?: (world: World, logger: Pick<LoggerPort, 'measureEach'>) => void;
  readonly report: (
    world: World,
    findings: readonly Finding[],
    plan: Plan,
    outcomes: readonly Outcome[],
  ) => Report;
}

export interface Assessed<Memory> {
  readonly findings: readonly Finding[];
  readonly memory: Memory;
  /** As in a report. */
  readonly unjudged?: ReadonlySet<string>;
}
