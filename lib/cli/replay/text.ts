/** A replay as text: one line an entry, with the date where it changes. Pure. */
import { counted } from '../../core/text.ts';
import { describeMs, toIso } from '../../core/time.ts';
import type { Replay } from '../../replay/replay.ts';
import type { TimelineEntry } from '../../replay/timeline.ts';
import { type Block, blank, line, title } from '../output/textBlocks.ts';

export function writeReplay({ timeline, startAt, endAt, functions }: Replay): readonly Block[] {
  const ran =
    functions.length === 0 ? 'no function: nothing in it that one reads' : functions.join(', ');
  const opening: readonly Block[] = [
    title(`Replay from ${toIso(startAt)}, ${describeMs(endAt - startAt)}, of ${ran}`),
    blank,
  ];
  if (timeline.length === 0) return [...opening, line('Nothing detected, done, held or notified.')];
  const counts = KINDS.map((kind) => [kind, timeline.filter((one) => one.kind === kind).length]);
  return [
    ...opening,
    ...timeline.map((entry) => line(wordsOf(entry), 0, HANG)),
    blank,
    line(
      `${counted(timeline.length, 'entry').replace('entrys', 'entries')}: ${counts.map(([kind, of]) => `${of} ${kind}`).join(', ')}.`,
    ),
  ];
}

const KINDS: readonly TimelineEntry['kind'][] = [
  'detected',
  'action',
  'held',
  'notified',
  'resolved',
];
/** Under the words after time and kind. */
const HANG = 35;

const wordsOf = ({ at, kind, reason, severity, title: words, text }: TimelineEntry): string => {
  const said =
    kind === 'notified'
      ? words
      : kind === 'action' || kind === 'held'
        ? text
        : `${severity ?? ''} ${reason}: ${words}`;
  return `${at.replace('T', ' ')} ${kind.padEnd(9)} ${said}`;
};
