/** The tag `vpn-medic:probe-key`, read strictly. Pure. */
import { bad, good, type Parsed, words } from '../core/tags.ts';
import { isKeyName } from './kind.ts';
import { isProbeKind, keyedOf } from './kinds.ts';
import type { Probe, ProbeClause } from './types.ts';

/**
 * The clauses with the names of their keys: `NAME` is the key of every probe that takes one, `KIND=NAME` of one kind.
 * A name is that of a parameter of Systems Manager, and begins with a slash.
 */
export function withKeys(
  clauses: readonly ProbeClause[],
  text: string,
): Parsed<readonly ProbeClause[]> {
  const names = new Map<string, string>();
  for (const word of words(text)) {
    const match = /^(?:([a-z-]+)=)?(\/.*)$/.exec(word);
    const [, kind = ANY, name] = match ?? [];
    if (!isKeyName(name)) {
      return bad(
        `"${word.slice(0, 64)}" is no name of a parameter: write for example "/vpn-medic/probe/hq" or "wireguard=/vpn-medic/probe/hq"`,
      );
    }
    if (kind !== ANY && !(isProbeKind(kind) && keyedOf(kind) !== null)) {
      return bad(
        `"${word.slice(0, 64)}" names a key for ${kind}, which is no probe that takes one`,
      );
    }
    names.set(kind, name);
  }
  if (names.size === 0) return bad('it is empty: write for example "/vpn-medic/probe/hq"');
  const keyed = (probe: Probe): Probe => {
    const keyName = names.get(probe.kind) ?? names.get(ANY);
    return keyedOf(probe.kind) === null || keyName === undefined ? probe : { ...probe, keyName };
  };
  return good(clauses.map((clause) => clause.map(keyed)));
}

const ANY = '';
