/** The fresh reads before a write, asked for while the last part of a silence still runs (S6). */

import type { Reading } from '../../core/reading.ts';
import type { Clock } from '../../core/time.ts';
import type { Reads } from './insist.ts';

export interface EarlyReads {
  /** Asks, and keeps the answer; asks nothing that was asked just before. */
  readonly early: Reads;
  /** The kept answer, once, when it was asked for at most `KEPT_MS` ago and is no fault; else asks. */
  readonly fresh: Reads;
}

/** A look that is older than this is made again. */
const KEPT_MS = 1_000;

export function openEarlyReads(ec2: Reads, clock: Clock): EarlyReads {
  const tables = kept(clock, (of: TablesWanted, signal) => ec2.routeTables(of, signal));
  const interfaces = kept(clock, (ids: readonly string[], signal) => ec2.interfaces(ids, signal));
  const statuses = kept(clock, (ids: readonly string[], signal) => ec2.statuses(ids, signal));
  return {
    early: { routeTables: tables.early, interfaces: interfaces.early, statuses: statuses.early },
    fresh: { routeTables: tables.fresh, interfaces: interfaces.fresh, statuses: statuses.fresh },
  };
}

type TablesWanted = Parameters<Reads['routeTables']>[0];

type Ask<Of, T> = (of: Of, signal: AbortSignal) => Promise<Reading<T>>;

function kept<Of, T>(
  clock: Clock,
  ask: Ask<Of, T>,
): { readonly early: Ask<Of, T>; readonly fresh: Ask<Of, T> } {
  const asked = new Map<string, { readonly atMs: number; readonly reading: Promise<Reading<T>> }>();
  const isKept = ({ atMs }: { readonly atMs: number }) => clock.monotonicMs() - atMs <= KEPT_MS;
  return {
    early(of, signal) {
      for (const [key, one] of asked) if (!isKept(one)) asked.delete(key);
      const key = JSON.stringify(of);
      const reading = asked.get(key)?.reading ?? ask(of, signal);
      if (!asked.has(key)) asked.set(key, { atMs: clock.monotonicMs(), reading });
      return reading;
    },
    async fresh(of, signal) {
      const key = JSON.stringify(of);
      const one = asked.get(key);
      asked.delete(key);
      const reading = one !== undefined && isKept(one) ? await one.reading : null;
      return reading?.known === true ? reading : ask(of, signal);
    },
  };
}
