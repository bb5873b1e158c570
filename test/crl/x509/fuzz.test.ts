/**
 * Whatever the bytes, an answer comes, soon, and no changed list is ever taken. Noise alone dies in the first bytes, so
 * most inputs are right lists with a few bytes changed, cut or doubled, or built from right parts in wrong places.
 */
import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { judgeCrl } from '../../../lib/crl/rules.ts';
import { readEntries } from '../../../lib/crl/x509/entries.ts';
import { readIssuers } from '../../../lib/crl/x509/issuer.ts';
import { nameText } from '../../../lib/crl/x509/name.ts';
import { CRL_LIMITS, type Crl, parseCrl } from '../../../lib/crl/x509/parse.ts';
import { verifyCrl } from '../../../lib/crl/x509/verify.ts';
import { anAuthority, ecdsa, edwards, pinned, pss, rsa } from '../builders/authority.ts';
import { der, extension, pem, sequence, utcTime } from '../builders/derWriter.ts';
import { nothingBut } from '../builders/known.ts';
import { aList, anEntry, aPoint, NOW, reasonCode, strangeExtension } from '../builders/list.ts';

const authorities = [
  anAuthority(edwards('ed25519')),
  anAuthority(ecdsa('prime256v1', 'sha256')),
  anAuthority(rsa('sha256')),
  anAuthority(pss('sha256')),
];
const issuers = authorities.map((ca) => pinned(ca));
/** Something of everything that the reader knows. */
const rich = {
  entries: [anEntry(1n), anEntry(2n ** 150n, reasonCode(1)), anEntry(3n, strangeExtension(false))],
  point: aPoint('http://a.example/ca.crl', 0x81),
  more: [
    extension('2.5.29.35', sequence(der(0x80, Buffer.from('0102', 'hex')))),
    extension('1.3.6.1.4.1.311.21.4', utcTime(NOW)),
  ],
};
const lists = authorities.map((ca) => aList(ca, rich));

const isTaken = (bytes: Uint8Array): boolean => {
  const file = { fileName: 'ca.crl', bytes };
  return judgeCrl(file, nothingBut(issuers), NOW).verdict !== 'refuse';
};

type Change =
  | { readonly kind: 'flip'; readonly at: number; readonly mask: number }
  | { readonly kind: 'set'; readonly at: number; readonly byte: number }
  | { readonly kind: 'insert'; readonly at: number; readonly bytes: Uint8Array }
  | { readonly kind: 'cut'; readonly at: number; readonly count: number }
  | { readonly kind: 'double'; readonly at: number; readonly count: number };

const place = fc.nat(4_000);
const change: fc.Arbitrary<Change> = fc.oneof(
  fc.record({
    kind: fc.constant('flip' as const),
    at: place,
    mask: fc.integer({ min: 1, max: 255 }),
  }),
  fc.record({
    kind: fc.constant('set' as const),
    at: place,
    // Tags, lengths and signs that decide something.
    byte: fc.constantFrom(0x00, 0x01, 0x02, 0x03, 0x06, 0x30, 0x7f, 0x80, 0x81, 0x84, 0xa0, 0xff),
  }),
  fc.record({
    kind: fc.constant('insert' as const),
    at: place,
    bytes: fc.uint8Array({ minLength: 1, maxLength: 40 }),
  }),
  fc.record({
    kind: fc.constant('cut' as const),
    at: place,
    count: fc.integer({ min: 1, max: 300 }),
  }),
  fc.record({
    kind: fc.constant('double' as const),
    at: place,
    count: fc.integer({ min: 1, max: 300 }),
  }),
);

function changed(list: Buffer, each: Change): Buffer {
  const at = each.at % list.length;
  const [before, after] = [list.subarray(0, at), list.subarray(at)];
  switch (each.kind) {
    case 'flip':
      return Buffer.concat([before, Buffer.from([(list[at] ?? 0) ^ each.mask]), after.subarray(1)]);
    case 'set':
      return Buffer.concat([before, Buffer.from([each.byte]), after.subarray(1)]);
    case 'insert':
      return Buffer.concat([before, each.bytes, after]);
    case 'cut':
      return Buffer.concat([before, after.subarray(each.count)]);
    case 'double':
      return Buffer.concat([before, after.subarray(0, each.count), after]);
    default:
      return each satisfies never;
  }
}

/** White space after a list is no part of it. */
const isUnchanged = (list: Buffer, bytes: Buffer): boolean =>
  bytes.subarray(0, list.length).equals(list) &&
  bytes.subarray(list.length).every((byte) => [0x09, 0x0a, 0x0d, 0x20].includes(byte));

const mutant = fc
  .tuple(fc.constantFrom(...lists), fc.array(change, { minLength: 1, maxLength: 4 }))
  .map(([list, changes]) => ({ list, bytes: changes.reduce(changed, list) }))
  .filter(({ list, bytes }) => !isUnchanged(list, bytes));

describe('lists that someone changed', () => {
  test('the lists that the changes begin with are taken', () => {
    expect(lists.map(isTaken)).toEqual([true, true, true, true]);
  });

  test('no byte of a list can be changed, in any bit, such that it is still taken', () => {
    const [list = Buffer.alloc(0)] = lists;
    const taken: number[] = [];
    for (let at = 0; at < list.length; at++)
      for (let bit = 0; bit < 8; bit++)
        if (isTaken(changed(list, { kind: 'flip', at, mask: 1 << bit }))) taken.push(at * 8 + bit);
    expect(taken).toEqual([]);
  });

  test('a list cut at any byte is refused', () => {
    const [list = Buffer.alloc(0)] = lists;
    const taken = [...list.keys()].filter((count) => isTaken(list.subarray(0, count)));
    expect(taken).toEqual([]);
  });

  test('no mix of changed, cut, inserted and doubled bytes is taken', () => {
    fc.assert(
      fc.property(mutant, ({ bytes }) => expect(isTaken(bytes)).toBe(false)),
      { numRuns: 5_000 },
    );
  });

  test('a changed PEM file is refused, or holds the very same list', () => {
    const files = lists.map((list) => Buffer.from(pem('X509 CRL', list)));
    fc.assert(
      fc.property(
        fc.nat(lists.length - 1),
        fc.array(change, { minLength: 1, maxLength: 3 }),
        (which, changes) => {
          const bytes = changes.reduce(changed, files[which] ?? Buffer.alloc(0));
          const parsed = parseCrl(bytes);
          const isSame = parsed.ok && parsed.crl.der.equals(lists[which] ?? Buffer.alloc(0));
          expect(isTaken(bytes) && !isSame).toBe(false);
        },
      ),
      { numRuns: 2_000 },
    );
  });

  test('the parts of one list around the signature of another are refused', () => {
    const [first] = authorities;
    if (first === undefined) throw new Error('no authority');
    const stolen = first.sign(aList(first, { number: 99n }));
    expect(isTaken(aList({ ...first, sign: () => stolen }, rich))).toBe(false);
  });
});

/** Whether everything that is read lazily can be read, too. */
function walked(crl: Crl): boolean {
  verifyCrl(crl, issuers, NOW);
  return [...readEntries(crl.entries)].length === crl.survey.count && nameText(crl.issuer) !== '';
}

/** CPU, not time: a machine that does other work is no fault of the reader. */
function cpuMsOf(run: () => void): number {
  const from = process.cpuUsage();
  run();
  const { user, system } = process.cpuUsage(from);
  return (user + system) / 1_000;
}

describe('a megabyte of a changed list', () => {
  const [ca] = authorities;
  const big =
    ca === undefined
      ? Buffer.alloc(0)
      : aList(ca, {
          entries: [
            Buffer.concat(
              Array.from({ length: 28_000 }, (_, i) =>
                anEntry(2n ** 126n + BigInt(i), reasonCode(1)),
              ),
            ),
          ],
        });
  /** Changes all over it, and at its beginning, where lengths are. */
  const changes = Array.from({ length: 60 }, (_, i): Change => {
    const at = i % 2 === 0 ? Math.floor((big.length / 60) * i) : i;
    const kinds = ['flip', 'cut', 'double'] as const;
    const kind = kinds[i % 3] ?? 'flip';
    return kind === 'flip' ? { kind, at, mask: 1 + i } : { kind, at, count: 1 + i * 5 };
  });

  test('is judged within 50 ms of CPU at the median and with less than 64 MB more, and never taken', () => {
    expect(big.length).toBeGreaterThan(1_000_000);
    expect(isTaken(big)).toBe(true);
    const before = process.memoryUsage();
    const took: number[] = [];
    const taken: number[] = [];
    for (const [index, each] of changes.entries()) {
      const bytes = changed(big, each);
      const cpuMs = cpuMsOf(() => {
        if (isTaken(bytes)) taken.push(index);
      });
      took.push(cpuMs);
    }
    const after = process.memoryUsage();
    expect(taken).toEqual([]);
    // At the median: a collector that runs is no fault of the reader either.
    expect(took.toSorted((a, b) => a - b)[30]).toBeLessThan(50);
    // The 60 changed megabytes themselves may not be collected yet.
    const grownMb = (after.heapUsed + after.external - before.heapUsed - before.external) / 1e6;
    expect(grownMb).toBeLessThan(64 + 60 * 1.2);
  });
});

describe('any bytes', () => {
  const anything = fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    mutant.map(({ bytes }) => bytes),
    // Headers that announce more than there is, of every tag.
    fc
      .tuple(fc.nat(255), fc.nat(255), fc.uint8Array({ maxLength: 12 }))
      .map(([tag, length, rest]) => Buffer.from([0x30, rest.length + 2, tag, length, ...rest])),
  );

  test('are read or refused with a reason and a sentence, and what is read can be walked to its end', () => {
    fc.assert(
      fc.property(anything, (bytes) => {
        const parsed = parseCrl(bytes);
        expect(parsed.ok ? walked(parsed.crl) : parsed.why.length > 0).toBe(true);
      }),
      { numRuns: 10_000 },
    );
  });

  test('are pinned or refused as a certificate', () => {
    const certificates = authorities.map((ca) => ca.certificate);
    const file = fc.oneof(
      fc.uint8Array({ maxLength: 300 }),
      fc
        .tuple(fc.constantFrom(...certificates), fc.array(change, { minLength: 1, maxLength: 3 }))
        .map(([certificate, changes]) => changes.reduce(changed, certificate)),
    );
    fc.assert(
      fc.property(file, (bytes) => {
        const all = readIssuers({ fileName: 'ca.pem', bytes, mayUseWeakAlgorithms: false });
        expect(all.length).toBeGreaterThan(0);
        expect(all.every((read) => read.ok || read.why.startsWith('ca.pem'))).toBe(true);
      }),
      { numRuns: 3_000 },
    );
  });

  test('a name of any bytes is printable', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) =>
        expect(nameText(sequence(Buffer.from(bytes)))).toMatch(/^[^\p{C}\p{Zl}\p{Zp}]*$/u),
      ),
      { numRuns: 2_000 },
    );
  });

  test.each<[string, Buffer]>([
    ['all zeros', Buffer.alloc(CRL_LIMITS.octetsMax)],
    ['all sequence tags', Buffer.alloc(CRL_LIMITS.octetsMax, 0x30)],
    ['all spaces', Buffer.alloc(CRL_LIMITS.octetsMax, 0x20)],
    [
      'a PEM head and then As',
      Buffer.alloc(CRL_LIMITS.octetsMax, 'A').fill('-----BEGIN X509 CRL-----', 0, 24),
    ],
    [
      'a PEM head and then spaces',
      Buffer.alloc(CRL_LIMITS.octetsMax, ' ').fill('-----BEGIN X509 CRL-----', 0, 24),
    ],
    [
      'a PEM head and then dashes',
      Buffer.alloc(CRL_LIMITS.octetsMax, '-').fill('-----BEGIN X509 CRL-----', 0, 24),
    ],
  ])('10 MiB of %s are refused within 10 s of CPU', (_what, bytes) => {
    let isOk = true;
    const cpuMs = cpuMsOf(() => {
      isOk = parseCrl(bytes).ok;
    });
    expect(isOk).toBe(false);
    expect(cpuMs).toBeLessThan(10_000);
  });

  test('10 MiB of the smallest entries are refused at the limit, within 10 s of CPU', () => {
    const [ca] = authorities;
    if (ca === undefined) throw new Error('no authority');
    const entry = sequence(Buffer.from('020101', 'hex'), utcTime(NOW));
    const list = aList(ca, { entries: [Buffer.alloc(entry.length * 500_000, entry)] });
    expect(parseCrl(list).ok).toBe(true);
    const reasons: (string | null)[] = [];
    const cpuMs = cpuMsOf(() => {
      const parsed = parseCrl(list, { ...CRL_LIMITS, entryCountMax: 499_999 });
      reasons.push(parsed.ok ? null : parsed.reason);
    });
    expect(reasons).toEqual(['TooManyEntries']);
    expect(cpuMs).toBeLessThan(10_000);
  });
});
