/** What a command knows of its environment: the terminal, the variables, the clock. */
import type { Clock } from '../core/time.ts';

export interface Terminal {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Of standard output; infinite where that is no terminal, or with `--wide`. */
  readonly columns: number;
  readonly hasColour: boolean;
  readonly clock: Clock;
  out(text: string): void;
  err(text: string): void;
  /** One line about what takes long, on standard error; absent: progress is not shown. */
  readonly progress?: (text: string) => void;
  /** Calls `stop` at the first Ctrl-C, in place of ending the process; absent: it ends the process. */
  readonly onInterrupt?: (stop: () => void) => void;
  /** Clears the screen and writes; absent where standard output is no terminal. */
  readonly redraw?: (text: string) => void;
  /** A line on standard error that the next one replaces; absent where that is no terminal. */
  readonly status?: (text: string) => void;
  /** Null: no terminal to ask at. */
  ask(question: string): Promise<boolean | null>;
}

/** The result of a command, for scripts. */
export type ExitCode = 0 | 1 | 2;

export const WELL = 0;
export const CANNOT_TELL = 1;
export const NEEDS_A_PERSON = 2;

/** Why a command could not do what was requested, with the fix: printed on one line, without a stack trace. */
export class Unable extends Error {
  override readonly name = 'Unable';
}
