/** What is wrong with what lies in the inbox. Pure. */

import type { Finding } from '../../core/finding.ts';
import { CRL_FINDINGS } from '../../core/findings/crl.ts';
import { counted, shellQuoted } from '../../core/text.ts';
import { type Instant, toIso } from '../../core/time.ts';
import { allowCommand, isAllowable, type Refusal, severityOf } from '../rules/refusal.ts';
import type { FileVerdict } from '../state.ts';
import { type FileObservation, INBOX, ISSUED } from '../types/world.ts';
import { isIssuedList } from '../x509/issued.ts';
import { aFinding, fileSubject } from './finding.ts';

export function candidateFindings(
  file: FileObservation,
  verdict: FileVerdict | undefined,
  issuerFaults: readonly string[],
  now: Instant,
): readonly Finding[] {
  const { fileName, isAnnouncedOnly, candidates } = file;
  const [newest] = candidates;
  const subject = fileSubject(fileName);
  const findings: Finding[] = [];
  if (isAnnouncedOnly || (newest?.content.known === true && newest.content.value === null)) {
    findings.push(
      aFinding('CrlCandidateGone', 'warning', subject, now, {
        summary: `${fileName} was uploaded, and was gone before it could be read.`,
        hint: CRL_FINDINGS.CrlCandidateGone.hint,
      }),
    );
  }
  if (newest?.content.known === false) {
    findings.push(
      aFinding('CrlCandidateUnreadable', 'warning', subject, now, {
        summary: `${fileName} lies in the inbox and cannot be read, so it cannot be judged.`,
        evidence: [newest.content.why, arrived(newest.object.modifiedAt)],
        hint: CRL_FINDINGS.CrlCandidateUnreadable.hint,
      }),
    );
  }
  const [first] = verdict?.refusals ?? [];
  if (first !== undefined) findings.push(refused(file, first, verdict, issuerFaults, now));
  return findings;
}

/** One finding for each refused file, whatever else is refused: named after the first rule that it breaks; the others are its evidence. */
function refused(
  file: FileObservation,
  first: Refusal,
  verdict: FileVerdict | undefined,
  issuerFaults: readonly string[],
  now: Instant,
): Finding {
  const { fileName, candidates } = file;
  const object = candidates[0]?.object;
  const content = candidates[0]?.content;
  const versionId = (content?.known ? content.value?.versionId : null) ?? object?.versionId ?? null;
  // Its issuer may be the one that lies there and cannot be read.
  const unread = first.code === 'IssuerUnknown' ? issuerFaults : [];
  const kept =
    verdict?.accepted === null || verdict === undefined
      ? 'What is published stays.'
      : 'An earlier one, that came since the last look, is published in its place.';
  return aFinding(`Crl${first.code}`, severityOf(first), fileSubject(fileName), now, {
    summary: `${fileName} is refused: ${first.why}${unread.length === 0 ? '' : ` (not readable: ${counted(unread.length, 'file')})`}. ${kept}`,
    evidence: [
      ...(verdict?.refusals ?? []).map(({ code, why }) => `${code}: ${why}`),
      ...unread.map((why) => `issuers: ${why}`),
      ...(first.code === 'TooManyMissing' ? [issuedText(file)] : []),
      ...(object === undefined ? [] : [arrived(object.modifiedAt), `${object.octets} bytes`]),
      ...(versionId === null ? [] : [`version ${versionId}`]),
    ],
    since: Math.min(now, object?.modifiedAt ?? now),
    hint: hintOf(first, fileName, versionId),
    revision: object?.etag,
  });
}

/** What the CA's own list of its certificates did for it. */
function issuedText({ fileName, issued }: FileObservation): string {
  const name = `inbox/${fileName}${ISSUED}`;
  if (issued === null)
    return `${name} is not there: entries whose certificates have expired by it would not count`;
  if (!issued.known) return `${name} cannot be read: ${issued.why}`;
  return issued.value === null || !isIssuedList(issued.value)
    ? `${name} is of no use: no line of it is a serial number and a date, as in index.txt of OpenSSL or "0a1b 2026-11-01"`
    : `${name} was read: entries whose certificates have expired by it do not count`;
}

function hintOf(first: Refusal, fileName: string, versionId: string | null): string {
  if (isAllowable(first)) return `${first.fix} To allow it, run: ${allowCommand(fileName)}`;
  if (first.code !== 'PrivateKey' || versionId === null) return first.fix;
  return `${first.fix} Run: aws s3api delete-object --bucket BUCKET --key ${shellQuoted(INBOX + fileName)} --version-id ${shellQuoted(versionId)}`;
}

const arrived = (at: Instant): string => `in the inbox since ${toIso(at)}`;
