/** The answer to "what if this failed now", for a person. Pure. */
import { describeMs } from '../../core/time.ts';
import { type Colour, colour } from '../output/colour.ts';
import { type Block, blank, count, line, table, title } from '../output/textBlocks.ts';
import type { PlanReport } from './report.ts';

export function writePlan(report: PlanReport): readonly Block[] {
  const { what, appliances, accountId, region, source, assumed } = report;
  return [
    title(`If ${what.join(' and ')} failed now`),
    line(
      `Account ${accountId || 'unknown'}, ${region}, ${SOURCES[source]}. ${count(appliances.length, 'appliance')} would be gone: ${appliances.map(({ name }) => name).join(', ')}.`,
    ),
    ...(assumed
      ? [line('The other appliances are taken to be well wherever nothing says otherwise.')]
      : []),
    ...writeRoutes('Would move, in this order', 'good', report.moves),
    ...writeRoutes(
      'Would move if its target answers the watcher (it was not heard from here)',
      'warn',
      report.uncertain,
    ),
    ...writeLost(report),
    ...writeResult(report),
  ];
}

const SOURCES: Readonly<Record<PlanReport['source'], string>> = {
  account: 'as it is at this moment',
  snapshot: 'as the snapshot says',
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
      colour('strong', 'Left without a way '),
      colour('bad', `(${count(lost.length, 'route')})`),
    ]),
    table(
      ['TABLE', 'DESTINATION', 'LEADS TO', 'RULE', 'WHY NOBODY TAKES IT'],
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
          colour('bad', `${count(lost.length, 'route')} of ${total} would be left without a way.`),
        ])
      : uncertain.length > 0
        ? line(
            colour(
              'warn',
              'Could not tell: some targets were not heard from here. Try --vantages, or --no-probes to go by EC2 alone.',
            ),
          )
        : line(colour('good', `Nothing lost: ${all(moves.length)} would be carried on.`));
  return [blank, ...slow, verdict];
}

const all = (number: number): string => (number === 1 ? 'the one route' : `all ${number} routes`);
