/**
 * Goal: a watcher whose clock differs from its forerunner's neither shortens a hold nor stretches it without end.
 * Method: one watcher fails a route over and ends, the next one's clock is wrong from its start, or the first one's
 * steps while the next one looks on; real time is virtual.
 */
import { describe, expect, test } from '@jest/globals';
import { DEFAULT_POLICY } from '../../lib/appliances/types/policy.ts';
import { watch } from '../../lib/watcher/watch.ts';
import { idOf, someAccount } from '../storm/account.ts';

const POLICY = { ...DEFAULT_POLICY, rise: 10, holdMs: 120_000 };
const DIES_MS = 20_000;
const HOUR_MS = 3_600_000;

/** When the route of the appliance that died for 10 s was home again, after its failover; null: not within 400 s. */
async function failbackAfterMs(
  clocksMs: readonly [first: number, second: number],
  secondStartsMs = 60_000,
  /** Of the first one's clock. */
  step: { readonly byMs: number; readonly atMs: number } | null = null,
): Promise<number | null> {
  const account = someAccount();
  const { clock, faults, log } = account;
  const instanceId = idOf(account, 'hq-a');
  faults.add({ kind: 'host-dead', instanceId }, DIES_MS, DIES_MS + 10_000);
  const stopping = new AbortController();
  const ends = clocksMs.map((aheadMs, index) => {
    const startsMs = index * secondStartsMs;
    return new Promise<void>((resolve) => {
      clock.at(startsMs, () => {
        const { ports, invocation } = account.start(`watch-${index + 1}`);
        invocation.jumpWall(aheadMs);
        if (index === 0 && step !== null) clock.at(step.atMs, () => invocation.jumpWall(step.byMs));
        const endMs = index === 0 ? 90_000 : HOUR_MS;
        void watch(ports, {
          accountId: account.network.accountId,
          policy: POLICY,
          watcherId: `watch-${index + 1}`,
          remainingMs: () => endMs - clock.monotonicMs(),
          signal: stopping.signal,
        }).then(() => resolve());
      });
    });
  });
  await clock.run(DIES_MS + secondStartsMs + 400_000);
  stopping.abort();
  await clock.run(clock.monotonicMs() + 20_000);
  await Promise.all(ends);
  const [failedOver, ...rest] = log.writes;
  expect(failedOver?.before).toBe(account.groundTruth.linkOf(instanceId)?.interfaceId);
  const preferred = rest.find(({ interfaceId }) => interfaceId === failedOver?.before);
  return preferred === undefined || failedOver === undefined
    ? null
    : preferred.issuedMs - failedOver.issuedMs;
}

describe('a hold of 120 s', () => {
  test.each([
    ['of two right clocks', [0, 0], 120_000, 123_000],
    ['of a newcomer 4 s ahead', [0, 4_000], 115_000, 123_000],
    ['of a newcomer 30 s ahead', [0, 30_000], 120_000, 130_000],
    ['of a newcomer an hour ahead', [0, HOUR_MS], 120_000, 130_000],
    ['of a forerunner an hour behind', [-HOUR_MS, 0], 120_000, 130_000],
    // Its failover lies ahead of us, and nobody knows by how much: the hold begins when we first read of it.
    ['of a newcomer an hour behind', [0, -HOUR_MS], 120_000, 165_000],
    ['of a forerunner an hour ahead', [HOUR_MS, 0], 120_000, 165_000],
  ] as const)('%s is kept, and no more', async (_what, clocksMs, atLeastMs, atMostMs) => {
    const tookMs = await failbackAfterMs(clocksMs);
    expect(tookMs).toBeGreaterThanOrEqual(atLeastMs);
    expect(tookMs).toBeLessThanOrEqual(atMostMs);
  });

  // The newcomer starts at 60 s, reads memory and lease by 61 s, and leads from about 65 s on; the step may fall anywhere.
  test.each(
    [
      58_100, 59_400, 60_050, 60_900, 61_700, 62_500, 63_300, 64_100, 64_500, 64_900, 66_000,
    ].flatMap((atMs) =>
      [-HOUR_MS, -30_000, 30_000, HOUR_MS].map((byMs) => [byMs / 1_000, atMs / 1_000] as const),
    ),
  )('is kept when the forerunner’s clock steps by %i s, %d s after the start', async (byS, atS) => {
    const step = { byMs: byS * 1_000, atMs: atS * 1_000 };
    const tookMs = await failbackAfterMs([0, 0], 60_000, step);
    expect(tookMs).toBeGreaterThanOrEqual(120_000);
    expect(tookMs).toBeLessThanOrEqual(165_000);
  });

  test('of two right clocks goes on after two minutes without a watcher: what nobody watched is no rest', async () => {
    const tookMs = await failbackAfterMs([0, 0], 210_000);
    // 70 s rested before, and the rest after 210 s - 90 s = 120 s without anybody.
    expect(tookMs).toBeGreaterThanOrEqual(235_000);
    expect(tookMs).toBeLessThanOrEqual(250_000);
  });
});
