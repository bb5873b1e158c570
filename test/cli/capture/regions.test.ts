/** Several regions are read one after the other into one file, which every command understands. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import type { CaptureOptions } from '../../../lib/cli/capture.ts';
import { parseFile } from '../../cases/parse.ts';
import { makeTempFolder } from '../../tempFolder.ts';
import { cli } from '../open.ts';
import { awsClientsOn, mockedAws } from './mockedAws.ts';
import { takeCapture } from './take.ts';

const AT = Date.UTC(2026, 10, 28, 12);
const { reset } = mockedAws();
beforeEach(reset);

const taken = (options: Pick<CaptureOptions, 'region' | 'regions'>) =>
  takeCapture({ ...options, probes: false }, awsClientsOn, { at: AT });

describe('capture --regions', () => {
  test('writes one section a region, and says which it reads, with counts', async () => {
    const { out, err } = await taken({ regions: 'eu-west-1, us-east-1' });
    const { captures, notes } = parseFile(out);
    expect(captures.map(({ region }) => region)).toEqual(['eu-west-1', 'us-east-1']);
    expect(captures.map(({ answers }) => answers.length > 5)).toEqual([true, true]);
    expect(notes).toEqual([]);
    expect(err).toMatch(/eu-west-1 \(1 of 2\): Site-to-Site connections read; \d+ answers/);
    expect(err).toMatch(/us-east-1 \(2 of 2\): Site-to-Site connections read; \d+ answers/);
  });

  test.each([
    [{ regions: 'eu-west-1,eu-west-1' }, 'a region is named twice'],
    [{ regions: 'eu-west-1,nowhere' }, '"nowhere" is no region'],
    [{ regions: 'eu-west-1', region: 'us-east-1' }, 'exclude each other'],
  ])('%j is refused: %s', async (options, why) => {
    await expect(taken(options)).rejects.toThrow(why);
  });
});

describe('a file of two regions', () => {
  const file = join(makeTempFolder(), 'both.jsonl');
  writeFileSync(
    file,
    ['eu-west-1', 'us-east-1']
      .map((region) => readFileSync(`examples/captures/client-vpn.${region}.jsonl`, 'utf8'))
      .join(''),
  );

  test('is replayed as the two files are', async () => {
    const apart = await cli([
      'replay',
      'examples/captures/client-vpn.eu-west-1.jsonl',
      'examples/captures/client-vpn.us-east-1.jsonl',
      '--json',
    ]);
    expect(await cli(['replay', file, '--json'])).toEqual(apart);
  });

  test.each(['check', 'map', 'plan', 'cost', 'rehearse'])(
    '%s asks which one is meant',
    async (command) => {
      const { exit, err } = await cli([command, '--capture', file]);
      expect(exit).toBe(1);
      expect(err).toContain('holds eu-west-1 and us-east-1: say which, as in --region eu-west-1');
    },
  );

  test('check reads the one that is named, as it reads the file of that region alone', async () => {
    const alone = 'examples/captures/client-vpn.us-east-1.jsonl';
    const { out: one } = await cli(['check', '--capture', alone]);
    const { out: both } = await cli(['check', '--capture', file, '--region', 'us-east-1']);
    expect(both.replaceAll(file, alone)).toBe(one);
  });
});
