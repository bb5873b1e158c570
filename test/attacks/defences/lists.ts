/** What stands against each attack of lists.ts. */
import type { Defence } from '../cut.ts';

export const LISTS: readonly Defence[] = [
  [
    'one answer in which the published list is gone',
    [
      {
        file: 'lib/core/agreed.ts',
        defence: 'if (!first.known || isExpected(first.value)) return first;',
        without: 'return first;',
      },
    ],
    /it is lost, it says/,
  ],
  [
    '400 uploads with names of 1,000 characters',
    [
      {
        file: 'lib/crl/state.ts',
        defence: 'const OCTETS_KEPT = 250_000;',
        without: 'const OCTETS_KEPT = 1e9;',
      },
    ],
    /no memory can be kept/,
  ],
  [
    'a 10 MiB upload of white space and base64',
    [
      {
        file: 'lib/crl/x509/pem.ts',
        defence: 'function decode(text: Buffer, where: string): Buffer {\n  const out',
        without:
          "function decode(raw: Buffer, where: string): Buffer {\n  const text = Buffer.from(raw.toString('latin1').split(/\\s+/).join(''));\n  const out",
      },
    ],
    /died: .*ERR_WORKER_OUT_OF_MEMORY|died: .*memory/,
  ],
  [
    'junk beside a known list, whose reading stops the function',
    [
      {
        file: 'lib/watcher/scopes/crls.ts',
        defence: 'isKnownOnly: looks === 1 };',
        without: 'isKnownOnly: false };',
      },
    ],
    /waits behind the junk/,
  ],
  [
    'another pinned CA’s list under a name that is published',
    [
      {
        file: 'lib/crl/rules.ts',
        defence: '  judgeIssuerName,\n  judgeName,',
        without: '  judgeName,',
      },
    ],
    /another CA’s list/,
  ],
  [
    'another pinned CA’s list under a name that a file reserves, before its first use',
    [
      {
        file: 'lib/crl/rules/names.ts',
        defence: 'if (other !== undefined) {',
        without: 'if (other === null) {',
      },
    ],
    /the name is taken/,
  ],
  [
    'one listing of the issuers without the file that reserves a name',
    [
      {
        file: 'lib/crl/observe/confirmed.ts',
        defence: '{ isExpected: () => false, gist: listed }',
        without: '{ isExpected: () => true, gist: listed }',
      },
    ],
    /the name is taken/,
  ],
  [
    'a stored memory that calls a new list judged',
    [
      {
        file: 'lib/crl/observe/file.ts',
        defence: 'publishedAt >= arrival.modifiedAt &&',
        without: '',
      },
    ],
    /keep the old list/,
  ],
  [
    'a name that was squatted, after vpn-medic crl forget',
    [
      {
        file: 'lib/crl/assess/verdicts.ts',
        defence: 'memo.known && memo.value.forgottenSha256 === sha256;',
        without: "memo.known && sha256 === '';",
      },
    ],
    /refused for good/,
  ],
  [
    'publication that stops altogether',
    [
      {
        file: 'lib/monitors/catalogue.ts',
        defence: "periodS: 3_600,\n      periods: 3,\n      whenMissing: 'breaching',",
        without: "periodS: 3_600,\n      periods: 3,\n      whenMissing: 'notBreaching',",
      },
    ],
    /no alarm/,
  ],
  [
    'publication whose every scheduled run dies',
    [
      {
        file: 'lib/monitors/functionAlarms.ts',
        defence: 'const periodS = everyS === 900 ? 900 : 300;',
        without: 'const periodS = 300;',
      },
    ],
    /no alarm/,
  ],
  [
    'publication that stops while a list is about to end',
    [
      {
        file: 'lib/monitors/catalogue.ts',
        defence: "whenMissing: 'ignore',",
        without: "whenMissing: 'notBreaching',",
      },
    ],
    /ends by the silence/,
  ],
];
