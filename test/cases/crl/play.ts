/** Plays uploads of a field case on simulated buckets, by a clock at 2026-11-28T12:30Z. */
import { readFileSync } from 'node:fs';
import { known } from '../../../lib/core/reading.ts';
import { CRL_POLICY, type Judgement, judgeCrl } from '../../../lib/crl/rules.ts';
import { readIssuers } from '../../../lib/crl/x509/issuer.ts';
import { parseCrl } from '../../../lib/crl/x509/parse.ts';
import { aCrlFixture, type CrlFixture, look } from '../../builders/crls.ts';
import { HOUR_MS } from '../../crl/builders/list.ts';

export const CASE_NOW: number = Date.UTC(2026, 10, 28, 12, 30);

/** A file of `inputs`: `17-small-list-one-certificate-expired/ca.crt`. */
export const input = (path: string): Buffer =>
  readFileSync(new URL(`inputs/${path}`, import.meta.url));

/** A publisher with these files pinned, and nothing published. */
export function aCase(...pins: readonly string[]): CrlFixture {
  const fixture = aCrlFixture(undefined, CASE_NOW);
  fixture.source.remove('issuers/ca.pem');
  for (const pin of pins)
    fixture.source.drop(`issuers/${pin.split('/').at(-1) ?? pin}`, input(pin));
  return fixture;
}

/** Each hour one scheduled pass. */
export async function hours(fixture: CrlFixture, count: number): Promise<void> {
  for (let hour = 0; hour < count; hour += 1) {
    fixture.clock.jumpWall(HOUR_MS);
    await look(fixture);
  }
}

/** The DER of what a file holds. */
export function derOf(path: string): Uint8Array {
  const parsed = parseCrl(input(path));
  if (!parsed.ok) throw new Error(`${path}: ${parsed.why}`);
  return Uint8Array.from(parsed.crl.der);
}

/** Judges a file as `ca.crl`, with the certificates of one file pinned. */
export function judged(list: string, pin: string, published: string | null = null): Judgement {
  const issuers = readIssuers({
    fileName: pin.split('/').at(-1) ?? pin,
    bytes: input(pin),
    mayUseWeakAlgorithms: false,
  }).flatMap((read) => (read.ok ? [read.issuer] : []));
  const nothing = known(null, CASE_NOW);
  return judgeCrl(
    { fileName: 'ca.crl', bytes: input(list) },
    {
      published: published === null ? nothing : known(input(published), CASE_NOW),
      base: nothing,
      highWater: nothing,
      issuers,
      publishedAs: () => nothing,
      policy: CRL_POLICY,
    },
    CASE_NOW,
  );
}

/** `published`, or why not: `NumberNotAhead`, … */
export const verdictOf = (judgement: Judgement): string =>
  judgement.verdict === 'refuse'
    ? judgement.reasons.map(({ code }) => code).join(' ')
    : judgement.verdict;
