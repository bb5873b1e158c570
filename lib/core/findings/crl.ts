/** Findings of CRLs: the inbox, the published copies, and the endpoints that import them. */

import type { FindingEntry } from './entry.ts';

export const CRL_FINDINGS = {
  CrlSightLost: {
    subjects: ['crl'],
    severities: ['warning'],
    title: 'Inbox, issuers or endpoints cannot be read',
    meaning:
      'The inbox, the pinned issuers or the endpoints cannot be listed or read. Nothing new is published or imported until they can; what is published stays.',
    confirm: 'The evidence names the call and the error.',
    action: "Denied: grant it to the function's role. Else see the Region's health.",
    hint: 'Look at what the evidence names: a permission, a bucket, or a Region.',
  },
  CrlInboxFlooded: {
    subjects: ['crl'],
    severities: ['warning'],
    title: 'Too many files in the inbox',
    meaning:
      'Far more files lie in the inbox than CRLs are published. Known names are judged first, so that real CRLs are not held up.',
    confirm: '`aws s3 ls s3://BUCKET/inbox/ --summarize`.',
    action:
      'Find out what writes there (CloudTrail data events, server access logs) and delete files that are not your CRLs.',
    hint: 'Find out what writes there, and delete files that are not your CRLs.',
  },
  CrlCandidateGone: {
    subjects: ['crl'],
    severities: ['warning'],
    title: 'Uploaded CRL disappeared',
    meaning: 'An upload was announced or listed, and was deleted before it could be read.',
    confirm: 'The versions of that key in the inbox.',
    action: "Find out what deletes there: the CA's own policy does not allow it.",
    hint: 'Find out what deletes from the inbox, and upload the CRL again.',
  },
  CrlCandidateUnreadable: {
    subjects: ['crl'],
    severities: ['warning'],
    title: 'Uploaded CRL cannot be read',
    meaning:
      'An upload lies in the inbox and cannot be read: encrypted with a key that the function may not use, or S3 fails.',
    confirm: 'The evidence; `aws s3api head-object`: `SSEKMSKeyId`.',
    action: "Upload it without `--sse aws:kms`, or let the function's role use that key.",
    hint: 'If it is encrypted with a key of its own, upload it without one, or let the function use that key.',
  },
  CrlIssuerUnreadable: {
    subjects: ['crl'],
    severities: ['warning'],
    title: 'Pinned issuer certificate cannot be read',
    meaning:
      'A file under `issuers/` is not a usable certificate. Lists of that issuer are refused.',
    confirm: '`openssl x509 -in FILE -text -noout`.',
    action: 'Upload the CA certificate again, DER or PEM; a chain of them is read, too.',
    hint: 'Put the CA certificate under issuers/ again, DER or PEM: openssl x509 -in FILE -text shows whether it is one.',
  },
  CrlIssuerExpiring: {
    subjects: ['crl'],
    severities: ['warning'],
    title: 'CRL issuer certificate expires soon',
    meaning:
      'A pinned certificate expires within 30 days, or has expired, and has no successor of the same name here.',
    confirm: '`openssl x509 -enddate -noout`.',
    action:
      'Renew it and pin the new one beside it; remove the old one when its CRLs have expired.',
    hint: "Renew the CA's certificate and pin the new one beside it.",
  },
  CrlCopyLost: {
    subjects: ['crl'],
    severities: ['critical'],
    title: 'Published CRL missing',
    meaning:
      'A file that was published is not in the public bucket any more. It is restored by itself while the same CRL is in the inbox.',
    confirm: '`aws s3api CRL-object-versions`.',
    action:
      'Remove the delete marker, or upload the newest CRL again. CloudTrail shows what deleted it.',
    hint: 'Restore the last version in the public bucket, or upload the newest CRL again.',
  },
  CrlCopyUnreadable: {
    subjects: ['crl'],
    severities: ['warning'],
    title: 'Published CRL cannot be read by the function',
    meaning: 'The published file cannot be read by the function.',
    confirm: 'The evidence.',
    action: "Look at the bucket's policy.",
    hint: "Look at the public bucket's permissions.",
  },
  CrlCopyStrange: {
    subjects: ['crl'],
    severities: ['critical'],
    title: 'Published CRL replaced by another writer',
    meaning:
      'The published file is not the one published last: another writer replaced it, or a put failed after it was recorded. It is not copied to the second region.',
    confirm: 'The two SHA-256 in the evidence; CloudTrail.',
    action: 'Upload the newest CRL again, or restore the last version.',
    hint: 'Check in CloudTrail what wrote to the public bucket, then upload the newest CRL again, or restore the last version.',
  },
  CrlEntryOdd: {
    subjects: ['crl'],
    severities: ['warning'],
    title: 'CRL entry odd',
    meaning:
      'The CRL is published, and something is odd about some of its entries: a reason code that does not exist, an empty list of extensions, or serial number 0, which revokes nothing.',
    confirm: '`openssl crl -text -noout`; the evidence names the serial numbers.',
    action:
      "Repair it in the CA's software or database. Serial number 0: find out which certificates were meant, and revoke them.",
    hint: 'Look at these entries with "openssl crl -text", and at what the CA wrote them from.',
  },
  CrlScopeNarrow: {
    subjects: ['crl'],
    severities: ['warning'],
    title: 'CRL for other certificates than it is published for',
    meaning:
      "The CRL's issuing distribution point names another address than the one that it is published at, or some reasons or attribute certificates only. OpenSSL-based clients (OpenVPN, nginx) then refuse every client whose certificate does not name exactly that address. It is not imported into an endpoint that does not use such a CRL already.",
    confirm:
      '`openssl crl -text -noout`: Issuing Distribution Point; `openssl x509 -text -noout` of a user: CRL Distribution Points. `openssl verify -crl_check -CAfile CA -CRLfile CRL CERTIFICATE`.',
    action:
      'Have the CA write the address that the CRL is published at (step-ca: `idpURL`), or no distribution point. See docs/crl.md.',
    hint: 'Have the CA write the published address into the distribution point (step-ca: idpURL), or none.',
  },
  CrlLate: {
    subjects: ['crl'],
    severities: ['warning'],
    title: 'CRL later than announced',
    meaning:
      'Microsoft CAs announce when they publish next; that has passed by a quarter of an hour. Clients still accept the CRL.',
    confirm: 'The CA service and its upload task.',
    action: 'Have the CA publish (`certutil -crl`), repair the task.',
  },
  CrlExpiring: {
    subjects: ['crl'],
    severities: ['warning', 'critical'],
    title: 'CRL expires soon',
    meaning:
      'The published CRL expires within 7 days (critical: 2 days); of CRLs that live shorter, within a quarter (a tenth) of their life, and early enough for one check every 15 minutes.',
    confirm: '`openssl crl -nextupdate -noout`.',
    action: 'Have the CA sign now, and find out why its upload did not arrive.',
  },
  CrlExpired: {
    subjects: ['crl'],
    severities: ['critical'],
    title: 'CRL expired',
    meaning: 'The published CRL has expired. Servers that check it strictly refuse every client.',
    confirm: 'As above.',
    action: 'Sign and upload at once; it is published within seconds.',
  },
  CrlServedDiffers: {
    subjects: ['crl'],
    severities: ['critical'],
    title: 'Served CRL differs',
    meaning: 'Clients get another file than the published one, or an error.',
    confirm: '`curl -v ADDRESS | sha256sum` beside the evidence.',
    action:
      '404 for `NAME+.crl` alone: the function at the edge that rewrites `+` is missing. Else check caches.',
    hint: 'A "+" in the name needs the rewrite at the edge; else look for a cache that keeps too long.',
  },
  CrlServedUnknown: {
    subjects: ['crl'],
    severities: ['warning'],
    title: 'Public address does not answer',
    meaning: 'The public address did not answer at all.',
    confirm: '`curl -v ADDRESS`.',
    action: 'Look at DNS, the distribution, and its access to the bucket.',
    hint: 'Open the address by hand; look at the distribution and its bucket policy.',
  },
  CrlReplicaDiffers: {
    subjects: ['crl'],
    severities: ['warning'],
    title: 'Replica CRL outdated',
    meaning: "The second region's copy is behind the published one. It is copied at every run.",
    confirm: 'The two SHA-256.',
    action: "If it lasts: the second bucket's policy.",
    hint: 'It is copied in this run; if that fails, the notification says why.',
  },
  CrlReplicaUnknown: {
    subjects: ['crl'],
    severities: ['warning'],
    title: 'Replica CRL cannot be read',
    meaning: "The second region's copy cannot be read.",
    confirm: 'The evidence.',
    action: 'As above; or that Region has an outage: nothing to do.',
    hint: "Look at the second bucket's permissions and its Region.",
  },
  CrlInboxSilent: {
    subjects: ['crl'],
    severities: ['warning'],
    title: 'No new CRL uploaded',
    meaning: 'No new CRL for one and a half times the longest pause so far, and an hour.',
    confirm: "The CA's upload task.",
    action: 'Repair it before the CRL expires.',
    hint: "Look at the CA's upload task: its log, its credentials, its clock.",
  },
  CrlWriteFailed: {
    subjects: ['crl'],
    severities: ['critical'],
    title: 'CRL could not be written',
    meaning: 'A good CRL could not be written; what was there stays, and the next run tries again.',
    confirm: 'The evidence: the state table (it is recorded first) or the bucket.',
    action:
      'Repair what the evidence names; then upload again or wait for the next run, within 15 minutes.',
  },
  CrlEndpointUnknown: {
    subjects: ['endpoint'],
    severities: ['warning'],
    title: 'Endpoint CRL cannot be read',
    meaning: 'The CRL in use at a Client VPN endpoint cannot be exported.',
    confirm: 'The evidence.',
    action:
      'The role needs Export and Import on endpoints with the tag `vpn-medic:crl`. An endpoint that never had a CRL: `vpn-medic crl import FILE ENDPOINT --issuer CERT --first`.',
    hint: "Denied: look at the function's permission to export the CRL. If the endpoint never had one, import it by hand: vpn-medic crl import FILE ENDPOINT --issuer CERT --first.",
  },
  CrlEndpointUnfit: {
    subjects: ['endpoint'],
    severities: ['warning'],
    title: 'CRL does not fit the endpoint',
    meaning:
      "The endpoint's tag names a CRL that it cannot import: not published, a delta, one for part of the certificates or for another distribution point, or over 20,000 entries.",

    confirm: 'The tag; `vpn-medic crl check` on the CRL.',
    action: 'Set the tag to a complete CRL that fits.',
    hint: "Set the endpoint's tag vpn-medic:crl to a published, complete CRL that fits.",
  },
  CrlEndpointBehind: {
    subjects: ['endpoint'],
    severities: ['warning'],
    title: 'Endpoint CRL outdated',
    meaning:
      'The endpoint uses another CRL than the published one; the published one is being imported. The notification says how many active connections that reset.',
    confirm: '`aws ec2 export-client-vpn-client-certificate-revocation-list`.',
    action:
      "Nothing, once it is resolved. A renewal without changes waits for `crlImportWindow`, or for the last tenth of the old CRL's life.",
    hint: 'Nothing when the import below is done; else check what prevented it.',
  },
  CrlEndpointAhead: {
    subjects: ['endpoint'],
    severities: ['warning'],
    title: 'Endpoint CRL newer than the published one',
    meaning:
      'The endpoint has a later CRL than the published one: it was imported by hand. The endpoint keeps it.',
    confirm: 'Compare the numbers.',
    action: 'Upload that CRL to the inbox, so that every client is checked against it.',
    hint: "Upload the CA's newest CRL; one was imported by hand.",
  },
  CrlEndpointExpiring: {
    subjects: ['endpoint'],
    severities: ['critical'],
    title: 'Endpoint CRL expires soon',
    meaning:
      "The endpoint's CRL is in the last twentieth of its life, and the renewal has not arrived. It replaces `ClientCrlExpiring`, which endpoints with the tag `vpn-medic:crl` do not get.",
    confirm: 'As above.',
    action: 'Upload a fresh CRL.',
    hint: 'Upload a fresh CRL to the inbox; it is imported within the minute.',
  },
  CrlEndpointExpired: {
    subjects: ['endpoint'],
    severities: ['critical'],
    title: 'Endpoint CRL expired',
    meaning:
      "The endpoint's CRL has expired: Client VPN refuses every connection, and a CRL cannot be removed. It replaces `ClientCrlExpired`, which endpoints with the tag `vpn-medic:crl` do not get.",
    confirm: 'As above.',
    action: 'Upload a fresh CRL: it is imported within the minute.',
    hint: 'Upload a fresh CRL to the inbox; it is imported within the minute.',
  },
  CrlImportFailed: {
    subjects: ['endpoint'],
    severities: ['critical'],
    title: 'CRL import failed',
    meaning: 'The endpoint refused the CRL, or did not use it within a minute.',
    confirm:
      'The evidence; `aws ec2 export-client-vpn-client-certificate-revocation-list`: Status.',
    action: 'Act on its status; the next run tries again.',
  },
} as const satisfies Readonly<Record<string, FindingEntry>>;
