/** Why an uploaded CRL is refused: its form, its signature, or a rule of publication. */

import type { FindingEntry } from './entry.ts';

export const CRL_FORM_FINDINGS = {
  CrlTooLarge: {
    subjects: ['crl'],
    severities: ['warning'],
    title: 'CRL too large',
    meaning:
      'The uploaded CRL has more bytes than the limit (`crlMibMax`, 10 MiB by default). It is not judged; the last good one stays.',
    confirm:
      'Its size in the inbox; `vpn-medic crl check FILE --issuer CERT` on the uploaded file says the same.',
    action: 'Find out why it has grown. If it is right: raise `crlMibMax`, at most 32.',
    hint: 'Look at why the CRL has grown so much; raise the limit if it is right.',
  },
  CrlNotOnePemBlock: {
    subjects: ['crl'],
    severities: ['warning'],
    title: 'Not exactly one PEM block',
    meaning:
      'The uploaded file holds base64 or PEM, and not exactly one whole block `X509 CRL`. Text around the block does not matter.',
    confirm: '`vpn-medic crl check FILE --issuer CERT` on the uploaded file says the same.',
    action: 'Upload one CRL per file, DER or one PEM block.',
    hint: 'Upload one CRL per file: DER, base64, or one PEM block "X509 CRL".',
  },
  CrlNotDer: {
    subjects: ['crl'],
    severities: ['warning'],
    title: 'Not DER',
    meaning:
      'The uploaded bytes are no strict DER: cut short, damaged, or another format. The position is named.',
    confirm: '`vpn-medic crl check FILE --issuer CERT` on the uploaded file says the same.',
    action: 'Export the CRL from the CA again and upload the whole file.',
    hint: 'Export the CRL from the CA again and upload the whole file.',
  },
  CrlPrivateKey: {
    subjects: ['crl'],
    severities: ['warning'],
    title: 'Private key uploaded',
    meaning:
      'A file in the inbox or under `issuers/` holds a private key, alone or beside a CRL or certificate. It is not published (a certificate beside it stays pinned); every principal that may read the bucket has been able to read the key.',
    confirm: 'The evidence names the version of the object.',
    action:
      'Treat the key as disclosed: replace it and what was issued with it. Delete this version of the object; deleting without a version keeps it. Then see what uploads it.',
    hint: 'Treat this key as disclosed: replace it and what was issued with it, and delete this version of the object (deleting without a version keeps it).',
  },
  CrlTrailingBytes: {
    subjects: ['crl'],
    severities: ['warning'],
    title: 'Bytes after the CRL',
    meaning: 'Something follows the end of the CRL in the same file.',
    confirm: '`vpn-medic crl check FILE --issuer CERT` on the uploaded file says the same.',
    action: 'Upload one CRL per file, cut at its end.',
    hint: 'Upload one CRL per file, cut at its end.',
  },
  CrlVersionUnfit: {
    subjects: ['crl'],
    severities: ['warning'],
    title: 'CRL version 1',
    meaning: 'The CRL is version 1, which has neither numbers nor extensions.',
    confirm: '`openssl crl -text -noout`: version.',
    action: 'OpenSSL: set `crl_extensions` in the CA section.',
    hint: 'Have the CA write version 2 CRLs (OpenSSL: crl_extensions in the CA section).',
  },
  CrlAlgorithmsDiffer: {
    subjects: ['crl'],
    severities: ['warning'],
    title: 'CRL signature algorithms differ',
    meaning: 'The signature algorithm inside the signed part is not the one outside.',
    confirm: '`vpn-medic crl check FILE --issuer CERT` on the uploaded file says the same.',
    action: 'Export it again; if it stays so, the CA software is at fault.',
    hint: 'Export the CRL from the CA again; if it stays so, the CA software is at fault.',
  },
  CrlExtensionUnfit: {
    subjects: ['crl'],
    severities: ['warning'],
    title: 'CRL extension malformed',
    meaning: 'An extension of the CRL or of an entry is present twice, or its value is not valid.',
    confirm: '`openssl crl -text -noout`.',
    action: 'Check the extensions that the CA is configured to write.',
    hint: 'Look at the extensions with "openssl crl -text", and at what the CA is set to write.',
  },
  CrlTooManyEntries: {
    subjects: ['crl'],
    severities: ['warning'],
    title: 'CRL has too many entries',
    meaning: 'More than a million revoked certificates.',
    confirm: '`vpn-medic crl check FILE --issuer CERT` on the uploaded file says the same.',
    action: 'Split the CRL by distribution points.',
    hint: 'Split the CRL by distribution points; raise the limit if it is right.',
  },
} as const satisfies Readonly<Record<string, FindingEntry>>;

export const CRL_SIGNATURE_FINDINGS = {
  CrlIssuerUnknown: {
    subjects: ['crl'],
    severities: ['warning'],
    title: 'CRL issuer not pinned',
    meaning:
      "No pinned certificate has the name of the CRL's issuer. String types, case and spaces do not count (RFC 5280, 7.1).",
    confirm: 'The evidence shows both names; `aws s3 ls s3://BUCKET/issuers/`.',
    action:
      "Pin the CA's certificate under `issuers/`, if the CA is yours. If it is not: find out what writes to the inbox.",
    hint: "Pin this CA's certificate under issuers/, if the CA is yours.",
  },
  CrlAlgorithmUnknown: {
    subjects: ['crl'],
    severities: ['warning'],
    title: 'CRL signature algorithm unknown',
    meaning: 'The CRL is signed with an algorithm, or on a curve, that is not supported.',
    confirm: '`openssl crl -text -noout`.',
    action:
      'Have the CA sign with RSA, ECDSA (P-256, P-384, P-521, secp256k1, brainpool r1 of 256 bits and more), Ed25519 or Ed448.',
    hint: 'Have the CA sign with RSA, ECDSA (P-256, P-384, P-521, secp256k1, brainpool r1 of 256 bits and more), Ed25519 or Ed448.',
  },
  CrlKeyUnfit: {
    subjects: ['crl'],
    severities: ['warning'],
    title: 'Pinned key of another kind',
    meaning: 'The pinned certificate of that name has a key of another kind than the signature.',
    confirm: "Compare the pinned certificate with the CA's own.",
    action: 'Pin the right one.',
    hint: "Compare the pinned certificate with the CA's own: its key is of another kind.",
  },
  CrlWeakAlgorithm: {
    subjects: ['crl'],
    severities: ['warning'],
    title: 'CRL signature algorithm weak',
    meaning: 'Signed with MD5, SHA-1 or DSA, and this issuer is not allowed to.',
    confirm: '`openssl crl -text -noout`.',
    action:
      'Have the CA sign with SHA-256. Until then you may pin this one issuer under `issuers/weak/`.',
    hint: 'Have the CA sign with SHA-256 or better, or allow this issuer its old algorithm.',
  },
  CrlSignatureWrong: {
    subjects: ['crl'],
    severities: ['critical'],
    title: 'CRL signature wrong',
    meaning:
      'A CRL in the name of a pinned issuer that its key did not sign: a renewed key, a damaged file, or a forgery.',
    confirm: '`vpn-medic crl check FILE --issuer CERT` on the uploaded file says the same.',
    action:
      'Renewed key: pin the new certificate beside the old one. Else treat the CA host as compromised until you know the source of the file.',
    hint: "Pin the CA's current certificate if its key was renewed; else find out the source of this file.",
  },
  CrlAuthorityKeyOther: {
    subjects: ['crl'],
    severities: ['warning'],
    title: 'Authority key identifier of another key',
    meaning:
      'The signature is right, and the authority key identifier in the CRL is that of another key or certificate. OpenSSL-based clients (OpenVPN, nginx) do not use such a CRL and refuse every client.',
    confirm:
      '`openssl crl -text -noout` beside `openssl x509 -text -noout`: X509v3 Authority Key Identifier and X509v3 Subject Key Identifier.',
    action:
      'Have the CA write the identifier of the key that it signs with. If the CA certificate was renewed, pin the new one too.',
    hint: "Have the CA write its own key's identifier, or pin the certificate whose identifier it writes.",
  },
  CrlIssuerMayNotSign: {
    subjects: ['crl'],
    severities: ['warning'],
    title: 'CRL issuer may not sign CRLs',
    meaning: "The pinned certificate's key usage lacks cRLSign.",
    confirm: '`openssl x509 -text -noout`.',
    action: 'Pin the certificate that may sign CRLs.',
    hint: 'Pin a certificate with key usage cRLSign for this issuer.',
  },
  CrlIssuerNotYetValid: {
    subjects: ['crl'],
    severities: ['warning'],
    title: 'CRL issuer not yet valid',
    meaning: 'The pinned certificate is not valid yet.',
    confirm: "Its dates, and the CA's clock.",
    action: 'Set the clock right; pin the right certificate.',
    hint: "Check the CA's clock, and whether the right certificate is pinned.",
  },
  CrlIssuerExpired: {
    subjects: ['crl'],
    severities: ['warning'],
    title: 'CRL issuer expired',
    meaning: 'The pinned certificate has expired: its CRLs are refused.',
    confirm: '`openssl x509 -enddate -noout`.',
    action: "Renew the CA's certificate, pin the new one.",
    hint: "Pin the CA's renewed certificate; renew it first if it has not been.",
  },
} as const satisfies Readonly<Record<string, FindingEntry>>;

export const CRL_RULE_FINDINGS = {
  CrlFileNameUnfit: {
    subjects: ['crl'],
    severities: ['warning'],
    title: 'CRL file name invalid',
    meaning:
      'A name to publish under has at most 128 letters, digits, spaces and `._()+!%@=,-`, and begins with a letter or digit.',
    confirm: 'The name in the evidence.',
    action: 'Upload as `inbox/NAME.crl`.',
    hint: 'Upload under a plain file name, such as ca.crl.',
  },
  CrlCriticalExtensionUnknown: {
    subjects: ['crl'],
    severities: ['warning'],
    title: 'Critical CRL extension unknown',
    meaning:
      'The CRL has a critical extension that is not supported: software that does not support one must not use the CRL (RFC 5280, 5.2).',
    confirm: '`openssl crl -text -noout`.',
    action: 'Have the CA leave it out, or write it as not critical.',
    hint: 'Have the CA leave this extension out, or write it as not critical.',
  },
  CrlIndirect: {
    subjects: ['crl'],
    severities: ['warning'],
    title: 'Indirect CRL',
    meaning: 'An indirect CRL: it contains entries of other issuers too. Those are not supported.',
    confirm: 'Its issuing distribution point.',
    action: 'Publish one CRL for each issuer.',
    hint: 'Publish one CRL for each issuer; indirect CRLs are not supported.',
  },
  CrlRemovalInCompleteList: {
    subjects: ['crl'],
    severities: ['warning'],
    title: 'Removal in a complete CRL',
    meaning: 'An entry says removeFromCRL, which belongs in deltas.',
    confirm: '`openssl crl -text -noout`.',
    action: 'Have the CA write a complete CRL again.',
    hint: 'Have the CA write a complete CRL again: removals belong in deltas.',
  },
  CrlScopeContradictory: {
    subjects: ['crl'],
    severities: ['warning'],
    title: 'Distribution point contradicts itself',
    meaning:
      'The issuing distribution point says that the CRL is for user certificates only and for CA or attribute certificates only. Clients use such a CRL for no certificate and refuse every client.',
    confirm: '`openssl crl -text -noout`: Issuing Distribution Point.',
    action: 'Have the CA write one kind, or none.',
    hint: 'Have the CA write one kind of certificate into the distribution point, or none.',
  },
  CrlThisUpdateAhead: {
    subjects: ['crl'],
    severities: ['warning'],
    title: 'CRL signed in the future',
    meaning:
      'The CRL is signed for more than 5 minutes from now. Once published it would block every valid CRL until then.',
    confirm: "The CA's clock.",
    action:
      'Set it right and sign again. A CRL that only has to wait is judged again every 15 minutes.',
    hint: "Set the CA's clock right and sign the CRL again.",
  },
  CrlNextUpdateMissing: {
    subjects: ['crl'],
    severities: ['warning'],
    title: 'CRL without next update',
    meaning: 'The CRL does not say how long it is valid.',
    confirm: '`openssl crl -nextupdate -noout`.',
    action: 'Have the CA write a next update.',
    hint: 'Have the CA write a next update into its CRLs.',
  },
  CrlNextUpdatePassed: {
    subjects: ['crl'],
    severities: ['warning'],
    title: 'Uploaded CRL expired',
    meaning: 'The uploaded CRL has already expired.',
    confirm: '`openssl crl -nextupdate -noout`.',
    action: 'Sign a fresh one.',
    hint: 'Sign a fresh CRL: this one is no longer valid.',
  },
  CrlPublishedUnknown: {
    subjects: ['crl'],
    severities: ['warning'],
    title: 'Published CRL cannot be read',
    meaning:
      'What is published could not be read, so nothing is compared with it, and nothing overwrites it.',
    confirm: 'The evidence names the call and the error.',
    action: 'Look at the public bucket. The CRL is judged again within 15 minutes.',
    hint: "Look at the public bucket's permissions; the CRL is judged again within 15 minutes.",
  },
  CrlPublishedUnreadable: {
    subjects: ['crl'],
    severities: ['warning'],
    title: 'Published file is not a CRL',
    meaning: 'What is published under this name is no CRL.',
    confirm: '`vpn-medic crl check` on the public address.',
    action: 'Restore its last good version in the public bucket.',
    hint: 'Restore the last good version of the published file.',
  },
  CrlHighWaterUnknown: {
    subjects: ['crl'],
    severities: ['warning'],
    title: 'Last published number cannot be read',
    meaning: 'The highest number published under this name could not be read from the state table.',
    confirm: 'The evidence; the item `crl#NAME` of the state table.',
    action:
      "Repair the table. If the item itself is damaged, restore it from the table's point-in-time recovery: deleting it would let old CRLs in again.",
    hint: 'Look at the state table; the CRL is judged again within 15 minutes.',
  },
  CrlIssuerNameOther: {
    subjects: ['crl'],
    severities: ['critical'],
    title: 'CRL of another issuer',
    meaning: 'A CRL of another issuer under a file name that already belongs to one.',
    confirm: 'The evidence shows both names.',
    action:
      'Publish it under a name of its own. If the first list took the name by mistake: `vpn-medic crl forget NAME`, then upload again. If this was not intended: find out what writes to the inbox.',
    hint: 'Publish a CRL of another issuer under a file name of its own.',
  },
  CrlNameNotAllowed: {
    subjects: ['crl'],
    severities: ['warning'],
    title: "File name not for this issuer's lists",
    meaning:
      'The list is genuine, and the file name is not for it: another issuer has this name, or this list, or a later one of the same key for the same certificates, is published under another name. Without this rule any principal that can write to the inbox could take a name before its CA, or make any number of public names.',
    confirm: 'The evidence; `aws s3 ls s3://BUCKET/issuers/` for files `*.names`.',
    action:
      'Meant so: write the names that this issuer may use, one a line, into `issuers/CERTIFICATE.names` (`ca.crt.names` beside `ca.crt`). A name that was taken by mistake: `vpn-medic crl forget NAME`. Else find out what writes to the inbox.',
    hint: 'If it is meant so, write the name into issuers/CERTIFICATE.names; a name taken by mistake: "vpn-medic crl forget".',
  },
  CrlNumberLost: {
    subjects: ['crl'],
    severities: ['warning'],
    title: 'CRL without its number',
    meaning: "The file's CRLs had numbers, this one has none.",
    confirm: '`openssl crl -crlnumber -noout`.',
    action: 'Have the CA number its CRLs again, above the last number.',
    hint: 'Have the CA number its CRLs again, above the last number.',
  },
  CrlNumberNotAhead: {
    subjects: ['crl'],
    severities: ['warning'],
    title: 'CRL number not higher',
    meaning:
      "The CRL's number is not above the published one's: an old one again, or a CA restored from a backup.",
    confirm: '`openssl crl -crlnumber -noout` of both.',
    action:
      'Upload the newest. Restored CA: raise its number above the published one (OpenSSL: the `crlnumber` file).',
    hint: 'Upload the newest CRL; if the CA was restored or set up anew, raise its CRL number above the published one, or publish under another file name.',
  },
  CrlNumberBelowHighWater: {
    subjects: ['crl'],
    severities: ['critical'],
    title: 'CRL number below the highest published',
    meaning:
      'A higher number was published before; the file published now is another one, or is missing.',
    confirm: 'The item `crl#NAME` of the state table; the versions in the public bucket.',
    action: 'Find out what removed the later CRL; upload the newest.',
    hint: 'Upload the newest CRL; if the CA was restored, raise its CRL number above the last one.',
  },
  CrlThisUpdateNotLater: {
    subjects: ['crl'],
    severities: ['warning'],
    title: 'CRL not later than the published one',
    meaning:
      'Lists without numbers are compared by date, and this one is not later than the published one.',
    confirm: '`openssl crl -lastupdate -noout`.',
    action: 'Upload the newest.',
    hint: 'Upload the newest CRL, or have the CA sign one now.',
  },
  CrlThisUpdateBelowHighWater: {
    subjects: ['crl'],
    severities: ['warning'],
    title: 'CRL earlier than the latest published',
    meaning: 'As CrlThisUpdateNotLater, against the latest that was ever published.',
    confirm: 'The item `crl#NAME` of the state table.',
    action: 'Upload the newest.',
    hint: 'Upload the newest CRL, or have the CA sign one now.',
  },
  CrlDistributionPointOther: {
    subjects: ['crl'],
    severities: ['warning'],
    title: 'CRL of another distribution point',
    meaning:
      'The CRL belongs to another distribution point than the published one: other certificates.',
    confirm: 'The evidence shows both.',
    action:
      'If the CA has changed its distribution point: `vpn-medic crl allow NAME --for 1h --why ...`, and upload again. If it is the CRL of other certificates: publish it under a name of its own.',
    hint: 'If the CA changed its distribution point, allow it for this file with "vpn-medic crl allow"; else publish under a file name of its own.',
  },
  CrlTooManyMissing: {
    subjects: ['crl'],
    severities: ['critical'],
    title: 'Too many revoked certificates missing',
    meaning:
      'More than a tenth of the published serial numbers (of a small CRL: more than five) are missing and not known to have expired: those certificates would be accepted again.',
    confirm:
      "The evidence names some. Were they expired and cleaned up, or is the CA's database lost?",
    action:
      'If it is intended: `vpn-medic crl allow NAME --for 1h --why ...`, and upload again. Every other rule still holds.',
    hint: 'Find out why revoked certificates left the CRL; if it is intended, allow it for this file with "vpn-medic crl allow".',
  },
  CrlDeltaUnderCompleteName: {
    subjects: ['crl'],
    severities: ['warning'],
    title: 'Delta CRL under a complete name',
    meaning: 'A delta under the name of a complete CRL.',
    confirm: '`openssl crl -text -noout`: Delta CRL Indicator.',
    action: 'Upload deltas as `NAME+.crl`.',
    hint: 'Upload deltas as NAME+.crl beside NAME.crl.',
  },
  CrlCompleteUnderDeltaName: {
    subjects: ['crl'],
    severities: ['warning'],
    title: 'Complete CRL under a delta name',
    meaning: "A complete CRL under a delta's name.",
    confirm: '`openssl crl -text -noout`.',
    action: 'Upload complete CRLs as `NAME.crl`.',
    hint: 'Upload complete CRLs as NAME.crl; NAME+.crl is for deltas.',
  },
  CrlDeltaWithoutNumber: {
    subjects: ['crl'],
    severities: ['warning'],
    title: 'Delta CRL without a number',
    meaning: 'A delta without a number of its own.',
    confirm: '`openssl crl -crlnumber -noout`.',
    action: 'Have the CA number its CRLs.',
    hint: 'Have the CA number its CRLs.',
  },
  CrlDeltaBaseUnknown: {
    subjects: ['crl'],
    severities: ['warning'],
    title: 'Base CRL cannot be read',
    meaning: 'The complete CRL that the delta builds on could not be read.',
    confirm: 'The evidence.',
    action: 'Look at the public bucket; it is judged again within 15 minutes.',
    hint: "Look at the public bucket's permissions; the delta is judged again within 15 minutes.",
  },
  CrlDeltaBaseMissing: {
    subjects: ['crl'],
    severities: ['warning'],
    title: 'Base CRL not published',
    meaning: 'The complete CRL that the delta builds on is not published.',
    confirm: '`aws s3 ls` of the public bucket.',
    action: 'Upload `NAME.crl`; the delta is published with it.',
    hint: 'Upload the complete CRL first.',
  },
  CrlDeltaBaseUnreadable: {
    subjects: ['crl'],
    severities: ['warning'],
    title: 'Base file is not a CRL',
    meaning: "What is published under the base's name is no CRL.",
    confirm: '`vpn-medic crl check` on it.',
    action: 'Restore its last good version.',
    hint: 'Restore the last good version of the published complete CRL.',
  },
  CrlDeltaBaseOther: {
    subjects: ['crl'],
    severities: ['warning'],
    title: 'Base CRL does not match',
    meaning: "The base's name holds a CRL of another issuer, or none that a delta can build on.",
    confirm: 'The evidence.',
    action: 'Upload the delta under the name that goes with its own base.',
    hint: 'Upload the delta under the name that goes with its own complete CRL.',
  },
  CrlDeltaBaseAhead: {
    subjects: ['crl'],
    severities: ['warning'],
    title: 'Base CRL too old',
    meaning: 'The delta builds on a later complete CRL than the published one.',
    confirm: 'Both numbers in the evidence.',
    action: 'Upload the complete CRL first.',
    hint: 'Upload the complete CRL that this delta builds on first.',
  },
} as const satisfies Readonly<Record<string, FindingEntry>>;
