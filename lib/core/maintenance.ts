/** Maintenance windows: what happens inside one is recorded and not sent. Pure; people write them by the CLI. */
import * as v from 'valibot';
import type { Instant } from './time.ts';

export interface Silence {
  readonly until: Instant;
  readonly why: string;
  readonly by: string;
}

export interface MaintenanceWindow extends Silence {
  /** A subject's id (`i-…`, `vpn-…`, a group, a zone, a region), with all that is part of it; null: everything of the region. */
  readonly subjectId: string | null;
  readonly from: Instant;
}

/** One item of the state table a region holds all its windows: `{windows: [...]}`. */
export const maintenanceId = (region: string): string => `maintenance#${region}`;

/** No window is longer; one that claims to be ends then. */
export const MAINTENANCE_MS_MAX = 24 * 3_600_000;

/** Windows in an item's body; what cannot be read is left out: silence is never kept on a guess. */
export function readWindows(body: unknown): readonly MaintenanceWindow[] {
  const list = v.safeParse(Body, body);
  if (!list.success) return [];
  return list.output.windows.flatMap((one) => {
    const window = v.safeParse(Window, one);
    return window.success ? [window.output] : [];
  });
}

/** Those that have not ended: what is worth storing again. */
export const windowsLeft = (
  windows: readonly MaintenanceWindow[],
  now: Instant,
): readonly MaintenanceWindow[] => windows.filter((window) => now < endOf(window));

/** The window that covers any of `ids` now (a subject and what it is within), the one that ends last; or null. */
export function windowOver(
  ids: readonly string[],
  windows: readonly MaintenanceWindow[],
  now: Instant,
): MaintenanceWindow | null {
  const covering = windows.filter(
    (window) =>
      window.from <= now &&
      now < endOf(window) &&
      (window.subjectId === null || ids.includes(window.subjectId)),
  );
  return covering.toSorted((a, b) => endOf(b) - endOf(a))[0] ?? null;
}

const endOf = ({ from, until }: MaintenanceWindow): Instant =>
  Math.min(until, from + MAINTENANCE_MS_MAX);

const Window = v.object({
  subjectId: v.nullable(v.string()),
  from: v.number(),
  until: v.number(),
  why: v.string(),
  by: v.string(),
});
const Body = v.object({ windows: v.array(v.unknown()) });
