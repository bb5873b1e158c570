/** What a command may know of the place that it runs in: no other file of the CLI names the process. */
import type { Clock } from '../core/time.ts';

export interface Terminal {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Of standard output; where that is no terminal, what a page holds. */
  readonly columns: number;
  readonly hasColour: boolean;
  readonly clock: Clock;
  out(text: string): void;
  err(text: string): void;
  /** Null: there is nobody to ask. */
  ask(question: string): Promise<boolean | null>;
}

/** What the command came to, for scripts. */
export type ExitCode = 0 | 1 | 2;

export const WELL = 0;
export const CANNOT_TELL = 1;
export const NEEDS_A_PERSON = 2;

/** Why a command could not do what it was asked, with the fix: told on one line, without a stack trace. */
export class Unable extends Error {
  override readonly name = 'Unable';
}
