/** Reason codes, derived from the catalogue of findings. They outlive dashboards and are never renamed. */

import { ENDPOINT_FINDINGS } from './findings/clientVpn.ts';
import type { CRL_FINDINGS } from './findings/crl.ts';
import type {
  CRL_FORM_FINDINGS,
  CRL_RULE_FINDINGS,
  CRL_SIGNATURE_FINDINGS,
} from './findings/crlRefusals.ts';
import type { METRIC_FINDINGS } from './findings/metrics.ts';
import { SHARED_FINDINGS } from './findings/shared.ts';
import type { FAULT_FINDINGS } from './findings/tags.ts';

export type { Reason } from './findings/catalogue.ts';

export type FaultReason = keyof typeof FAULT_FINDINGS;
export type EndpointReason =
  | keyof typeof ENDPOINT_FINDINGS
  | keyof typeof SHARED_FINDINGS
  | 'TagInvalid';
export type MetricReason = keyof typeof METRIC_FINDINGS;
export type CrlReason =
  | keyof typeof CRL_FORM_FINDINGS
  | keyof typeof CRL_SIGNATURE_FINDINGS
  | keyof typeof CRL_RULE_FINDINGS
  | keyof typeof CRL_FINDINGS;

/** True for the codes of Client VPN endpoints, also those that they share with other subjects. */
export const isEndpointReason = (reason: unknown): reason is EndpointReason =>
  typeof reason === 'string' &&
  (Object.hasOwn(ENDPOINT_FINDINGS, reason) ||
    Object.hasOwn(SHARED_FINDINGS, reason) ||
    reason === 'TagInvalid');
