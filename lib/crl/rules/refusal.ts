/** Why a list is refused: codes that outlive dashboards, and what a person does about each. */

/** The bytes are not a list that can be read. */
export type FormReason =
  | 'TooLarge'
  | 'NotOnePemBlock'
  | 'NotDer'
  | 'TrailingBytes'
  | 'VersionUnfit'
  | 'AlgorithmsDiffer'
  | 'ExtensionUnfit'
  | 'TooManyEntries';

/** The list was not signed by someone who may. */
export type HandReason =
  | 'IssuerUnknown'
  | 'AlgorithmUnknown'
  | 'KeyUnfit'
  | 'WeakAlgorithm'
  | 'SignatureWrong'
  | 'IssuerMayNotSign'
  | 'IssuerNotYetValid'
  | 'IssuerExpired';

/** The list can be read and is genuine, and yet must not be published. */
export type RuleReason =
  | 'FileNameUnfit'
  | 'CriticalExtensionUnknown'
  | 'Indirect'
  | 'RemovalInCompleteList'
  | 'ThisUpdateAhead'
  | 'NextUpdateMissing'
  | 'NextUpdatePassed'
  | 'PublishedUnknown'
  | 'PublishedUnreadable'
  | 'HighWaterUnknown'
  | 'IssuerNameOther'
  | 'NumberLost'
  | 'NumberNotAhead'
  | 'NumberBelowHighWater'
  | 'ThisUpdateNotLater'
  | 'ThisUpdateBelowHighWater'
  | 'DistributionPointOther'
  | 'TooManyMissing'
  | 'DeltaUnderCompleteName'
  | 'CompleteUnderDeltaName'
  | 'DeltaWithoutNumber'
  | 'DeltaBaseUnknown'
  | 'DeltaBaseMissing'
  | 'DeltaBaseUnreadable'
  | 'DeltaBaseOther'
  | 'DeltaBaseAhead';

export type CrlReason = FormReason | HandReason | RuleReason;

export interface Refusal {
  readonly code: CrlReason;
  /** One sentence with the numbers of this case. */
  readonly why: string;
  /** One thing for a person to do. */
  readonly fix: string;
}

export const refusal = (code: CrlReason, why: string): Refusal => ({ code, why, fix: FIXES[code] });

const FIXES: Readonly<Record<CrlReason, string>> = {
  TooLarge: 'Look at why the list has grown so much; raise the limit if it is right.',
  NotOnePemBlock: 'Upload one list a file: DER, or one PEM block "X509 CRL" and nothing else.',
  NotDer: 'Export the list from the CA again and upload the whole file.',
  TrailingBytes: 'Upload one list a file, cut at its end.',
  VersionUnfit: 'Have the CA write version 2 lists (OpenSSL: crl_extensions in the CA section).',
  AlgorithmsDiffer:
    'Export the list from the CA again; if it stays so, the CA software is at fault.',
  ExtensionUnfit:
    'Look at the extensions with `openssl crl -text`, and at what the CA is set to write.',
  TooManyEntries: 'Split the list by distribution points; raise the limit if it is right.',
  IssuerUnknown: "Pin this CA's certificate under issuers/, if the CA is yours.",
  AlgorithmUnknown: 'Have the CA sign with RSA, ECDSA (P-256, P-384, P-521), Ed25519 or Ed448.',
  KeyUnfit: "Compare the pinned certificate with the CA's own: its key is of another kind.",
  WeakAlgorithm: 'Have the CA sign with SHA-256 or better, or allow this issuer its old algorithm.',
  SignatureWrong:
    "Pin the CA's current certificate if its key was renewed; else ask who made this file.",
  IssuerMayNotSign: 'Pin a certificate with key usage cRLSign for this issuer.',
  IssuerNotYetValid: "Check the CA's clock, and whether the right certificate is pinned.",
  IssuerExpired: "Pin the CA's renewed certificate; renew it first if it has not been.",
  FileNameUnfit: 'Upload under a plain file name, such as ca.crl.',
  CriticalExtensionUnknown: 'Have the CA leave this extension out, or write it as not critical.',
  Indirect: 'Publish one list for each issuer; indirect lists are not supported.',
  RemovalInCompleteList: 'Have the CA write a complete list again: removals belong in deltas.',
  ThisUpdateAhead: "Set the CA's clock right and sign the list again.",
  NextUpdateMissing: 'Have the CA write a next update into its lists.',
  NextUpdatePassed: 'Sign a fresh list: this one is no longer valid.',
  PublishedUnknown:
    "Look at the public bucket's permissions; the list is judged again within the hour.",
  PublishedUnreadable: 'Restore the last good version of the published file.',
  HighWaterUnknown: 'Look at the state table; the list is judged again within the hour.',
  IssuerNameOther: 'Publish a list of another issuer under a file name of its own.',
  NumberLost: 'Have the CA number its lists again, above the last number.',
  NumberNotAhead:
    'Upload the newest list; if the CA was restored, raise its list number above the published one.',
  NumberBelowHighWater:
    'Upload the newest list; if the CA was restored, raise its list number above the last one.',
  ThisUpdateNotLater: 'Upload the newest list, or have the CA sign one now.',
  ThisUpdateBelowHighWater: 'Upload the newest list, or have the CA sign one now.',
  DistributionPointOther:
    'Publish a list of another distribution point under a file name of its own.',
  TooManyMissing:
    'Find out why revoked certificates left the list; if it is meant, allow it for this file.',
  DeltaUnderCompleteName: 'Upload deltas as NAME+.crl beside NAME.crl.',
  CompleteUnderDeltaName: 'Upload complete lists as NAME.crl; NAME+.crl is for deltas.',
  DeltaWithoutNumber: 'Have the CA number its lists.',
  DeltaBaseUnknown:
    "Look at the public bucket's permissions; the delta is judged again within the hour.",
  DeltaBaseMissing: 'Upload the complete list first.',
  DeltaBaseUnreadable: 'Restore the last good version of the published complete list.',
  DeltaBaseOther: 'Upload the delta under the name that goes with its own complete list.',
  DeltaBaseAhead: 'Upload the complete list that this delta builds on first.',
};
