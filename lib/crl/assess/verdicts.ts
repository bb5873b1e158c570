/** Which candidate of each file may be published, and which rule the newest one breaks. Pure. */

import { known, type Reading } from '../../core/reading.ts';
import type { Instant } from '../../core/time.ts';
import type { CrlPolicy, KnownCrls } from '../rules/input.ts';
import { refusal } from '../rules/refusal.ts';
import { baseNameOf } from '../rules/self.ts';
import { CRL_POLICY, type CrlRule, type Judgement, judgeCrl } from '../rules.ts';
import type { FileVerdict } from '../state.ts';
import type { CrlSettings } from '../types/policy.ts';
import type { CandidateObservation, CrlWorld, FileObservation } from '../types/world.ts';
import { expiredBy } from '../x509/issued.ts';
import type { Issuer } from '../x509/issuer.ts';
import type { Crl } from '../x509/parse.ts';
import { scopeOf } from '../x509/scope.ts';

/** By file name; empty when the issuers are unknown. */
export function judgeFiles(
  world: CrlWorld,
  issuers: readonly Issuer[],
  settings: CrlSettings,
  rules: readonly CrlRule[],
  now: Instant,
): ReadonlyMap<string, FileVerdict> {
  const verdicts = new Map<string, FileVerdict>();
  if (!world.issuers.known) return verdicts;
  const holders = openHolders(world);
  for (const file of world.files.toSorted(inOrder)) {
    const baseName = baseNameOf(file.fileName);
    const base = baseName === null ? null : verdicts.get(baseName)?.accepted;
    const lists = {
      published: publishedBytes(file),
      base:
        base === null || base === undefined
          ? (file.base ?? known(null, now))
          : known(base.judgement.crl.der, now),
      issuers,
      publishedAs: holders.publishedAs,
      rules,
    };
    const verdict = judgeFile(file, lists, settings, now);
    if (verdict.accepted !== null) holders.add(file.fileName, verdict.accepted.judgement);
    verdicts.set(file.fileName, verdict);
  }
  return verdicts;
}

/** Complete CRLs before deltas, known names before strangers, and of strangers the first that came. */
const inOrder = (a: FileObservation, b: FileObservation): number =>
  Number(isDelta(a)) - Number(isDelta(b)) ||
  Number(a.isStranger) - Number(b.isStranger) ||
  (a.isStranger ? (a.arrival?.modifiedAt ?? 0) - (b.arrival?.modifiedAt ?? 0) : 0);

interface Holder {
  readonly fileName: string;
  readonly sha256: string;
  readonly thisUpdateAt: Instant;
}

/** Under which names CRLs of each scope are published, or are about to be. */
function openHolders({ files }: CrlWorld) {
  const holders = new Map<string, Holder[]>();
  let gap: Extract<Reading<unknown>, { known: false }> | null = null;
  const add = (scope: string, holder: Holder): void => {
    holders.set(scope, [...(holders.get(scope) ?? []), holder]);
  };
  for (const { fileName, published, memo } of files) {
    if (!published.known) gap ??= published;
    const copy = published.known ? published.value : null;
    if (copy === null || 'why' in copy.facts || isForgotten(copy.sha256, memo)) continue;
    const { scope, thisUpdateAt } = copy.facts;
    add(scope, { fileName, sha256: copy.sha256, thisUpdateAt });
  }
  return {
    publishedAs: (crl: Crl, sha256: string): Reading<string | null> => {
      const found = (holders.get(scopeOf(crl)) ?? []).find(
        (holder) => holder.sha256 === sha256 || holder.thisUpdateAt > crl.thisUpdateAt,
      );
      return found === undefined && gap !== null ? gap : known(found?.fileName ?? null, 0);
    },
    add: (fileName: string, { crl, highWater }: Extract<Judgement, { verdict: 'publish' }>): void =>
      add(scopeOf(crl), { fileName, sha256: highWater.sha256, thisUpdateAt: crl.thisUpdateAt }),
  };
}

const isForgotten = (sha256: string, memo: FileObservation['memo']): boolean =>
  memo.known && memo.value.forgottenSha256 === sha256;

const isDelta = ({ fileName }: FileObservation): boolean => baseNameOf(fileName) !== null;

interface Lists {
  readonly published: Reading<Uint8Array | null>;
  readonly base: Reading<Uint8Array | null>;
  readonly issuers: readonly Issuer[];
  readonly publishedAs: KnownCrls['publishedAs'];
  readonly rules: readonly CrlRule[];
}

/** What an operator has had forgotten is not compared with. */
function publishedBytes({ published, memo }: FileObservation): Reading<Uint8Array | null> {
  if (!published.known) return published;
  const { value } = published;
  return known(
    value === null || isForgotten(value.sha256, memo) ? null : value.bytes,
    published.at,
  );
}

/** The newest that may be published; an older one only while it is still ahead of what is published. */
function judgeFile(
  file: FileObservation,
  lists: Lists,
  settings: CrlSettings,
  now: Instant,
): FileVerdict {
  const { memo } = file;
  const highWater = memo.known ? known(memo.value.highWater, memo.at) : memo;
  const policy: CrlPolicy = {
    ...CRL_POLICY,
    limits: { ...CRL_POLICY.limits, octetsMax: settings.octetsMax },
    allowedUntil: memo.known ? memo.value.allowedUntil : null,
    isExpired: expiredBy(file.issued?.known === true ? file.issued.value : null, now),
  };
  const compared = { ...lists, highWater, policy };
  let refusals: FileVerdict['refusals'] = [];
  // What an older version is says nothing of a newest one that cannot be read.
  const newest = file.candidates[0]?.content;
  const isJudged = newest?.known === true && newest.value !== null;
  for (const [index, candidate] of file.candidates.entries()) {
    const { content } = candidate;
    if (!content.known || content.value === null) continue;
    const judged = judgeCandidate(file.fileName, candidate, compared, settings, now);
    if (judged.verdict === 'publish') {
      const accepted = { object: candidate.object, content: content.value, judgement: judged };
      return { accepted, refusals, sameSha256: null, isJudged };
    }
    if (judged.verdict === 'same') {
      const same = isJudged ? sameSha256(file, refusals) : null;
      return { accepted: null, refusals, sameSha256: same, isJudged };
    }
    if (index === 0) refusals = judged.reasons;
  }
  return { accepted: null, refusals, sameSha256: null, isJudged: refusals.length > 0 };
}

const sameSha256 = (
  { published }: FileObservation,
  refusals: FileVerdict['refusals'],
): string | null =>
  refusals.length === 0 && published.known ? (published.value?.sha256 ?? null) : null;

function judgeCandidate(
  fileName: string,
  { object, content }: CandidateObservation,
  lists: KnownCrls & Pick<Lists, 'rules'>,
  { octetsMax }: CrlSettings,
  now: Instant,
): Judgement {
  const bytes = content.known ? content.value?.bytes : null;
  if (bytes !== null && bytes !== undefined)
    return judgeCrl({ fileName, bytes }, lists, now, lists.rules);
  const why = `${object.octets} bytes, at most ${octetsMax} are read`;
  return { verdict: 'refuse', reasons: [refusal('TooLarge', why)] };
}
