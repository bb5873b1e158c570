/** The certificate that an endpoint shows its clients, as ACM holds it. Pure. */
import { ENDPOINT_FINDINGS } from '../../core/findings/clientVpn.ts';
import { describeMs, type Instant, toIso } from '../../core/time.ts';
import type { EndpointCheck, Trouble } from '../types/check.ts';
import type { CertificateFact } from '../types/surroundings.ts';

export const SERVER_CERTIFICATE_CHECK: EndpointCheck = {
  reasons: ['ServerCertificateExpiring'],
  judge({ fact, surroundings }, _past, _isOpen, now) {
    if (fact.settings.certificateArn === null) return [];
    if (surroundings?.certificate?.known !== true) return null;
    const { value } = surroundings.certificate;
    const fault = faultOf(value, now);
    return fault === null ? (value.endsAt === null ? null : []) : [fault];
  },
};

/** ACM renews a certificate that it issued itself 60 days before its end, so that 30 days are late already. */
const WARNING_MS = 30 * 86_400_000;
const CRITICAL_MS = 7 * 86_400_000;
/** Clients refuse them. An endpoint cannot be made with one that is not yet issued. */
const REFUSED: ReadonlySet<string> = new Set(['EXPIRED', 'REVOKED']);

function faultOf({ arn, status, endsAt, renewal }: CertificateFact, now: Instant): Trouble | null {
  const leftMs = endsAt === null ? Number.POSITIVE_INFINITY : endsAt - now;
  const isOver = leftMs <= 0 || REFUSED.has(status);
  if (!isOver && leftMs > WARNING_MS) return null;
  const says = isOver
    ? `The server certificate is ${status === 'REVOKED' ? 'revoked' : 'expired'}: clients refuse the endpoint.`
    : `The server certificate expires in ${describeMs(leftMs)}: from then on clients refuse the endpoint.`;
  return {
    reason: 'ServerCertificateExpiring',
    severity: isOver || leftMs <= CRITICAL_MS ? 'critical' : 'warning',
    summary: says,
    evidence: [
      `${arn}: ${status}${endsAt === null ? '' : `, ends at ${toIso(endsAt)}`}`,
      renewal === null ? 'ACM does not renew it' : `renewal by ACM: ${renewal}`,
    ],
    hint: ENDPOINT_FINDINGS.ServerCertificateExpiring.hint,
    dependsOn: [arn],
  };
}

/** ACM's own renewal, for certificates that it issued. */
export const RENEWAL_CHECK: EndpointCheck = {
  reasons: ['ServerCertificateRenewalFailed'],
  judge({ fact, surroundings }) {
    if (fact.settings.certificateArn === null) return [];
    if (surroundings?.certificate?.known !== true) return null;
    const { arn, renewal, renewalWhy } = surroundings.certificate.value;
    const what = renewal === null ? undefined : STUCK.get(renewal);
    if (what === undefined) return [];
    return [
      {
        reason: 'ServerCertificateRenewalFailed',
        severity: 'warning',
        summary: `The renewal of the server certificate ${what}: the endpoint will be refused when the certificate expires.`,
        evidence: [
          `${arn}: renewal ${renewal}${renewalWhy === '' ? '' : `, ACM says: ${renewalWhy}`}`,
        ],
        hint: ENDPOINT_FINDINGS.ServerCertificateRenewalFailed.hint,
        dependsOn: [arn],
      },
    ];
  },
};

/** @see https://docs.aws.amazon.com/acm/latest/APIReference/API_RenewalSummary.html (read 2026-11-29) */
const STUCK: ReadonlyMap<string, string> = new Map([
  ['FAILED', 'failed'],
  ['PENDING_VALIDATION', 'waits for the validation of a domain name'],
]);
