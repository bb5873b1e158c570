/** Reason codes of certificate revocation lists: one for each rule that refuses a list, and those of copies and endpoints. */
import { RULE_REASONS, type CrlReason as Rule } from '../crl/reason.ts';

export type CrlReason = `Crl${Rule}` | (typeof PLACE_REASONS)[number];

/** Of the inbox, of the copies, of the endpoints. */
const PLACE_REASONS = [
  'CrlSightLost',
  'CrlInboxFlooded',
  'CrlCandidateGone',
  'CrlCandidateUnreadable',
  'CrlIssuerUnreadable',
  'CrlIssuerExpiring',
  'CrlCopyLost',
  'CrlCopyUnreadable',
  'CrlCopyStrange',
  'CrlLate',
  'CrlExpiring',
  'CrlExpired',
  'CrlServedDiffers',
  'CrlServedUnknown',
  'CrlReplicaDiffers',
  'CrlReplicaUnknown',
  'CrlInboxSilent',
  'CrlWriteFailed',
  'CrlEndpointUnknown',
  'CrlEndpointUnfit',
  'CrlEndpointBehind',
  'CrlEndpointAhead',
  'CrlEndpointExpiring',
  'CrlEndpointExpired',
  'CrlImportFailed',
] as const;

export const CRL_REASONS: readonly CrlReason[] = [
  ...RULE_REASONS.map((rule): CrlReason => `Crl${rule}`),
  ...PLACE_REASONS,
];
