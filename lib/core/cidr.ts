/** Address ranges, IPv4 and IPv6, compared by arithmetic; the arithmetic is ipaddr.js's. */
import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

/** The canonical text (`10.0.0.0/8`, host bits cleared) of what is written, or null when it is no CIDR. */
export function canonicalCidr(text: string): string | null {
  const slash = text.indexOf('/');
  const bits = text.slice(slash + 1);
  // An IPv6 zone (`%eth0`) means something on one host only.
  const family = slash < 0 || text.includes('%') ? 0 : isIP(text.slice(0, slash));
  if (family === 0 || !/^\d{1,3}$/.test(bits) || Number(bits) > (family === 4 ? 32 : 128))
    return null;
  const Family = family === 4 ? ipaddr.IPv4 : ipaddr.IPv6;
  return `${Family.networkAddressFromCIDR(text).toString()}/${Number(bits)}`;
}

/** Whether `cidr` covers all of `inner` (a CIDR or a single address). Anything malformed is covered by nothing. */
export function covers(cidr: string, inner: string): boolean {
  const outerRange = rangeOf(cidr);
  const innerRange = rangeOf(inner);
  return (
    outerRange !== null &&
    innerRange !== null &&
    outerRange.address.kind() === innerRange.address.kind() &&
    innerRange.bits >= outerRange.bits &&
    innerRange.address.match(outerRange.address, outerRange.bits)
  );
}

/** Whether the ranges together leave nothing of `inner` out, as two halves of it do. */
export function coverTogether(cidrs: readonly string[], inner: string): boolean {
  const wanted = spanOf(inner);
  if (wanted === null) return false;
  const spans = cidrs
    .flatMap((cidr) => spanOf(cidr) ?? [])
    .filter(({ kind }) => kind === wanted.kind)
    .toSorted((a, b) => (a.first < b.first ? -1 : 1));
  let next = wanted.first;
  for (const { first, last } of spans) if (first <= next && last >= next) next = last + 1n;
  return next > wanted.last;
}

/** Of two ranges, one always covers the other or they are apart. */
export const overlap = (a: string, b: string): boolean => covers(a, b) || covers(b, a);

/** How specific a CIDR is; -1 when it is none. */
export const prefixLength = (cidr: string): number => rangeOf(cidr)?.bits ?? -1;

/** True for addresses that never leave the host or the link, or are no single host's; also inside IPv6. */
export function isHostLocal(address: string): boolean {
  if (isIP(address) === 0) return false;
  const range: string = ipaddr.process(address).range();
  return HOST_LOCAL.includes(range);
}

const HOST_LOCAL = ['loopback', 'linkLocal', 'unspecified', 'multicast', 'broadcast'];

interface Range {
  readonly address: ipaddr.IPv4 | ipaddr.IPv6;
  readonly bits: number;
}

interface Span {
  readonly kind: string;
  readonly first: bigint;
  readonly last: bigint;
}

function spanOf(text: string): Span | null {
  const range = rangeOf(text);
  if (range === null) return null;
  const bytes = range.address.toByteArray();
  const first = bytes.reduce((sum, byte) => sum * 256n + BigInt(byte), 0n);
  const size = 1n << BigInt(8 * bytes.length - range.bits);
  return { kind: range.address.kind(), first, last: first + size - 1n };
}

// Parsed once each: a large account asks the same few thousand ranges at every look.
const ranges = new Map<string, Range | null>();
const RANGES_KEPT = 20_000;

function rangeOf(text: string): Range | null {
  const seen = ranges.get(text);
  if (seen !== undefined) return seen;
  if (ranges.size >= RANGES_KEPT) ranges.clear();
  const range = parseRange(text);
  ranges.set(text, range);
  return range;
}

function parseRange(text: string): Range | null {
  const family = isIP(text);
  if (family !== 0) return { address: ipaddr.parse(text), bits: family === 4 ? 32 : 128 };
  const cidr = canonicalCidr(text);
  if (cidr === null) return null;
  const [address, bits] = ipaddr.parseCIDR(cidr);
  return { address, bits };
}
