/** Rules for a CRL and its file name alone, whatever was published before. Pure. */
import { describeMs, toIso } from '../../core/time.ts';
import { unknownCritical } from '../x509/extensions.ts';
import type { RuleInput } from './input.ts';
import { type Refusal, refusal } from './refusal.ts';

const NAME_LENGTH_MAX = 255;

/** `NAME+.crl` is a delta of `NAME.crl`; null when the name is no delta's. */
export const baseNameOf = (fileName: string): string | null =>
  /\+\.crl$/i.test(fileName) ? fileName.replace(/\+(\.crl)$/i, '$1') : null;

export function judgeFileName({ fileName }: RuleInput): Refusal | null {
  const isPlain = /^[!-.0-~][ -.0-~]*$/.test(fileName) && !fileName.includes('\\');
  if (isPlain && fileName.length <= NAME_LENGTH_MAX && !fileName.startsWith('.')) return null;
  const why = `${JSON.stringify(fileName.slice(0, NAME_LENGTH_MAX))} is no name to publish under`;
  return refusal('FileNameUnfit', why);
}

export function judgeCritical({ crl }: RuleInput): Refusal | null {
  const unknown = [...unknownCritical(crl.extensions.all), ...crl.survey.unknownCritical];
  if (unknown.length === 0) return null;
  const which = unknown.slice(0, 8).join(', ');
  return refusal('CriticalExtensionUnknown', `critical and not understood: ${which}`);
}

export function judgeIndirect({ crl }: RuleInput): Refusal | null {
  if (crl.extensions.distributionPoint?.isIndirect === true)
    return refusal('Indirect', 'its distribution point says that it is an indirect CRL');
  if (crl.survey.hasForeignEntry)
    return refusal('Indirect', 'an entry names another issuer, as only indirect CRLs do');
  return null;
}

export function judgeRemoval({ crl }: RuleInput): Refusal | null {
  if (!crl.survey.hasRemoval || crl.extensions.baseNumber !== null) return null;
  return refusal('RemovalInCompleteList', 'an entry is to be removed, as only deltas say');
}

export function judgeThisUpdate({ crl, policy, now }: RuleInput): Refusal | null {
  const aheadMs = crl.thisUpdateAt - now;
  if (aheadMs <= policy.aheadMsMax) return null;
  const limit = describeMs(policy.aheadMsMax);
  const why = `signed for ${toIso(crl.thisUpdateAt)}, ${describeMs(aheadMs)} ahead of now; at most ${limit}`;
  return refusal('ThisUpdateAhead', why);
}

export function judgeNextUpdate({ crl, now }: RuleInput): Refusal | null {
  if (crl.nextUpdateAt === null)
    return refusal('NextUpdateMissing', 'nothing says how long it is valid');
  if (crl.nextUpdateAt > now) return null;
  return refusal('NextUpdatePassed', `valid until ${toIso(crl.nextUpdateAt)}, now ${toIso(now)}`);
}
