/** A move that has been made is not planned again. */
import { expect, test } from '@jest/globals';
import { play } from './play.ts';

const HQ_A = 'i-0a1b2c3d4e5f60001';
const ACCOUNT = '10-instance-refresh-twice';

test('26: a move that another tool made a moment before is planned once, and not again each second', async () => {
  const { skipped, writes } = await play({
    account: ACCOUNT,
    faults: [[{ kind: 'host-dead', instanceId: HQ_A }, 40, 900]],
    others: [
      [
        41.5,
        ({ network }) =>
          network.pointRoute('rtb-0a1b2c3d4e5f60100', '10.20.0.0/16', 'eni-0a1b2c3d4e5f60002'),
      ],
    ],
    lastsS: 100,
  });
  expect(skipped.map(({ why }) => why)).toEqual(['it already points there']);
  expect(writes).toEqual([]);
});

test('a leader that takes over right behind a failover plans none of its moves again, whenever the death was', async () => {
  // The second watcher takes over between second 65 and 66.
  for (let atS = 58; atS <= 63; atS += 0.5) {
    const { skipped, writes } = await play({
      account: ACCOUNT,
      faults: [[{ kind: 'host-dead', instanceId: HQ_A }, atS, 900]],
      lastsS: 75,
      seed: 3,
    });
    expect([atS, skipped]).toEqual([atS, []]);
    expect(writes.length).toBe(1);
  }
}, 60_000);
