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
import type { Issuer } from '../x509/issuer.ts';

/** By file name; empty when the issuers are unknown. Complete CRLs first: a delta may build on one of this pass. */
export function judgeFiles(
  world: CrlWorld,
  issuers: readonly Issuer[],
  settings: CrlSettings,
  rules: readonly CrlRule[],
  now: Instant,
): ReadonlyMap<string, FileVerdict> {
  const verdicts = new Map<string, FileVerdict>();
  if (!world.issuers.known) return verdicts;
  for (const file of world.files.toSorted((a, b) => Number(isDelta(a)) - Number(isDelta(b)))) {
    const baseName = baseNameOf(file.fileName);
    const base = baseName === null ? null : verdicts.get(baseName)?.accepted;
    const lists = {
      published: publishedBytes(file),
      base:
        base === null || base === undefined
          ? (file.base ?? known(null, now))
          : known(base.judgement.crl.der, now),
      issuers,
      rules,
    };
    verdicts.set(file.fileName, judgeFile(file, lists, settings, now));
  }
  return verdicts;
}

const isDelta = ({ fileName }: FileObservation): boolean => baseNameOf(fileName) !== null;

interface Lists {
  readonly published: Reading<Uint8Array | null>;
  readonly base: Reading<Uint8Array | null>;
  readonly issuers: readonly Issuer[];
  readonly rules: readonly CrlRule[];
}

const publishedBytes = ({ published }: FileObservation): Reading<Uint8Array | null> =>
  published.known ? known(published.value?.bytes ?? null, published.at) : published;

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
  };
  const compared = { ...lists, highWater, policy };
  let refusals: FileVerdict['refusals'] = [];
  for (const [index, candidate] of file.candidates.entries()) {
    const { content } = candidate;
    if (!content.known || content.value === null) continue;
    const judged = judgeCandidate(file.fileName, candidate, compared, settings, now);
    if (judged.verdict === 'publish') {
      const accepted = { object: candidate.object, content: content.value, judgement: judged };
      return { accepted, refusals, sameSha256: null, isJudged: true };
    }
    if (judged.verdict === 'same')
      return { accepted: null, refusals, sameSha256: sameSha256(file, refusals), isJudged: true };
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
