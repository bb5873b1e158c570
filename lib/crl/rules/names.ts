/** Whose CRLs a file name is for: a name once published, or reserved, is of no other issuer, and no replay gets a new one. Pure. */
import type { Issuer } from '../x509/issuer.ts';
import { isSameName } from '../x509/name.ts';
import type { RuleInput } from './input.ts';
import { type Refusal, refusal } from './refusal.ts';
import { baseNameOf } from './self.ts';

/** A CRL without a valid signature is refused for that; what a name is for is asked of its signer only. */
export function judgeName(subject: RuleInput): Refusal | null {
  const { fileName, issuer, issuers } = subject;
  if (issuer === null) return null;
  const own = namesOf(issuer, issuers);
  if (own !== null) {
    if (covers(own, fileName)) return null;
    const why = `${issuer.fileName}.names does not have ${fileName} among the names of its lists`;
    return refusal('NameNotAllowed', why);
  }
  const other = issuers.find(({ names }) => names !== null && covers(names, fileName));
  if (other !== undefined) {
    const why = `${fileName} is a name for lists of ${other.fileName}, this one is by ${issuer.fileName}`;
    return refusal('NameNotAllowed', why);
  }
  return judgeSecondName(subject, issuer);
}

/** Without a file of names the first use counts: a list that is public already, or was, makes no new name. */
function judgeSecondName(
  { fileName, published, highWater, publishedAs }: RuleInput,
  issuer: Issuer,
): Refusal | null {
  if (published !== null || highWater !== null) return null;
  if (!publishedAs.known) return refusal('PublishedUnknown', publishedAs.why);
  const holder = publishedAs.value;
  if (holder === null || holder === fileName) return null;
  const why = `this list, or a later one of the same key for the same certificates, is published as ${holder}; further names are written into issuers/${issuer.fileName}.names`;
  return refusal('NameNotAllowed', why);
}

/** A renewed certificate goes by the names of the one before it. */
function namesOf(issuer: Issuer, issuers: readonly Issuer[]): readonly string[] | null {
  const mine = issuers.filter(({ names, name }) => names !== null && isSameName(name, issuer.name));
  return mine.length === 0 ? null : mine.flatMap(({ names }) => names ?? []);
}

/** A delta goes by its base's name. */
const covers = (names: readonly string[], fileName: string): boolean =>
  names.includes(fileName) || names.includes(baseNameOf(fileName) ?? fileName);
