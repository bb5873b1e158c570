/** Everything that a capture is read through is there before its clock is virtual: an import takes real time, and none passes there. */
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { openCaptured } from '../../../lib/cli/captured/account.ts';

const FILE = join(import.meta.dirname, '../../../examples/captures/hub.jsonl');

/** Not asked for over a capture, or refused there. */
const ELSEWHERE: ReadonlySet<string> = new Set<string>([
  'store',
  'table',
  'repairs',
  'stackChange',
  'deployment',
  'bucket',
  'crlBuckets',
  'survey',
  'bandwidth',
]);

test('no client of a captured account is imported when it is asked for', async () => {
  const { clients, setup } = await openCaptured(FILE, {});
  const late: string[] = [];
  for (const [name, open] of Object.entries(clients)) {
    if (ELSEWHERE.has(name)) continue;
    const opening = openedBy(open, setup.region);
    if ((await Promise.race([opening, turns(4)])) === TOO_LATE) late.push(name);
    await opening;
  }
  expect(late).toEqual([]);
});

type Open = (region: string, homeRegion: string) => Promise<unknown>;
const openedBy = (open: Open, region: string): Promise<unknown> => open(region, region);

/** Only what is there by then ends within them. */
async function turns(count: number): Promise<typeof TOO_LATE> {
  if (count === 0) return TOO_LATE;
  await Promise.resolve();
  return turns(count - 1);
}

const TOO_LATE = Symbol('too late');
