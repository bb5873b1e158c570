/** The report of a plan as text. Pure. */
import { counted } from '../../core/text.ts';
import { describeMs } from '../../core/time.ts';
import { isLate, type LastLooks } from '../../watcher/lastLooks.ts';
import { type Colour, colour } from '../output/colour.ts';
import { type Block, blank, line, table, title } from '../output/textBlocks.ts';
import { writeWatch } from '../output/watchText.ts';
import type { ApplianceWord, LostReport, PlanReport } from './report.ts';

export function writePlan(report: PlanReport, watch: LastLooks | null): readonly Block[] {
  const { what, accountId, region, source, assumed, stopped } = report;
  const heading =
    stopped === null && watch !== null && isLate(watch)
      ? 'Would move if a leader looked, in this order'
      : stopped === null
        ? 'Would move, in this order'
        : 'Would move in mode act and without a pause, in this order';
  return [
    title(`If ${what.join(' and ')} failed now`),
    line(
      `Account ${accountId || 'unknown'}, ${region}, ${SOURCES[source]}.${wouldBeDown(report)}${isDown(report)}`,
    ),
    ...(watch === null ? [] : writeWatch(watch)),
    ...(assumed
      ? [line('Assumed: the other appliances are healthy where nothing says otherwise.')]
      : []),
    ...writeLost('Lost already, before that', report.alreadyLost),
    ...writeRoutes(heading, stopped === null ? 'good' : 'warn', report.moves),
    ...writeRoutes(
      'Would move if the target answers the deployed probes (it did not answer here)',
      'warn',
      report.uncertain,
    ),
    ...writeLost(stopped === null ? 'No healthy next hop' : 'Would stay', report.lost),
    ...writeLost(
      'Not moved if only the VPN service hangs (EC2 reports nothing)',
      report.lostIfHung,
    ),
    ...writeShort(report.capacityShort),
    ...report.notes.map((note) => line(colour('warn', note))),
    ...writeResult(report),
  ];
}

function wouldBeDown({ appliances, connections, downAlready }: PlanReport): string {
  const isNew = ({ instanceId }: ApplianceWord) =>
    !downAlready.some((one) => one.instanceId === instanceId);
  const failing = appliances.filter(isNew);
  const counts = [
    ...(failing.length > 0 ? [counted(failing.length, 'appliance')] : []),
    ...(connections.length > 0 ? [counted(connections.length, 'connection')] : []),
  ];
  const names = [...failing, ...connections].map(({ name }) => name);
  return names.length === 0 ? '' : ` ${counts.join(' and ')} would be down: ${names.join(', ')}.`;
}

const isDown = ({ downAlready }: PlanReport): string =>
  downAlready.length === 0
    ? ''
    : ` Down already: ${downAlready.map(({ name }) => name).join(', ')}.`;

const SOURCES: Readonly<Record<PlanReport['source'], string>> = {
  account: 'as it is now',
  capture: 'as in the capture',
};

function writeRoutes(heading: string, of: Colour, moves: PlanReport['moves']): readonly Block[] {
  if (moves.length === 0) return [];
  return [
    blank,
    title([colour('strong', `${heading} `), colour(of, `(${counted(moves.length, 'route')})`)]),
    table(
      ['TABLE', 'DESTINATION', 'FROM', 'TO', 'IN ZONE'],
      moves.map((move) => [
        move.tableName,
        move.destination,
        move.fromName,
        move.toPriority === undefined
          ? move.toName
          : `${move.toName} (priority ${move.toPriority})`,
        move.toZone,
      ]),
    ),
  ];
}

function writeLost(heading: string, lost: readonly LostReport[]): readonly Block[] {
  if (lost.length === 0) return [];
  return [
    blank,
    title([colour('strong', `${heading} `), colour('bad', `(${counted(lost.length, 'route')})`)]),
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

const gigabits = (bits: number): string => `${(bits / 1e9).toFixed(2)} Gbps`;

function writeShort(short: PlanReport['capacityShort']): readonly Block[] {
  if (short.length === 0) return [];
  return [
    blank,
    title([
      colour('strong', 'Too small for the traffic of both '),
      colour('bad', `(CapacityShort, ${counted(short.length, 'appliance')})`),
    ]),
    table(
      ['APPLIANCE', 'TYPE', 'CARRIES', 'PEAK OF A WEEK'],
      short.map((one) => [
        one.name,
        one.instanceType,
        gigabits(one.baselineBitsPerSecond),
        gigabits(one.peakBitsPerSecond),
      ]),
    ),
  ];
}

function writeResult(report: PlanReport): readonly Block[] {
  const { uncertain, lost, lostIfHung, alreadyLost, budgetMs, notes, stopped } = report;
  const total = totalOf(report);
  if (stopped !== null && total > 0) {
    return [
      blank,
      line([
        colour('bad', `Lost: none of ${counted(total, 'route')} would move now`),
        `, because ${stopped}.`,
      ]),
    ];
  }
  if (alreadyLost.length > 0 && lost.length + uncertain.length + lostIfHung.length === 0) {
    return [
      blank,
      line(
        colour(
          'bad',
          `${counted(alreadyLost.length, 'route')} ${alreadyLost.length === 1 ? 'is' : 'are'} lost already; nothing more would be.`,
        ),
      ),
    ];
  }
  if (total === 0) {
    return [
      blank,
      notes.length > 0
        ? line(colour('warn', 'Unknown: no managed route leads there now.'))
        : line(colour('good', 'Nothing lost: no route leads there now.')),
    ];
  }
  const slow =
    budgetMs > 0
      ? [line(`The write budget spreads these moves over ${describeMs(budgetMs)}.`)]
      : [];
  return [blank, ...slow, line(colour(...verdictOf(report)))];
}

const totalOf = ({ moves, uncertain, lost }: PlanReport): number =>
  moves.length + uncertain.length + lost.length;

function verdictOf(report: PlanReport): readonly [Colour, string] {
  const { moves, uncertain, lost, lostIfHung, watch, capacityShort } = report;
  const total = totalOf(report);
  if (lost.length > 0) {
    return ['bad', `${counted(lost.length, 'route')} of ${total} would have no healthy next hop.`];
  }
  if (lostIfHung.length > 0) {
    return [
      'bad',
      `All would move if EC2 confirms the failure; ${counted(lostIfHung.length, 'route')} of ${total} would stay if only the VPN service hangs.`,
    ];
  }
  if (uncertain.length > 0) {
    return [
      'warn',
      'Unknown: some targets did not answer here. Try --vantages, or --no-probes to judge by EC2 alone.',
    ];
  }
  if (capacityShort.length > 0) {
    return [
      'bad',
      `${all(moves.length)} would move, and ${counted(capacityShort.length, 'appliance')} could not carry the traffic.`,
    ];
  }
  return watch?.isLate === true
    ? ['warn', `Unknown: ${all(moves.length)} would move if a leader looked.`]
    : ['good', `Nothing lost: ${all(moves.length)} would move.`];
}

const all = (number: number): string => (number === 1 ? 'the one route' : `all ${number} routes`);
