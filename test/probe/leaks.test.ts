/** Knocks of every kind and every outcome, 20,000 of them, leave no socket, timer or descriptor behind. */
import { expect, test } from '@jest/globals';
import { knock } from '../../lib/probe/probe.ts';
import { never } from './peer.ts';
import { knockAround, leftOpen, NOTHING, openThings, openTown } from './testPorts.ts';

const AT_ONCE = 200;

async function inTown(knockCount: number): Promise<Readonly<Record<string, number>>> {
  const town = await openTown();
  const outcomes = await knockAround(town, knockCount, AT_ONCE);
  await town.closeAll();
  return outcomes;
}

test('an answer long before the timeout leaves no timer waiting for it', async () => {
  const before = await openThings();
  const town = await openTown();
  const answers = await Promise.all(town.alive.map((target) => knock(target, 60_000, never)));
  expect(answers.map(({ kind }) => kind)).toEqual(town.alive.map(() => 'up'));
  await town.closeAll();
  expect(leftOpen(before, await openThings(before))).toEqual(NOTHING);
});

test('20,000 knocks leave nothing open', async () => {
  // Once before counting: whatever is opened for good is open by then.
  await inTown(AT_ONCE);
  const before = await openThings();
  const outcomes = await inTown(20_000);
  expect(leftOpen(before, await openThings(before))).toEqual(NOTHING);
  const told = Object.values(outcomes).reduce((sum, count) => sum + count, 0);
  expect(told).toBe(20_000);
  for (const kind of ['tcp', 'tls', 'ike', 'openvpn', 'openvpn-tcp']) {
    expect(outcomes[`${kind} up`]).toBeGreaterThan(0);
    expect(outcomes[`${kind} down`]).toBeGreaterThan(0);
  }
  // Nobody ends an aborted batch of silent doors but the abort.
  expect(outcomes['ike unknown']).toBeGreaterThan(0);
}, 300_000);
