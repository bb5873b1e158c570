/** The read after a write: does EC2 show what was written? (S6) */

import type { Instant } from '../../core/time.ts';
import type { Ec2Port } from '../ports.ts';
import type { PendingWrite } from '../state/pending.ts';
import type { RouteTableFact } from '../types/inventory.ts';
import type { Outcome } from '../types/plan.ts';
import { targetOf } from './reread.ts';

export interface ReadBack {
  /** Those of `written` that the tables show: done. */
  readonly confirmed: readonly Outcome[];
  readonly tables: readonly RouteTableFact[];
}

/** Earlier writes that do not show yet are read again this often, */
const AGAIN_MS = 1_000;
/** for so long after each try; from then on the inventory's own reads will do. */
const LOOKING_MS = 10_000;

/** A write ahead of the clock is of unknown age: the clock went back. */
function isDue({ writtenAt, answer }: PendingWrite, now: Instant): boolean {
  const agoMs = now - writtenAt;
  return answer !== 'refused' && (agoMs < 0 || (agoMs >= AGAIN_MS && agoMs <= LOOKING_MS));
}

/** Reads the tables of what was just written, and of what was written earlier and has not shown. */
export async function readBack(
  ec2: Pick<Ec2Port, 'routeTables'>,
  written: readonly Outcome[],
  pending: ReadonlyMap<string, PendingWrite>,
  now: Instant,
  signal: AbortSignal,
): Promise<ReadBack> {
  const due = [...pending]
    .filter(([, write]) => isDue(write, now))
    .map(([routeKey]) => tableOf(routeKey));
  const tableIds = [...new Set([...written.map(({ move }) => move.tableId), ...due])];
  if (tableIds.length === 0) return { confirmed: [], tables: [] };
  const tables = await ec2.routeTables({ tableIds }, signal);
  if (!tables.known) return { confirmed: [], tables: [] };
  const confirmed = written.flatMap((outcome): readonly Outcome[] => {
    const { move, at } = outcome;
    const target = targetOf(tables.value, move.tableId, move.destination);
    if (target?.targetId !== move.toTargetId || outcome.kind !== 'written') return [];
    return [{ move, at, kind: 'done', tookMs: outcome.tookMs }];
  });
  return { confirmed, tables: tables.value };
}

const tableOf = (routeKey: string): string => routeKey.slice(0, routeKey.indexOf(' '));
