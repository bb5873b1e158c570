/** What a person names, by its id or by a name that only one has: the same for every command. Pure. */
import { Unable } from './terminal.ts';

/** Undefined: none has that id, and none or several have that name. */
export function oneNamed<T extends { readonly name: string }>(
  all: readonly T[],
  idOf: (one: T) => string,
  word: string,
): T | undefined {
  const byName = all.filter(({ name }) => name === word);
  return all.find((one) => idOf(one) === word) ?? (byName.length === 1 ? byName[0] : undefined);
}

export interface Naming {
  readonly kind: 'appliance' | 'connection' | 'endpoint';
  readonly region: string;
  /** Before the word in a message: `--to `. */
  readonly option?: string;
}

/** @throws {Unable} naming what there is instead, or the ids of those that share the name. */
export function findNamed<T extends { readonly name: string }>(
  all: readonly T[],
  idOf: (one: T) => string,
  word: string,
  { kind, region, option = '' }: Naming,
): T {
  const one = oneNamed(all, idOf, word);
  if (one !== undefined) return one;
  const ids = all.flatMap((each) => (each.name === word ? [idOf(each)] : []));
  throw new Unable(
    ids.length > 0
      ? `${option}${word}: ${ids.length} ${kind}s have that name; name one by its id: ${ids.join(', ')}`
      : `${option}${word}: there is no such ${kind} in ${region}; there ${listed(all.map((each) => nameOf(each.name, idOf(each))))}`,
  );
}

/** A name with its id, or the id alone where it has none. */
export const nameOf = (name: string, id: string): string =>
  name === id || name === '' ? id : `${name} (${id})`;

const LISTED_MAX = 12;

/** As the end of a sentence that begins with `there`. */
export function listed(names: readonly string[]): string {
  if (names.length === 0) return 'are none';
  const more = names.length - LISTED_MAX;
  return `${names.length === 1 ? 'is' : 'are'} ${names.slice(0, LISTED_MAX).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
