/** What one read-only pass over a scope shows. */
import type { Finding } from '../../core/finding.ts';

export interface ScopeLook {
  readonly findings: readonly Finding[];
  /** By subject id: the reason of its `vpn-medic:ignore`. */
  readonly ignored: ReadonlyMap<string, string>;
  /** What could not be read, in words. */
  readonly gaps: readonly string[];
}

export const NOTHING_SEEN: ScopeLook = { findings: [], ignored: new Map(), gaps: [] };
