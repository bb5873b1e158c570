/** A file only goes forward: against what is published, and against what ever was (S11). Pure. */
import { toIso } from '../../core/time.ts';
import { missingSerials } from '../x509/missing.ts';
import { nameText } from '../x509/name.ts';
import type { RuleInput } from './input.ts';
import { type Refusal, refusal } from './refusal.ts';

export function judgeIssuerName({ crl, published, highWater }: RuleInput): Refusal | null {
  const name = crl.issuer.toString('hex');
  const others = [published?.issuer.toString('hex'), highWater?.issuerName];
  const other = others.find((each) => each !== undefined && each !== name);
  if (other === undefined) return null;
  const first = nameText(Buffer.from(other, 'hex'));
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

export function judgeDistributionPoint({ crl, published }: RuleInput): Refusal | null {
  if (published === null) return null;
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

/** Complete CRLs only: a delta may be empty after its base was renewed. */
export function judgeMissing(subject: RuleInput): Refusal | null {
  const { crl, published, policy, now } = subject;
  if (crl.extensions.baseNumber !== null) return null;
  if (policy.mayShrinkUntil !== null && now < policy.mayShrinkUntil) return null;
  if (published === null) return judgeCount(subject);
  const missing = missingSerials(published, crl).filter((serial) => !policy.isExpired(serial));
  const count = published.survey.count;
  if (missing.length * 100 <= policy.missingPercentMax * count) return null;
  const some = missing.slice(0, 3).join(', ');
  const why = `${missing.length} of ${count} published serial numbers are missing (${some}${missing.length > 3 ? ', …' : ''}); at most ${policy.missingPercentMax} % may be`;
  return refusal('TooManyMissing', why);
}

/** Without the published CRL, its entry count from the high-water mark is compared. */
function judgeCount({ crl, highWater, policy }: RuleInput): Refusal | null {
  const before = highWater?.entryCount ?? 0;
  const { count } = crl.survey;
  if ((before - count) * 100 <= policy.missingPercentMax * before) return null;
  const why = `it has ${count} entries, the last one published had ${before}; at most ${policy.missingPercentMax} % may be missing`;
  return refusal('TooManyMissing', why);
}
