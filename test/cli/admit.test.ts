/** Goal: an admission is written as the person meant it, in their name, and the watcher follows it. Method: the simulated account. */
import { beforeEach, expect, test } from '@jest/globals';
import { parseAdmits } from '../../lib/appliances/state/admit.ts';
import type { SimAccount } from '../../lib/simulator/account.ts';
import { ANA, cliOver, type Fixture, simAccount } from './open.ts';

let account: SimAccount;
let hqB: string;

const run = (argv: readonly string[], fixture: Fixture = {}) =>
  cliOver(account, [...argv, '--state-table', 't'], fixture);
const stored = () => parseAdmits(account.table.bodies().get('admits#eu-west-1')) ?? [];

beforeEach(() => {
  account = simAccount();
  hqB = account.network.instances.all().find(({ name }) => name === 'hq-b')?.instanceId ?? '';
});

test('admit with --yes stores who, why and for which group, and names the way back', async () => {
  const said = await run(['admit', 'hq-b', '--why', 'new spare', '-y']);
  expect(said).toMatchObject({ exit: 0, err: '' });
  expect(said.out).toContain(`vpn-medic admit ${hqB} --revoke`);
  expect(stored()).toMatchObject([
    { instanceId: hqB, group: 'hq', isAdmitted: true, by: ANA, why: 'new spare' },
  ]);
});

test('a revocation replaces it; the list shows the last word', async () => {
  await run(['admit', hqB, '-y']);
  await run(['admit', hqB, '--revoke', '--why', 'not ours', '-y']);
  expect(stored()).toMatchObject([{ instanceId: hqB, isAdmitted: false }]);
  const said = await run(['admit']);
  expect(said).toMatchObject({ exit: 0 });
  expect(said.out).toMatch(new RegExp(`${hqB} +hq +kept out .*not ours`));
});

test('nothing is stored when the answer is no', async () => {
  expect((await run(['admit', 'hq-b'], { answer: false })).exit).toBe(1);
  expect(stored()).toEqual([]);
});

test.each([
  ['an appliance that there is not', ['admit', 'hq-z', '-y'], 'there is no such appliance'],
  ['two at once', ['admit', 'hq-a', 'hq-b', '-y'], 'Name one appliance'],
  ['nothing to revoke', ['admit', '--revoke', '-y'], 'revoke what?'],
])('%s is no admission', async (_what, argv, why) => {
  const said = await run(argv);
  expect(said.exit).toBe(1);
  expect(said.err).toContain(why);
  expect(stored()).toEqual([]);
});
