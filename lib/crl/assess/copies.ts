/** Whether each copy is the CRL that was published last. Pure. */

import type { Finding } from '../../core/finding.ts';
import { CRL_FINDINGS } from '../../core/findings/crl.ts';
import type { Instant } from '../../core/time.ts';
import type { FileObservation, PublishedCopy, ServedCopy } from '../types/world.ts';
import { aFinding, fileSubject } from './finding.ts';

export function copyFindings(file: FileObservation, now: Instant): readonly Finding[] {
  const { fileName, published, memo } = file;
  const subject = fileSubject(fileName);
  if (!published.known) {
    return [
      aFinding('CrlCopyUnreadable', 'warning', subject, now, {
        summary: `The published ${fileName} cannot be read, so nothing can be published over it.`,
        evidence: [published.why],
        hint: CRL_FINDINGS.CrlCopyUnreadable.hint,
      }),
    ];
  }
  const mark = memo.known ? memo.value.highWater : null;
  if (published.value === null) {
    if (mark === null) return [];
    return [
      aFinding('CrlCopyLost', 'critical', subject, now, {
        summary: `${fileName} was published once and is not there any more: clients that ask for it get nothing.`,
        evidence: [`last published: SHA-256 ${mark.sha256}`],
        hint: CRL_FINDINGS.CrlCopyLost.hint,
      }),
    ];
  }
  return [
    ...strange(published.value, mark?.sha256 ?? null, fileName, now),
    ...served(file, published.value, now),
    ...replica(file, published.value, now),
  ];
}

function strange(
  { facts, sha256 }: PublishedCopy,
  expected: string | null,
  fileName: string,
  now: Instant,
): readonly Finding[] {
  const isList = !('why' in facts);
  if (isList && (expected === null || expected === sha256)) return [];
  return [
    aFinding('CrlCopyStrange', 'critical', fileSubject(fileName), now, {
      summary: isList
        ? `The published ${fileName} is not the list that was published last.`
        : `The published ${fileName} is no list: ${facts.why}.`,
      evidence: [`there: SHA-256 ${sha256}`, `published last: SHA-256 ${expected ?? 'not known'}`],
      hint: CRL_FINDINGS.CrlCopyStrange.hint,
    }),
  ];
}

function served(
  { fileName, served: reading }: FileObservation,
  { sha256 }: PublishedCopy,
  now: Instant,
): readonly Finding[] {
  if (reading === null) return [];
  const subject = fileSubject(fileName);
  if (!reading.known) {
    return [
      aFinding('CrlServedUnknown', 'warning', subject, now, {
        summary: `It is not known whether clients get ${fileName}: the public address did not answer.`,
        evidence: [reading.why],
        hint: CRL_FINDINGS.CrlServedUnknown.hint,
      }),
    ];
  }
  const { status, sha256: got, octets, contentType } = reading.value;
  if (isAsPublished(reading.value, sha256)) return [];
  return [
    aFinding('CrlServedDiffers', 'critical', subject, now, {
      summary:
        status === 200
          ? `Clients get another ${fileName} than the published one.`
          : `Clients do not get ${fileName}: the public address answers ${status}.`,
      evidence: [
        `status ${status}, ${octets} bytes, ${contentType || 'no content type'}`,
        `served: SHA-256 ${got}`,
        `published: SHA-256 ${sha256}`,
      ],
      hint: CRL_FINDINGS.CrlServedDiffers.hint,
    }),
  ];
}

function replica(
  { fileName, replica: reading, replicaServed }: FileObservation,
  { sha256 }: PublishedCopy,
  now: Instant,
): readonly Finding[] {
  if (reading === null) return [];
  const subject = fileSubject(fileName);
  if (!reading.known) {
    return [
      aFinding('CrlReplicaUnknown', 'warning', subject, now, {
        summary: `The second region's ${fileName} cannot be read; the published one is the newer or both are equal.`,
        evidence: [reading.why],
        hint: CRL_FINDINGS.CrlReplicaUnknown.hint,
      }),
    ];
  }
  if (reading.value?.sha256 === sha256) return ownOrigin(fileName, replicaServed, sha256, now);
  return [
    aFinding('CrlReplicaDiffers', 'warning', subject, now, {
      summary: `The second region's ${fileName} is behind: the published one is ahead.`,
      evidence: [
        `published: SHA-256 ${sha256}`,
        reading.value === null
          ? 'second region: nothing'
          : `second region: SHA-256 ${reading.value.sha256 ?? 'not reported'}`,
      ],
      hint: CRL_FINDINGS.CrlReplicaDiffers.hint,
    }),
  ];
}

/** A right copy that its origin does not serve is none for clients, once they are sent there. */
function ownOrigin(
  fileName: string,
  reading: FileObservation['replicaServed'],
  sha256: string,
  now: Instant,
): readonly Finding[] {
  if (reading === null) return [];
  const subject = fileSubject(fileName);
  if (!reading.known) {
    return [
      aFinding('CrlReplicaUnknown', 'warning', subject, now, {
        summary: `The second region's ${fileName} cannot be downloaded from its own origin, so it is not known whether clients would get it there.`,
        evidence: [reading.why],
        hint: CRL_FINDINGS.CrlReplicaUnknown.hint,
      }),
    ];
  }
  const { status, sha256: got } = reading.value;
  if (isAsPublished(reading.value, sha256)) return [];
  return [
    aFinding('CrlReplicaDiffers', 'warning', subject, now, {
      summary: `The second region's bucket has the published ${fileName}, and its origin serves ${status === 200 ? 'another one' : `status ${status}`}: clients would not get it there.`,
      evidence: [`published: SHA-256 ${sha256}`, `served there: status ${status}, SHA-256 ${got}`],
      hint: "Look at the second bucket's policy, and at the origin of the distribution that reads it.",
    }),
  ];
}

export const isAsPublished = ({ status, sha256, isCut }: ServedCopy, published: string): boolean =>
  status === 200 && sha256 === published && !isCut;
