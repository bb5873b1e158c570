/** Goal: the npm package works by itself. Method: it is compiled into an empty folder and run there. */
import { execFile } from 'node:child_process';
import { copyFile, readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { buildCommandLine } from '../../deploy/commandLine.ts';
import { makeTempFolder } from '../tempFolder.ts';

const root = join(import.meta.dirname, '../..');
const folder = makeTempFolder();
const compiled = join(folder, 'dist/cli');
/** As Node 20 is: without what later ones have. The built-in modules hold their own copies. */
const LIKE_NODE_20 = `
  delete Map.groupBy; delete Object.groupBy; delete Promise.withResolvers; delete Promise.try;
  delete Array.fromAsync; delete RegExp.escape; delete globalThis.Iterator?.from;
  for (const name of ['union', 'intersection', 'difference', 'symmetricDifference', 'isSubsetOf', 'isSupersetOf', 'isDisjointFrom'])
    delete Set.prototype[name];
  const iterator = Object.getPrototypeOf(Object.getPrototypeOf([].values()));
  for (const name of ['map', 'filter', 'take', 'drop', 'flatMap', 'reduce', 'toArray', 'forEach', 'some', 'every', 'find'])
    delete iterator[name];`;
const run = (...args: readonly string[]): Promise<{ readonly stdout: string }> =>
  promisify(execFile)(
    process.execPath,
    [
      '--import',
      `data:text/javascript,${encodeURIComponent(LIKE_NODE_20)}`,
      join(compiled, 'vpn-medic.js'),
      ...args,
    ],
    { cwd: folder },
  );
const outputOf = (error: unknown) => ({ stdout: String(Object(error).stdout) });

beforeAll(async () => {
  await copyFile(join(root, 'package.json'), join(folder, 'package.json'));
  await buildCommandLine(compiled);
});
afterAll(() => rm(folder, { recursive: true }));

test('it rehearses, prints its version and replays a capture, with nothing installed beside it', async () => {
  const { stdout } = await run('rehearse', '--scenario', 'process-dead');
  expect(stdout).toContain('ApplianceDown: hq-a is down: ike:500 does not answer');
  expect((await run('--version')).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  const capture = join(root, 'examples/captures/small-office.jsonl');
  expect((await run('map', '--capture', capture)).stdout).toContain('<svg');
});

test('its worker thread is beside it', async () => {
  const capture = join(root, 'examples/captures/small-office.jsonl');
  // It exits with 2: single failures cut something off.
  const { stdout } = await run('rehearse', '--every', '--capture', capture).catch(outputOf);
  expect(stdout).toContain('vpn-a hangs');
});

test('all of it takes at most 2.5 MB, names no place of the machine that built it, and has the live page', async () => {
  const names = await readdir(compiled, { recursive: true });
  expect(names).toEqual(expect.arrayContaining([join('page', 'live.html'), 'worker.js']));
  const files = names.filter((name) => name.endsWith('.js'));
  const sizes = await Promise.all(
    files.map(async (name) => (await stat(join(compiled, name))).size),
  );
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(2_500_000);
  for (const name of files) {
    expect(await readFile(join(compiled, name), 'utf8')).not.toContain(root);
  }
});
