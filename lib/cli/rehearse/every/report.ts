/** What failing everything once has shown, the worst first, as data and as text. Pure. */

import { counted } from '../../../core/text.ts';
import { describeMs } from '../../../core/time.ts';
import type { FailureOutcome, LostPath } from '../../../simulator/every/play.ts';
import { type Colour, colour, type Words } from '../../output/colour.ts';
import { type Block, blank, line, table, title } from '../../output/textBlocks.ts';
import { type ExitCode, NEEDS_A_PERSON, WELL } from '../../terminal.ts';

/** Version 1: fields may be added, never renamed or taken away. */
export interface EveryReport {
  readonly version: 1;
  readonly accountId: string;
  readonly region: string;
  /** The file that the account came from; null: the built-in one. */
  readonly capture: string | null;
  /** `cut-off`: one single failure cuts something off. `crashed`: a bug of vpn-medic. */
  readonly result: 'well' | 'cut-off' | 'crashed';
  /** What is not in the capture, or has failed in it. */
  readonly notes: readonly string[];
  /** The worst first. */
  readonly failures: readonly FailureOutcome[];
}

export const reportEvery = (
  account: Pick<EveryReport, 'accountId' | 'region' | 'capture' | 'notes'>,
  outcomes: readonly FailureOutcome[],
): EveryReport => ({
  version: 1,
  ...account,
  result: outcomes.some(({ crashes }) => crashes.length > 0)
    ? 'crashed'
    : outcomes.some(({ kind, result }) => kind !== 'pair' && result === 'cut-off')
      ? 'cut-off'
      : 'well',
  failures: outcomes.toSorted(byHarm),
});

export const EVERY_EXITS: Readonly<Record<EveryReport['result'], ExitCode>> = {
  well: WELL,
  'cut-off': NEEDS_A_PERSON,
  crashed: NEEDS_A_PERSON,
};

/** Single failures before pairs; what is cut off and not notified first. */
function byHarm(a: FailureOutcome, b: FailureOutcome): number {
  return (
    Number(a.kind === 'pair') - Number(b.kind === 'pair') ||
    RESULTS.indexOf(a.result) - RESULTS.indexOf(b.result) ||
    b.unwatched.length - a.unwatched.length ||
    cutCount(b) - cutCount(a) ||
    (b.outageMs ?? 0) - (a.outageMs ?? 0)
  );
}

const RESULTS: readonly FailureOutcome['result'][] = ['cut-off', 'interrupted', 'no-loss'];
const cutCount = ({ lost }: FailureOutcome): number =>
  lost.filter(({ forMs }) => forMs === null).length;

export interface Section {
  readonly heading: string;
  readonly colour: Colour;
  readonly failures: readonly FailureOutcome[];
}

const withResult = (
  some: readonly FailureOutcome[],
  result: FailureOutcome['result'],
): readonly FailureOutcome[] => some.filter((one) => one.result === result);

/** The groups of the table and of the page; empty ones are left out. */
export function sectionsOf({ failures }: EveryReport): readonly Section[] {
  const singles = failures.filter(({ kind }) => kind !== 'pair');
  const pairs = failures.filter(({ kind }) => kind === 'pair');
  const sections: readonly Section[] = [
    { heading: 'Cuts something off', colour: 'bad', failures: withResult(singles, 'cut-off') },
    {
      heading: 'Interrupts, and is moved',
      colour: 'warn',
      failures: withResult(singles, 'interrupted'),
    },
    { heading: 'Takes redundancy only', colour: 'good', failures: withResult(singles, 'no-loss') },
    {
      heading: 'Two at once: cuts something off',
      colour: 'warn',
      failures: withResult(pairs, 'cut-off'),
    },
    {
      heading: 'Two at once: cuts nothing off for good',
      colour: 'good',
      failures: pairs.filter(({ result }) => result !== 'cut-off'),
    },
  ];
  return sections.filter((one) => one.failures.length > 0);
}

export const headlineOf = ({ accountId, region, capture, failures }: EveryReport): string =>
  `${counted(failures.length, 'failure')}, one after another, in ${capture === null ? 'a simulated account' : `account ${accountId}, ${region}, as in ${capture}`}`;

export function verdictOf({ result, failures }: EveryReport): Words {
  const cut = failures.filter((one) => one.kind !== 'pair' && one.result === 'cut-off');
  switch (result) {
    case 'crashed':
      return colour('bad', 'An invocation of vpn-medic crashed, which is a bug: see --json.');
    case 'cut-off':
      return colour(
        'bad',
        `${counted(cut.length, 'single failure')} ${cut.length === 1 ? 'cuts' : 'cut'} something off.`,
      );
    case 'well':
      return colour('good', 'No single failure cuts anything off for good.');
    default:
      return result satisfies never;
  }
}

/** Without `--verbose` so many of the milder ones. */
const SHOWN_MAX = 8;

export function writeEvery(report: EveryReport, isVerbose: boolean): readonly Block[] {
  return [
    title(headlineOf(report)),
    line(verdictOf(report)),
    ...report.notes.map((note) => line(colour('dim', note))),
    ...sectionsOf(report).flatMap(({ heading, colour: of, failures }): readonly Block[] => {
      const isWhole = isVerbose || of === 'bad' || failures.length <= SHOWN_MAX + 1;
      const shown = isWhole ? failures : failures.slice(0, SHOWN_MAX);
      const rest = failures.length - shown.length;
      return [
        blank,
        title([colour('strong', `${heading} `), colour(of, `(${failures.length})`)]),
        table(
          ['FAILS', 'LOST', 'FOR', 'MOVED', 'NOTIFIED'],
          shown.map((one) => [
            whatOf(one),
            lostOf(one.lost),
            forOf(one),
            movedOf(one),
            notifiedOf(one),
          ]),
        ),
        ...(rest === 0
          ? []
          : [line(colour('dim', `${rest} more, not worse: --verbose lists them`), 2)]),
      ];
    }),
    ...writeUnwatched(report),
    blank,
    line(
      colour(
        'dim',
        'Of each failure the time until it ended, or "until repaired". What lies behind Direct Connect, and routes that transit gateways learn, are not simulated. A page: --html FILE.',
      ),
    ),
  ];
}

export const whatOf = ({ kind, name, how }: FailureOutcome): string =>
  kind === 'appliance' || kind === 'pair' ? `${name} ${how}` : `${KINDS[kind]} ${name} ${how}`;

const KINDS = {
  zone: 'zone',
  connection: 'connection',
  tunnel: 'tunnel',
  device: 'device',
  interface: 'virtual interface',
  endpoint: 'endpoint',
  crl: 'CRL of',
} as const;

const NAMED_MAX = 2;

/** What stays lost is named; what comes back is counted. */
export function lostOf(lost: readonly LostPath[]): string {
  if (lost.length === 0) return '-';
  const gone = lost.filter(({ forMs }) => forMs === null);
  const named = gone.length > 0 ? gone : lost;
  const names = named.slice(0, NAMED_MAX).map(({ name }) => name);
  const rest = named.length - names.length;
  return `${names.join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
}

export const forOf = ({ result, outageMs }: FailureOutcome): string =>
  result === 'cut-off' ? 'until repaired' : outageMs === null ? '-' : describeMs(outageMs);

export const movedOf = ({ moved, lost }: FailureOutcome): string => {
  const count = moved.reduce((sum, { routeCount }) => sum + routeCount, 0);
  if (count === 0) return '-';
  const slowest = Math.max(0, ...lost.flatMap(({ forMs }) => forMs ?? []));
  return `${counted(count, 'route')}${slowest > 0 ? ` in ${describeMs(slowest)}` : ''}`;
};

export function notifiedOf({ notified }: FailureOutcome): string {
  const [first] = notified;
  if (first === undefined) return 'NOTHING';
  const { afterMs, subject } = first;
  const when = afterMs < 0 ? 'before it expires' : `after ${describeMs(afterMs)}`;
  // Account and stage are the same in every row.
  return `${when}: ${subject.replace(/ \(\d{12}[^)]*\)/, '')}`;
}

function writeUnwatched({ failures }: EveryReport): readonly Block[] {
  const silent = failures.filter(({ notified }) => notified.length === 0);
  const routes = new Set(
    failures.flatMap(({ lost }) =>
      lost.flatMap(({ kind, name }) => (kind === 'unmanaged' ? [name] : [])),
    ),
  );
  if (silent.length + routes.size === 0) return [];
  return [
    blank,
    title('What nothing watches'),
    ...[...routes].map((name) =>
      line([colour('warn', 'not managed: '), `route ${name}; tag its table vpn-medic:group`], 2),
    ),
    ...silent.map((one) => line([colour('warn', 'not notified: '), whatOf(one)], 2)),
  ];
}
