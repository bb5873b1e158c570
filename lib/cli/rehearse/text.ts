/** A rehearsal for a person: the first fault event by event, then one row of times for each scenario. Pure. */

import type { Rule } from '../../appliances/types/plan.ts';
import { compare } from '../../core/order.ts';
import { counted } from '../../core/text.ts';
import { describeMs } from '../../core/time.ts';
import type { FaultRecord } from '../../simulator/faultRecords.ts';
import type { Scenario } from '../../simulator/scenario/types.ts';
import type { TimelineKind } from '../../simulator/timeline.ts';
import { type Colour, colour, type Words } from '../output/colour.ts';
import { type Block, blank, clipped, line, table, title } from '../output/textBlocks.ts';
import { condense, type TimelineLine } from './timeline.ts';
import type { FixtureParts, RehearsalReport, ScenarioReport } from './types.ts';

export const writeOpening = ({ seed, capture, topology }: FixtureParts): readonly Block[] => [
  title(
    `vpn-medic in ${capture === null ? 'a simulated account' : `the network of ${capture}`}: ${counted(topology.appliances.length, 'appliance')}, ${counted(topology.routes.length, 'route')}, random seed ${seed}`,
  ),
];

/** Who is where before the first fault, for `--verbose`. */
export function writeNetwork({ topology }: FixtureParts): readonly Block[] {
  const { appliances, routes, region } = topology;
  return [
    line(
      `Region ${region}. Time is virtual and AWS is simulated; the code that observes, decides and writes is the deployed one.`,
    ),
    blank,
    table(
      ['APPLIANCE', 'GROUP', 'ZONE', 'ROUTES', 'CLIENT POOLS'],
      appliances.map(({ instanceId, name, group, zone, pools }) => [
        name,
        group,
        zone,
        String(routes.filter(({ nextHop }) => nextHop === instanceId).length),
        pools.join(' ') || '-',
      ]),
    ),
  ];
}

/** What failed, when it was detected, what moved: one line each. */
export const writeSummary = (report: ScenarioReport): readonly Block[] => [
  blank,
  ...summaryOf(report.events).map((one) => clipped(wordsOf(one))),
  ...writeCrashes(report),
];

/** What failed and recovered, every move, and the first detection and notification after each of these. */
function summaryOf(events: ScenarioReport['events']): readonly TimelineLine[] {
  const said = new Set<TimelineKind>();
  const { lines } = condense(events, false);
  const chosen = lines.filter(({ kind }) => {
    if (kind === 'fault' || kind === 'recovered') said.clear();
    const isFirst = !said.has(kind);
    said.add(kind);
    return MARKS.includes(kind) || (isFirst && FIRSTS.includes(kind));
  });
  return [...Map.groupBy(chosen, ({ atMs, kind }) => `${atMs} ${kind}`).values()].flatMap((same) =>
    same[0]?.kind === 'moved'
      ? [joinMoves(same)]
      : same.map((one) => ({
          ...one,
          text: one.text.replace(/ \(i-[^)]*\)|, since \S+Z\.$/g, ''),
        })),
  );
}

const MARKS: readonly TimelineKind[] = ['fault', 'recovered', 'moved'];
const FIRSTS: readonly TimelineKind[] = ['detected', 'notified'];

/** `1 route hq-a -> hq-b, 1 route hq-a -> hq-c (failover)`. */
function joinMoves(moves: readonly TimelineLine[]): TimelineLine {
  const [first] = moves;
  const short = moves.map(({ text }) => /^(.* -> \S+) \((\w+)\)/.exec(text));
  const whys = new Set(short.map((match) => match?.[2]));
  return {
    atMs: first?.atMs ?? 0,
    kind: 'moved',
    text: `${short.map((match, at) => match?.[1] ?? moves[at]?.text).join(', ')} (${[...whys].join(', ')})`,
  };
}

/** Every event. `isFirst`: with what was detected before the first fault. */
export function writeTimeline(report: ScenarioReport, isFirst: boolean): readonly Block[] {
  const { lines, omittedCount } = condense(report.events, isFirst);
  return [
    blank,
    title(`${report.name}: ${report.says}`),
    ...lines.map((one) => line(wordsOf(one), 0, STAMP_WIDTH + 2 + WORD_WIDTH)),
    ...(omittedCount === 0
      ? []
      : [
          line(
            colour('dim', `${counted(omittedCount, 'similar line')} omitted (--json has them)`),
            STAMP_WIDTH + 2,
          ),
        ]),
    ...writeCrashes(report),
  ];
}

const writeCrashes = ({ crashes }: ScenarioReport): readonly Block[] =>
  crashes.map((crash) => line([colour('bad', 'CRASHED '), crash], 2));

const KIND_WORDS: Readonly<Record<TimelineLine['kind'], readonly [string, Colour]>> = {
  fault: ['FAILED', 'bad'],
  recovered: ['RECOVERED', 'good'],
  detected: ['detected', 'warn'],
  cleared: ['cleared', 'good'],
  held: ['held', 'warn'],
  moved: ['moved', 'strong'],
  skipped: ['skipped', 'dim'],
  notified: ['notified', 'plain'],
};

const STAMP_WIDTH = 9;
const WORD_WIDTH = 10;

function wordsOf({ atMs, kind, text }: TimelineLine): Words {
  const [word, of] = KIND_WORDS[kind];
  const at = stamp(atMs).padStart(STAMP_WIDTH);
  return [colour('dim', at), '  ', colour(of, word), ' '.repeat(WORD_WIDTH - word.length), text];
}

/** `1:02:03.4`, `2:03.4`: virtual time since the scenario began. */
function stamp(atMs: number): string {
  const tenths = Math.floor(atMs / 100);
  const minutes = Math.floor(tenths / 600);
  const hours = Math.floor(minutes / 60);
  const tail = `${two(Math.floor(tenths / 10) % 60)}.${tenths % 10}`;
  return hours > 0 ? `${hours}:${two(minutes % 60)}:${tail}` : `${minutes}:${tail}`;
}

const two = (number: number): string => String(number).padStart(2, '0');

/** The table of times: a row for each fault where they are few or `isVerbose`, else for each scenario its gravest fault. */
export function writeClosing(report: RehearsalReport, isVerbose: boolean): readonly Block[] {
  const { scenarios, result, seed } = report;
  const isByFault = isVerbose || scenarios.length === 1;
  const rows = isByFault
    ? scenarios.flatMap(({ faults }) => faults.map((fault) => [...timesOf(fault), fault.text]))
    : scenarios.map(({ name, faults }) => [name, ...timesOf(gravest(faults))]);
  const head = ['DETECTED', 'CUT', 'RESTORED', 'FAILBACK', 'WRITES', 'SENT', 'HELD BY'];
  return [
    blank,
    table(isByFault ? [...head, 'FAULT'] : ['SCENARIO', ...head], rows),
    ...writeLegend(scenarios, isVerbose),
    result === 'well'
      ? line(
          `More: ${isVerbose ? '' : '--verbose (every event), '}--list, --fail zone:a, --serve (live page)${seed === '1' ? '' : `; again: --seed ${seed}`}`,
        )
      : line(colour('bad', 'A process of vpn-medic crashed: please report it with the seed.')),
  ];
}

function writeLegend(scenarios: readonly ScenarioReport[], isVerbose: boolean): readonly Block[] {
  const short = 'Times from the fault, FAILBACK from its end. CUT, WRITES: routes.';
  if (!isVerbose) return [line(colour('dim', short), 2, 0)];
  const faults = scenarios.flatMap((one) => one.faults);
  const rules = [...new Set(faults.flatMap(({ rulesThatHeld }) => rulesThatHeld))];
  return [
    line(colour('dim', `${short} SENT: notifications. HELD BY: rules that held a move.`), 2, 0),
    ...rules
      .toSorted(compare)
      .map((rule) => line([colour('strong', rule), `  ${RULES[rule]}`], 2, 4)),
    blank,
  ];
}

/** The one that cut most routes; of equal ones the last. */
const gravest = (faults: readonly FaultRecord[]): FaultRecord | null =>
  faults.toSorted((a, b) => a.cutCount - b.cutCount).at(-1) ?? null;

function timesOf(fault: FaultRecord | null): readonly Words[] {
  if (fault === null) return ['-', '-', '-', '-', '-', '-', '-'];
  const { detectedAfterMs, cutCount, failbackAfterMs, writeCount, notificationCount } = fault;
  return [
    detectedAfterMs === null ? '-' : describeMs(detectedAfterMs),
    cutCount === 0 ? '-' : String(cutCount),
    restored(fault),
    // Zero: they never left it.
    failbackAfterMs === null || failbackAfterMs === 0 ? '-' : describeMs(failbackAfterMs),
    String(writeCount),
    String(notificationCount),
    fault.rulesThatHeld.join(' ') || '-',
  ];
}

function restored({ cutCount, restoredAfterMs }: FaultRecord): Words {
  if (restoredAfterMs !== null) return colour('good', describeMs(restoredAfterMs));
  return cutCount === 0 ? '-' : colour('warn', 'no');
}

const RULES: Readonly<Record<Rule, string>> = {
  S1: 'unknown is never down: no write while a part of the account cannot be read',
  S2: 'a route moves only to an eligible appliance of the group that has just answered',
  S3: 'mass silence is suspect: only what EC2 confirms moves',
  S4: 'failback after a hold-down that doubles with each flap; pinned after three failovers',
  S5: 'failback needs answers to the same probes as failover, for longer',
  S6: 'a write that twice did not show in the read-back is left to a person',
  S7: 'only the leader decides from probes',
  S8: 'writes have a budget below that of EC2',
  S9: 'repairs are bounded',
  S14: 'what leaves itself is no target',
  pool: 'a client pool is pinned to its appliance',
  paused: 'an operator has paused every write (vpn-medic pause)',
  observe: 'the mode is observe: nothing is written',
};

export const writeScenarios = (scenarios: readonly Scenario[]): readonly Block[] => [
  table(
    ['SCENARIO', 'WHAT HAPPENS'],
    scenarios.map(({ name, says }) => [name, says]),
  ),
];
