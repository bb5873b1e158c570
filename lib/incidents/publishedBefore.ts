/** Whether a step was due before this process led, so that the previous leader may have published it. Pure. */
import type { Instant } from '../core/time.ts';
import { type Delays, waitMs } from './delays.ts';
import { clearMs } from './lifecycle/over.ts';
import { lastNotifiedAt, REPEAT_MS } from './lifecycle/repeat.ts';
import type { Incident, IncidentChangeKind } from './types.ts';

export const wasDueBefore = (
  at: Instant,
  kind: IncidentChangeKind,
  incident: Incident,
  delays: Delays,
): boolean => earliestOf(kind, incident, delays) <= at;

/** The earliest instant at which any process can have published it. */
function earliestOf(kind: IncidentChangeKind, incident: Incident, delays: Delays): Instant {
  const { since, missedAt, seenAt, actions } = incident;
  switch (kind) {
    case 'opened':
      return since + waitMs(incident, delays);
    case 'resolved':
      return (delays.isPolled ? seenAt : (missedAt ?? seenAt)) + clearMs(incident, delays);
    case 'repeated':
      return lastNotifiedAt(incident) + REPEAT_MS;
    case 'updated': {
      const lastAt = lastNotifiedAt(incident);
      const later = actions.map(({ at }) => at).filter((at) => at > lastAt);
      // Without an action it has become more severe, and when is not known.
      return later.length === 0 ? lastAt : Math.min(...later);
    }
    default:
      return kind satisfies never;
  }
}
