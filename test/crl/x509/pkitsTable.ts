/** Writes docs/crl-pkits.md: `node test/crl/x509/pkitsTable.ts`. What was expected stands here, by hand; what is got is asked of the judge. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { known } from '../../../lib/core/reading.ts';
import { CRL_POLICY, judgeCrl } from '../../../lib/crl/rules.ts';
import { type Issuer, readIssuers } from '../../../lib/crl/x509/issuer.ts';

const ROOT = new URL('../../fixtures/pkits/', import.meta.url);
export const PKITS_DOC: URL = new URL('../../../docs/crl-pkits.md', import.meta.url);
const NOW = Date.UTC(2026, 10, 20);

export interface PkitsRow {
  readonly file: string;
  readonly expected: string;
  readonly got: string;
  readonly why: string;
}

const SUSPECT = 'PKITS means it to fail';
const NOT_OURS = 'stricter than PKITS on purpose';

/** Every list that is not to be published, with its reason. The others are. */
const EXPECTED: Readonly<Record<string, readonly [code: string, why: string]>> = {
  'BadCRLIssuerNameCACRL.crl': ['IssuerUnknown', `${SUSPECT}: it names an issuer that nobody is`],
  'BadCRLSignatureCACRL.crl': [
    'NotDer',
    `${SUSPECT}: its signature is broken so that its bit string ends within a byte`,
  ],
  'BadnotAfterDateCACRL.crl': ['IssuerExpired', `${SUSPECT}: its CA's certificate ended in 2011`],
  'BadnotBeforeDateCACRL.crl': [
    'IssuerNotYetValid',
    `${SUSPECT}: its CA's certificate begins in 2047`,
  ],
  'DSAParametersInheritedCACRL.crl': [
    'IssuerUnknown',
    `${NOT_OURS}: its CA takes its DSA parameters from the one above, and cannot be pinned by its certificate alone`,
  ],
  'OldCRLnextUpdateCACRL.crl': ['NextUpdatePassed', `${SUSPECT}: it ended in 2010`],
  'TwoCRLsCABadCRL.crl': [
    'IssuerUnknown',
    `${SUSPECT}: the bad one of two, by an issuer of another name`,
  ],
  'UnknownCRLEntryExtensionCACRL.crl': [
    'CriticalExtensionUnknown',
    `${SUSPECT}: an entry has a critical extension that nobody knows`,
  ],
  'UnknownCRLExtensionCACRL.crl': [
    'CriticalExtensionUnknown',
    `${SUSPECT}: it has a critical extension that nobody knows`,
  ],
  'deltaCRLCA3CRL.crl': ['NextUpdatePassed', `${SUSPECT}: it ended in June 2010`],
  'deltaCRLCA3deltaCRL.crl': [
    'DeltaBaseAhead',
    `${SUSPECT}: it builds on a later complete list than the one that is there`,
  ],
  'deltaCRLIndicatorNoBaseCACRL.crl': [
    'DeltaUnderCompleteName',
    `${SUSPECT}: a delta without any base, under a complete list's name`,
  ],
  'indirectCRLCA1CRL.crl': ['Indirect', `${NOT_OURS}: indirect CRLs are not supported`],
  'indirectCRLCA3cRLIssuerCRL.crl': ['Indirect', `${NOT_OURS}: indirect CRLs are not supported`],
  'indirectCRLCA4cRLIssuerCRL.crl': ['Indirect', `${NOT_OURS}: indirect CRLs are not supported`],
  'indirectCRLCA5CRL.crl': ['Indirect', `${NOT_OURS}: indirect CRLs are not supported`],
  'keyUsageCriticalcRLSignFalseCACRL.crl': [
    'IssuerMayNotSign',
    `${SUSPECT}: its CA's key usage is without cRLSign`,
  ],
  'keyUsageNotCriticalcRLSignFalseCACRL.crl': [
    'IssuerMayNotSign',
    `${SUSPECT}: its CA's key usage is without cRLSign`,
  ],
  'pre2000CRLnextUpdateCACRL.crl': ['NextUpdatePassed', `${SUSPECT}: it ended in 1999`],
};

const DELTA = /^(deltaCRLCA\d)deltaCRL\.crl$/;

const read = (path: string): Buffer => readFileSync(new URL(path, ROOT));

const pinnedIssuers = (): readonly Issuer[] =>
  readdirSync(new URL('certs', ROOT))
    .flatMap((fileName) =>
      readIssuers({ fileName, bytes: read(`certs/${fileName}`), mayUseWeakAlgorithms: true }),
    )
    .flatMap((one) => (one.ok ? [one.issuer] : []));

/** Ordered by file. Deltas are judged as NAME+.crl, beside their base. */
export function pkitsRows(): readonly PkitsRow[] {
  const issuers = pinnedIssuers();
  const nothing = known(null, NOW);
  return readdirSync(new URL('crls', ROOT))
    .toSorted()
    .map((file) => {
      const baseOf = DELTA.exec(file)?.[1];
      const base = baseOf === undefined ? nothing : known(read(`crls/${baseOf}CRL.crl`), NOW);
      const fileName = baseOf === undefined ? file : `${baseOf}CRL+.crl`;
      const lists = {
        published: nothing,
        base,
        highWater: nothing,
        issuers,
        publishedAs: () => nothing,
        policy: CRL_POLICY,
      };
      const judged = judgeCrl({ fileName, bytes: read(`crls/${file}`) }, lists, NOW);
      const [code, reason] = EXPECTED[file] ?? ['published', null];
      return {
        file,
        expected: code,
        got:
          judged.verdict === 'refuse'
            ? judged.reasons.map((one) => one.code).join(', ')
            : 'published',
        why:
          reason ??
          (baseOf === undefined
            ? 'a right list, by its own CA'
            : `a right delta, as ${fileName} beside its base`),
      };
    });
}

export function pkitsDoc(): string {
  const rows = pkitsRows();
  const refused = rows.filter(({ got }) => got !== 'published');
  const row = ({ file, expected, got, why }: PkitsRow) =>
    `| ${file} | ${expected} | ${got} | ${why} |`;
  return [
    '# What the judge says of NIST PKITS',
    '',
    'Made by `node test/crl/x509/pkitsTable.ts`; a test keeps it true. All certificates of the suite that can be are pinned, those that sign with what is weak today under `issuers/weak/`; nothing is published before; the time is 2026-11-20T00:00Z.',
    `Of ${rows.length} lists, ${rows.length - refused.length} are published and ${refused.length} refused. "Expected" was written by hand from what each list is made to show.`,
    '',
    '| file | expected | got | why |',
    '|---|---|---|---|',
    ...[...refused, ...rows.filter(({ got }) => got === 'published')].map(row),
    '',
  ].join('\n');
}

if (import.meta.main) writeFileSync(PKITS_DOC, pkitsDoc());
