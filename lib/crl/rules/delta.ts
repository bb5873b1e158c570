/** A delta CRL has its own file name, and is never published before the complete CRL that it builds on. Pure. */

import { isSameName, nameText } from '../x509/name.ts';
import { parseCrl } from '../x509/parse.ts';
import type { RuleInput } from './input.ts';
import { type Refusal, refusal } from './refusal.ts';
import { baseNameOf } from './self.ts';

export function judgeDelta(subject: RuleInput): Refusal | null {
  const { fileName, crl } = subject;
  const { baseNumber, number } = crl.extensions;
  const baseName = baseNameOf(fileName);
  if (baseNumber === null) {
    if (baseName === null) return null;
    return refusal('CompleteUnderDeltaName', `${fileName} is a delta's name, the CRL is complete`);
  }
  if (baseName === null)
    return refusal('DeltaUnderCompleteName', `the CRL is a delta, ${fileName} is no delta's name`);
  if (number === null)
    return refusal('DeltaWithoutNumber', `a delta of number ${baseNumber} without its own number`);
  if (number < baseNumber)
    return refusal(
      'DeltaBaseAhead',
      `number ${number} builds on number ${baseNumber}, a later one`,
    );
  return judgeBase(subject, baseName, baseNumber);
}

function judgeBase(
  { crl, base, policy }: RuleInput,
  baseName: string,
  baseNumber: bigint,
): Refusal | null {
  if (!base.known) return refusal('DeltaBaseUnknown', `${baseName} could not be read: ${base.why}`);
  if (base.value === null) return refusal('DeltaBaseMissing', `${baseName} is not published`);
  const parsed = parseCrl(base.value, policy.limits);
  if (!parsed.ok) return refusal('DeltaBaseUnreadable', `${baseName}: ${parsed.why}`);
  const { issuer, extensions } = parsed.crl;
  if (!isSameName(issuer, crl.issuer))
    return refusal(
      'DeltaBaseOther',
      `${baseName} is by "${nameText(issuer)}", the delta by "${nameText(crl.issuer)}"`,
    );
  if (extensions.number === null || extensions.baseNumber !== null)
    return refusal('DeltaBaseOther', `${baseName} is no complete CRL with a number`);
  if (baseNumber <= extensions.number) return null;
  return refusal(
    'DeltaBaseAhead',
    `it builds on number ${baseNumber}, ${baseName} has number ${extensions.number}`,
  );
}
