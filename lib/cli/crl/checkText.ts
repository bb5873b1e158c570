/** The report of `crl check` as text. Pure. */

import { colour, type Words } from '../output/colour.ts';
import { type Block, blank, line, table } from '../output/textBlocks.ts';
import type { CrlCheckReport, ListReport } from './check.ts';

export function writeCrlCheck(report: CrlCheckReport): readonly Block[] {
  const { list, reasons, unasked } = report;
  return [
    line(headline(report)),
    ...(list === null ? [] : [blank, table(['LIST', ''], rowsOf(list))]),
    ...(reasons.length === 0
      ? []
      : [
          blank,
          table(
            ['RULE', 'WHY', 'DO'],
            reasons.map(({ code, why, fix }) => [colour('bad', code), why, fix]),
          ),
        ]),
    blank,
    line('Not checked here:'),
    ...unasked.map((one) => line(`- ${one}`, 2)),
  ];
}

function headline({ verdict, fileName }: CrlCheckReport): Words {
  switch (verdict) {
    case 'accepted':
      return [colour('good', 'Accepted: '), `${fileName} would be published.`];
    case 'published already':
      return [colour('good', 'The same: '), `${fileName} is published already.`];
    case 'refused':
      return [
        colour('bad', 'Refused: '),
        `${fileName} would not be published; the published list stays.`,
      ];
    case 'cannot tell':
      return [colour('warn', 'Cannot tell: '), `${fileName} breaks no rule that could be checked.`];
    default:
      return verdict satisfies never;
  }
}

const rowsOf = (list: ListReport): readonly (readonly Words[])[] => [
  ['issuer', list.issuer],
  ['signed by', list.signedBy ?? 'not verified'],
  [
    'number',
    `${list.number ?? 'none'}${list.baseNumber === null ? '' : `, a delta on ${list.baseNumber}`}`,
  ],
  ['this update', list.thisUpdate],
  ...(list.nextPublish === null ? [] : [['next one announced', list.nextPublish]]),
  ['valid until', list.nextUpdate ?? 'not stated'],
  ['entries', String(list.entries)],
  ...(list.distributionPoints.length === 0
    ? []
    : [['distribution point', list.distributionPoints.join(' ')]]),
  ['bytes', String(list.octets)],
  ['SHA-256', list.sha256],
  ['Client VPN', list.fitsEndpoint ? 'fits an endpoint' : 'does not fit an endpoint'],
];
