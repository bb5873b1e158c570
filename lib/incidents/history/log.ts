/** The log's record: one structured line for every decision and write, in the pass that made it, before anything is notified. */

import type { Report } from '../../core/report.ts';
import { toIso } from '../../core/time.ts';
import type { RegionPorts } from '../ports.ts';
import { actionEntry, alike, begun } from './entries.ts';
import type { ActionEntry, AuditEntry, HeldEntry } from './entry.ts';

export interface AuditLog {
  /** No call and no wait. What is held is a line when it begins to be held or its rule changes, never once a tick. */
  note(report: Report): void;
}

export function openAuditLog(
  { clock, logger }: Pick<RegionPorts, 'clock' | 'logger'>,
  scope: string,
): AuditLog {
  let held: ReadonlySet<string> = new Set();
  return {
    note(report) {
      const write = (entry: AuditEntry, level: 'info' | 'error', message: string) =>
        logger.write(level, message, { audit: line(entry, report, scope) });
      for (const action of report.actions) {
        const entry = actionEntry(action);
        write(entry, entry.outcome === 'failed' ? 'error' : 'info', describeAction(entry));
      }
      if (report.held.length === 0 && held.size === 0) return;
      const now = alike(report.held);
      for (const entry of begun(now, held, clock.now())) write(entry, 'info', describeHeld(entry));
      held = new Set(now.keys());
    },
  };
}

/** The line's schema is docs/audit.schema.json: instants as people read them. */
export function line(
  entry: AuditEntry,
  { accountId, region }: Pick<Report, 'accountId' | 'region'>,
  scope: string,
): Readonly<Record<string, unknown>> {
  const fields = Object.entries(entry).map(([name, value]: [string, unknown]) => [
    name,
    isInstant(name) && typeof value === 'number' ? toIso(value) : value,
  ]);
  return { version: 1, accountId, region, scope, ...Object.fromEntries(fields) };
}

const isInstant = (name: string): boolean =>
  name === 'at' || name === 'until' || name.endsWith('At');

export const describeAction = ({ summary, outcome, why, because }: ActionEntry): string =>
  `${summary}: ${outcome}${why === null ? '' : `: ${why}`}${because === null ? '' : ` (${because})`}`;

export const describeHeld = ({ summary, count, rule, because, until }: HeldEntry): string =>
  `${summary}${count > 1 ? ` and ${count - 1} more like it` : ''}, held by ${rule}: ${because}${until === null ? '' : `; until ${toIso(until)}`}`;
