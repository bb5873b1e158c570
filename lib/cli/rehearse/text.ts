/** A rehearsal for a person: who is who, what happened when, and what each fault came to. Pure. */

import type { Rule } from '../../appliances/types/plan.ts';
import { compare } from '../../core/order.ts';
import { describeMs } from '../../core/time.ts';
import type { FaultRecord } from '../../simulator/faultRecords.ts';
import type { Scenario } from '../../simulator/scenario.ts';
import { type Colour, colour, type Words } from '../output/colour.ts';
import { type Block, blank, count, line, table, title } from '../output/textBlocks.ts';
import type { ChapterReport, FixtureParts, RehearsalReport } from './report.ts';
import { type Beat, beatsOf } from './timeline.ts';

export function writeOpening({ seed, snapshot, topology }: FixtureParts): readonly Block[] {
  const { appliances, routes, region } = topology;
  const groups = new Set(appliances.map(({ group }) => group));
  const zones = new Set(appliances.map(({ zone }) => zone));
  return [
    title('A rehearsal of vpn-medic'),
    line(
      `${snapshot === null ? 'A made-up network' : `The network of ${snapshot}`} in ${region}: ${count(appliances.length, 'appliance')} in ${count(groups.size, 'group')} and ${count(zones.size, 'zone')}, ${count(routes.length, 'managed route')}. Time is virtual, AWS is simulated, luck is seed ${seed}; the code that watches, decides and writes is the real one.`,
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

/** `isFirst`: what was there before any fault is shown once a rehearsal. */
export function writeChapter(chapter: ChapterReport, isFirst: boolean): readonly Block[] {
  const { beats, echoCount } = beatsOf(chapter.events, isFirst);
  return [
    blank,
    title(`${chapter.name}: ${chapter.says}`),
    ...beats.map(writeBeat),
    ...(echoCount === 0
      ? []
      : [
          line(
            colour(
              'dim',
              `and ${count(echoCount, 'line')} like those above (--json has every one)`,
            ),
            STAMP_WIDTH + 2,
          ),
        ]),
    ...chapter.crashes.map((crash) => line([colour('bad', 'CRASHED '), crash], 2)),
  ];
}

interface Word {
  readonly word: string;
  readonly colour: Colour;
}

const WORDS: Readonly<Record<Beat['kind'], Word>> = {
  fault: { word: 'BROKE', colour: 'bad' },
  over: { word: 'OVER', colour: 'good' },
  seen: { word: 'seen', colour: 'warn' },
  gone: { word: 'clear', colour: 'good' },
  held: { word: 'held', colour: 'warn' },
  moved: { word: 'moved', colour: 'strong' },
  skipped: { word: 'left', colour: 'dim' },
  notified: { word: 'notified', colour: 'plain' },
};

const STAMP_WIDTH = 9;
const WORD_WIDTH = 9;

function writeBeat({ atMs, kind, text }: Beat): Block {
  const { word, colour: of } = WORDS[kind];
  const at = stamp(atMs);
  const indent = STAMP_WIDTH - at.length;
  return line(
    [colour('dim', at), '  ', colour(of, word), ' '.repeat(WORD_WIDTH - word.length), text],
    indent,
    STAMP_WIDTH + 2 + WORD_WIDTH - indent,
  );
}

/** `1:02:03.4`, `2:03.4`: virtual time since the story began. */
function stamp(atMs: number): string {
  const tenths = Math.floor(atMs / 100);
  const minutes = Math.floor(tenths / 600);
  const hours = Math.floor(minutes / 60);
  const tail = `${two(Math.floor(tenths / 10) % 60)}.${tenths % 10}`;
  return hours > 0 ? `${hours}:${two(minutes % 60)}:${tail}` : `${minutes}:${tail}`;
}

const two = (number: number): string => String(number).padStart(2, '0');

export function writeClosing({ scenarios, result, seed }: RehearsalReport): readonly Block[] {
  const faults = scenarios.flatMap((chapter) => chapter.faults);
  const rules = [...new Set(faults.flatMap(({ rulesThatHeld }) => rulesThatHeld))].toSorted(
    compare,
  );
  return [
    blank,
    title('What each fault came to'),
    table(
      ['DETECTED', 'CUT', 'HEALED', 'HOME', 'WRITES', 'NOTICES', 'HELD BY', 'FAULT'],
      faults.map((fault) => [
        fault.detectedAfterMs === null ? '-' : describeMs(fault.detectedAfterMs),
        String(fault.cutCount),
        restored(fault),
        preferred(fault),
        String(fault.writeCount),
        String(fault.notificationCount),
        fault.rulesThatHeld.join(' ') || '-',
        fault.text,
      ]),
    ),
    line(
      colour(
        'dim',
        'DETECTED and HEALED count from the fault, HOME from its end. CUT: routes that led to something dead.',
      ),
      2,
      0,
    ),
    ...rules.map((rule) => line([colour('strong', rule), `  ${RULES[rule]}`], 2, 4)),
    blank,
    result === 'well'
      ? line([
          'Again: vpn-medic rehearse',
          seed === '1' ? '' : ` --seed ${seed}`,
          '. Others: --list, --fail zone:a, --snapshot FILE.',
        ])
      : line(
          colour(
            'bad',
            'Something of ours crashed: that is a bug. Please report it with the seed.',
          ),
        ),
  ];
}

function restored({ cutCount, restoredAfterMs }: FaultRecord): Words {
  if (restoredAfterMs !== null) return colour('good', describeMs(restoredAfterMs));
  return cutCount === 0 ? '-' : colour('warn', 'no');
}

/** Zero: they never left it. */
const preferred = ({ failbackAfterMs }: FaultRecord): string =>
  failbackAfterMs === null || failbackAfterMs === 0 ? '-' : describeMs(failbackAfterMs);

const RULES: Readonly<Record<Rule, string>> = {
  S1: 'unknown is never down: no write on half a sight',
  S2: 'only to a target of the group that has just been proven alive',
  S3: 'so many deaths at once are suspect: only what EC2 confirms is moved',
  S4: 'home only after a hold that doubles with each flap; pinned after three failovers',
  S5: 'the way home is judged by the same probes as the way out, for longer',
  S6: 'what twice did not show in the read-back is left to a person',
  S7: 'one watcher decides from probes',
  S8: 'writes have a budget below that of EC2',
  S9: 'repairs are bounded',
  pool: 'a client pool is pinned to its appliance',
  observe: 'the mode is observe: nothing is written',
};

export const writeStories = (scenarios: readonly Scenario[]): readonly Block[] => [
  table(
    ['STORY', 'WHAT HAPPENS'],
    scenarios.map(({ name, says }) => [name, says]),
  ),
];
