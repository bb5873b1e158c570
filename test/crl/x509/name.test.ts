/** Goal: two names are the same here where they are to OpenSSL, whose clients look a CRL up by them. Method: names of every string type that fast-check draws, in certificates that both compare. */
import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { isSameName, nameText, typesText } from '../../../lib/crl/x509/name.ts';
import { bits, der, integer, oid, sequence, time } from '../builders/derWriter.ts';

const spki = generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'der' });
const algorithm = sequence(oid('1.3.101.112'));

/** Null: OpenSSL does not read it. */
function certificate(issuer: Buffer, subject: Buffer): X509Certificate | null {
  const dates = sequence(time(0), time(Date.UTC(2040, 0, 1)));
  const tbs = sequence(integer(1), algorithm, issuer, dates, subject, spki);
  try {
    return new X509Certificate(sequence(tbs, algorithm, bits(Buffer.alloc(64))));
  } catch {
    return null;
  }
}

/** Null: it reads neither of them. What it does not read is the same as nothing that it reads. */
function openssl(one: Buffer, other: Buffer): boolean | null {
  const child = certificate(one, sequence());
  const parent = certificate(sequence(), other);
  if (child === null && parent === null) return null;
  return child !== null && parent !== null && child.checkIssued(parent);
}

interface Value {
  readonly id: string;
  readonly type: number;
  readonly content: Buffer;
}

const rdn = (...values: readonly Value[]) =>
  der(0x31, ...values.map(({ id, type, content }) => sequence(oid(id), der(type, content))));
const cn = (type: number, content: Buffer | string): Value => ({
  id: '2.5.4.3',
  type,
  content: Buffer.from(content),
});

const wide = (of: string): Buffer =>
  Buffer.concat(
    Array.from(of, (letter) => {
      const four = Buffer.alloc(4);
      four.writeUInt32BE(letter.codePointAt(0) ?? 0);
      return four;
    }),
  );
const latin1 = (of: string) => Buffer.from(of, 'latin1');
const WRITERS: readonly (readonly [number, (of: string) => Buffer])[] = [
  [0x0c, (of) => Buffer.from(of)],
  [0x12, latin1],
  [0x13, latin1],
  [0x14, latin1],
  [0x16, latin1],
  [0x1a, latin1],
  [0x1c, wide],
  [0x1e, (of) => Buffer.from(of, 'utf16le').swap16()],
  [0x04, latin1],
];
const VARIANTS: readonly ((of: string) => string)[] = [
  (of) => of,
  (of) => of.toUpperCase(),
  (of) => of.normalize('NFD'),
  (of) => ` ${of.replaceAll(' ', '  ')}\t`,
  (of) => of.replaceAll(' ', ''),
  (of) => of.replaceAll(' ', '\u00a0'),
];

const text = fc
  .array(fc.constantFrom('a', 'B', ' ', 'ü', 'Ü', 'ß', '\u0308', '0', '\u0000'), { maxLength: 3 })
  .map((parts) => parts.join(''));
const writing = fc.tuple(fc.constantFrom(...WRITERS), fc.constantFrom(...VARIANTS));
const written = (of: string, id: string) =>
  writing.map(([[type, write], vary]): Value => ({ id, type, content: write(vary(of)) }));
/** One attribute, written twice. */
const twice = fc
  .tuple(text, fc.constantFrom('2.5.4.3', '2.5.4.10'))
  .chain(([of, id]) => fc.tuple(written(of, id), written(of, id)));
/** Bytes that need not be of their type. */
const raw = fc
  .tuple(fc.constantFrom(0x0c, 0x13, 0x14, 0x1c, 0x1e), fc.uint8Array({ maxLength: 3 }))
  .map(([type, bytes]) => cn(type, Buffer.from(bytes)));
const pair = fc.oneof({ weight: 5, arbitrary: twice }, fc.tuple(raw, raw));
const names = fc
  .tuple(fc.array(fc.array(pair, { minLength: 1, maxLength: 2 }), { maxLength: 2 }), fc.boolean())
  .map(
    ([sets, isTurned]) =>
      [
        sequence(...sets.map((set) => rdn(...set.map(([one]) => one)))),
        sequence(
          ...sets.map((set) => {
            const others = set.map(([, other]) => other);
            return rdn(...(isTurned ? others.toReversed() : others));
          }),
        ),
      ] as const,
  );

test('two names are the same where OpenSSL says so, and only there', () => {
  const seen = new Set<boolean>();
  fc.assert(
    fc.property(names, ([one, other]) => {
      const says = openssl(one, other);
      if (says === null) return;
      seen.add(says);
      const both = `${one.toString('hex')} ${other.toString('hex')}`;
      expect(`${both} ${isSameName(one, other)}`).toBe(`${both} ${says}`);
    }),
    { numRuns: 2_000 },
  );
  expect(seen.size).toBe(2);
});

const TWO = [cn(0x0c, 'hq'), { ...cn(0x0c, 'Example'), id: '2.5.4.10' }];

test.each([
  ['one set', sequence(rdn(...TWO)), 'CN=hq + O=Example', 'CN UTF8String, O UTF8String'],
  [
    'two sets',
    sequence(...TWO.map((one) => rdn(one))),
    'CN=hq, O=Example',
    'CN UTF8String, O UTF8String',
  ],
  [
    'Latin-1 in a PrintableString',
    sequence(rdn(cn(0x13, latin1('Grün')))),
    'CN=Grün',
    'CN PrintableString Gr\\u{fc}n',
  ],
  [
    'a letter of two',
    sequence(rdn(cn(0x0c, 'Grün'.normalize('NFD')))),
    `CN=${'Grün'.normalize('NFD')}`,
    'CN UTF8String Gru\\u{308}n',
  ],
  ['no UTF-8', sequence(rdn(cn(0x0c, latin1('Grün')))), 'CN=4772fc6e', 'CN UTF8String 4772fc6e'],
  ['a VisibleString', sequence(rdn(cn(0x1a, 'hq'))), 'CN=hq', 'CN type 0x1a'],
])('%s is shown so that it differs from what looks like it', (_, name, shown, types) => {
  expect([nameText(name), typesText(name)]).toEqual([shown, types]);
});
