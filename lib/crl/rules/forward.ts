/** A file only goes forward: against what is published, and against what ever was (S11). Pure. */
import { toIso } from '../../core/time.ts';
import { missingSerials } from '../x509/missing.ts';
import { isSameName, nameText } from '../x509/name.ts';
import type { CrlPolicy, RuleInput } from './input.ts';
import { type Refusal, refusal } from './refusal.ts';

export function judgeIssuerName({ crl, published, highWater }: RuleInput): Refusal | null {
  const others = [
    ...(published === null ? [] : [published.issuer]),
    ...(highWater === null ? [] : [Buffer.from(highWater.issuerName, 'hex')]),
  ];
  const other = others.find((each) => !isSameName(each, crl.issuer));
  if (other === undefined) return null;
  const first = nameText(other);
  const why = `the file was first published for "${first}", this CRL is by "${nameText(crl.issuer)}"`;
  return refusal('IssuerNameOther', why);
}

/** Numbered CRLs must grow by number; CRLs that never had a number, by thisUpdate. */
export function judgeForward(subject: RuleInput): Refusal | null {
  const { crl, published, highWater } = subject;
  const { number } = crl.extensions;
  const last = published?.extensions.number ?? highWater?.number ?? null;
  if (number !== null && last !== null) return judgeNumber(subject, number);
  if (last === null) return judgeDate(subject);
  return refusal('NumberLost', `it has no number; the file's last one was ${last}`);
}

function judgeNumber(subject: RuleInput, number: bigint): Refusal | null {
  const { published, highWater } = subject;
  const before = published?.extensions.number ?? null;
  if (before !== null && number <= before)
    return refusal('NumberNotAhead', `its number is ${number}, the published one's is ${before}`);
  const highest = highWater?.number ?? null;
  if (highest !== null && number <= highest && !isLastPublished(subject))
    return refusal(
      'NumberBelowHighWater',
      `its number is ${number}; ${highest} was published once`,
    );
  return null;
}

function judgeDate(subject: RuleInput): Refusal | null {
  const { crl, published, highWater } = subject;
  const signed = `signed for ${toIso(crl.thisUpdateAt)}`;
  if (published !== null && crl.thisUpdateAt <= published.thisUpdateAt)
    return refusal(
      'ThisUpdateNotLater',
      `${signed}, the published one for ${toIso(published.thisUpdateAt)}`,
    );
  if (highWater !== null && crl.thisUpdateAt <= highWater.thisUpdateAt && !isLastPublished(subject))
    return refusal(
      'ThisUpdateBelowHighWater',
      `${signed}; one for ${toIso(highWater.thisUpdateAt)} was published once`,
    );
  return null;
}

/** Remembered, and then not put, or deleted since: the same bytes go neither back nor forward. */
const isLastPublished = ({ sha256, highWater }: RuleInput): boolean => sha256 === highWater?.sha256;

export function judgeDistributionPoint(subject: RuleInput): Refusal | null {
  const { crl, published } = subject;
  if (published === null || isAllowed(subject)) return null;
  const mine = crl.extensions.distributionPoint;
  const theirs = published.extensions.distributionPoint;
  if (mine?.der === theirs?.der) return null;
  return refusal(
    'DistributionPointOther',
    `issuing distribution point: ${pointText(mine)}; published: ${pointText(theirs)}`,
  );
}

function pointText(point: RuleInput['crl']['extensions']['distributionPoint']): string {
  if (point === null) return 'none';
  return JSON.stringify((point.uris.join(' ') || point.der).slice(0, 200));
}

/** An operator has said so, with `vpn-medic crl allow`. */
const isAllowed = ({ policy, now }: RuleInput): boolean =>
  policy.allowedUntil !== null && now < policy.allowedUntil;

/** CAs leave out what has expired: a small CRL may lose a few entries, a large one a tenth. */
const mayBeMissing = ({ missingMax, missingPercentMax }: CrlPolicy, count: number): number =>
  Math.max(missingMax, Math.floor((missingPercentMax * count) / 100));

/** Complete CRLs only: a delta may be empty after its base was renewed. */
export function judgeMissing(subject: RuleInput): Refusal | null {
  const { crl, published, policy } = subject;
  if (crl.extensions.baseNumber !== null || isAllowed(subject)) return null;
  if (published === null) return judgeCount(subject);
  const missing = missingSerials(published, crl).filter((serial) => !policy.isExpired(serial));
  const count = published.survey.count;
  const most = mayBeMissing(policy, count);
  if (missing.length <= most) return null;
  const some = missing.slice(0, 3).join(', ');
  const why = `${missing.length} of ${count} published serial numbers are missing (${some}${missing.length > 3 ? ', …' : ''}) and not known to have expired; at most ${most} may be`;
  return refusal('TooManyMissing', why);
}

/** Without the published CRL, its entry count from the high-water mark is compared. */
function judgeCount({ crl, highWater, policy }: RuleInput): Refusal | null {
  const before = highWater?.entryCount ?? 0;
  const { count } = crl.survey;
  const most = mayBeMissing(policy, before);
  if (before - count <= most) return null;
  const why = `it has ${count} entries, the last one published had ${before}; at most ${most} may be missing`;
  return refusal('TooManyMissing', why);
}
