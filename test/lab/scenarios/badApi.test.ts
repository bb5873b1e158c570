/**
 * Goal: an API that throttles, loses answers, or goes away for a while delays a failover and never spoils it.
 * Method: faults at the gateway, a real restart of the emulator with the same account, the routes read back.
 */
import { expect, test } from '@jest/globals';
import { pause, until } from '../pause.ts';
import { expectFailover, expectNothingMoved, onStage } from './inAccount.ts';
import { carriersOf, expectOnlyPermittedWrites, movesOf, untilCarriedBy } from './open.ts';

const MS_MAX = 400_000;

test(
  'a throttled ReplaceRoute is tried again until all six routes are moved, each exactly once',
  onStage(async ({ lab, a, watch }) => {
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
  onStage(async ({ lab, a, watch }) => {
    await watch();
    lab.gateway.faults.failNext('ReplaceRoute', 2, 'lost');
    await a.kill();
    await untilCarriedBy(lab, 'vpn-b');
    expect(movesOf(lab).length).toBeGreaterThanOrEqual(6);
    expect(await carriersOf(lab, 'b')).toEqual(['vpn-b']);
  }),
  MS_MAX,
);

test(
  'an emulator restarted mid-run: nothing moves while the API is away, and the appliance that died meanwhile loses its routes after it',
  onStage(async (stage) => {
    const { lab, a } = stage;
    await stage.watch();
    await lab.restartEmulator(async () => {
      const callsBefore = lab.gateway.calls.length;
      await a.kill();
      await pause(3_000);
      expect(lab.gateway.calls).toHaveLength(callsBefore);
    });
    // The account is built anew, so its routes stand as they did at first.
    await expectFailover(stage);
    expectOnlyPermittedWrites(lab);
  }),
  MS_MAX,
);

test(
  'an API that goes away for 4 s and comes back moves nothing when all appliances are well',
  onStage(async (stage) => {
    const { lab, a } = stage;
    const watcher = await stage.watch();
    await lab.gateway.shut();
    await pause(4_000);
    await lab.gateway.open();
    const heard = a.knockCount();
    await until('the watcher to go on for a while', () => a.knockCount() >= heard + 8);
    expect(watcher.hasEnded()).toBe(false);
    await expectNothingMoved(stage);
  }),
  MS_MAX,
);
