/** The one place where each step of an incident's life comes out: to the log, to its file, and to the event bus. */

import { WOKEN } from '../core/background.ts';
import type { Report } from '../core/report.ts';
import { openEventPublisher } from './eventPublisher.ts';
import { changeEntry } from './history/entries.ts';
import { line } from './history/log.ts';
import { openIncidentHistory } from './history.ts';
import type { RegionPorts } from './ports.ts';
import type { IncidentChange } from './types.ts';

export interface Announcer {
  /** Remembers what was decided and done, for the files of incidents. */
  evaluate(report: Report, signal: AbortSignal): void;
  /**
   * Called after the book has recorded them, at least once each. Returns at once: files are written and events sent in
   * the background, and what fails there costs its copy, never a notice.
   */
  announce(changes: readonly IncidentChange[], report: Report, signal: AbortSignal): void;
  /** Waits for what is on its way, `FLUSH_MS` at most. */
  flush(signal: AbortSignal): Promise<void>;
}

const FLUSH_MS = 1_500;

export function openAnnouncer(ports: RegionPorts, scope: string): Announcer {
  const { clock, logger } = ports;
  const incidentHistory = openIncidentHistory(ports);
  const eventPublisher = openEventPublisher(ports);
  return {
    evaluate: incidentHistory.evaluate,
    announce(changes, report, signal) {
      for (const change of changes) {
        const { kind, incident } = change;
        logger.write('info', `Incident ${kind}: ${incident.reason} of ${incident.subject.name}`, {
          audit: line(changeEntry(change), report, scope),
        });
      }
      incidentHistory.file(changes, report, signal);
      eventPublisher.send(changes, signal);
    },
    async flush(signal) {
      const limit = new AbortController();
      const within = AbortSignal.any([signal, limit.signal]);
      const work = Promise.all([incidentHistory.flush(within), eventPublisher.flush(within)]);
      await Promise.race([work, clock.sleep(FLUSH_MS, within)]);
      limit.abort(WOKEN);
    },
  };
}
