/**
 * Goal: no list is published that OpenSSL-based clients would not use. Method: lists of every shape that a seed draws, by
 * CAs of every algorithm, judged here and by `openssl verify -crl_check` of a user whose certificate names the published
 * address. Where the two disagree, the reason code or the warning is the name of the disagreement, or the test fails.
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { isNativeError } from 'node:util/types';
import { afterAll, describe, expect, test } from '@jest/globals';
import { odditiesOf } from '../../../lib/crl/rules/oddities.ts';
import { judgeCrl } from '../../../lib/crl/rules.ts';
import { pemOf } from '../../../lib/crl/x509/pem.ts';
import { type Random, seededRandom } from '../../../lib/simulator/random.ts';
import {
  type Authority,
  anAuthority,
  ecdsa,
  edwards,
  pinned,
  pss,
  rsa,
  type Signer,
} from '../../crl/builders/authority.ts';
import {
  der,
  extension,
  integer,
  name,
  nothing,
  octets,
  oid,
  pem,
  sequence,
} from '../../crl/builders/derWriter.ts';
import { nothingBut } from '../../crl/builders/known.ts';
import { aLeaf } from '../../crl/builders/leaf.ts';
import {
  aList,
  anEntry,
  aPoint,
  DAY_MS,
  type ListSpec,
  NOW,
  reasonCode,
  strangeExtension,
} from '../../crl/builders/list.ts';
import { havePrograms, OPENSSL as NEEDED } from '../daemons/debian.ts';
import { didNotRun } from '../didNotRun.ts';

const LISTS = 10_000;
const AT_ONCE = 4;
const ADDRESS = 'http://crl.example.com/ca.crl';
const LEAF = 5n;
const SKI = Buffer.from('a1b2c3d4', 'hex');

const had = await havePrograms([NEEDED]);
const folder = mkdtempSync(join(tmpdir(), 'crl-differential-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** NULL as parameters, which ECDSA has none of: some CAs write it so. */
const withNull = (signer: Signer, id: string): Signer => ({
  ...signer,
  algorithm: sequence(oid(id), nothing),
});

const SIGNERS: readonly (readonly [string, () => Signer])[] = [
  ['rsa', () => rsa('sha256')],
  ['rsa-sha384', () => rsa('sha384')],
  ['rsa-sha512', () => rsa('sha512')],
  ['rsa-sha1', () => rsa('sha1')],
  ['pss', () => pss('sha256')],
  ['pss-sha512', () => pss('sha512')],
  ['p256', () => ecdsa('prime256v1', 'sha256')],
  ['p256-null', () => withNull(ecdsa('prime256v1', 'sha256'), '1.2.840.10045.4.3.2')],
  ['p256-sha512', () => ecdsa('prime256v1', 'sha512')],
  ['p384', () => ecdsa('secp384r1', 'sha384')],
  ['p521', () => ecdsa('secp521r1', 'sha512')],
  ['k1', () => ecdsa('secp256k1', 'sha256')],
  ['brainpool', () => ecdsa('brainpoolP256r1', 'sha256')],
  ['brainpool-384', () => ecdsa('brainpoolP384r1', 'sha384')],
  ['ed25519', () => edwards('ed25519')],
  ['ed448', () => edwards('ed448')],
];

/** Stricter here than OpenSSL, each for a reason that docs/runbook.md gives. */
const STRICTER: ReadonlySet<string> = new Set([
  'NextUpdateMissing',
  'RemovalInCompleteList',
  'VersionUnfit',
  'DeltaUnderCompleteName',
  'Indirect',
  'ExtensionUnfit',
  'ThisUpdateAhead',
  'WeakAlgorithm',
]);

const typed = (type: number, text: string): Buffer =>
  sequence(der(0x31, sequence(oid('2.5.4.3'), der(type, Buffer.from(text)))));

const keyId = (bytes: Buffer): Buffer => der(0x80, bytes);
const authority = (...parts: readonly Uint8Array[]): Buffer =>
  extension('2.5.29.35', sequence(...parts));
const issuerAnd = (common: string, serial: number): readonly Buffer[] => [
  der(0xa1, der(0xa4, name(common))),
  der(0x82, Buffer.from([serial])),
];

interface Drawn {
  readonly list: Buffer;
  readonly shape: string;
}

const NAMES: Readonly<Record<string, Buffer>> = {
  same: name('Test CA'),
  printable: typed(0x13, 'Test CA'),
  case: typed(0x0c, 'TEST ca'),
  spaces: typed(0x13, '  Test   CA '),
  t61: typed(0x14, 'Test CA'),
  bmp: typed(0x1e, Buffer.from('Test CA', 'utf16le').swap16().toString('latin1')),
  other: name('Test CB'),
};
const KEYS: Readonly<Record<string, readonly Buffer[]>> = {
  none: [],
  right: [authority(keyId(SKI))],
  wrong: [authority(keyId(Buffer.from('a1b2c3d5', 'hex')))],
  certificate: [authority(...issuerAnd('Test CA', 1))],
  'certificate in capitals': [authority(...issuerAnd('TEST CA', 1))],
  'another serial': [authority(...issuerAnd('Test CA', 2))],
  'another issuer': [authority(...issuerAnd('Other', 1))],
  empty: [authority()],
};
const flags = (...tags: readonly number[]): Buffer =>
  sequence(...tags.map((tag) => der(tag, Buffer.from([0xff]))));
const POINTS: Readonly<Record<string, Buffer | null>> = {
  none: null,
  address: aPoint(ADDRESS),
  'address, users': aPoint(ADDRESS, 0x81),
  elsewhere: aPoint('https://ca.example.com/1.0/crl', 0x81),
  users: flags(0x81),
  attributes: flags(0x85),
  'users and authorities': flags(0x81, 0x82),
  'users and attributes': flags(0x81, 0x85),
  reasons: sequence(der(0x83, Buffer.from([1, 0x60]))),
  indirect: flags(0x84),
};
const ENTRIES: Readonly<Record<string, readonly Uint8Array[]>> = {
  none: [],
  leaf: [anEntry(LEAF)],
  others: [anEntry(1n), anEntry(2n, reasonCode(1))],
  zero: [anEntry(0n), anEntry(0n)],
  'critical reason': [anEntry(1n, reasonCode(1, true))],
  'reason 7': [anEntry(1n, reasonCode(7))],
  'reason as integer': [anEntry(1n, extension('2.5.29.21', Buffer.from('020101', 'hex')))],
  removal: [anEntry(1n, reasonCode(8))],
  'no extensions': [
    sequence(integer(1), Buffer.from('170d3236303130323033303430355a', 'hex'), sequence()),
  ],
  'strange, critical': [anEntry(1n, strangeExtension(true))],
  strange: [anEntry(1n, strangeExtension(false))],
  foreign: [anEntry(1n, extension('2.5.29.29', sequence(der(0xa4, name('Other'))), true))],
  twice: [anEntry(1n, reasonCode(1), reasonCode(1))],
};
const LISTWIDE: Readonly<Record<string, Partial<ListSpec>>> = {
  plain: {},
  'no number': { number: null },
  'no next update': { nextUpdateAt: null },
  expired: { thisUpdateAt: NOW - 9 * DAY_MS, nextUpdateAt: NOW - DAY_MS },
  future: { thisUpdateAt: NOW + DAY_MS },
  'version 1': { version: null },
  delta: { baseNumber: 6n },
  'number critical': { number: null, more: [extension('2.5.29.20', integer(7), true)] },
  'alternative name critical': {
    more: [extension('2.5.29.18', sequence(der(0x82, Buffer.from('ca.example'))), true)],
  },
  'strange critical': { more: [strangeExtension(true)] },
  strange: { more: [strangeExtension(false)] },
};

/** Mostly the first kind of each, so that a list breaks one or two things rather than all. */
function pick<T>(random: Random, kinds: Readonly<Record<string, T>>): readonly [string, T] {
  const all = Object.entries(kinds);
  const chosen = random.chance(0.6) ? all[0] : random.pick(all);
  if (chosen === undefined) throw new Error('no kind');
  return chosen;
}

function draw(random: Random, ca: Authority, thief: Authority): Drawn {
  const [issuer, by] = pick(random, NAMES);
  const [key, ids] = pick(random, KEYS);
  const [where, point] = pick(random, POINTS);
  const [what, entries] = pick(random, ENTRIES);
  const [how, spec] = pick(random, LISTWIDE);
  const isForged = random.chance(0.03);
  const { more = [], ...rest } = spec;
  const list = aList(
    { ...(isForged ? thief : ca), name: by },
    { point, entries, more: [...ids, ...more], ...rest },
  );
  const shape = `${isForged ? 'forged, ' : ''}issuer ${issuer}, key ${key}, point ${where}, entries ${what}, ${how}`;
  return { list, shape };
}

const run = promisify(execFile);

/** Whether OpenSSL uses the list for this user: it says good or revoked by it. */
async function isUsed(list: Buffer, ca: string, leaf: string, id: string): Promise<boolean> {
  const file = join(folder, `${id}.crl.pem`);
  writeFileSync(file, pemOf(list));
  const at = String(NOW / 1_000);
  const args = ['verify', '-attime', at, '-CAfile', ca, '-CRLfile', file, '-crl_check', leaf];
  try {
    await run('openssl', args);
    return true;
  } catch (error) {
    const said = isNativeError(error) ? `${Reflect.get(error, 'stderr')}` : '';
    const codes = [...said.matchAll(/^error (\d+) at/gm)].map(([, code]) => code);
    return codes.length === 1 && codes[0] === '23';
  } finally {
    rmSync(file);
  }
}

/** A CA as OpenSSL wants one, in a file, and a user's certificate beside it. */
function makeChain(kind: string, make: () => Signer, crlUrl: string | null) {
  const more = [
    extension('2.5.29.14', octets(SKI)),
    extension('2.5.29.19', sequence(der(0x01, Buffer.from([0xff]))), true),
  ];
  const ca = anAuthority(make(), { more });
  const file = (what: string) => join(folder, `${kind}.${what}.pem`);
  writeFileSync(file('ca'), pem('CERTIFICATE', ca.certificate));
  writeFileSync(file('leaf'), pem('CERTIFICATE', aLeaf(ca, LEAF, crlUrl)));
  return { ca, thief: anAuthority(edwards('ed25519'), { more }), file };
}

async function compare(
  kind: string,
  make: () => Signer,
  count: number,
): Promise<readonly string[]> {
  const random = seededRandom(`differential ${kind}`);
  const { ca, thief, file } = makeChain(kind, make, ADDRESS);
  const lists = nothingBut([pinned(ca)]);
  const disagreements: string[] = [];
  let done = 0;
  const worker = async (id: number) => {
    for (let at = done++; at < count; at = done++) {
      const { list, shape } = draw(random, ca, thief);
      const used = await isUsed(list, file('ca'), file('leaf'), `${kind}-${id}`);
      const judged = judgeCrl({ fileName: 'ca.crl', bytes: list }, lists, NOW);
      if (judged.verdict === 'refuse') {
        const isNamed = judged.reasons.some(({ code }) => STRICTER.has(code));
        if (used && !isNamed)
          disagreements.push(
            `used, refused ${judged.reasons.map(({ code }) => code).join(' ')}: ${shape}`,
          );
      } else if (
        !used &&
        !odditiesOf(judged.crl, ADDRESS).some(({ code }) => code === 'ScopeNarrow')
      )
        disagreements.push(`published, not used: ${shape}`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, (_, id) => worker(id)));
  return [...new Set(disagreements)];
}

describe('lists judged here and by openssl verify -crl_check', () => {
  test('OpenSSL is on this machine', () => {
    if (had.kind === 'lacking') didNotRun('CRLs compared with openssl verify', had.why);
    expect(had.kind).toBeDefined();
  });

  for (const [kind, make] of had.kind === 'lacking' ? [] : SIGNERS)
    test(`${kind}: of ${LISTS / SIGNERS.length} none without a named reason is judged otherwise`, async () => {
      expect(await compare(kind, make, LISTS / SIGNERS.length)).toEqual([]);
    }, 300_000);

  /** As step-ca writes it: authority key identifier, and a critical distribution point for users only. */
  const likeStepCa = (idpUrl: string): Partial<ListSpec> => ({
    entries: [anEntry(1n)],
    point: aPoint(idpUrl, 0x81),
    more: [authority(keyId(SKI))],
  });

  for (const [what, idpUrl, crlUrl, isTaken] of had.kind === 'lacking'
    ? []
    : ([
        ['as docs/crl.md sets it up is used', ADDRESS, ADDRESS, true],
        ['with its own address is not', 'https://ca.example.com/1.0/crl', ADDRESS, false],
        ['is not used for a certificate that names no address', ADDRESS, null, false],
      ] as const))
    test(`step-ca's list ${what}`, async () => {
      const { ca, file } = makeChain('step', () => ecdsa('prime256v1', 'sha256'), crlUrl);
      const list = aList(ca, likeStepCa(idpUrl));
      expect(await isUsed(list, file('ca'), file('leaf'), 'step')).toBe(isTaken);
      const page = readFileSync(new URL('../../../docs/crl.md', import.meta.url), 'utf8');
      expect(page).toContain('"idpURL": "http://HOST/ca.crl"');
      expect(page).toContain('"crlDistributionPoints": ["http://HOST/ca.crl"]');
    });
});
