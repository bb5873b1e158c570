/** The state table of the simulated account: conditions hold, JSON survives, faults are data. */
import { describe, expect, test } from '@jest/globals';
import type { Fault } from '../../lib/simulator/faults.ts';
import { NEVER_ABORTED, someAccount, soon } from '../storm/account.ts';

async function table(fault?: Fault) {
  const account = someAccount();
  if (fault !== undefined) account.faults.add(fault, 0, 3_600_000);
  await account.clock.run(1);
  const { store } = account.start('test').ports;
  const write = (overVersion: number, body: unknown, expiresAt: number | null = null) =>
    soon(account, store.write({ id: 'a', overVersion, body, expiresAt }, NEVER_ABORTED));
  const read = () => soon(account, store.read(['a', 'b'], NEVER_ABORTED));
  return { account, write, read };
}

describe('the state table', () => {
  test('writes over exactly the version that was read, and over no other', async () => {
    const { write, read } = await table();
    expect(await write(0, { n: 1 })).toEqual({ kind: 'written', version: 1 });
    expect(await write(0, { n: 2 })).toEqual({ kind: 'conflict' });
    expect(await write(2, { n: 2 })).toEqual({ kind: 'conflict' });
    expect(await write(1, { n: 3 })).toEqual({ kind: 'written', version: 2 });
    expect(await read()).toMatchObject({
      known: true,
      value: [{ id: 'a', version: 2, body: { n: 3 } }],
    });
  });

  test('forgets an item when its time is over, and not before', async () => {
    const { account, write, read } = await table();
    await write(0, 'x', account.clock.now() + 60_000);
    await account.clock.run(50_000);
    expect(await read()).toMatchObject({ value: [{ body: 'x' }] });
    await account.clock.run(61_000);
    expect(await read()).toMatchObject({ known: true, value: [] });
  });

  test('that cannot be reached reads unknown and fails writes', async () => {
    const { account, write, read } = await table({ kind: 'store-unreachable' });
    expect((await read()).known).toBe(false);
    expect((await write(0, 'x')).kind).toBe('failed');
    expect(account.table.bodies().size).toBe(0);
  });

  test('that is flaky has written about half of what it calls failed', async () => {
    const { account, write } = await table({ kind: 'store-flaky', chance: 1 });
    let version = 0;
    let written = 0;
    for (let count = 0; count < 200; count += 1) {
      expect((await write(version, count)).kind).toBe('failed');
      if (account.table.bodies().get('a') === count) {
        written += 1;
        version += 1;
      }
    }
    expect(written).toBeGreaterThan(70);
    expect(written).toBeLessThan(130);
  });

  test('with a busy neighbour conflicts, and the neighbour has raised the version', async () => {
    const { write, read } = await table({ kind: 'store-conflicts', chance: 1 });
    expect((await write(0, 'mine')).kind).toBe('written');
    expect((await write(1, 'mine again')).kind).toBe('conflict');
    expect(await read()).toMatchObject({ value: [{ version: 2, body: 'mine' }] });
  });
});
