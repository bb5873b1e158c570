/** Goal: each single thing of the account fails once, and what is lost, moved, notified and unwatched is said, the worst first. */
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { makeTempFolder } from '../../tempFolder.ts';
import { cli } from '../open.ts';

let folder = '';
beforeAll(() => {
  folder = makeTempFolder();
});
afterAll(() => rmSync(folder, { recursive: true }));

test('fails everything of the built-in account once: a pool is cut off, other routes are moved', async () => {
  const path = join(folder, 'failures.html');
  const { exit, out, err } = await cli(['rehearse', '--every', '--json', '--html', path]);
  expect({ exit, err }).toEqual({ exit: 2, err: '' });
  const { version, result, failures } = JSON.parse(out);
  expect({ version, result }).toEqual({ version: 1, result: 'cut-off' });
  const of = (name: string, how: string) =>
    failures.find((one: Record<string, string>) => one['name'] === name && one['how'] === how);
  expect(failures).toHaveLength(29);
  const first = of('hq-a', 'hangs');
  expect(first.lost.map(({ kind }: { kind: string }) => kind)).toContain('pool');
  expect(first.unwatched).toEqual(['route legacy 10.99.0.0/16 is not managed']);
  expect(of('hq-b', 'hangs')).toMatchObject({ result: 'interrupted', unwatched: [] });
  expect(of('hq-b', 'hangs').outageMs).toBeLessThanOrEqual(4_000);
  expect(of('hq-north', 'both tunnels down')).toMatchObject({ result: 'no-loss', lost: [] });
  expect(of('branch', 'both tunnels down')).toMatchObject({ result: 'cut-off' });
  expect(of('staff', 'is not renewed and expires').notified[0].afterMs).toBeLessThan(0);
  const order = failures.map((one: Record<string, string>) => one['result']);
  expect(order).toEqual(
    order.toSorted((a: string, b: string) => RESULTS.indexOf(a) - RESULTS.indexOf(b)),
  );
  const page = readFileSync(path, 'utf8');
  expect(page).toContain('hq-a hangs');
  expect(page.replaceAll('http://www.w3.org/2000/svg', '')).not.toMatch(/https?:|<script/);
}, 180_000);

const RESULTS = ['cut-off', 'interrupted', 'no-loss'];

test('--pairs and --html without --every are refused', async () => {
  const { exit, err } = await cli(['rehearse', '--pairs']);
  expect(exit).toBe(1);
  expect(err).toContain('belong to --every');
});
