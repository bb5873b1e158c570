/**
 * All lists of NIST PKITS against all its authorities. Once by hand (does some key fit?), where names and rights are
 * put aside, and once as the product asks, where each list that is not verified has its expected reason.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { type Issuer, readIssuers } from '../../../lib/crl/x509/issuer.ts';
import { parseCrl } from '../../../lib/crl/x509/parse.ts';
import { verifyCrl } from '../../../lib/crl/x509/verify.ts';

const NOW = Date.UTC(2026, 10, 20);
const ROOT = new URL('../../fixtures/pkits/', import.meta.url);
const files = (folder: string): readonly (readonly [string, Buffer])[] =>
  readdirSync(new URL(folder, ROOT))
    .toSorted()
    .map((file) => [file, readFileSync(new URL(`${folder}/${file}`, ROOT))]);

const lists = files('crls');
const read = files('certs').flatMap(([fileName, bytes]) =>
  readIssuers({ fileName, bytes, mayUseWeakAlgorithms: true }),
);
const issuers: readonly Issuer[] = read.flatMap((each) => (each.ok ? [each.issuer] : []));

/** The reason why a list is not verified; null when it is. */
function reasonOf(bytes: Buffer, byHandOnly: boolean): string | null {
  const parsed = parseCrl(bytes);
  if (!parsed.ok) return `${parsed.reason}: ${parsed.why}`;
  const { issuer: name } = parsed.crl;
  const free = { name, maySignCrls: true, notBeforeAt: 0, notAfterAt: Infinity };
  const among = byHandOnly ? issuers.map((issuer) => ({ ...issuer, ...free })) : issuers;
  const verified = verifyCrl(parsed.crl, among, NOW);
  return verified.ok ? null : verified.reason;
}

const refusals = (byHandOnly: boolean): Readonly<Record<string, string>> =>
  Object.fromEntries(
    lists.flatMap(([file, bytes]) => {
      const reason = reasonOf(bytes, byHandOnly);
      return reason === null ? [] : [[file, reason]];
    }),
  );

describe('NIST PKITS', () => {
  test('of all certificates, one cannot be pinned: its key takes its DSA parameters from above', () => {
    expect(read.length).toBe(182);
    expect(read.flatMap((each) => (each.ok ? [] : [each.why.split(':')[0]]))).toEqual([
      'DSAParametersInheritedCACert.crt',
    ]);
  });

  test('of 173 lists, 171 are signed by the key of some authority', () => {
    expect(lists.length).toBe(173);
    expect(refusals(true)).toEqual({
      // Its signature is broken on purpose: the bit string says that some bits of its last byte do not count.
      'BadCRLSignatureCACRL.crl': 'NotDer: byte 198: a bit string that ends within a byte',
      // The key above cannot be had, and no other fits.
      'DSAParametersInheritedCACRL.crl': 'SignatureWrong',
    });
  });

  test('with names, rights and validity, 165 are verified, and each of the others is refused for its own reason', () => {
    expect(refusals(false)).toEqual({
      'BadCRLIssuerNameCACRL.crl': 'IssuerUnknown',
      'BadCRLSignatureCACRL.crl': 'NotDer: byte 198: a bit string that ends within a byte',
      'BadnotAfterDateCACRL.crl': 'IssuerExpired',
      'BadnotBeforeDateCACRL.crl': 'IssuerNotYetValid',
      'DSAParametersInheritedCACRL.crl': 'IssuerUnknown',
      // The same name, once as PrintableString and once as UTF8String: names are equal when their bytes are.
      'TwoCRLsCABadCRL.crl': 'IssuerUnknown',
      'keyUsageCriticalcRLSignFalseCACRL.crl': 'IssuerMayNotSign',
      'keyUsageNotCriticalcRLSignFalseCACRL.crl': 'IssuerMayNotSign',
    });
  });

  test('no list is verified by the key of another name', () => {
    const strangers = issuers.map((issuer) => ({ ...issuer, name: Buffer.from('3000', 'hex') }));
    const verified = lists.filter(([, bytes]) => {
      const parsed = parseCrl(bytes);
      return parsed.ok && verifyCrl(parsed.crl, strangers, NOW).ok;
    });
    expect(verified).toEqual([]);
  });
});
