/** Our tags, read strictly: a value that is not exactly right is a fault with its fix, never a guess. */
import { canonicalCidr } from './cidr.ts';

export const TAG = {
  group: 'vpn-medic:group',
  probe: 'vpn-medic:probe',
  probeKey: 'vpn-medic:probe-key',
  pool: 'vpn-medic:pool',
  priority: 'vpn-medic:priority',
  repair: 'vpn-medic:repair',
  service: 'vpn-medic:service',
  sshUser: 'vpn-medic:ssh-user',
  hostKey: 'vpn-medic:host-key',
  preferred: 'vpn-medic:preferred',
  members: 'vpn-medic:members',
  role: 'vpn-medic:role',
  ignore: 'vpn-medic:ignore',
  quiet: 'vpn-medic:quiet',
  drill: 'vpn-medic:drill',
} as const;

/** What is judged by its metrics, of any service: no tag that EC2 is asked for. */
export const WATCH_TAG = 'vpn-medic:watch';

export const TAG_KEYS: readonly string[] = Object.values(TAG);

export type Parsed<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly why: string };

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
  if (names.length > 1) return bad('it belongs to one group: write one name without spaces');
  return isName(name) ? good(name) : bad(notAName(name));
}

/** Of a member without the tag, so that a spare can be put before and behind it. */
export const PRIORITY_DEFAULT = 100;
const PRIORITY_MAX = 999;

/** The priority of an appliance among the members of its group: lower first. */
export function parsePriority(text: string): Parsed<number> {
  const word = text.trim();
  return /^\d{1,3}$/.test(word)
    ? good(Number(word))
    : bad(
        `"${word.slice(0, 64)}" is no priority: write a whole number from 0 to ${PRIORITY_MAX}, lower first`,
      );
}

/** The role of a network interface: one plain word, for it is printed in commands. */
export function parseRole(text: string): Parsed<string> {
  const role = text.trim();
  return /^[A-Za-z0-9][\w.-]{0,62}$/.test(role)
    ? good(role)
    : bad(`"${role}" is no role: write one word of letters, digits, dots and dashes, as in "wan"`);
}

/** The group names of a route table. */
export function parseGroups(text: string): Parsed<readonly string[]> {
  const names = [...new Set(words(text))];
  const wrong = names.find((name) => !isName(name));
  if (wrong !== undefined) return bad(notAName(wrong));
  return names.length === 0 ? bad('it is empty: write the names of groups') : good(names);
}

/** Names reach commands that people copy: only letters, digits and a few signs. */
const isName = (name: string): boolean => /^[\p{L}\p{N}][\p{L}\p{N}._:+=@/-]{0,63}$/u.test(name);

const notAName = (name: string): string =>
  `"${name.slice(0, 64)}" is no name: write letters, digits and . _ : + = @ / - only, at most 64, a letter or digit first`;

/** Who may join the groups of a route table: instance ids, names or ARNs of instance profiles, names of auto scaling groups. */
export function parseMembers(text: string): Parsed<readonly string[]> {
  const names = [...new Set(words(text))];
  return names.length === 0
    ? bad('it is empty: write instance ids, or names of instance profiles or auto scaling groups')
    : good(names);
}

/** The one instance that `vpn-medic:preferred` names, or `zone`. */
export function parsePreferred(text: string): Parsed<string> {
  const names = words(text);
  const [name] = names;
  if (name === undefined || !/^(i-[0-9a-f]+|zone)$/.test(name)) {
    return bad(
      `"${text}" is neither an instance id nor "zone": write for example "i-0a1b2c3d4e5f60718"`,
    );
  }
  if (names.length > 1) return bad('it names two instances: a table has one preferred next hop');
  return good(name);
}

export interface TagFact {
  readonly resourceId: string;
  /** EC2's word: `instance`, `route-table`, `network-interface`, … */
  readonly resourceType: string;
  readonly key: string;
  readonly value: string;
}

/** Tags by resource, then key. */
export type TagIndex = ReadonlyMap<string, ReadonlyMap<string, string>>;

export function tagIndex(tags: readonly TagFact[]): TagIndex {
  const index = new Map<string, Map<string, string>>();
  for (const { resourceId, key, value } of tags) {
    const page = index.get(resourceId) ?? new Map<string, string>();
    page.set(key, value);
    index.set(resourceId, page);
  }
  return index;
}

export const words = (text: string): readonly string[] =>
  text.split(/[\s,]+/).filter((word) => word !== '');
export const good = <T>(value: T): Parsed<T> => ({ ok: true, value });
export const bad = (why: string): { readonly ok: false; readonly why: string } => ({
  ok: false,
  why,
});
