/** Expiry of the certificate of an endpoint's identity provider. Pure. */
import { ENDPOINT_FINDINGS } from '../../core/findings/clientVpn.ts';
import type { EndpointCheck } from '../types/check.ts';
import { daysLeft, inDays, metricText } from './daysLeft.ts';

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
