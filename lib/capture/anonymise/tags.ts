/** Tag values without names: what vpn-medic reads of them keeps its grammar. Pure. */
import { createHash } from 'node:crypto';
import type { Words } from './words.ts';

export function anonymousTag(
  key: string,
  value: string,
  words: Words,
  text: (value: string) => string,
): string {
  if (value.trim() === '') return value;
  if (GRAMMAR.has(key)) return text(value);
  if (key === tagOf('host-key') && value.startsWith(SHA256)) {
    return fingerprintOf(words.of('key', value));
  }
  if (key === tagOf('probe-key')) {
    return value.replaceAll(/\/\S*/g, (name) => `/${words.of('name', name)}`);
  }
  if (!NAMES.has(key)) return words.of('name', value);
  return value.replaceAll(/[^\s,]+/g, (name) => (name === ZONE ? name : words.of('name', name)));
}

const SHA256 = 'SHA256:';

/** Of no key. */
const fingerprintOf = (word: string): string =>
  `${SHA256}${createHash('sha256').update(word).digest('base64').replace(/=+$/, '')}`;

/** Words of a fixed list, ids, addresses, ports and times. */
const GRAMMAR: ReadonlySet<string> = new Set(
  ['probe', 'pool', 'priority', 'quiet', 'repair', 'role', 'tunnels', 'watch', 'drill'].map(tagOf),
);
/** Names or ids, one after the other. */
const NAMES: ReadonlySet<string> = new Set(['group', 'members', 'preferred'].map(tagOf));
/** A word of `vpn-medic:preferred`. */
const ZONE = 'zone';

function tagOf(name: string): string {
  return `vpn-medic:${name}`;
}
