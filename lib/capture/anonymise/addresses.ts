/** Public addresses replaced by others, so that what lay in one range still does (as Crypto-PAn, Xu et al. 2002). */
import { createHmac } from 'node:crypto';
import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';
import { compare } from '../../core/order.ts';

export interface Addresses {
  /** The text with every public address in it replaced. */
  text(value: string): string;
}

export function openAddresses(key: Uint8Array): Addresses {
  const known = new Map<string, string>();
  const octets = octetsBy(key);

  /** Each bit turned or not, by the bits before it. */
  function turned(bytes: readonly number[], keptBits: number, bitCount: number): number[] {
    const bits = bytes.flatMap((byte) =>
      Array.from({ length: 8 }, (_, at) => (byte >> (7 - at)) & 1),
    );
    const after = bits.map((bit, at) => {
      // Beyond its prefix a range has no bits.
      if (at < keptBits || at >= bitCount) return bit;
      const before = bits.slice(0, at).join('');
      const [first = 0] = createHmac('sha256', key).update(`${bytes.length} ${before}`).digest();
      return bit ^ (first & 1);
    });
    return bytes.map((_, index) =>
      after.slice(index * 8, index * 8 + 8).reduce((sum, bit) => sum * 2 + bit, 0),
    );
  }

  function replaced(address: string, prefix: string): string {
    const whole = address + prefix;
    const parsed = ipaddr.parse(address);
    if (!isPublic(parsed)) return whole;
    const before = known.get(whole);
    if (before !== undefined) return before;
    const bytes = parsed.toByteArray();
    const isShort = bytes.length === 4;
    const bitCount = prefix === '' ? bytes.length * 8 : Number(prefix.slice(1));
    // The first octet tells public from private: it is looked up, the bits after it are turned.
    const kept = isShort ? 8 : 16;
    const [first = 0, ...rest] = turned(bytes, kept, bitCount);
    const shown =
      isShort && bitCount >= 8
        ? [octets[first % octets.length] ?? first, ...rest]
        : [first, ...rest];
    const after = ipaddr.fromByteArray(shown).toString() + prefix;
    known.set(whole, after);
    return after;
  }

  return {
    text(value) {
      if (isIP(value.split('/')[0] ?? '') === 6) {
        const [address = '', bits] = value.split('/');
        return replaced(address, bits === undefined ? '' : `/${bits}`);
      }
      return value
        .replaceAll(IPV4, (all, address: string, prefix: string = '') =>
          isIP(address) === 4 ? replaced(address, prefix) : all,
        )
        .replaceAll(DASHED, (_all, start: string, dashed: string) => {
          const address = dashed.replaceAll('-', '.');
          return isIP(address) === 4
            ? start + replaced(address, '').replaceAll('.', '-')
            : start + dashed;
        });
    },
  };
}

const IPV4 = /(?<![\d.])(\d{1,3}(?:\.\d{1,3}){3})(\/(?:\d|[12]\d|3[0-2]))?(?![\d.]*\d)/g;
/** Of names that AWS makes: `ec2-203-0-113-25.compute-1.amazonaws.com` */
const DASHED = /\b(ec2-)(\d{1,3}(?:-\d{1,3}){3})(?=\.)/g;

/** `reserved` are the addresses for examples, which stand for public ones. */
const PUBLIC: ReadonlySet<string> = new Set(['unicast', 'reserved']);

const isPublic = (address: ipaddr.IPv4 | ipaddr.IPv6): boolean =>
  PUBLIC.has(address.range()) && address.toString() !== '0.0.0.0';

/** First octets under which every address is public, in an order that the key makes. */
const octetsBy = (key: Uint8Array): readonly number[] =>
  CLEAN.map((octet) => ({
    octet,
    weight: createHmac('sha256', key).update(`octet ${octet}`).digest('hex'),
  }))
    .toSorted((a, b) => compare(a.weight, b.weight))
    .map(({ octet }) => octet);

const CLEAN: readonly number[] = Array.from({ length: 222 }, (_, index) => index + 1).filter(
  (octet) => ![10, 100, 127, 169, 172, 192, 198, 203].includes(octet),
);
