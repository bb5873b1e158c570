/** Why an incident is expected and not notified now. Pure. */
import { type Silence, windowOver } from '../../core/maintenance.ts';
import { quietUntil } from '../../core/quiet.ts';
import type { Instant } from '../../core/time.ts';
import type { Look } from './look.ts';

/** The maintenance window or the quiet hours that one of `ids` is in now; null: neither. */
export function silenceOf(
  ids: readonly string[],
  { windows, quiets }: Look,
  now: Instant,
): Silence | null {
  const window = windowOver(ids, windows, now);
  if (window !== null) return { until: window.until, why: window.why, by: window.by };
  for (const id of quiets.size === 0 ? [] : ids) {
    const quiet = quiets.get(id);
    const until = quiet === undefined ? null : quietUntil(quiet, now);
    if (until !== null) return { until, why: quiet?.text ?? '', by: 'the tag vpn-medic:quiet' };
  }
  return null;
}
