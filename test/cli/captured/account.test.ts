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
]);

test('no client of a captured account is imported when it is asked for', async () => {
  const { clients, setup } = await openCaptured(FILE, {});
  const late: string[] = [];
  for (const [name, open] of Object.entries(clients)) {
    if (ELSEWHERE.has(name)) continue;
    let isThere = false;
    const opening: Promise<unknown> = open(setup.region, setup.region);
    opening.then(() => {
      isThere = true;
    });
    for (let turn = 0; turn < 3; turn += 1) await Promise.resolve();
    if (!isThere) late.push(name);
    await opening;
  }
  expect(late).toEqual([]);
});
