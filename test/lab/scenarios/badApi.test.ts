/**
 * Goal: an API that throttles, loses answers, or goes away for a while delays a failover and never spoils it.
 * Method: faults at the gateway, a real restart of the emulator with the same account, the routes read back.
 */
import { expect, test } from '@jest/globals';
import { pause, until } from '../pause.ts';
import { expectFailover, expectNothingMoved, inFixture } from './inAccount.ts';
import { expectOnlyPermittedWrites, movesOf, nextHopsOf, untilCarriedBy } from './open.ts';

const MS_MAX = 400_000;

test(
  'a throttled ReplaceRoute is tried again until all six routes are moved, each exactly once',
  inFixture(async ({ lab, a, watch }) => {
    await watch();
    lab.gateway.faults.throttle('ReplaceRoute', 2, 1);
    await a.kill();
    await untilCarriedBy(lab, 'vpn-b');
    const all = lab.gateway.callsOf('ReplaceRoute', 'all');
    expect(all.some((call) => call.status === 503)).toBe(true);
    expect(movesOf(lab)).toHaveLength(6);
  }),
  MS_MAX,
);

test(
  'a ReplaceRoute whose answer is lost is seen to have worked, and no route is left behind',
  inFixture(async ({ lab, a, watch }) => {
    await watch();
    lab.gateway.faults.failNext('ReplaceRoute', 2, 'lost');
    await a.kill();
    await untilCarriedBy(lab, 'vpn-b');
    expect(movesOf(lab).length).toBeGreaterThanOrEqual(6);
    expect(await nextHopsOf(lab, 'b')).toEqual(['vpn-b']);
  }),
  MS_MAX,
);

test(
  'an emulator restarted mid-run: nothing moves while the API is away, and the appliance that died meanwhile loses its routes after it',
  inFixture(async (fixture) => {
    const { lab, a } = fixture;
    await fixture.watch();
    await lab.restartEmulator(async () => {
      const callsBefore = lab.gateway.calls.length;
      await a.kill();
      await pause(3_000);
      expect(lab.gateway.calls).toHaveLength(callsBefore);
    });
    // The account is built anew, so its routes stand as they did at first.
    await expectFailover(fixture);
    expectOnlyPermittedWrites(lab);
  }),
  MS_MAX,
);

test(
  'an API that goes away for 4 s and comes back moves nothing when all appliances are well',
  inFixture(async (fixture) => {
    const { lab, a } = fixture;
    const watcher = await fixture.watch();
    await lab.gateway.shut();
    await pause(4_000);
    await lab.gateway.open();
    const answered = a.probeCount();
    await until('the watcher to go on for a while', () => a.probeCount() >= answered + 8);
    expect(watcher.hasEnded()).toBe(false);
    await expectNothingMoved(fixture);
  }),
  MS_MAX,
);
