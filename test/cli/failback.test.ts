/**
 * Goal: a failback is allowed as the person meant it, for the doubt that there is, and only after they agreed.
 * Method: the command over the simulated account and its state table.
 */
import { beforeEach, describe, expect, test } from '@jest/globals';
import { parseFailbacks } from '../../lib/appliances/state/failback.ts';
import { stateBody, stateId } from '../../lib/appliances/state/stored.ts';
import { type ApplianceMemory, noMemory } from '../../lib/appliances/state.ts';
import type { SimAccount } from '../../lib/simulator/account.ts';
import { applianceMemory } from '../builders/world.ts';
import { ANA, cliOver, type Fixture, simAccount } from './open.ts';

const FAILBACKS = 'failbacks#eu-west-1';
let account: SimAccount;

const run = (argv: readonly string[], fixture: Fixture = {}) =>
  cliOver(account, [...argv, '--state-table', 't'], fixture);
const failbacks = () => parseFailbacks(account.table.bodies().get(FAILBACKS)) ?? [];
const idOf = (name: string): string =>
  account.network.instances.all().find((one) => one.name === name)?.instanceId ?? '';

/** The leader has stored that these are in doubt since that instant. */
function doubt(names: readonly string[], since: number): void {
  const now = account.clock.now();
  const memory = (name: string): [string, ApplianceMemory] => {
    const { instanceId = '', zone = '' } =
      account.network.instances.all().find((one) => one.name === name) ?? {};
    const doubted = { doubt: { since, why: 'died' }, downCause: 'probes' } as const;
    return [instanceId, applianceMemory({ name, zone, interfaces: [], seenAt: now, ...doubted })];
  };
  const body = stateBody({ ...noMemory(now, 40), appliances: new Map(names.map(memory)) }, 1, now);
  account.table.put({ id: stateId('eu-west-1'), overVersion: 0, body, expiresAt: null }, now);
}

beforeEach(() => {
  account = simAccount();
});

describe('failback', () => {
  test('to an appliance in doubt stores who, why and which doubt it ends', async () => {
    const since = account.clock.now() - 60_000;
    doubt(['hq-a'], since);
    const said = await run(['failback', 'hq-a', '--why', 'pinged the far side', '-y']);
    expect(said).toMatchObject({ exit: 0, err: '' });
    expect(failbacks()).toMatchObject([
      { instanceId: idOf('hq-a'), doubtSince: since, by: ANA, why: 'pinged the far side' },
    ]);
  });

  test('to a group covers its appliances in doubt, and no other', async () => {
    doubt(['hq-a', 'hq-b', 'branch-a'], account.clock.now() - 60_000);
    await run(['failback', 'hq', '-y']);
    expect(failbacks().map(({ instanceId }) => instanceId)).toEqual([idOf('hq-a'), idOf('hq-b')]);
  });

  test('a second word of the same appliance replaces the first', async () => {
    doubt(['hq-a'], account.clock.now() - 60_000);
    await run(['failback', 'hq-a', '-y']);
    await run(['failback', 'hq-a', '--why', 'again', '-y']);
    expect(failbacks()).toMatchObject([{ why: 'again' }]);
  });

  test('where nothing waits, nothing is written', async () => {
    const said = await run(['failback', 'hq', '-y']);
    expect(said).toMatchObject({ exit: 0 });
    expect(said.out).toContain('No route of hq waits for a failback');
    expect(failbacks()).toEqual([]);
  });

  test.each([
    ['no', false],
    ['nobody there', null],
  ])('writes nothing when the answer is %s', async (_what, answer) => {
    doubt(['hq-a'], account.clock.now() - 60_000);
    expect((await run(['failback', 'hq-a'], { answer })).exit).toBe(1);
    expect(failbacks()).toEqual([]);
  });

  test('to an appliance that there is not says what there is', async () => {
    const said = await run(['failback', 'hq-z', '-y']);
    expect(said.exit).toBe(1);
    expect(said.err).toContain('hq-a');
  });

  test('without arguments lists what was allowed', async () => {
    doubt(['hq-a'], account.clock.now() - 60_000);
    await run(['failback', 'hq-a', '--why', 'tested', '-y']);
    expect((await run(['failback'])).out).toMatch(/i-\w+ .*tested/);
  });
});
