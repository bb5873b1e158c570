/** The log's record: one structured line for every decision and write, in the pass that made it, before anything is told. */

import type { Story } from '../../core/report.ts';
import { toIso } from '../../core/time.ts';
import type { RegionPorts } from '../ports.ts';
import { alike, begun, deedEntry } from './entries.ts';
import type { AuditEntry, DeedEntry, HeldEntry } from './entry.ts';

export interface AuditLog {
  /** No call and no wait. What is held is a line when it begins to be held or its rule changes, never once a tick. */
  note(story: Story): void;
}

export function openAuditLog(
  { clock, journal }: Pick<RegionPorts, 'clock' | 'journal'>,
  scope: string,
): AuditLog {
  let held: ReadonlySet<string> = new Set();
  return {
    note(story) {
      const write = (entry: AuditEntry, level: 'info' | 'error', message: string) =>
        journal.write(level, message, { audit: line(entry, story, scope) });
      for (const deed of story.deeds) {
        const entry = deedEntry(deed);
        write(entry, entry.outcome === 'failed' ? 'error' : 'info', describeDeed(entry));
      }
      if (story.held.length === 0 && held.size === 0) return;
      const now = alike(story.held);
      for (const entry of begun(now, held, clock.now())) write(entry, 'info', describeHeld(entry));
      held = new Set(now.keys());
    },
  };
}

/** The line's schema is docs/audit.schema.json: instants as people read them. */
export function line(
  entry: AuditEntry,
  { accountId, region }: Pick<Story, 'accountId' | 'region'>,
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

export const describeDeed = ({ summary, outcome, why, because }: DeedEntry): string =>
  `${summary}: ${outcome}${why === null ? '' : `: ${why}`}${because === null ? '' : ` (${because})`}`;

export const describeHeld = ({ summary, count, rule, because, until }: HeldEntry): string =>
  `${summary}${count > 1 ? ` and ${count - 1} more like it` : ''}, held by ${rule}: ${because}${until === null ? '' : `; until ${toIso(until)}`}`;
