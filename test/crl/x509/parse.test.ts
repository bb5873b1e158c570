/** Lists are read field by field, and everything that is not exactly one strict version 2 list is refused with its reason. */
import { execFileSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import { readEntries } from '../../../lib/crl/x509/entries.ts';
import { unknownCritical } from '../../../lib/crl/x509/extensions.ts';
import { CRL_LIMITS, parseCrl } from '../../../lib/crl/x509/parse.ts';
import { anAuthority } from '../builders/authority.ts';
import {
  der,
  extension,
  generalizedTime,
  integer,
  naturalBytes,
  nothing,
  octets,
  oid,
  pem,
  sequence,
  utcTime,
} from '../builders/derWriter.ts';
import {
  aList,
  anEntry,
  aPoint,
  DAY_MS,
  HOUR_MS,
  NOW,
  reasonCode,
  serials,
  strangeExtension,
} from '../builders/list.ts';
import { readList } from '../builders/readList.ts';
import type { JunkReport } from './readJunk.ts';

const ca = anAuthority();

const reasonFor = (bytes: Uint8Array): string => {
  const parsed = parseCrl(bytes);
  return parsed.ok ? 'read' : parsed.reason;
};

/** The list with the first `from` in it replaced; lengths around it stay, so both have one length. */
function replaced(list: Buffer, from: Uint8Array, to: Uint8Array): Buffer {
  const at = list.indexOf(from);
  if (at < 0 || from.length !== to.length) throw new Error('nothing to replace');
  const changed = Buffer.from(list);
  changed.set(to, at);
  return changed;
}

describe('what a list says', () => {
  test('issuer, times and number are read', () => {
    const crl = readList(aList(ca));
    expect(crl.issuer.equals(ca.name)).toBe(true);
    expect(crl.thisUpdateAt).toBe(NOW - HOUR_MS);
    expect(crl.nextUpdateAt).toBe(NOW - HOUR_MS + 7 * DAY_MS);
    expect(crl.extensions.number).toBe(7n);
    expect(crl.extensions.baseNumber).toBeNull();
  });

  test('a list without next update, entries and extensions is read, with nothing in their place', () => {
    const crl = readList(aList(ca, { nextUpdateAt: null, entries: [], number: null }));
    expect(crl.nextUpdateAt).toBeNull();
    expect(crl.survey.count).toBe(0);
    expect([...readEntries(crl.entries)]).toEqual([]);
    expect(crl.extensions.all).toEqual([]);
  });

  test('a next update of 2050 and later is read from GeneralizedTime', () => {
    const crl = readList(aList(ca, { nextUpdateAt: Date.UTC(2051, 1, 28, 23, 59, 59) }));
    expect(crl.nextUpdateAt).toBe(Date.UTC(2051, 1, 28, 23, 59, 59));
  });

  test('a number of 20 bytes is read to its last bit', () => {
    const number = 2n ** 160n - 1n;
    expect(readList(aList(ca, { number })).extensions.number).toBe(number);
  });

  test('a number of 21 bytes is refused', () => {
    expect(reasonFor(aList(ca, { number: 2n ** 160n }))).toBe('ExtensionUnfit');
  });

  test('a negative number is refused', () => {
    const list = aList(ca, {
      number: null,
      more: [extension('2.5.29.20', der(0x02, Buffer.from([0xff])))],
    });
    expect(reasonFor(list)).toBe('ExtensionUnfit');
  });

  test('entries come in their order, with serial number, time and reason', () => {
    const crl = readList(
      aList(ca, { entries: [anEntry(0x80n), anEntry(2n ** 159n, reasonCode(1)), anEntry(5n)] }),
    );
    const revokedAt = Date.UTC(2026, 0, 2, 3, 4, 5);
    expect([...readEntries(crl.entries)]).toEqual([
      { serial: '0080', revokedAt, reasonCode: null },
      { serial: `0080${'00'.repeat(19)}`, revokedAt, reasonCode: 1 },
      { serial: '05', revokedAt, reasonCode: null },
    ]);
  });

  test('the distribution point is read with its URIs and flags', () => {
    const point = readList(aList(ca, { point: aPoint('http://a.example/CA+.crl', 0x81) }))
      .extensions.distributionPoint;
    expect(point?.uris).toEqual(['http://a.example/CA+.crl']);
    expect(point?.isUsersOnly).toBe(true);
    expect(point?.isAuthoritiesOnly).toBe(false);
    expect(point?.isAttributesOnly).toBe(false);
    expect(point?.isIndirect).toBe(false);
  });

  test.each([
    [0x82, 'isAuthoritiesOnly'],
    [0x84, 'isIndirect'],
    [0x85, 'isAttributesOnly'],
  ] as const)('the flag 0x%s of a distribution point is %s', (tag, flag) => {
    const point = readList(aList(ca, { point: aPoint('http://a.example/', tag) })).extensions
      .distributionPoint;
    expect(point?.[flag]).toBe(true);
    expect(point?.isUsersOnly).toBe(false);
  });

  test('the delta indicator, the key identifier and the next publish time of a Microsoft CA are read', () => {
    const { extensions } = readList(
      aList(ca, {
        baseNumber: 5n,
        more: [
          extension('2.5.29.35', sequence(der(0x80, Buffer.from('0102', 'hex')))),
          extension('1.3.6.1.4.1.311.21.4', utcTime(NOW)),
        ],
      }),
    );
    expect(extensions.baseNumber).toBe(5n);
    expect(extensions.authorityKey?.keyId).toBe('0102');
    expect(extensions.nextPublishAt).toBe(NOW);
  });

  test('extensions are listed with their identifiers; only the critical strange ones count as unknown', () => {
    const tolerated = readList(aList(ca, { more: [strangeExtension(false)] })).extensions.all;
    expect(tolerated.map((each) => each.oid)).toEqual(['2.5.29.20', '1.3.6.1.4.1.99999.1']);
    expect(unknownCritical(tolerated)).toEqual([]);
    const critical = readList(aList(ca, { more: [strangeExtension(true)] })).extensions.all;
    expect(unknownCritical(critical)).toEqual(['1.3.6.1.4.1.99999.1']);
  });

  test('what entries hold that matters is surveyed: removals, other issuers, strange critical extensions', () => {
    const plain = readList(aList(ca, { entries: [anEntry(1n, reasonCode(1))] })).survey;
    expect(plain).toEqual({
      count: 1,
      unknownCritical: [],
      hasForeignEntry: false,
      hasRemoval: false,
      oddCount: 0,
      odd: [],
    });
    const odd = readList(
      aList(ca, {
        entries: [
          anEntry(1n, reasonCode(8)),
          anEntry(2n, strangeExtension(true)),
          anEntry(3n, extension('2.5.29.29', sequence(), true)),
        ],
      }),
    ).survey;
    expect(odd).toEqual({
      count: 3,
      unknownCritical: [expect.stringMatching(/^1\.3\.6\.1\.4\.1\.99999\.1 \(in the entry of/)],
      hasForeignEntry: true,
      hasRemoval: true,
      oddCount: 0,
      odd: [],
    });
  });

  test('a removal is seen also where the reason code is critical', () => {
    const entries = [anEntry(1n, reasonCode(8, true))];
    expect(readList(aList(ca, { entries })).survey.hasRemoval).toBe(true);
    const other = [anEntry(1n, reasonCode(9, true))];
    expect(readList(aList(ca, { entries: other })).survey.hasRemoval).toBe(false);
  });

  test.each([
    ['550403', '2.5.4.3'],
    ['27', '0.39'],
    ['2800', '1.0.0'],
    ['4f7f', '1.39.127'],
    ['50', '2.0'],
    ['883701', '2.999.1'],
    ['0992268993f22c640119', '0.9.2342.19200300.100.1.25'],
  ])('the identifier %s is %s', (hex, text) => {
    const id = der(0x06, Buffer.from(hex, 'hex'));
    const more = [sequence(id, octets())];
    expect(readList(aList(ca, { number: null, more })).extensions.all[0]?.oid).toBe(text);
  });

  test.each([
    ['', 'without a byte'],
    ['5581', 'that ends within an arc'],
    ['558001', 'with a padded arc'],
    ['55'.repeat(65), 'of 65 bytes'],
  ])('an identifier "%s" %s is refused', (hex) => {
    const more = [sequence(der(0x06, Buffer.from(hex, 'hex')), octets())];
    expect(reasonFor(aList(ca, { number: null, more }))).toBe('NotDer');
  });

  test.each([
    ['an integer', '020101'],
    ['two bytes', '0a020001'],
    ['a byte behind it', '0a010100'],
    ['7, which does not exist', '0a0107'],
  ])(
    'a reason code that is %s revokes all the same, and is noted with its serial number',
    (_what, hex) => {
      const entries = [
        anEntry(2n),
        anEntry(0xabn, extension('2.5.29.21', Buffer.from(hex, 'hex'))),
      ];
      const crl = readList(aList(ca, { entries }));
      expect([...readEntries(crl.entries)].map(({ reasonCode: code }) => code)).toEqual([
        null,
        null,
      ]);
      expect(crl.survey).toMatchObject({
        oddCount: 1,
        odd: [expect.stringMatching(/^serial 00ab: /)],
      });
    },
  );

  test('six odd entries are counted, and five of them named', () => {
    const entries = [1n, 2n, 3n, 4n, 5n, 6n].map((serial) => anEntry(serial, reasonCode(7)));
    const { survey } = readList(aList(ca, { entries }));
    expect([survey.oddCount, survey.odd.length]).toEqual([6, 5]);
  });

  test('an entry whose serial number has no bytes is refused by its place', () => {
    const empty = sequence(der(0x02, Buffer.alloc(0)), utcTime(NOW));
    expect(parseCrl(aList(ca, { entries: [anEntry(1n), empty] }))).toMatchObject({
      ok: false,
      why: expect.stringMatching(/^the entry of serial number unknown, number 2: /),
    });
  });

  test('an entry that cannot be read at all is refused by its serial number', () => {
    const twice = anEntry(0x1an, reasonCode(1), reasonCode(1));
    const parsed = parseCrl(aList(ca, { entries: [anEntry(1n), twice] }));
    expect(parsed).toMatchObject({
      reason: 'ExtensionUnfit',
      why: expect.stringContaining('serial number 1a'),
    });
  });
});

describe('what is no list', () => {
  test.each<[string, string, Uint8Array]>([
    ['nothing', 'NotDer', Buffer.alloc(0)],
    ['one byte', 'NotDer', Buffer.from([0x30])],
    ['text', 'NotDer', Buffer.from('<html>')],
    ['an endless length', 'NotDer', Buffer.from('30800000', 'hex')],
    ['a list cut short by one byte', 'NotDer', aList(ca).subarray(0, -1)],
    ['a list with one byte more', 'TrailingBytes', Buffer.concat([aList(ca), Buffer.from([0])])],
    ['a list twice', 'TrailingBytes', Buffer.concat([aList(ca), aList(ca)])],
    ['a version 1 CRL', 'VersionUnfit', aList(ca, { version: null })],
    ['a version 3 list', 'VersionUnfit', aList(ca, { version: 2 })],
    [
      'another algorithm inside',
      'AlgorithmsDiffer',
      aList(ca, { innerAlgorithm: sequence(oid('1.3.101.113')) }),
    ],
    ['a certificate', 'NotDer', ca.certificate],
    [
      'an extension twice',
      'ExtensionUnfit',
      aList(ca, { more: [extension('2.5.29.20', integer(7))] }),
    ],
    [
      'bytes behind a number',
      'ExtensionUnfit',
      aList(ca, {
        number: null,
        more: [extension('2.5.29.20', Buffer.concat([integer(7), nothing]))],
      }),
    ],
    [
      'a serial number of no bytes',
      'NotDer',
      aList(ca, { entries: [sequence(der(0x02), utcTime(NOW))] }),
    ],
    ['a serial number of 65 bytes', 'NotDer', aList(ca, { entries: [anEntry(2n ** 512n)] })],
    [
      'a serial number with a padding zero',
      'NotDer',
      aList(ca, { entries: [sequence(der(0x02, Buffer.from([0, 1])), utcTime(NOW))] }),
    ],
    ['an octet string as entry', 'NotDer', aList(ca, { entries: [octets(Buffer.from([1]))] })],
    [
      'something behind an entry',
      'NotDer',
      aList(ca, {
        entries: [sequence(integer(1), utcTime(NOW), sequence(strangeExtension(false)), nothing)],
      }),
    ],
  ])('%s is refused as %s', (_what, reason, bytes) => {
    expect(reasonFor(bytes)).toBe(reason);
  });

  test('a length in more bytes than it needs is refused, in its shortest form read', () => {
    const list = aList(ca);
    const body = list.subarray(2 + ((list[1] ?? 0) & 0x7f));
    const header = Buffer.from([0x30, 0x84, 0, 0, 0, 0]);
    header.writeUInt32BE(body.length, 2);
    expect(reasonFor(Buffer.concat([header, body]))).toBe('NotDer');
    expect(reasonFor(list)).toBe('read');
  });

  test.each([
    ['260230120000Z', 'a 30th of February'],
    ['261320120000Z', 'a 13th month'],
    ['261120240000Z', 'an hour 24'],
    ['261120126000Z', 'a minute 60'],
    ['2611201200+1Z', 'no digits'],
    ['26112012000:Z', 'a colon, which follows 9'],
    ['26112012/000Z', 'a slash, which comes before 0'],
    ['261120120000+', 'no Z'],
    ['250229120000Z', 'a 29th of February in a year without one'],
  ])('a time of %s is refused: %s', (text) => {
    const list = replaced(
      aList(ca, { thisUpdateAt: NOW }),
      Buffer.from('261120120000Z'),
      Buffer.from(text),
    );
    expect(reasonFor(list)).toBe('NotDer');
  });

  test('a 29th of February in a leap year is read', () => {
    const at = Date.UTC(2028, 1, 29, 23, 59, 59);
    expect(readList(aList(ca, { thisUpdateAt: at })).thisUpdateAt).toBe(at);
  });

  test('a two-digit year 49 is 2049 and 50 is 1950', () => {
    const with49 = aList(ca, { thisUpdateAt: Date.UTC(2049, 0, 1) });
    expect(readList(with49).thisUpdateAt).toBe(Date.UTC(2049, 0, 1));
    const with50 = replaced(with49, Buffer.from('490101'), Buffer.from('500101'));
    expect(readList(with50).thisUpdateAt).toBe(Date.UTC(1950, 0, 1));
  });

  test('every day from 1900 to 2200 is the day that the platform says', () => {
    const days: number[] = [];
    for (let at = Date.UTC(1900, 0, 1); at < Date.UTC(2200, 0, 1); at += 17 * DAY_MS) days.push(at);
    const entries = days.map((at) => sequence(integer(1), generalizedTime(at)));
    const crl = readList(aList(ca, { entries }));
    expect([...readEntries(crl.entries)].map((entry) => entry.revokedAt)).toEqual(days);
  });
});

describe('PEM', () => {
  const list = aList(ca);
  const text = pem('X509 CRL', list);

  test.each([
    ['as OpenSSL writes it', text],
    ['with Windows line ends', text.replaceAll('\n', '\r\n')],
    ['with space around it', `\n ${text}\n\n`],
    [
      'in one line',
      text
        .replaceAll(/\n(?!-)/g, '')
        .replace('-----BEGIN X509 CRL-----', '-----BEGIN X509 CRL-----\n'),
    ],
  ])('one block is read: %s', (_what, file) => {
    expect(readList(Buffer.from(file)).der.equals(list)).toBe(true);
  });

  test.each([
    ['two blocks', text + text],
    ['another label', pem('CERTIFICATE', list)],
    ['no end', text.slice(0, -10)],
    ['a character that is not base64', text.replace(/M/, '*')],
    ['padding bits that are not zero', pem('X509 CRL', Buffer.from([1])).replace('AQ==', 'AR==')],
  ])('%s is refused', (_what, file) => {
    expect(reasonFor(Buffer.from(file))).toBe('NotOnePemBlock');
  });

  test.each<[string, Uint8Array]>([
    [
      'text before and behind it, as openssl crl -text writes',
      Buffer.from(`Certificate Revocation List (CRL):\n    Version 2\n${text}hello`),
    ],
    ['a certificate beside it', Buffer.from(pem('CERTIFICATE', ca.certificate) + text)],
    ['a byte order mark', Buffer.concat([Buffer.from('efbbbf', 'hex'), Buffer.from(text)])],
    [
      'UTF-16, as PowerShell writes',
      Buffer.from(`\ufeff${text.replaceAll('\n', '\r\n')}`, 'utf16le'),
    ],
    ['UTF-16 without a mark', Buffer.from(text, 'utf16le')],
    ['base64 without armour, as cfssl writes', Buffer.from(`${list.toString('base64')}\n`)],
    ['DER with a line end behind it', Buffer.concat([list, Buffer.from('\r\n')])],
  ])('the list is read: %s', (_what, file) => {
    expect(readList(file).der.equals(list)).toBe(true);
  });

  test.each<[string, Uint8Array, string]>([
    ['a certificate', ca.certificate, 'instead of a CRL it is a certificate'],
    ['gzip', gzipSync(list), 'it is gzip-compressed'],
    ['a ZIP archive', Buffer.from('PK\u0003\u0004'), 'it is a ZIP archive'],
    [
      'PKCS #7',
      sequence(oid('1.2.840.113549.1.7.2'), der(0xa0, sequence(integer(1)))),
      'it is a PKCS #7 file (.p7b)',
    ],
    [
      'a key',
      generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'der' }),
      'instead of a CRL it is a private key',
    ],
    [
      'JSON',
      Buffer.from(JSON.stringify({ data: { certificate: text } })),
      'line ends written as \\n, as in JSON',
    ],
  ])('%s is named for what it is', (_what, file, why) => {
    expect(parseCrl(file)).toMatchObject({ why: expect.stringContaining(why) });
  });

  test.each<[string, Uint8Array]>([
    ['a time without seconds', sequence(integer(0x1a), der(0x17, Buffer.from('2601020304Z')))],
    ['a padded serial number', sequence(der(0x02, Buffer.from([0, 0x1a])), utcTime(NOW))],
    ['something behind it', sequence(integer(0x1a), utcTime(NOW), nothing)],
  ])('of many entries the one with %s is named by its serial number', (_what, entry) => {
    const entries = [anEntry(1n), anEntry(2n), entry, anEntry(3n)];
    expect(parseCrl(aList(ca, { entries }))).toMatchObject({
      why: expect.stringMatching(/^the entry of serial number (00)?1a: /),
    });
  });

  test.each<[string, string, string]>([
    ['a web page', '<!DOCTYPE html><html>', 'text that begins "<!DOCTYPE html><html>"'],
    [
      'a certificate in PEM',
      pem('CERTIFICATE', ca.certificate),
      'it holds a PEM block "CERTIFICATE", and none "X509 CRL"',
    ],
    [
      'a list by certutil -encode',
      pem('CERTIFICATE', list),
      'in it is a CRL, which certutil -encode labels so',
    ],
    ['white space', ' \n'.repeat(50), 'nothing is in it but white space'],
    ['a block without an end', text.slice(0, -10), 'cut short'],
    ['two blocks', text + text, 'more than one PEM block'],
  ])('%s is named for what it is', (_what, file, why) => {
    expect(parseCrl(Buffer.from(file))).toMatchObject({ why: expect.stringContaining(why) });
  });

  test('10 MiB of white space, of dashes, of base64 or of beginnings are refused within a second of work each', () => {
    // In a process of its own: what other tests left to collect is no memory of the reader.
    const program = join(import.meta.dirname, 'readJunk.ts');
    const reports: readonly JunkReport[] = JSON.parse(
      execFileSync(process.execPath, [program], { encoding: 'utf8' }),
    );
    expect(reports).toHaveLength(7);
    for (const { isRead, cpuMs, heapBytes, externalBytes } of reports) {
      expect(isRead).toBe(false);
      expect(cpuMs).toBeLessThan(1_000);
      expect(heapBytes).toBeLessThan(8 * 1024 * 1024);
      expect(externalBytes).toBeLessThan(24 * 1024 * 1024);
    }
  });

  test('bytes behind the list inside the block are refused', () => {
    const file = pem('X509 CRL', Buffer.concat([list, Buffer.from([0])]));
    expect(reasonFor(Buffer.from(file))).toBe('TrailingBytes');
  });
});

describe('limits', () => {
  const list = aList(ca, { serials: serials(10) });

  test('a file of as many bytes as allowed is read, one byte more is refused', () => {
    expect(parseCrl(list, { ...CRL_LIMITS, octetsMax: list.length }).ok).toBe(true);
    const parsed = parseCrl(list, { ...CRL_LIMITS, octetsMax: list.length - 1 });
    expect(parsed.ok ? null : parsed.reason).toBe('TooLarge');
  });

  test('as many entries as allowed are read, one more is refused', () => {
    expect(parseCrl(list, { ...CRL_LIMITS, entryCountMax: 10 }).ok).toBe(true);
    const parsed = parseCrl(list, { ...CRL_LIMITS, entryCountMax: 9 });
    expect(parsed.ok ? null : parsed.reason).toBe('TooManyEntries');
  });

  test('64 extensions are read, 65 are refused', () => {
    const many = (count: number) =>
      Array.from({ length: count }, (_, i) =>
        extension(`1.3.6.1.4.1.99999.${i}`, naturalBytes(1n)),
      );
    expect(readList(aList(ca, { more: many(63) })).extensions.all.length).toBe(64);
    expect(reasonFor(aList(ca, { more: many(64) }))).toBe('ExtensionUnfit');
  });

  test('sequences nested 1,000 deep are refused without following them', () => {
    let nested: Buffer = Buffer.alloc(0);
    for (let i = 0; i < 1_000; i++) nested = sequence(nested);
    expect(reasonFor(nested)).toBe('NotDer');
  });

  test('a view into a larger buffer is read by its own bounds', () => {
    const larger = Buffer.concat([Buffer.from('xx'), list, Buffer.from('yy')]);
    const view = new Uint8Array(larger.buffer, larger.byteOffset + 2, list.length);
    expect(readList(view).survey.count).toBe(10);
  });
});
