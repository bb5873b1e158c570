/**
 * Goal: no operator command answers from a table that no leader keeps without saying so.
 * Method: the commands over a state table whose lease was written so long ago.
 */
import { beforeEach, describe, expect, test } from '@jest/globals';
import { DEFAULT_POLICY } from '../../lib/appliances/types/policy.ts';
import type { SimAccount } from '../../lib/simulator/account.ts';
import { Deployment } from '../../lib/simulator/deployment.ts';
import { leaseId, type Scope } from '../../lib/watcher/lease/item.ts';
import { cliOver, START_AT, simAccount } from './open.ts';

let account: SimAccount;

const run = (argv: readonly string[]) =>
  cliOver(account, [...argv, '--state-table', 't'], { isWatched: false });

/** The command reads the table some ms after it has started. */
function lookedAt(scope: Scope, agoMs: number, mode: 'act' | 'observe' = 'act'): void {
  const lease = { leader: 'w1', token: 1, renewedAt: 0, startedAt: 0, isLookRequested: false };
  const id = leaseId('eu-west-1', scope);
  const body = { ...lease, lookedAt: START_AT - agoMs, mode };
  account.table.put({ id, overVersion: 0, body, expiresAt: null }, START_AT);
}

beforeEach(() => {
  account = simAccount();
});

describe('incidents', () => {
  test('where no leader has ever looked knows nothing: exit 1', async () => {
    const said = await run(['incidents']);
    expect(said.exit).toBe(1);
    expect(said.out).toContain('no leader has ever looked at the appliances of this region');
    expect(said.out).not.toContain('Nothing is open');
  });

  test.each([
    [29_000, 0, 'Nothing is open.'],
    [30_001, 1, 'Not known whether anything is open'],
  ])('%i ms after the last look: exit %i', async (agoMs, exit, told) => {
    lookedAt('appliances', agoMs);
    const said = await run(['incidents']);
    expect(said.exit).toBe(exit);
    expect(said.out).toContain(told);
  });

  test('says when and in which mode', async () => {
    lookedAt('appliances', 1_000, 'observe');
    lookedAt('connections', 60_000);
    const { out } = await run(['incidents']);
    expect(out).toMatch(
      /Last look: appliances 1(\.\d)? s ago \(mode observe\), connections 1 min ago/,
    );
  });

  test.each([
    ['connections', 149_000, 0],
    ['connections', 150_001, 1],
    ['endpoints', 659_000, 0],
    ['endpoints', 660_001, 1],
  ] as const)('a poll of %s %i ms ago: exit %i', async (scope, agoMs, exit) => {
    lookedAt('appliances', 1_000);
    lookedAt(scope, agoMs);
    expect((await run(['incidents'])).exit).toBe(exit);
  });

  test('says what a running deployment did, and that it stopped', async () => {
    const options = { seed: 1, policy: DEFAULT_POLICY, everyMs: 60_000, lifeMs: 90_000 };
    const deployment = new Deployment(account, options);
    deployment.start();
    await account.clock.run(100_000);
    expect((await run(['incidents'])).exit).toBe(0);
  });
});

describe('a leader that is late', () => {
  test.each([
    ['maintenance', ['maintenance', 'list']],
    ['pin', ['pin']],
    ['pause', ['pause', '--why', 'x', '-y']],
    ['resume', ['resume', '-y']],
    ['maintenance start', ['maintenance', 'start', '--all', '--for', '1h', '--why', 'x', '-y']],
    ['pin of a group', ['pin', 'hq', '--to', 'hq-b', '--why', 'x', '-y']],
    ['unpin', ['unpin', '--all', '-y']],
  ])('is said by %s, with exit 1; a request is stored all the same', async (_what, argv) => {
    lookedAt('appliances', 120_000);
    const said = await run(argv);
    expect(said.exit).toBe(1);
    expect(said.out).toContain('Not watched: the leader of the appliances last looked 2 min ago');
  });
});

test('a pause is shown before every answer', async () => {
  lookedAt('appliances', 1_000);
  await run(['pause', '--why', 'change', '-y']);
  expect((await run(['incidents'])).out).toMatch(
    /Paused: writes are paused by .* until .* \(change\)/,
  );
  expect(JSON.parse((await run(['pin', '--json'])).out).watch.paused).toMatchObject({
    why: 'change',
  });
});
