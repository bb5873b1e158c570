/**
 * Whether a CRL may be published: form, signature, time, forward, not emptied, delta (safety rule S11).
 * Pure: the same candidate and input at the same instant always gets the same verdict.
 */
import { createHash } from 'node:crypto';
import type { Reading } from '../core/reading.ts';
import type { Instant } from '../core/time.ts';
import { judgeDelta } from './rules/delta.ts';
import {
  judgeDistributionPoint,
  judgeForward,
  judgeIssuerName,
  judgeMissing,
} from './rules/forward.ts';
import type { Candidate, CrlPolicy, HighWater, KnownCrls, RuleInput } from './rules/input.ts';
import { judgeName } from './rules/names.ts';
import { type Refusal, refusal } from './rules/refusal.ts';
import {
  judgeCritical,
  judgeFileName,
  judgeIndirect,
  judgeNextUpdate,
  judgeRemoval,
  judgeScope,
  judgeThisUpdate,
} from './rules/self.ts';
import type { Issuer } from './x509/issuer.ts';
import { CRL_LIMITS, type Crl, parseCrl } from './x509/parse.ts';
import { verifyCrl } from './x509/verify.ts';

export type Judgement =
  | {
      readonly verdict: 'publish';
      readonly crl: Crl;
      /** Who signed it. */
      readonly issuer: Issuer;
      /** To be remembered before it is put: a crash in between holds nothing back. */
      readonly highWater: HighWater;
      readonly reasons: readonly [];
    }
  /** Published already, byte for byte. */
  | { readonly verdict: 'same'; readonly crl: Crl; readonly reasons: readonly [] }
  /** Every rule that it breaks, at least one. */
  | { readonly verdict: 'refuse'; readonly reasons: readonly Refusal[] };

export const CRL_POLICY: CrlPolicy = {
  limits: CRL_LIMITS,
  aheadMsMax: 5 * 60_000,
  missingMax: 5,
  missingPercentMax: 10,
  allowedUntil: null,
  isExpired: () => false,
};

/** One rule for a readable CRL, besides its signature. */
export type CrlRule = (subject: RuleInput) => Refusal | null;

/** Production always judges by all of them; a test removes one and must see a failure. */
export const CRL_RULES: readonly CrlRule[] = [
  judgeFileName,
  judgeCritical,
  judgeIndirect,
  judgeRemoval,
  judgeScope,
  judgeThisUpdate,
  judgeNextUpdate,
  judgeIssuerName,
  judgeName,
  judgeForward,
  judgeDistributionPoint,
  judgeMissing,
  judgeDelta,
];

export function judgeCrl(
  candidate: Candidate,
  lists: KnownCrls,
  now: Instant,
  rules: readonly CrlRule[] = CRL_RULES,
): Judgement {
  const { policy, issuers } = lists;
  const parsed = parseCrl(candidate.bytes, policy.limits);
  if (!parsed.ok) return { verdict: 'refuse', reasons: [refusal(parsed.reason, parsed.why)] };
  const { crl } = parsed;
  if (isPublished(crl, lists.published)) return { verdict: 'same', crl, reasons: [] };

  const reasons: Refusal[] = [];
  const published = readPublished(lists.published, policy, reasons);
  const highWater = readHighWater(lists.highWater, reasons);
  const sha256 = createHash('sha256').update(crl.der).digest('hex');
  const { fileName } = candidate;
  const { base } = lists;
  const verified = verifyCrl(crl, issuers, now);
  const issuer = verified.ok ? verified.issuer : null;
  const publishedAs = lists.publishedAs(crl, sha256);
  const known = { published, base, highWater, issuer, issuers, publishedAs };
  const subject: RuleInput = { fileName, crl, sha256, ...known, policy, now };
  if (!verified.ok) reasons.push(refusal(verified.reason, verified.why));
  const broken = rules.map((rule) => rule(subject));
  reasons.push(...broken.filter((each) => each !== null));
  if (issuer === null || reasons.length > 0) return { verdict: 'refuse', reasons };
  return { verdict: 'publish', crl, issuer, highWater: raise(subject), reasons: [] };
}

const isPublished = (crl: Crl, published: KnownCrls['published']): boolean =>
  published.known && published.value !== null && crl.der.equals(published.value);

/** What cannot be read is not "nothing there": it refuses. */
function readPublished(
  reading: Reading<Uint8Array | null>,
  policy: CrlPolicy,
  reasons: Refusal[],
): Crl | null {
  if (!reading.known) {
    reasons.push(
      refusal('PublishedUnknown', `the published file could not be read: ${reading.why}`),
    );
    return null;
  }
  if (reading.value === null) return null;
  const parsed = parseCrl(reading.value, policy.limits);
  if (parsed.ok) return parsed.crl;
  reasons.push(refusal('PublishedUnreadable', `the published file is no CRL: ${parsed.why}`));
  return null;
}

function readHighWater(reading: Reading<HighWater | null>, reasons: Refusal[]): HighWater | null {
  if (reading.known) return reading.value;
  reasons.push(refusal('HighWaterUnknown', `what was published could not be read: ${reading.why}`));
  return null;
}

/** The mark never falls, also when numbers begin, or when dates go back while numbers grow. */
function raise({ crl, sha256, published, highWater }: RuleInput): HighWater {
  const numbers = [
    crl.extensions.number,
    published?.extensions.number ?? null,
    highWater?.number ?? null,
  ].filter((each) => each !== null);
  const dates = [crl.thisUpdateAt, published?.thisUpdateAt ?? 0, highWater?.thisUpdateAt ?? 0];
  return {
    issuerName: crl.issuer.toString('hex'),
    number: numbers.reduce<bigint | null>((a, b) => (a === null || b > a ? b : a), null),
    thisUpdateAt: Math.max(...dates),
    entryCount: crl.survey.count,
    sha256,
  };
}
