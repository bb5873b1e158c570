/** Every algorithm that a CA may sign with is verified, and each way of not being entitled has its own reason. */

import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import type { Issuer } from '../../../lib/crl/x509/issuer.ts';
import { readIssuers } from '../../../lib/crl/x509/issuer.ts';
import { nameText } from '../../../lib/crl/x509/name.ts';
import { parseCrl } from '../../../lib/crl/x509/parse.ts';
import { verifyCrl } from '../../../lib/crl/x509/verify.ts';
import {
  anAuthority,
  ecdsa,
  edwards,
  pinned,
  pss,
  rsa,
  type Signer,
} from '../builders/authority.ts';
import { der, extension, name, octets, oid, pem, sequence } from '../builders/derWriter.ts';
import { aList, DAY_MS, NOW } from '../builders/list.ts';
import { readList } from '../builders/readList.ts';

function verdict(list: Uint8Array, issuers: readonly Issuer[], now = NOW): string {
  const parsed = parseCrl(list);
  if (!parsed.ok) return parsed.reason;
  const verified = verifyCrl(parsed.crl, issuers, now);
  return verified.ok ? `signed by ${verified.issuer.fileName}` : verified.reason;
}

const strong: readonly (readonly [string, () => Signer])[] = [
  ['RSA with SHA-224', () => rsa('sha224')],
  ['RSA with SHA-256', () => rsa('sha256')],
  ['RSA with SHA-384', () => rsa('sha384')],
  ['RSA with SHA-512', () => rsa('sha512')],
  ['RSA-PSS with SHA-256', () => pss('sha256')],
  ['RSA-PSS with SHA-384 and 48 bytes of salt', () => pss('sha384', { saltOctets: 48 })],
  ['RSA-PSS with SHA-512 and no salt', () => pss('sha512', { saltOctets: 0 })],
  ['ECDSA P-256 with SHA-256', () => ecdsa('prime256v1', 'sha256')],
  ['ECDSA P-384 with SHA-384', () => ecdsa('secp384r1', 'sha384')],
  ['ECDSA P-521 with SHA-512', () => ecdsa('secp521r1', 'sha512')],
  ['Ed25519', () => edwards('ed25519')],
  ['Ed448', () => edwards('ed448')],
];

const weak: readonly (readonly [string, () => Signer])[] = [
  ['RSA with MD5', () => rsa('md5')],
  ['RSA with SHA-1', () => rsa('sha1')],
  ['RSA-PSS with SHA-1', () => pss('sha1', { saltOctets: 20 })],
  [
    'RSA-PSS with nothing said, which means SHA-1',
    () => pss('sha1', { saltOctets: 20, isBare: true }),
  ],
  ['ECDSA with SHA-1', () => ecdsa('prime256v1', 'sha1')],
];

describe('algorithms', () => {
  test.each(strong)(
    '%s is verified, and refused after one bit of the signed part changes',
    (_name, make) => {
      const ca = anAuthority(make());
      const list = aList(ca);
      expect(verdict(list, [pinned(ca)])).toBe('signed by ca.pem');
      const at = list.indexOf(Buffer.from('260102030405Z')) + 11;
      list.writeUInt8(list.readUInt8(at) ^ 1, at);
      expect(verdict(list, [pinned(ca)])).toBe('SignatureWrong');
    },
  );

  test.each(weak)('%s is refused, unless that issuer is allowed it', (_name, make) => {
    const ca = anAuthority(make());
    const list = aList(ca);
    expect(verdict(list, [pinned(ca)])).toBe('WeakAlgorithm');
    expect(verdict(list, [pinned(ca, { mayUseWeakAlgorithms: true })])).toBe('signed by ca.pem');
  });

  test('a weak algorithm allowed to one issuer is not allowed to another', () => {
    const ca = anAuthority(rsa('sha1'));
    const other = anAuthority(edwards('ed25519'), { commonName: 'Other CA' });
    const issuers = [pinned(other, { mayUseWeakAlgorithms: true }), pinned(ca)];
    expect(verdict(aList(ca), issuers)).toBe('WeakAlgorithm');
  });

  test('a weak signature by the wrong key is refused also where weak ones are allowed', () => {
    const ca = anAuthority(rsa('sha1'));
    const thief = rsa('sha1', generateKeyPairSync('rsa', { modulusLength: 2048 }));
    const issuers = [pinned(ca, { mayUseWeakAlgorithms: true })];
    expect(verdict(aList({ ...thief, name: ca.name }), issuers)).toBe('SignatureWrong');
  });

  test.each<[string, Signer]>([
    ['two hashes in RSA-PSS', pss('sha256', { maskHash: 'sha1' })],
    ['an unknown algorithm', { ...rsa('sha256'), algorithm: sequence(oid('1.2.3.4')) }],
    [
      'Ed25519 with parameters',
      { ...edwards('ed25519'), algorithm: sequence(oid('1.3.101.112'), der(0x05)) },
    ],
    [
      'ECDSA with parameters other than NULL',
      {
        ...ecdsa('prime256v1', 'sha256'),
        algorithm: sequence(oid('1.2.840.10045.4.3.2'), der(0x04)),
      },
    ],
  ])('%s: refused as unknown', (_what, signer) => {
    const ca = anAuthority(edwards('ed25519'));
    expect(verdict(aList({ ...signer, name: ca.name }), [pinned(ca)])).toBe('AlgorithmUnknown');
  });

  test('salt of another length than announced is refused', () => {
    const announced = pss('sha256', { saltOctets: 32 });
    const ca = anAuthority(announced);
    const used = pss('sha256', { saltOctets: 20 });
    const list = aList({ ...announced, sign: used.sign, name: ca.name });
    expect(verdict(list, [pinned(ca)])).toBe('SignatureWrong');
  });

  test.each<[string, Signer, Signer]>([
    ['an RSA signature for an EC key', rsa('sha256'), ecdsa('prime256v1', 'sha256')],
    ['an Ed25519 signature for an Ed448 key', edwards('ed25519'), edwards('ed448')],
    ['an ECDSA signature for an RSA key', ecdsa('prime256v1', 'sha256'), rsa('sha256')],
  ])('%s: the key does not fit', (_what, by, key) => {
    const ca = anAuthority(key);
    expect(verdict(aList({ ...by, name: ca.name }), [pinned(ca)])).toBe('KeyUnfit');
  });
});

test('a curve of less than 256 bits is not supported, and its name is said', () => {
  const ca = anAuthority(ecdsa('secp224r1', 'sha256'));
  const verified = verifyCrl(readList(aList(ca)), [pinned(ca)], NOW);
  expect(verified).toMatchObject({
    reason: 'AlgorithmUnknown',
    why: expect.stringContaining('curve secp224r1'),
  });
});

describe('the authority key identifier', () => {
  const signer = edwards('ed25519');
  const more = [extension('2.5.29.14', octets(Buffer.from('abcd', 'hex')))];
  const ca = anAuthority(signer, { more });
  const by = (...parts: readonly Uint8Array[]) =>
    verdict(aList(ca, { more: [extension('2.5.29.35', sequence(...parts))] }), [pinned(ca)]);
  const keyId = (hex: string) => der(0x80, Buffer.from(hex, 'hex'));
  const named = (text: string) => der(0xa1, der(0xa4, name(text)));

  test.each<[string, readonly Uint8Array[], readonly Uint8Array[]]>([
    ['key', [keyId('abcd')], [keyId('abce')]],
    [
      'certificate',
      [named('Test CA'), der(0x82, Buffer.from([1]))],
      [named('Test CA'), der(0x82, Buffer.from([2]))],
    ],
    [
      'issuer',
      [named('TEST CA'), der(0x82, Buffer.from([1]))],
      [named('Other CA'), der(0x82, Buffer.from([1]))],
    ],
  ])('of the pinned %s is taken, of another one refused', (_what, right, wrong) => {
    expect(by(...right)).toBe('signed by ca.pem');
    expect(by(...wrong)).toBe('AuthorityKeyOther');
  });

  test('of a key proves nothing where the certificate has no identifier', () => {
    const bare = anAuthority(signer);
    const list = aList(bare, { more: [extension('2.5.29.35', sequence(keyId('abce')))] });
    expect(verdict(list, [pinned(bare)])).toBe('signed by ca.pem');
  });
});

describe('issuers', () => {
  const ca = anAuthority();
  const list = aList(ca);

  test('no pinned issuer: unknown, and the reason names the issuer', () => {
    const parsed = parseCrl(list);
    if (!parsed.ok) throw new Error(parsed.why);
    const verified = verifyCrl(parsed.crl, [], NOW);
    expect(verified).toEqual({
      ok: false,
      reason: 'IssuerUnknown',
      why: 'the CRL is issued by "CN=Test CA"; pinned: none',
    });
  });

  test('the right key under another name is unknown', () => {
    const renamed = anAuthority(ca, { commonName: 'Test CB' });
    expect(verdict(list, [pinned(renamed)])).toBe('IssuerUnknown');
  });

  test('another key under the right name is a wrong signature', () => {
    expect(verdict(list, [pinned(anAuthority())])).toBe('SignatureWrong');
  });

  test('of several issuers the right one is found, whatever stands before it', () => {
    const issuers = [
      pinned(anAuthority(edwards('ed448'), { commonName: 'Other CA' }), { fileName: 'other.pem' }),
      pinned(anAuthority(rsa('sha256')), { fileName: 'old.pem' }),
      pinned(anAuthority(), { fileName: 'older.pem' }),
      pinned(ca, { fileName: 'new.pem' }),
    ];
    expect(verdict(list, issuers)).toBe('signed by new.pem');
    expect(verdict(list, issuers.toReversed())).toBe('signed by new.pem');
  });

  test('after a key rollover, both keys of one name are right while both are pinned', () => {
    const renewed = anAuthority(ecdsa('prime256v1', 'sha256'));
    const issuers = [
      pinned(ca, { fileName: 'ca.pem' }),
      pinned(renewed, { fileName: 'ca(1).pem' }),
    ];
    expect(verdict(list, issuers)).toBe('signed by ca.pem');
    expect(verdict(aList(renewed), issuers)).toBe('signed by ca(1).pem');
    expect(verdict(aList(renewed), issuers.slice(0, 1))).toBe('KeyUnfit');
  });

  test('a certificate renewed with the same key makes up for the expired one, in either order', () => {
    const expired = pinned(anAuthority(ca, { notAfterAt: NOW - DAY_MS }), { fileName: 'old.pem' });
    const issuers = [expired, pinned(ca, { fileName: 'new.pem' })];
    expect(verdict(list, issuers)).toBe('signed by new.pem');
    expect(verdict(list, issuers.toReversed())).toBe('signed by new.pem');
    expect(verdict(list, [expired])).toBe('IssuerExpired');
  });

  test('what is said of several is said of the one that came furthest', () => {
    const expired = pinned(anAuthority(ca, { notAfterAt: NOW - DAY_MS }), { fileName: 'old.pem' });
    const stranger = pinned(anAuthority(), { fileName: 'stranger.pem' });
    expect(verdict(list, [stranger, expired])).toBe('IssuerExpired');
    expect(verdict(list, [expired, stranger])).toBe('IssuerExpired');
  });

  test('an issuer is right to the last second of its validity, and expired 1 s after', () => {
    const notAfterAt = NOW;
    const issuers = [pinned(anAuthority(ca, { notAfterAt }))];
    expect(verdict(list, issuers, notAfterAt)).toBe('signed by ca.pem');
    expect(verdict(list, issuers, notAfterAt + 1_000)).toBe('IssuerExpired');
  });

  test('an issuer is right from the first second of its validity, and not 1 s before', () => {
    const notBeforeAt = NOW;
    const issuers = [pinned(anAuthority(ca, { notBeforeAt }))];
    expect(verdict(list, issuers, notBeforeAt)).toBe('signed by ca.pem');
    expect(verdict(list, issuers, notBeforeAt - 1_000)).toBe('IssuerNotYetValid');
  });

  test.each([
    ['cRLSign alone', 0x02, 'signed by ca.pem'],
    ['keyCertSign and cRLSign', 0x06, 'signed by ca.pem'],
    ['no key usage at all', null, 'signed by ca.pem'],
    ['keyCertSign alone', 0x04, 'IssuerMayNotSign'],
    ['digitalSignature alone', 0x80, 'IssuerMayNotSign'],
  ])('a key usage of %s', (_what, keyUsage, expected) => {
    expect(verdict(list, [pinned(anAuthority(ca, { keyUsage }))])).toBe(expected);
  });

  test('an expired issuer whose signature is wrong is told as a wrong signature', () => {
    const expired = anAuthority(edwards('ed25519'), { notAfterAt: NOW - DAY_MS });
    expect(verdict(list, [pinned(expired)])).toBe('SignatureWrong');
  });
});

/** With an algorithm that does not exist in the public key. */
function noisyKey(certificate: Buffer): Buffer {
  const at = certificate.indexOf(Buffer.from('302a300506032b6570', 'hex'));
  if (at < 0) throw new Error('no Ed25519 key');
  return Buffer.from(certificate).fill(0x29, at + 6, at + 9);
}

describe('pinned files', () => {
  const ca = anAuthority();
  const why = (bytes: Uint8Array): string => {
    const read = readIssuers({ fileName: 'ca.pem', bytes, mayUseWeakAlgorithms: false });
    return read.map((one) => (one.ok ? 'read' : one.why)).join('; ');
  };

  test('a certificate is read from DER and from PEM alike', () => {
    expect(why(ca.certificate)).toBe('read');
    expect(why(Buffer.from(pem('CERTIFICATE', ca.certificate)))).toBe('read');
  });

  test.each<[string, Uint8Array]>([
    ['nothing', Buffer.alloc(0)],
    ['a certificate with a byte more', Buffer.concat([ca.certificate, Buffer.from([0])])],
    ['17 certificates', Buffer.from(pem('CERTIFICATE', ca.certificate).repeat(17))],
    ['a list', aList(ca)],
    ['a certificate whose key is noise', noisyKey(ca.certificate)],
    ['70,000 bytes', Buffer.alloc(70_000)],
  ])('%s is refused with the name of the file', (_what, bytes) => {
    expect(why(bytes)).toMatch(/^ca\.pem: ./);
  });
});

describe('names for people', () => {
  test('a name is read with its short names', () => {
    expect(nameText(name('Test CA'))).toBe('CN=Test CA');
  });

  test.each([
    ['a terminal escape', 'a\u001b[2Jb', 'a?[2Jb'],
    ['a change of direction', 'a\u202eb', 'a?b'],
    ['a letter without width', 'a\u200bb', 'a?b'],
    ['a filler that is not seen', 'a\u3164b', 'a?b'],
    ['a space that is another one', 'a\u00a0b', 'a?b'],
    ['a line end', 'a\u2028b', 'a?b'],
    ['an umlaut', 'Grüne CA', 'Grüne CA'],
    ['Cyrillic and Latin words', 'Сбер CA', 'Сбер CA'],
    ['Chinese', '上海 CA', '上海 CA'],
    ['a Cyrillic letter in a Latin word', 'Ex\u0430mple CA', 'Ex\\u{430}mple CA'],
    ['a Greek letter in a Latin word', '\u0391cme', '\\u{391}cme'],
  ])('%s in a name is shown so that it can mislead nobody', (_what, text, expected) => {
    expect(nameText(name(text))).toBe(`CN=${expected}`);
  });

  test('bytes that are no name are shown as hex', () => {
    expect(nameText(Buffer.from('ff00', 'hex'))).toBe('ff00');
  });

  test('a name of two-byte characters is read', () => {
    const wide = sequence(
      der(0x31, sequence(oid('2.5.4.3'), der(0x1e, Buffer.from('004300410031', 'hex')))),
    );
    expect(nameText(wide)).toBe('CN=CA1');
  });

  test('a long name is cut at 200 characters', () => {
    expect(nameText(name('x'.repeat(1_000))).length).toBe(200);
    expect(nameText(name(`x${'\u{20000}'.repeat(300)}`))).toMatch(/^CN=x\u{20000}+$/u);
  });
});
