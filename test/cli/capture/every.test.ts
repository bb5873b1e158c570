/** Goal: a recording holds what changed, whole, in one file of its owner's. Method: a made-up account that changes, a clock that is turned, and an interrupt. */
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { CaptureOptions } from '../../../lib/cli/capture.ts';
import { parseCapture } from '../../cases/parse.ts';
import { linesOf, playCaptures } from '../../cases/play.ts';
import { smallOffice } from '../../examples/accounts/smallOffice.ts';
import { broken } from '../../examples/broken.ts';
import { clientsOf } from '../../examples/serve.ts';
import { makeTempFolder } from '../../tempFolder.ts';
import { takeCapture } from './take.ts';

const AT = Date.UTC(2026, 11, 2, 9, 30);
const MINUTE_MS = 60_000;
const HEALTHY = smallOffice({ account: '111122223333', region: 'eu-central-1', at: AT });
const SICK = broken(HEALTHY);
let folder = '';

beforeEach(() => {
  folder = makeTempFolder();
});
afterEach(() => rmSync(folder, { recursive: true }));

/** `sickFrom`: the minute from which the account is broken. `stopAt`: the minute of Ctrl-C. */
async function recorded(
  options: Partial<CaptureOptions>,
  { sickFrom = Number.POSITIVE_INFINITY, stopAt = Number.POSITIVE_INFINITY } = {},
) {
  const { out, exit } = await takeCapture(
    { region: HEALTHY.region, probes: false, ...options },
    (clock) =>
      clientsOf(HEALTHY, () => ({
        ...(clock.now() - AT >= sickFrom * MINUTE_MS ? SICK : HEALTHY),
        at: clock.now(),
      })),
    { at: AT, stopAt: AT + stopAt * MINUTE_MS },
  );
  return { exit, text: out, lines: out.trimEnd().split('\n') };
}

test('of an account that does not change, later looks write no description again', async () => {
  const { lines } = await recorded({ every: '60s', for: '10m' });
  const tables = lines.filter((line) => line.includes('"DescribeRouteTables"'));
  const connections = lines.filter((line) => line.includes('"DescribeVpnConnections"'));
  // Those of VPCs with appliances, and those of all VPCs.
  expect([tables.length, connections.length]).toEqual([2, 1]);
});

test('an incident is recorded as it happens: the change with its time, and the replay shows it', async () => {
  const { text, lines } = await recorded({ every: '60s', for: '10m' }, { sickFrom: 4 });
  const connections = lines.filter((line) => line.includes('"DescribeVpnConnections"'));
  expect(connections.map((line) => JSON.parse(line).at)).toEqual([
    '2026-12-02T09:30:00.000Z',
    '2026-12-02T09:34:00.000Z',
  ]);
  const played = await playCaptures([parseCapture(text)]);
  expect(linesOf(played, ['notified'])).toContainEqual(
    expect.stringMatching(/^\+4:\d\d notified CRITICAL ConnectionDown vpn-/),
  );
});

test('Ctrl-C leaves a whole capture that ends when it was pressed', async () => {
  const { text, lines, exit } = await recorded({ every: '60s', for: '1d' }, { stopAt: 3 });
  expect(exit).toBe(0);
  expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ operation: 'End' });
  const { answers } = parseCapture(text);
  expect((answers.at(-1)?.at ?? 0) - AT).toBeLessThanOrEqual(4 * 60_000);
});

test('--out writes one new file that only its owner may read, and nothing else', async () => {
  const file = join(folder, 'account.jsonl');
  const { text } = await recorded({ out: file });
  expect(text).toBe('');
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(parseCapture(readFileSync(file, 'utf8')).account).toBe('111122223333');
  expect(readdirSync(folder)).toEqual(['account.jsonl']);
});

test('--out does not overwrite: the file stays as it was', async () => {
  const file = join(folder, 'account.jsonl');
  writeFileSync(file, 'mine');
  await expect(recorded({ out: file })).rejects.toThrow('it exists, and is not overwritten');
  expect(readFileSync(file, 'utf8')).toBe('mine');
});

test('--for without --every, and a time that is none, are refused before anything is read or written', async () => {
  const file = join(folder, 'account.jsonl');
  await expect(recorded({ for: '5m', out: file })).rejects.toThrow('add --every');
  await expect(recorded({ every: 'often', out: file })).rejects.toThrow('--every often');
  expect(existsSync(file)).toBe(false);
});
