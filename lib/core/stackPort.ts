/** A deployed stack, as the command line finds it. Types only. */
import type { Reading } from './reading.ts';

export interface StackPort {
  /** By name; null: there is no such stack in this region. */
  outputs(
    stackName: string,
    signal: AbortSignal,
  ): Promise<Reading<ReadonlyMap<string, string> | null>>;
}
