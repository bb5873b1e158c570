/** When an open incident is notified again. Pure. */
import type { Instant } from '../../core/time.ts';
import type { Incident } from '../types.ts';

/** How often an open critical incident is notified again until it is acknowledged. */
export const REPEAT_MS = 4 * 3_600_000;

export const isRepeatDue = (incident: Incident, now: Instant): boolean =>
  incident.severity === 'critical' &&
  incident.missedAt === null &&
  incident.ackedAt === null &&
  now - lastNotifiedAt(incident) >= REPEAT_MS;

/**
 * Found in something else than was notified, as a file that is uploaded again and refused again. What goes on for long is
 * notified again less and less often, and no more once it is acknowledged.
 */
export function isRevised(incident: Incident, now: Instant): boolean {
  const { revision, notifiedRevision, missedAt, ackedAt, openedAt, silence } = incident;
  const isAnother = notifiedRevision !== null && revision !== null && revision !== notifiedRevision;
  if (!isAnother || missedAt !== null || ackedAt !== null || silence !== null) return false;
  const lastAt = lastNotifiedAt(incident);
  return now - lastAt >= Math.min(REPEAT_MS, (lastAt - openedAt) / 4);
}

export const lastNotifiedAt = ({ notifiedAt, repeatedAt }: Incident): Instant =>
  Math.max(notifiedAt ?? 0, repeatedAt ?? 0);
