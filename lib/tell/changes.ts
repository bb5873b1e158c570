/** The one place where each step of an incident's life comes out. */
import type { IncidentChange } from '../model/incident.ts';
import type { RegionPorts } from '../ports.ts';

/**
 * Called after the book has recorded them, at least once each; a listener that fails costs its copy, never a notice.
 * Whoever wants incident changes (an event bus, an audit) is called from here.
 */
export async function announce(
  { journal }: RegionPorts,
  changes: readonly IncidentChange[],
  _signal: AbortSignal,
): Promise<void> {
  for (const { kind, at, incident, notice } of changes) {
    journal.write('info', `Incident ${kind}: ${incident.reason} of ${incident.subject.name}`, {
      incident: incident.id,
      openedAt: incident.openedAt,
      at,
      isSent: notice !== null,
      inhibitedBy: incident.inhibitedBy,
      silence: incident.silence,
      healedBy: incident.healedBy,
    });
  }
}
