/** Goal: state leaves and enters a table whole, without secrets and leases, and never under a living leader. Method: the commands over simulated accounts. */
import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { PAUSE_ID } from '../../lib/core/pause.ts';
import type { SimAccount } from '../../lib/simulator/account.ts';
import { leaseId } from '../../lib/watcher/lease/item.ts';
import { makeTempFolder } from '../tempFolder.ts';
import { cliOver, type Fixture, simAccount } from './open.ts';

let folder = '';
let account: SimAccount;
const run = (argv: readonly string[], fixture: Fixture = {}) =>
  cliOver(account, ['state', ...argv, '--state-table', 't'], fixture);
const put = (id: string, body: unknown, expiresAt: number | null = null) =>
  account.table.put({ id, overVersion: 0, body, expiresAt }, account.clock.now());
const fileOf = (value: unknown): string => {
  const file = join(folder, 'state.json');
  writeFileSync(file, typeof value === 'string' ? value : JSON.stringify(value));
  return file;
};
const importing = (items: readonly unknown[]) =>
  run(['import', fileOf({ version: 1, items }), '-y']);

beforeEach(() => {
  folder = makeTempFolder();
  account = simAccount();
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('export', () => {
  test('holds every item by id with its end, but no lease and no pause', async () => {
    const end = account.clock.now() + 3_600_000;
    put('memory#endpoints#eu-west-1', { a: 1 });
    put('alert#1', { b: [2] }, end);
    put(PAUSE_ID, { version: 1 });
    const said = await run(['export']);
    expect(said.exit).toBe(0);
    expect(JSON.parse(said.out)).toEqual({
      version: 1,
      items: [
        { id: 'alert#1', body: { b: [2] }, expiresAt: end },
        { id: 'memory#endpoints#eu-west-1', body: { a: 1 }, expiresAt: null },
      ],
    });
  });

  test('a secret that was written into an item does not leave', async () => {
    put('memory#connections#eu-west-1', { tunnels: [{ PreSharedKey: 'planted', up: true }] });
    const { out } = await run(['export']);
    expect(out).not.toContain('planted');
    expect(out).toContain('"up":true');
  });

  test('--out writes a new file that only its owner may read', async () => {
    const file = join(folder, 'out.json');
    expect(await run(['export', '--out', file])).toMatchObject({ exit: 0, out: '' });
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const again = await run(['export', '--out', file]);
    expect(again.err).toContain('it exists, and is not overwritten');
  });
});

describe('import', () => {
  test('of an export into another table makes the two hold the same', async () => {
    put('memory#endpoints#eu-west-1', { a: 1 });
    put('memory#connections#eu-west-1', { text: 'x'.repeat(30_000) });
    const file = join(folder, 'out.json');
    await run(['export', '--out', file]);
    account = simAccount();
    put('memory#endpoints#eu-west-1', { a: 0 });
    expect((await run(['import', file, '-y'])).out).toContain('Imported.');
    await run(['export', '--out', join(folder, 'again.json')]);
    const itemsIn = (name: string) =>
      JSON.parse(readFileSync(join(folder, name), 'utf8')).items.filter(
        ({ id }: { readonly id: string }) => !id.startsWith('desk#'),
      );
    expect(itemsIn('again.json')).toEqual(itemsIn('out.json'));
  });

  test.each([
    [9_500, 'is refused and names the pause', false],
    [10_001, 'is done: no leader lives', true],
  ])('beside a lease that was renewed %i ms ago %s', async (ageMs, _what, isDone) => {
    const now = account.clock.now();
    put(leaseId('eu-west-1', 'connections'), {
      leader: 'w2',
      token: 1,
      renewedAt: now - ageMs,
      startedAt: now - 60_000,
      isLookRequested: false,
    });
    const said = await importing([{ id: 'memory#endpoints#eu-west-1', body: {} }]);
    expect(said.err.includes('first run vpn-medic pause')).toBe(!isDone);
    expect(account.table.bodies().has('memory#endpoints#eu-west-1')).toBe(isDone);
  });

  test('beside a living leader while every write is paused is done', async () => {
    const now = account.clock.now();
    const lease = {
      leader: 'w2',
      token: 1,
      renewedAt: now,
      startedAt: now,
      isLookRequested: false,
    };
    put(leaseId('eu-west-1', 'connections'), lease);
    const until = now + 600_000;
    put(PAUSE_ID, { version: 1, at: now, until, by: 'arn:aws:iam::1:user/ana', why: 'import' });
    await importing([{ id: 'memory#endpoints#eu-west-1', body: {} }]);
    expect(account.table.bodies().has('memory#endpoints#eu-west-1')).toBe(true);
  });

  test('takes in no lease and no pause', async () => {
    await importing([
      { id: 'lease#eu-west-1#crls', body: {} },
      { id: PAUSE_ID, body: {} },
      { id: 'memory#endpoints#eu-west-1', body: {} },
    ]);
    const ids = [...account.table.bodies().keys()];
    expect(ids).not.toContain('lease#eu-west-1#crls');
    expect(ids).not.toContain(PAUSE_ID);
    expect(ids).toContain('memory#endpoints#eu-west-1');
  });

  const deep = (depth: number): unknown => (depth === 0 ? 1 : [deep(depth - 1)]);
  const item = (body: unknown) => ({ version: 1, items: [{ id: 'memory#x', body }] });

  test.each([
    ['no JSON', '{"version": 1, "items": [', 'is no exported state'],
    ['another version', { version: 2, items: [] }, 'is no exported state'],
    [
      'an id with a line break',
      { version: 1, items: [{ id: 'a\nb', body: 1 }] },
      'is no exported state',
    ],
    [
      'an item twice',
      {
        version: 1,
        items: [
          { id: 'a', body: 1 },
          { id: 'a', body: 2 },
        ],
      },
      'an item twice',
    ],
    ['33 levels', item(deep(33)), 'nested too deep'],
    ['a number that is no time', item({ at: 1e16 }), 'nested too deep, or holds a number'],
  ])('%s: one sentence, and nothing is written', async (_what, content, why) => {
    const before = account.table.bodies().size;
    const said = await run(['import', fileOf(content), '-y'], { isWatched: false });
    expect(said.exit).toBe(1);
    expect(said.err).toContain(why);
    expect(said.err.trimEnd().split('\n')).toHaveLength(1);
    expect(account.table.bodies().size).toBe(before);
  });
});
