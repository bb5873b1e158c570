/** Goal: each refused upload is notified at once, and a private key is called one. Method: the whole publisher on simulated buckets. */
import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { aCrlFixture, type CrlFixture, look, notified, upload } from '../builders/crls.ts';
import { anAuthority, edwards } from './builders/authority.ts';
import { pem } from './builders/derWriter.ts';
import { aList, MINUTE_MS } from './builders/list.ts';

const stranger = anAuthority(edwards('ed25519'), { commonName: 'Stranger CA' });
const refusedList = (number: number) => aList(stranger, { number: BigInt(number) });
const REFUSED = 'opened ca.crl CrlIssuerUnknown';
const AGAIN = 'updated ca.crl CrlIssuerUnknown';

async function uploads(fixture: CrlFixture, files: readonly Uint8Array[], everyMs: number) {
  for (const file of files) {
    await upload(fixture, 'ca.crl', file);
    fixture.clock.jumpWall(everyMs);
  }
}

describe('a file that is refused again', () => {
  test('with another content is notified at once, for the same reason too', async () => {
    const fixture = aCrlFixture();
    await uploads(fixture, [1, 2, 3].map(refusedList), 10 * MINUTE_MS);
    expect(notified(fixture)).toEqual([REFUSED, AGAIN, AGAIN]);
    expect(new Set(fixture.notifications.sent.map(({ text }) => text)).size).toBe(3);
  });

  test('with the same content, or looked at again, is not', async () => {
    const fixture = aCrlFixture();
    await uploads(fixture, [1, 1, 1].map(refusedList), 10 * MINUTE_MS);
    await look(fixture);
    expect(notified(fixture)).toEqual([REFUSED]);
  });

  test('every minute for a day is notified less and less often, 30 times at most', async () => {
    const fixture = aCrlFixture();
    await uploads(
      fixture,
      Array.from({ length: 1_440 }, (_, index) => refusedList(index + 1)),
      MINUTE_MS,
    );
    expect(notified(fixture).length).toBeGreaterThan(10);
    expect(notified(fixture).length).toBeLessThanOrEqual(30);
  });

  test('after six were refused at once and are in one notification, is notified by itself', async () => {
    const fixture = aCrlFixture();
    const names = Array.from({ length: 6 }, (_, index) => `ca${index}.crl`);
    for (const [index, name] of names.entries())
      fixture.source.drop(`inbox/${name}`, refusedList(index + 1));
    await look(fixture);
    expect(notified(fixture).length).toBe(1);
    await upload(fixture, 'ca5.crl', refusedList(50));
    expect(notified(fixture).slice(1)).toEqual(['updated ca5.crl CrlIssuerUnknown']);
    for (const name of names) fixture.source.remove(`inbox/${name}`);
    for (let check = 0; check < 2; check += 1) {
      fixture.clock.jumpWall(15 * MINUTE_MS);
      await look(fixture);
    }
    expect(notified(fixture).slice(2)).toEqual(['resolved ca0.crl CrlIssuerUnknown']);
  });
});

describe('a private key in the inbox', () => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
  const cipher = { cipher: 'aes-256-cbc', passphrase: 'x' } as const;
  const list = aList(anAuthority());
  const KEYS: readonly (readonly [string, Uint8Array | string])[] = [
    ['PKCS #8', privateKey.export({ type: 'pkcs8', format: 'pem' })],
    ['PKCS #8 in DER', privateKey.export({ type: 'pkcs8', format: 'der' })],
    ['PKCS #1', privateKey.export({ type: 'pkcs1', format: 'pem' })],
    ['PKCS #1 in DER', privateKey.export({ type: 'pkcs1', format: 'der' })],
    ['encrypted', privateKey.export({ type: 'pkcs8', format: 'pem', ...cipher })],
    ['encrypted in DER', privateKey.export({ type: 'pkcs8', format: 'der', ...cipher })],
    ['OpenSSH', pem('OPENSSH PRIVATE KEY', Buffer.from('openssh-key-v1'))],
    [
      'of OpenVPN',
      '-----BEGIN OpenVPN Static key V1-----\n00\n-----END OpenVPN Static key V1-----\n',
    ],
    ['in UTF-16', Buffer.from(`\ufeff${pem('PRIVATE KEY', Buffer.from('x'))}`, 'utf16le')],
    ['beside a right list', pem('X509 CRL', list) + pem('EC PRIVATE KEY', Buffer.from('x'))],
  ];

  test.each(KEYS)('is refused as one: %s', async (_, file) => {
    const fixture = aCrlFixture();
    await upload(fixture, 'ca.crl', Buffer.from(file));
    expect(notified(fixture)).toEqual(['opened ca.crl CrlPrivateKey']);
    const text = fixture.notifications.sent[0]?.text ?? '';
    expect(text).toContain('Treat this key as disclosed');
    expect(text).toMatch(
      /Command: aws s3api delete-object .*--key inbox\/ca\.crl --version-id \S+/,
    );
  });

  test.each<[string, Uint8Array | string, string]>([
    ['a public key', publicKey.export({ type: 'spki', format: 'pem' }), 'CrlNotOnePemBlock'],
    ['a public key in DER', publicKey.export({ type: 'spki', format: 'der' }), 'CrlNotDer'],
    ['a certificate', anAuthority().certificate, 'CrlNotDer'],
  ])('is not what %s is called', async (_, file, reason) => {
    const fixture = aCrlFixture();
    await upload(fixture, 'ca.crl', Buffer.from(file));
    expect(notified(fixture)).toEqual([`opened ca.crl ${reason}`]);
  });

  const KEY = Buffer.from(KEYS[0]?.[1] ?? '');

  test('among the pinned issuers is called one, too', async () => {
    const fixture = aCrlFixture();
    fixture.source.drop('issuers/ca.key', KEY);
    await look(fixture);
    expect(notified(fixture)).toEqual(['opened crl:issuers ca.key CrlPrivateKey']);
    expect(fixture.notifications.sent[0]?.text).toContain('Treat this key as disclosed');
  });

  test.each(['before', 'behind'])(
    'among the pinned issuers, %s its certificate: notified until it is gone, and the certificate stays pinned',
    async (where) => {
      const fixture = aCrlFixture();
      const certificate = Buffer.from(pem('CERTIFICATE', fixture.ca.certificate));
      const both = where === 'before' ? [KEY, certificate] : [certificate, KEY];
      fixture.source.drop('issuers/ca.pem', Buffer.concat(both));
      await upload(fixture, 'ca.crl', aList(fixture.ca));
      expect(notified(fixture)).toEqual(['opened crl:issuers ca.pem CrlPrivateKey']);
      expect(fixture.stateStore.bytes('ca.crl')).not.toBe(null);
      fixture.source.drop('issuers/ca.pem', certificate);
      await look(fixture);
      fixture.clock.jumpWall(MINUTE_MS);
      await look(fixture);
      expect(notified(fixture)).toContain('resolved crl:issuers ca.pem CrlPrivateKey');
    },
  );
});
