/**
 * Goal: a dead or silent appliance's routes are carried by the living one, and come home when it is well again.
 * Method: the built watcher over HTTP, real listeners that are killed or fall silent, routes read back over the API.
 */
import { randomInt } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { applianceOf, tableOf } from '../lab.ts';
import { pause, until } from '../pause.ts';
import { expectFailover, onStage } from './inAccount.ts';
import {
  carriersOf,
  expectOnlyPermittedWrites,
  movesOf,
  QUICK,
  type Stage,
  untilCarriedBy,
  untilTold,
} from './open.ts';

const MS_MAX = 400_000;

describe('an appliance that died', () => {
  test(
    'loses its six routes to the living one, and gets them back after the hold, not before',
    onStage(async ({ lab, a, watch }) => {
      const watcher = await watch();
      expect(movesOf(lab)).toEqual([]);

      await a.kill();
      await untilCarriedBy(lab, 'vpn-b');
      const away = movesOf(lab);
      expect(away.map((call) => call.params['RouteTableId'])).toEqual(
        Array.from({ length: 6 }, () => tableOf(lab, 'a').tableId),
      );
      expect(new Set(away.map((call) => call.params['NetworkInterfaceId']))).toEqual(
        new Set([applianceOf(lab, 'vpn-b').interfaceId]),
      );
      await untilTold(lab, 'ApplianceDown', applianceOf(lab, 'vpn-a').instanceId);

      await a.revive();
      await untilCarriedBy(lab, 'vpn-a');
      const home = movesOf(lab).slice(6);
      expect(home).toHaveLength(6);
      const restedMs = (home[0]?.arrivedAt ?? 0) - (away[5]?.answeredAt ?? 0);
      expect(restedMs).toBeGreaterThanOrEqual(Number(QUICK.HOLD_MS) - 100);
      await untilTold(lab, 'ApplianceDown', '"resolved"');

      const summary = await watcher.end();
      expect(summary).toMatchObject({ ticks: expect.any(Number) });
      expect(await carriersOf(lab, 'b')).toEqual(['vpn-b']);
      expectOnlyPermittedWrites(lab);
    }),
    MS_MAX,
  );
});

describe('an appliance whose host fell silent', () => {
  test(
    'loses its six routes to the living one',
    onStage(async (stage) => {
      const { lab, a } = stage;
      await stage.watch();
      await a.silence();
      await expectFailover(stage);
      expect(await carriersOf(lab, 'b')).toEqual(['vpn-b']);
      expectOnlyPermittedWrites(lab);
    }),
    MS_MAX,
  );
});

/** At default settings, each heard out; how long the longest of them was in fact. */
async function fourBlips({ a, watch }: Stage): Promise<number> {
  const watcher = await watch({});
  const took: number[] = [];
  for (const blip of [a.refuse, a.silence, a.refuse, a.silence]) {
    const from = performance.now();
    await blip();
    await pause(1_500);
    await a.revive();
    took.push(performance.now() - from);
    // Any phase of the probe's second, and time for a verdict, had there been one.
    await pause(randomInt(2_000, 3_000));
  }
  const heard = a.knockCount();
  await until('the appliance to be heard again', () => a.knockCount() >= heard + 2);
  await watcher.end();
  return Math.max(...took);
}

describe('a blip', () => {
  test(
    'of 1.5 s, refused or silent, moves nothing at default settings and tells nobody of a death',
    async () => {
      const longestMs: number[] = [];
      const isFair = () => longestMs.some((ms) => ms < 1_900);
      const play = onStage(async (stage) => {
        longestMs.push(await fourBlips(stage));
        // On a busy machine: what was away for 2 s and more was no blip of 1.5 s.
        if (!isFair()) return;
        const { lab } = stage;
        expect(lab.gateway.callsOf('ReplaceRoute', 'all')).toEqual([]);
        const told = lab.listener.received.map((one) => one.text).join('\n');
        expect(told).not.toContain('ApplianceDown');
      });
      while (!isFair() && longestMs.length < 4) await play();
      expect(isFair()).toBe(true);
    },
    MS_MAX,
  );

  test(
    'of 1.5 s moves the routes where one miss is enough',
    onStage(async (stage) => {
      const { a } = stage;
      await stage.watch({ FALL: '1' });
      await a.kill();
      await pause(1_500);
      await a.revive();
      await expectFailover(stage);
    }),
    MS_MAX,
  );
});
