/** Goal: a capture that was made anonymous shows the same faults. Method: the made-up accounts, broken, captured both ways and replayed. */
import { expect, test } from '@jest/globals';
import type { TimelineEntry } from '../../lib/replay/timeline.ts';
import { parseCapture } from '../cases/parse.ts';
import { playCaptures } from '../cases/play.ts';
import { broken } from './broken.ts';
import { EXAMPLES, takenOf } from './captures.ts';

const timelineOf = async (text: string): Promise<readonly TimelineEntry[]> =>
  (await playCaptures([parseCapture(text)])).timeline;

/** Without names: ids stay in an anonymous capture, addresses and names do not. */
const gistOf = ({ at, kind, reason, severity, outcome, subject }: TimelineEntry): string =>
  [at, kind, outcome, severity, reason, ID.exec(subject)?.[0]].join(' ');
const ID = /^(i|rtb|vpn|cvpn-endpoint|tgw)-[0-9a-z]+/;

test.each(EXAMPLES.map((made) => [made.file, broken(made)] as const))(
  '%s, broken: anonymous or not, the same is found, done and notified at the same instants',
  async (_file, made) => {
    const plain = await timelineOf(await takenOf(made));
    const anonymous = await timelineOf(await takenOf(made, { anonymise: true }));
    expect(plain.some(({ kind }) => kind === 'notified')).toBe(true);
    expect(anonymous.map(gistOf).toSorted()).toEqual(plain.map(gistOf).toSorted());
  },
);
