/** More failed logins than is usual at this hour. Pure. */

import { BASELINE } from '../../core/baseline.ts';
import { ENDPOINT_FINDINGS } from '../../core/findings/clientVpn.ts';
import { toIso } from '../../core/time.ts';
import { bandAt, FAILED_LOGINS_FLOOR, FRESH_MS, HOUR_MS } from '../state.ts';
import type { EndpointCheck } from '../types/check.ts';
import type { EndpointObservation } from '../types/world.ts';

export const AUTHENTICATION_CHECK: EndpointCheck = {
  reasons: ['AuthFailuresHigh'],
  judge({ recent, failedLogins }, past, isOpen, now) {
    const points = (recent.authFailures ?? []).filter(({ at }) => now - at <= HOUR_MS);
    const last = points.at(-1);
    if (last === undefined || now - last.at > FRESH_MS) return null;
    const count = points.reduce((sum, { value }) => sum + value, 0);
    const band = bandAt(past, 'authFailures')(now);
    const usual = band === null ? 0 : band.median + BASELINE.spreads * band.spread;
    const limit = Math.max(usual, band === null ? LEARNING_FLOOR : FAILED_LOGINS_FLOOR);
    // Resolved only clearly below the limit: a count around the limit stays one incident.
    if (isOpen('AuthFailuresHigh') ? count <= limit * OVER_SHARE : count <= limit) return [];
    return [
      {
        reason: 'AuthFailuresHigh',
        severity: 'warning',
        summary: `${count} failed logins in the last hour: ${band === null ? 'many, though what is usual is not known yet' : `usual at this hour is ${round(band.median)}`}. Either passwords are being guessed, or the directory, identity provider or certificates have changed.`,
        evidence: [
          `${count} authentication failures in 60 min`,
          band === null
            ? `learning what is usual: ${past.dayCounts['authFailures'] ?? 0} of ${BASELINE.daysMin} days`
            : `usual ${round(band.median)}, spread ${round(band.spread)}, limit ${round(limit)}`,
          ...reasonLines(failedLogins),
        ],
        hint: ENDPOINT_FINDINGS.AuthFailuresHigh.hint,
      },
    ];
  },
};

/** What the connection log says of them; without users. */
function reasonLines(failedLogins: EndpointObservation['failedLogins']): readonly string[] {
  if (failedLogins === null) return [];
  if (!failedLogins.known) {
    return [
      `the connection log cannot be read: ${failedLogins.why} (deploy parameter evidenceLogGroups)`,
    ];
  }
  return failedLogins.value.length === 0
    ? ['the connection log has none of them: AWS does not log failed mutual authentication']
    : failedLogins.value
        .slice(0, LINES_MAX)
        .map(({ why, count, firstAt }) => `${why}: ${count} times since ${toIso(firstAt)}`);
}

const LINES_MAX = 3;
/** While the baseline is learnt. */
const LEARNING_FLOOR = 100;
const OVER_SHARE = 0.8;

const round = (value: number): number => Math.round(value * 10) / 10;
