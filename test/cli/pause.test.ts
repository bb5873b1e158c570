/** Goal: a pause is written as it was meant, with its end and its reason, and ended likewise. Method: the commands over the simulated account. */
import { beforeEach, describe, expect, test } from '@jest/globals';
import { PAUSE_ID } from '../../lib/core/pause.ts';
import type { SimAccount } from '../../lib/simulator/account.ts';
import { ANA, cliOver, type Fixture, simAccount } from './open.ts';

let account: SimAccount;
const run = (argv: readonly string[], fixture: Fixture = {}) =>
  cliOver(account, [...argv, '--state-table', 't'], fixture);
const stored = () => account.table.bodies().get(PAUSE_ID);

beforeEach(() => {
  account = simAccount();
});

describe('pause', () => {
  test('stores who, why and until when: two hours without --for', async () => {
    const said = await run(['pause', '--why', 'change CHG-1', '-y', '--json']);
    expect(said).toMatchObject({ exit: 0, err: '' });
    const { at, until } = JSON.parse(said.out);
    expect(Date.parse(until) - Date.parse(at)).toBe(2 * 3_600_000);
    expect(stored()).toMatchObject({ by: ANA, why: 'change CHG-1', until: Date.parse(until) });
  });

  test.each([
    ['without a reason', ['pause'], 'add --why'],
    ['without an end', ['pause', '--for', 'ever', '--why', 'x'], 'write a number and a unit'],
    ['of 25 hours', ['pause', '--for', '25h', '--why', 'x'], 'at most'],
    ['of 0 m', ['pause', '--for', '0m', '--why', 'x'], 'at least one minute'],
  ])('%s is refused', async (_what, argv, why) => {
    const said = await run([...argv, '-y']);
    expect(said.exit).toBe(1);
    expect(said.err).toContain(why);
    expect(stored()).toBe(undefined);
  });

  test('asks, and changes nothing on no', async () => {
    const said = await run(['pause', '--why', 'x'], { answer: false });
    expect(said.exit).toBe(1);
    expect(stored()).toBe(undefined);
  });

  test('over another one says which it replaces', async () => {
    await run(['pause', '--why', 'first', '-y']);
    expect((await run(['pause', '--why', 'second', '-y'])).out).toContain('(first)');
    expect(stored()).toMatchObject({ why: 'second' });
  });
});

describe('resume', () => {
  test('ends it now', async () => {
    await run(['pause', '--why', 'x', '-y']);
    const said = await run(['resume', '-y']);
    expect(said).toMatchObject({ exit: 0, err: '' });
    expect(JSON.stringify(stored())).not.toContain('null');
    expect((await run(['resume', '-y'])).out).toContain('Nothing is paused.');
  });
});
