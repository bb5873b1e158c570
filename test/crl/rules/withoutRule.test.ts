/**
 * Goal: no rule of the judge is idle. Method: for each rule a list that breaks it alone: refused with its code by all rules,
 * and published as soon as that one rule is taken away. A rule that is lost turns the test of its name red.
 */
import { describe, expect, test } from '@jest/globals';
import { known } from '../../../lib/core/reading.ts';
import type { KnownCrls } from '../../../lib/crl/rules/input.ts';
import { CRL_RULES, type CrlRule, judgeCrl } from '../../../lib/crl/rules.ts';
import { verifyCrl } from '../../../lib/crl/x509/verify.ts';
import { anAuthority, edwards, pinned } from '../builders/authority.ts';
import { der, extension, sequence } from '../builders/derWriter.ts';
import { nothingBut } from '../builders/known.ts';
import {
  aList,
  anEntry,
  aPoint,
  NOW,
  reasonCode,
  serials,
  strangeExtension,
} from '../builders/list.ts';
import { readList } from '../builders/readList.ts';

const ca = anAuthority();
const renamed = anAuthority(edwards('ed25519'), { commonName: 'Second CA' });
const bare = nothingBut([pinned(ca), pinned(renamed, { fileName: 'second.pem' })]);
const beside = (published: Uint8Array): KnownCrls => ({
  ...bare,
  published: known(published, NOW),
});

interface Break {
  readonly rule: string;
  readonly code: string;
  readonly bytes: Uint8Array;
  readonly fileName?: string;
  readonly lists?: KnownCrls;
}

const eight = { number: 8n, thisUpdateAt: NOW };

const BREAKS: readonly Break[] = [
  { rule: 'judgeFileName', code: 'FileNameUnfit', bytes: aList(ca), fileName: '../ca.crl' },
  {
    rule: 'judgeCritical',
    code: 'CriticalExtensionUnknown',
    bytes: aList(ca, { more: [strangeExtension(true)] }),
  },
  {
    rule: 'judgeIndirect',
    code: 'Indirect',
    bytes: aList(ca, { point: aPoint('http://a.example/', 0x84) }),
  },
  {
    rule: 'judgeRemoval',
    code: 'RemovalInCompleteList',
    bytes: aList(ca, { entries: [anEntry(1n, reasonCode(8))] }),
  },
  {
    rule: 'judgeScope',
    code: 'ScopeContradictory',
    bytes: aList(ca, { point: aPoint('http://a.example/', 0x81, 0x82) }),
  },
  {
    rule: 'judgeThisUpdate',
    code: 'ThisUpdateAhead',
    bytes: aList(ca, { thisUpdateAt: NOW + 5 * 60_000 + 1_000 }),
  },
  { rule: 'judgeNextUpdate', code: 'NextUpdatePassed', bytes: aList(ca, { nextUpdateAt: NOW }) },
  {
    rule: 'judgeIssuerName',
    code: 'IssuerNameOther',
    bytes: aList(renamed, eight),
    lists: beside(aList(ca)),
  },
  {
    rule: 'judgeName',
    code: 'NameNotAllowed',
    bytes: aList(ca),
    lists: { ...bare, publishedAs: () => known('other.crl', NOW) },
  },
  {
    rule: 'judgeForward',
    code: 'NumberNotAhead',
    bytes: aList(ca),
    lists: beside(aList(ca, eight)),
  },
  {
    rule: 'judgeDistributionPoint',
    code: 'DistributionPointOther',
    bytes: aList(ca, { ...eight, point: aPoint('http://b.example/') }),
    lists: beside(aList(ca, { point: aPoint('http://a.example/') })),
  },
  {
    rule: 'judgeMissing',
    code: 'TooManyMissing',
    bytes: aList(ca, { ...eight, serials: serials(89) }),
    lists: beside(aList(ca, { serials: serials(100) })),
  },
  {
    rule: 'judgeDelta',
    code: 'DeltaUnderCompleteName',
    bytes: aList(ca, { ...eight, baseNumber: 7n }),
  },
];

const codes = ({ bytes, fileName = 'ca.crl', lists = bare }: Break, rules: readonly CrlRule[]) => {
  const judged = judgeCrl({ fileName, bytes }, lists, NOW, rules);
  return judged.verdict === 'refuse' ? judged.reasons.map(({ code }) => code) : judged.verdict;
};

test('every rule of the judge has its case here, once', () => {
  expect(BREAKS.map(({ rule }) => rule)).toEqual(CRL_RULES.map(({ name }) => name));
});

describe.each(BREAKS)('$rule', (broken) => {
  test(`alone refuses with ${broken.code}`, () => {
    expect(codes(broken, CRL_RULES)).toEqual([broken.code]);
  });

  test('taken away, lets the list through', () => {
    const rest = CRL_RULES.filter(({ name }) => name !== broken.rule);
    expect(rest.length).toBe(CRL_RULES.length - 1);
    expect(codes(broken, rest)).toBe('publish');
  });
});

describe('the hand', () => {
  const day = 86_400_000;
  const aPin = (spec: Parameters<typeof anAuthority>[1]) => {
    const authority = anAuthority(edwards('ed25519'), spec);
    return { list: aList(authority), issuer: pinned(authority) };
  };
  const right = aPin({});

  /** Each with what would have to be believed of the issuer for the list to pass. */
  test.each([
    [
      'IssuerUnknown',
      { ...right, issuer: pinned(renamed) },
      { name: right.issuer.name, key: right.issuer.key },
    ],
    [
      'SignatureWrong',
      { ...right, issuer: { ...right.issuer, key: pinned(ca).key } },
      { key: right.issuer.key },
    ],
    ['IssuerMayNotSign', aPin({ keyUsage: 0x04 }), { maySignCrls: true }],
    ['IssuerNotYetValid', aPin({ notBeforeAt: NOW + day }), { notBeforeAt: 0 }],
    ['IssuerExpired', aPin({ notAfterAt: NOW - day }), { notAfterAt: Number.MAX_SAFE_INTEGER }],
    [
      'AuthorityKeyOther',
      {
        list: aList(ca, { more: [extension('2.5.29.35', sequence(der(0x80, Buffer.from([7]))))] }),
        issuer: { ...pinned(ca), subjectKeyId: '08' },
      },
      { subjectKeyId: '07' },
    ],
  ])('refuses with %s, and only for that', (reason, { list, issuer }, belief) => {
    const crl = readList(list);
    expect(verifyCrl(crl, [issuer], NOW)).toMatchObject({ ok: false, reason });
    expect(verifyCrl(crl, [{ ...issuer, ...belief }], NOW)).toMatchObject({ ok: true });
  });
});
