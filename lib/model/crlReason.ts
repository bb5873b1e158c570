/** Reason codes of certificate revocation lists: one for each rule that refuses a list, and those of copies and endpoints. */
import type { CrlReason as Rule } from '../crl/reason.ts';

export type CrlReason = `Crl${Rule}` | CrlCopyReason | CrlEndpointReason;

type CrlCopyReason =
  | 'CrlSightLost'
  | 'CrlInboxFlooded'
  | 'CrlCandidateGone'
  | 'CrlCandidateUnreadable'
  | 'CrlIssuerUnreadable'
  | 'CrlIssuerExpiring'
  | 'CrlCopyLost'
  | 'CrlCopyUnreadable'
  | 'CrlCopyStrange'
  | 'CrlLate'
  | 'CrlExpiring'
  | 'CrlExpired'
  | 'CrlServedDiffers'
  | 'CrlServedUnknown'
  | 'CrlReplicaDiffers'
  | 'CrlReplicaUnknown'
  | 'CrlInboxSilent'
  | 'CrlWriteFailed';

type CrlEndpointReason =
  | 'CrlEndpointUnknown'
  | 'CrlEndpointUnfit'
  | 'CrlEndpointBehind'
  | 'CrlEndpointAhead'
  | 'CrlEndpointExpiring'
  | 'CrlEndpointExpired'
  | 'CrlImportFailed';
