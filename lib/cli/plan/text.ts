/** The plan as text. Pure. */
import { describeMs } from '../../core/time.ts';
import { type Colour, colour } from '../output/colour.ts';
import { type Block, blank, count, line, table, title } from '../output/textBlocks.ts';
import type { PlanReport } from './report.ts';

export function writePlan(report: PlanReport): readonly Block[] {
  const { what, appliances, accountId, region, source, assumed } = report;
  return [
    title(`If ${what.join(' and ')} failed now`),
    line(
      `Account ${accountId || 'unknown'}, ${region}, ${SOURCES[source]}. ${count(appliances.length, 'appliance')} would be down: ${appliances.map(({ name }) => name).join(', ')}.`,
    ),
    ...(assumed
      ? [line('Assumed: the other appliances are healthy where nothing says otherwise.')]
      : []),
    ...writeRoutes('Would move, in this order', 'good', report.moves),
    ...writeRoutes(
      'Would move if the target answers the deployed probes (it did not answer here)',
      'warn',
      report.uncertain,
    ),
    ...writeLost(report),
    ...writeResult(report),
  ];
}

const SOURCES: Readonly<Record<PlanReport['source'], string>> = {
  account: 'as it is now',
  snapshot: 'as in the snapshot',
};

function writeRoutes(heading: string, of: Colour, moves: PlanReport['moves']): readonly Block[] {
  if (moves.length === 0) return [];
  return [
    blank,
    title([colour('strong', `${heading} `), colour(of, `(${count(moves.length, 'route')})`)]),
    table(
      ['TABLE', 'DESTINATION', 'FROM', 'TO', 'IN ZONE'],
      moves.map((move) => [
        move.tableName,
        move.destination,
        move.fromName,
        move.toName,
        move.toZone,
      ]),
    ),
  ];
}

function writeLost({ lost }: PlanReport): readonly Block[] {
  if (lost.length === 0) return [];
  return [
    blank,
    title([
      colour('strong', 'No healthy next hop '),
      colour('bad', `(${count(lost.length, 'route')})`),
    ]),
    table(
      ['TABLE', 'DESTINATION', 'LEADS TO', 'RULE', 'WHY NOT MOVED'],
      lost.map((one) => [
        one.tableName,
        one.destination,
        one.nextHopName,
        one.rule ?? '-',
        one.why,
      ]),
    ),
  ];
}

function writeResult({ moves, uncertain, lost, budgetMs }: PlanReport): readonly Block[] {
  const total = moves.length + uncertain.length + lost.length;
  if (total === 0) return [blank, line(colour('good', 'Nothing lost: no route leads there now.'))];
  const slow =
    budgetMs > 0
      ? [line(`The write budget spreads these moves over ${describeMs(budgetMs)}.`)]
      : [];
  const verdict =
    lost.length > 0
      ? line([
          colour(
            'bad',
            `${count(lost.length, 'route')} of ${total} would have no healthy next hop.`,
          ),
        ])
      : uncertain.length > 0
        ? line(
            colour(
              'warn',
              'Unknown: some targets did not answer here. Try --vantages, or --no-probes to judge by EC2 alone.',
            ),
          )
        : line(colour('good', `Nothing lost: ${all(moves.length)} would move.`));
  return [blank, ...slow, verdict];
}

const all = (number: number): string => (number === 1 ? 'the one route' : `all ${number} routes`);
