/**
 * Goal: a dead or silent appliance's routes are carried by the living one, and come home when it is well again.
 * Method: the built watcher over HTTP, real listeners that are killed or fall silent, routes read back over the API.
 */
import { randomInt } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { applianceOf, tableOf } from '../lab.ts';
import { pause, until } from '../pause.ts';
import { expectFailover, inFixture } from './inAccount.ts';
import {
  expectOnlyPermittedWrites,
  type Fixture,
  movesOf,
  nextHopsOf,
  QUICK,
  untilCarriedBy,
  untilNotified,
} from './open.ts';

const MS_MAX = 400_000;

describe('an appliance that died', () => {
  test(
    'loses its six routes to the living one, and gets them back after the hold, not before',
    inFixture(async ({ lab, a, watch }) => {
      const watcher = await watch();
      expect(movesOf(lab)).toEqual([]);

      await a.kill();
      await untilCarriedBy(lab, 'vpn-b');
      const failedOver = movesOf(lab);
      expect(failedOver.map((call) => call.params['RouteTableId'])).toEqual(
        Array.from({ length: 6 }, () => tableOf(lab, 'a').tableId),
      );
      expect(new Set(failedOver.map((call) => call.params['NetworkInterfaceId']))).toEqual(
        new Set([applianceOf(lab, 'vpn-b').interfaceId]),
      );
      await untilNotified(lab, 'ApplianceDown', applianceOf(lab, 'vpn-a').instanceId);

      await a.revive();
      await untilCarriedBy(lab, 'vpn-a');
      const preferred = movesOf(lab).slice(6);
      expect(preferred).toHaveLength(6);
      const restedMs = (preferred[0]?.arrivedAt ?? 0) - (failedOver[5]?.answeredAt ?? 0);
      expect(restedMs).toBeGreaterThanOrEqual(Number(QUICK.HOLD_MS) - 100);
      await untilNotified(lab, 'ApplianceDown', '"resolved"');

      const summary = await watcher.end();
      expect(summary).toMatchObject({ ticks: expect.any(Number) });
      expect(await nextHopsOf(lab, 'b')).toEqual(['vpn-b']);
      expectOnlyPermittedWrites(lab);
    }),
    MS_MAX,
  );
});

describe('an appliance whose host fell silent', () => {
  test(
    'loses its six routes to the living one',
    inFixture(async (fixture) => {
      const { lab, a } = fixture;
      await fixture.watch();
      await a.silence();
      await expectFailover(fixture);
      expect(await nextHopsOf(lab, 'b')).toEqual(['vpn-b']);
      expectOnlyPermittedWrites(lab);
    }),
    MS_MAX,
  );
});

/** At default settings, each heard out; how long the longest of them was in fact. */
async function fourBlips({ a, watch }: Fixture): Promise<number> {
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
  const answered = a.probeCount();
  await until('the appliance to be heard again', () => a.probeCount() >= answered + 2);
  await watcher.end();
  return Math.max(...took);
}

describe('a blip', () => {
  test(
    'of 1.5 s, refused or silent, moves nothing at default settings and notifies no death',
    async () => {
      const longestMs: number[] = [];
      const isFair = () => longestMs.some((ms) => ms < 1_900);
      const play = inFixture(async (fixture) => {
        longestMs.push(await fourBlips(fixture));
        // On a busy machine: what was away for 2 s and more was no blip of 1.5 s.
        if (!isFair()) return;
        const { lab } = fixture;
        expect(lab.gateway.callsOf('ReplaceRoute', 'all')).toEqual([]);
        const notified = lab.listener.received.map((one) => one.text).join('\n');
        expect(notified).not.toContain('ApplianceDown');
      });
      while (!isFair() && longestMs.length < 4) await play();
      expect(isFair()).toBe(true);
    },
    MS_MAX,
  );

  test(
    'of 4 s moves the routes where one miss and a silence of 1 s are enough',
    inFixture(async (fixture) => {
      const { a } = fixture;
      const silence = { SILENCE_INSIDE_MS: '1000', SILENCE_OUTSIDE_MS: '1000' };
      await fixture.watch({ FALL: '1', ...silence });
      await a.kill();
      await pause(4_000);
      await a.revive();
      await expectFailover(fixture);
    }),
    MS_MAX,
  );
});
