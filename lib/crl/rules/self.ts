/** Rules for a CRL and its file name alone, whatever was published before. Pure. */
import { describeMs, toIso } from '../../core/time.ts';
import { unknownCritical } from '../x509/extensions.ts';
import type { RuleInput } from './input.ts';
import { type Refusal, refusal } from './refusal.ts';

const NAME_LENGTH_MAX = 128;

/** `NAME+.crl` is a delta of `NAME.crl`; null when the name is no delta's. */
export const baseNameOf = (fileName: string): string | null =>
  /\+\.crl$/i.test(fileName) ? fileName.replace(/\+(\.crl)$/i, '$1') : null;

export function judgeFileName({ fileName }: RuleInput): Refusal | null {
  // Microsoft's CAs write what is no letter or digit of their name as "!0026", and append "(1)" and "+".
  const isPlain = /^[A-Za-z0-9](?:[A-Za-z0-9 ._()+!%@=,-]*[A-Za-z0-9)+])?$/.test(fileName);
  if (isPlain && fileName.length <= NAME_LENGTH_MAX) return null;
  const why = `${JSON.stringify(fileName.slice(0, NAME_LENGTH_MAX))} is no name to publish under: letters, digits, spaces and ._()+!%@=,- only, at most ${NAME_LENGTH_MAX}`;
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

/** As OpenSSL reads it: of users, CAs and attribute certificates a CRL may be for one kind only. */
export function judgeScope({ crl }: RuleInput): Refusal | null {
  const point = crl.extensions.distributionPoint;
  if (point === null) return null;
  const kinds = [
    ...(point.isUsersOnly ? ['users'] : []),
    ...(point.isAuthoritiesOnly ? ['CAs'] : []),
    ...(point.isAttributesOnly ? ['attribute certificates'] : []),
  ];
  if (kinds.length < 2) return null;
  const why = `its distribution point says that it is for ${kinds.join(' only and for ')} only: no certificate is both`;
  return refusal('ScopeContradictory', why);
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
