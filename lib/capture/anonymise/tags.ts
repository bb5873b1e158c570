/** Tag values without names: what vpn-medic reads of them keeps its grammar. Pure. */
import type { Words } from './words.ts';

export function anonymousTag(
  key: string,
  value: string,
  words: Words,
  text: (value: string) => string,
): string {
  if (value.trim() === '') return value;
  if (GRAMMAR.has(key)) return text(value);
  if (!NAMES.has(key)) return words.of('name', value);
  return value.replaceAll(/[^\s,]+/g, (name) => (name === ZONE ? name : words.of('name', name)));
}

/** Words of a fixed list, ids, addresses, ports and times. */
const GRAMMAR: ReadonlySet<string> = new Set(
  ['probe', 'pool', 'quiet', 'repair', 'role', 'tunnels', 'watch', 'drill'].map(tagOf),
);
/** Names or ids, one after the other. */
const NAMES: ReadonlySet<string> = new Set(['group', 'members', 'preferred'].map(tagOf));
/** A word of `vpn-medic:preferred`. */
const ZONE = 'zone';

function tagOf(name: string): string {
  return `vpn-medic:${name}`;
}
