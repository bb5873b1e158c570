/** Knocks of every kind and every outcome, 20,000 of them, leave no socket, timer or descriptor behind. */
import { expect, test } from '@jest/globals';
import { PROBE_KINDS } from '../../lib/probe/kinds.ts';
import { result } from '../../lib/probe/probe.ts';
import { never } from './peer.ts';
import { testKeys } from './testKeys.ts';
import { leftOpen, NOTHING, openTestPorts, openThings, probeAround } from './testPorts.ts';

const AT_ONCE = 200;

async function inTestPorts(probeCount: number): Promise<Readonly<Record<string, number>>> {
  const testPorts = await openTestPorts();
  const outcomes = await probeAround(testPorts, probeCount, AT_ONCE);
  await testPorts.closeAll();
  return outcomes;
}

test('an answer long before the timeout leaves no timer waiting for it', async () => {
  const before = await openThings();
  const testPorts = await openTestPorts();
  const keys = testKeys(testPorts.keyTexts);
  const answers = await Promise.all(
    testPorts.alive.map((target) => result(target, 60_000, never, keys)),
  );
  expect(answers.map(({ kind }) => kind)).toEqual(testPorts.alive.map(() => 'up'));
  await testPorts.closeAll();
  expect(leftOpen(before, await openThings(before))).toEqual(NOTHING);
});

test('20,000 knocks leave nothing open', async () => {
  // Once before counting: whatever is opened for good is open by then.
  await inTestPorts(AT_ONCE);
  const before = await openThings();
  const outcomes = await inTestPorts(20_000);
  expect(leftOpen(before, await openThings(before))).toEqual(NOTHING);
  const notified = Object.values(outcomes).reduce((sum, count) => sum + count, 0);
  expect(notified).toBe(20_000);
  for (const kind of Object.keys(PROBE_KINDS)) {
    expect(outcomes[`${kind} up`]).toBeGreaterThan(0);
    expect(outcomes[`${kind} down`]).toBeGreaterThan(0);
  }
  // Nobody ends an aborted batch of silent doors but the abort.
  expect(outcomes['ike unknown']).toBeGreaterThan(0);
}, 300_000);
