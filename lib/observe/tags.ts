/** Our tags, read strictly: a value that is not exactly right is a fault with its fix, never a guess. */
import { isIP } from 'node:net';
import { canonicalCidr } from '../model/cidr.ts';
import type { TagFact } from '../model/inventory.ts';
import type { Probe, ProbeClause, ProbeKind } from '../model/probe.ts';

export const TAG = {
  group: 'vpn-medic:group',
  probe: 'vpn-medic:probe',
  pool: 'vpn-medic:pool',
  repair: 'vpn-medic:repair',
  service: 'vpn-medic:service',
  sshUser: 'vpn-medic:ssh-user',
  hostKey: 'vpn-medic:host-key',
  home: 'vpn-medic:home',
  ignore: 'vpn-medic:ignore',
} as const;

export const TAG_KEYS: readonly string[] = Object.values(TAG);

export type Parsed<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly why: string };

export const DEFAULT_PROBES: readonly ProbeClause[] = [
  [{ text: 'ike:500', kind: 'ike', address: null, port: 500 }],
];

/** The clauses of `vpn-medic:probe`: all must hold, each holds when one of its alternatives does. */
export function parseProbes(text: string): Parsed<readonly ProbeClause[]> {
  const clauses: ProbeClause[] = [];
  for (const word of words(text)) {
    const clause: Probe[] = [];
    for (const written of word.split('|')) {
      const probe = parseProbe(written);
      if (!probe.ok) return probe;
      clause.push(probe.value);
    }
    clauses.push(clause);
  }
  if (clauses.length === 0) return bad('it is empty: write for example "ike:500 tcp:1194"');
  if (clauses.flat().length > PROBES_MAX) return bad(`it holds more than ${PROBES_MAX} probes`);
  return good(clauses);
}

/** Alternatives count: each is knocked on once an interval. */
const PROBES_MAX = 8;
const KINDS: ReadonlyMap<string, ProbeKind> = new Map(
  (['tcp', 'tls', 'ike', 'openvpn', 'openvpn-tcp'] as const).map((kind) => [kind, kind]),
);

function parseProbe(text: string): Parsed<Probe> {
  const match = /^([a-z-]+):(?:(?:\[([^\]]+)\]|([0-9.]+)):)?(\d{1,5})$/.exec(text);
  const kind = KINDS.get(match?.[1] ?? text.split(':')[0] ?? '');
  if (kind === undefined) {
    return bad(`"${text}" is no probe: write one of ${[...KINDS.keys()].join(', ')}, then ":PORT"`);
  }
  const port = Number(match?.[4]);
  if (match === null || port < 1 || port > 65_535) {
    return bad(`"${text}" has no port from 1 to 65535: write for example "${kind}:500"`);
  }
  const address = match[2] ?? match[3] ?? null;
  const family = address === null || address.includes('%') ? 0 : isIP(address);
  if (address !== null && family !== (match[2] === undefined ? 4 : 6)) {
    return bad(
      `"${text}" names no IP address: write 10.0.0.5 or [fd00::1], names are not looked up`,
    );
  }
  return good({ text, kind, address, port });
}

/** The CIDRs of `vpn-medic:pool`, canonical. */
export function parsePools(text: string): Parsed<readonly string[]> {
  const pools: string[] = [];
  for (const word of words(text)) {
    const cidr = canonicalCidr(word);
    if (cidr === null) return bad(`"${word}" is no CIDR: write for example "10.8.0.0/24"`);
    pools.push(cidr);
  }
  return pools.length === 0 ? bad('it is empty: write for example "10.8.0.0/24"') : good(pools);
}

/** One group name, of an instance. */
export function parseGroup(text: string): Parsed<string> {
  const names = words(text);
  const [name] = names;
  if (name === undefined) return bad('it is empty: write the name of a group');
  if (names.length > 1)
    return bad('an appliance belongs to one group: write one name without spaces');
  return good(name);
}

/** The group names of a route table. */
export function parseGroups(text: string): Parsed<readonly string[]> {
  const names = [...new Set(words(text))];
  return names.length === 0 ? bad('it is empty: write the names of groups') : good(names);
}

/** The one instance that `vpn-medic:home` names. */
export function parseHome(text: string): Parsed<string> {
  const names = words(text);
  const [name] = names;
  if (name === undefined || !/^i-[0-9a-f]+$/.test(name)) {
    return bad(`"${text}" is no instance id: write for example "i-0a1b2c3d4e5f60718"`);
  }
  if (names.length > 1) return bad('it names two homes: a table has one');
  return good(name);
}

/** Tags by resource, then key. */
export type TagBook = ReadonlyMap<string, ReadonlyMap<string, string>>;

export function tagBook(tags: readonly TagFact[]): TagBook {
  const book = new Map<string, Map<string, string>>();
  for (const { resourceId, key, value } of tags) {
    const page = book.get(resourceId) ?? new Map<string, string>();
    page.set(key, value);
    book.set(resourceId, page);
  }
  return book;
}

const words = (text: string): readonly string[] =>
  text.split(/[\s,]+/).filter((word) => word !== '');
const good = <T>(value: T): Parsed<T> => ({ ok: true, value });
const bad = (why: string): { readonly ok: false; readonly why: string } => ({ ok: false, why });
