/** An incident as check prints it. Pure. */

import { toIso } from '../../core/time.ts';
import type { Incident } from '../../incidents/types.ts';
import type { LeaderIncident } from './types.ts';

export const reportIncident = (incident: Incident): LeaderIncident => {
  const { id, reason, severity, subject, summary, hint } = incident;
  const { since, missedAt, ackedAt, silence } = incident;
  const isAcked = ackedAt !== null || silence !== null;
  return {
    id,
    reason,
    severity,
    subject,
    summary,
    hint,
    since: toIso(since),
    missedAt: missedAt === null ? null : toIso(missedAt),
    isAcked,
  };
};
