/**
 * The one reader and writer of lists that everybody has, as a second opinion in both directions: what OpenSSL signs is
 * read and verified here, and what these tests write is a list to OpenSSL too. Keys and lists are made at run time.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { readEntries } from '../../../lib/crl/x509/entries.ts';
import { readIssuers } from '../../../lib/crl/x509/issuer.ts';
import { verifyCrl } from '../../../lib/crl/x509/verify.ts';
import { anAuthority, edwards } from '../../crl/builders/authority.ts';
import { pem } from '../../crl/builders/derWriter.ts';
import { aList, anEntry, aPoint, reasonCode } from '../../crl/builders/list.ts';
import { readList } from '../../crl/builders/readList.ts';
import { havePrograms, OPENSSL as NEEDED } from '../daemons/debian.ts';
import { didNotRun } from '../didNotRun.ts';

const OPENSSL = 'openssl';
const had = await havePrograms([NEEDED]);
const folder = mkdtempSync(join(tmpdir(), 'crl-openssl-'));
afterAll(() => rmSync(folder, { recursive: true }));

const CONFIG = `
[ca]
default_ca = it
[it]
database = index.txt
crlnumber = crlnumber
default_crl_days = 30
crl_extensions = list
[list]
authorityKeyIdentifier = keyid
issuingDistributionPoint = critical, @point
[bare]
[point]
fullname = URI:http://crl.example/CA+.crl
onlyuser = TRUE
`;
const REVOKED = [
  'R\t300101000000Z\t260102030405Z,keyCompromise\t8001\tunknown\t/CN=one',
  'R\t300101000000Z\t260102030406Z\t02\tunknown\t/CN=two',
  'V\t300101000000Z\t\t03\tunknown\t/CN=good',
];

function openssl(...args: readonly string[]): string {
  const ran = spawnSync(OPENSSL, args, { cwd: folder, encoding: 'utf8' });
  if (ran.status !== 0) throw new Error(`openssl ${args.join(' ')}: ${ran.stderr}`);
  return ran.stdout;
}

interface Kind {
  readonly name: string;
  readonly key: readonly string[];
  readonly sign: readonly string[];
  readonly isWeak?: boolean;
}

const PSS = ['-sigopt', 'rsa_padding_mode:pss', '-sigopt', 'rsa_pss_saltlen:-1'];
const ec = (curve: string): readonly string[] => ['ec', '-pkeyopt', `ec_paramgen_curve:${curve}`];
const KINDS: readonly Kind[] = [
  { name: 'RSA SHA-256', key: ['rsa:2048'], sign: ['-md', 'sha256'] },
  { name: 'RSA SHA-512', key: ['rsa:2048'], sign: ['-md', 'sha512'] },
  { name: 'RSA SHA-1', key: ['rsa:2048'], sign: ['-md', 'sha1'], isWeak: true },
  { name: 'RSA-PSS SHA-256', key: ['rsa:2048'], sign: ['-md', 'sha256', ...PSS] },
  { name: 'RSA-PSS SHA-384', key: ['rsa:2048'], sign: ['-md', 'sha384', ...PSS] },
  { name: 'RSA-PSS key', key: ['rsa-pss'], sign: ['-md', 'sha256', ...PSS] },
  { name: 'ECDSA P-256', key: ec('P-256'), sign: ['-md', 'sha256'] },
  { name: 'ECDSA P-384', key: ec('P-384'), sign: ['-md', 'sha384'] },
  { name: 'ECDSA P-521', key: ec('P-521'), sign: ['-md', 'sha512'] },
  { name: 'Ed25519', key: ['ed25519'], sign: ['-md', 'null'] },
  { name: 'Ed448', key: ['ed448'], sign: ['-md', 'null'] },
];

function make(
  kind: Kind,
  section: string,
): { readonly list: Buffer; readonly certificate: Buffer } {
  writeFileSync(join(folder, 'ca.cnf'), CONFIG);
  writeFileSync(join(folder, 'index.txt'), `${REVOKED.join('\n')}\n`);
  writeFileSync(join(folder, 'crlnumber'), 'FF01\n');
  const own = ['-keyout', 'ca.key', '-out', 'ca.crt', '-subj', '/O=Example/CN=OpenSSL CA'];
  openssl('req', '-x509', '-noenc', '-days', '365', '-newkey', ...kind.key, ...own);
  const by = ['-config', 'ca.cnf', '-cert', 'ca.crt', '-keyfile', 'ca.key', '-out', 'ca.crl'];
  openssl('ca', '-gencrl', '-crlexts', section, ...by, ...kind.sign);
  const made = (file: string) => readFileSync(join(folder, file));
  return { list: made('ca.crl'), certificate: made('ca.crt') };
}

describe('OpenSSL', () => {
  test('is on this machine', () => {
    if (had.kind === 'lacking') didNotRun('CRLs compared with OpenSSL', had.why);
    expect(had.kind === 'lacking' ? had.why : openssl('version')).not.toBe('');
  });

  for (const kind of had.kind === 'lacking' ? [] : KINDS)
    test(`its list signed with ${kind.name} is read and verified, and by no other key`, () => {
      const { list, certificate } = make(kind, 'list');
      const crl = readList(list);
      expect(crl.extensions.number).toBe(0xff01n);
      expect(crl.extensions.distributionPoint?.uris).toEqual(['http://crl.example/CA+.crl']);
      expect(crl.extensions.distributionPoint?.isUsersOnly).toBe(true);
      expect(crl.extensions.authorityKey?.keyId).toMatch(/^[0-9a-f]{40}$/);
      expect([...readEntries(crl.entries)]).toEqual([
        { serial: '02', revokedAt: Date.UTC(2026, 0, 2, 3, 4, 6), reasonCode: null },
        { serial: '008001', revokedAt: Date.UTC(2026, 0, 2, 3, 4, 5), reasonCode: 1 },
      ]);
      const pinned = (mayUseWeakAlgorithms: boolean) => {
        const read = readIssuers({ fileName: 'ca.crt', bytes: certificate, mayUseWeakAlgorithms });
        return read.flatMap((one) => (one.ok ? [one.issuer] : []));
      };
      const now = crl.thisUpdateAt;
      expect(verifyCrl(crl, pinned(true), now).ok).toBe(true);
      expect(verifyCrl(crl, pinned(false), now).ok).toBe(kind.isWeak !== true);
      const stranger = make(kind, 'list').list;
      expect(verifyCrl(readList(stranger), pinned(true), now).ok).toBe(false);
    });

  for (const kind of had.kind === 'lacking' ? [] : KINDS.slice(0, 1))
    test('a list made without extensions but for the number is read', () => {
      const crl = readList(make(kind, 'bare').list);
      expect(crl.extensions.all.map((each) => each.oid)).toEqual(['2.5.29.20']);
    });

  for (const kind of had.kind === 'lacking' ? [] : ['DER', 'PEM'])
    test(`reads what these tests write (${kind}), and verifies it`, () => {
      const ca = anAuthority(edwards('ed25519'));
      const list = aList(ca, {
        number: 2n ** 100n,
        entries: [anEntry(0xabcdn, reasonCode(1))],
        point: aPoint('http://crl.example/x.crl', 0x84),
        nextUpdateAt: Date.UTC(2055, 0, 1),
      });
      writeFileSync(join(folder, 'own.crt'), pem('CERTIFICATE', ca.certificate));
      writeFileSync(join(folder, 'own.crl'), kind === 'PEM' ? pem('X509 CRL', list) : list);
      const text = openssl('crl', '-inform', kind, '-in', 'own.crl', '-noout', '-text');
      expect(text).toContain('Version 2');
      expect(text).toContain('Next Update: Jan  1 00:00:00 2055 GMT');
      expect(text).toContain('Serial Number: ABCD');
      expect(text).toContain('Key Compromise');
      expect(text).toContain('URI:http://crl.example/x.crl');
      expect(text).toContain('Indirect CRL');
      const check = ['crl', '-inform', kind, '-in', 'own.crl', '-noout', '-CAfile', 'own.crt'];
      expect(spawnSync(OPENSSL, check, { cwd: folder, encoding: 'utf8' }).stderr).toContain(
        'verify OK',
      );
    });
});
