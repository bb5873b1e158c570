/** Expiry of an endpoint's CRL, by the days that CloudWatch counts. Pure. */

import type { Instant } from '../../core/time.ts';
import { type CrlLife, HOUR_MS } from '../state.ts';
import type { EndpointCheck } from '../types/check.ts';
import { daysLeft, inDays, metricText } from './daysLeft.ts';

/**
 * An expired CRL locks out every user of the endpoint; an endpoint without a CRL has no such metric. An endpoint that is
 * tagged for a published CRL is judged in lib/crl, which reads the CRL itself.
 */
export const CRL_CHECK: EndpointCheck = {
  reasons: ['ClientCrlExpiring', 'ClientCrlExpired'],
  judge({ fact }, { crlDays, crlLife }, isOpen, now) {
    const isTagged = (fact.tags['vpn-medic:crl'] ?? '').trim() !== '';
    // What was found before the tag came ends when the days are right.
    if (isTagged && !isOpen('ClientCrlExpiring') && !isOpen('ClientCrlExpired')) return [];
    const days = daysLeft(crlDays, now);
    if (crlDays === null || days === null) return null;
    const severity = crlSeverity(days, crlLife, now);
    if (severity === null) return [];
    const evidence = [metricText('CrlDaysToExpiry', crlDays), ...lifeText(crlLife)];
    const hint =
      'Publish a fresh list and import it: aws ec2 import-client-vpn-client-certificate-revocation-list. It resets the connections that there are.';
    if (days < 0) {
      return [
        {
          reason: 'ClientCrlExpired',
          severity: 'critical',
          summary: 'Its CRL has expired: no client can connect.',
          evidence,
          hint,
        },
      ];
    }
    return [
      {
        reason: 'ClientCrlExpiring',
        severity,
        summary: `Its CRL expires ${days < 1 ? 'within a day' : `in ${inDays(days)}`}; then no client can connect.`,
        evidence,
        hint,
      },
    ];
  },
};

/** Lists that live so long are judged by days, shorter ones by the share that is left, as files are in lib/crl. */
const LONG_LIFE_DAYS = 28;
/** A list of a week that was imported today has 6. */
const FIRST_SIGHT_DAYS = 5;

/** Null: nothing to report. Until the days were seen to fall, a list may be one that is renewed each day or week. */
function crlSeverity(
  days: number,
  life: CrlLife | null,
  now: Instant,
): 'critical' | 'warning' | null {
  if (days < 0) return 'critical';
  const lifeDays = life?.lifeDays ?? null;
  if (life !== null && lifeDays !== null && lifeDays < LONG_LIFE_DAYS) {
    const left = leftDays(days, life, now);
    return left < lifeDays / 10 ? 'critical' : left < lifeDays / 4 ? 'warning' : null;
  }
  if (lifeDays === null && life?.hasFallen !== true)
    return days <= FIRST_SIGHT_DAYS ? 'warning' : null;
  return days <= 2 ? 'critical' : days <= 7 ? 'warning' : null;
}

/** CloudWatch counts whole days: when they became fewer, one more was left; without that, half a day more on average. */
const leftDays = (days: number, { hasFallen, steadySince }: CrlLife, now: Instant): number =>
  days + (hasFallen ? Math.max(0, 1 - (now - steadySince) / (24 * HOUR_MS)) : 0.5);

const lifeText = (life: CrlLife | null): readonly string[] =>
  life === null || life.lifeDays === null
    ? []
    : [`its lists live about ${inDays(life.lifeDays)}, as the last renewal showed`];
