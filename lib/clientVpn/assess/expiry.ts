/** Expiry of an endpoint's CRL and of its identity provider's certificate. Pure. */

import { ENDPOINT_FINDINGS } from '../../core/findings/clientVpn.ts';
import type { Point } from '../../core/metric.ts';
import { counted } from '../../core/text.ts';
import { type Instant, toIso } from '../../core/time.ts';
import { type CrlLife, type EndpointPast, HOUR_MS } from '../state.ts';
import type { EndpointCheck } from '../types/check.ts';

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
          summary: 'Its CRL has expired: nobody can connect.',
          evidence,
          hint,
        },
      ];
    }
    return [
      {
        reason: 'ClientCrlExpiring',
        severity,
        summary: `Its CRL expires ${days < 1 ? 'within a day' : `in ${inDays(days)}`}; then nobody can connect.`,
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

/** CloudWatch has this metric for SAML endpoints only, and EC2 shows no certificate: without it nothing is judged. */
export const IDP_CHECK: EndpointCheck = {
  reasons: ['IdpCertExpiring'],
  judge({ fact }, { idpDays }, _isOpen, now) {
    if (!fact.authentication.includes('federated')) return [];
    const days = daysLeft(idpDays, now);
    if (idpDays === null || days === null) return null;
    if (days > 30) return [];
    return [
      {
        reason: 'IdpCertExpiring',
        severity: days <= 7 ? 'critical' : 'warning',
        summary:
          days <= 0
            ? "The identity provider's certificate has expired, or does within the day: its users cannot log in."
            : `The identity provider's certificate expires in ${inDays(days)}; then its users cannot log in.`,
        evidence: [metricText('IdpCertDaysToExpiry', idpDays)],
        hint: ENDPOINT_FINDINGS.IdpCertExpiring.hint,
      },
    ];
  },
};

/** Null: not known, or too old. */
function daysLeft(point: EndpointPast['crlDays'], now: Instant): number | null {
  if (point === null || now - point.at > DAYS_FRESH_MS) return null;
  return point.value;
}

/** Read once an hour; after a day without a point the certificate may have been replaced. */
const DAYS_FRESH_MS = 24 * HOUR_MS;

const metricText = (metricName: string, { at, value }: Point): string =>
  `${metricName} said ${value} at ${toIso(at)}`;

const inDays = (days: number): string => counted(days, 'day');
