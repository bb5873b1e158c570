/**
 * Goal: a dead or silent appliance's routes are carried by the living one, and come home when it is well again.
 * Method: the built watcher over HTTP, real listeners that are killed or fall silent, routes read back over the API.
 */
import { afterEach, describe, expect, test } from '@jest/globals';
import { applianceOf, tableOf } from '../lab.ts';
import { pause } from '../pause.ts';
import {
  carriersOf,
  expectOnlyPermittedWrites,
  movesOf,
  openStage,
  QUICK,
  type Stage,
  untilCarriedBy,
  untilTold,
} from './stage.ts';

const MS_MAX = 120_000;
let stage: Stage;

afterEach(() => stage.close(), MS_MAX);

describe('an appliance that died', () => {
  test(
    'loses its six routes to the living one, and gets them back after the hold, not before',
    async () => {
      stage = await openStage();
      const { lab, a } = stage;
      const watcher = await stage.watch();
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
    },
    MS_MAX,
  );
});

describe('an appliance whose host fell silent', () => {
  test(
    'loses its six routes to the living one',
    async () => {
      stage = await openStage();
      const { lab, a } = stage;
      await stage.watch();
      await a.silence();
      await untilCarriedBy(lab, 'vpn-b');
      expect(movesOf(lab)).toHaveLength(6);
      expect(await carriersOf(lab, 'b')).toEqual(['vpn-b']);
      expectOnlyPermittedWrites(lab);
    },
    MS_MAX,
  );
});

describe('a blip', () => {
  test(
    'of 1.5 s moves nothing at default settings and tells nobody that the appliance is down',
    async () => {
      stage = await openStage();
      const { lab, a } = stage;
      const watcher = await stage.watch({});
      await a.kill();
      await pause(1_500);
      await a.revive();
      const heard = a.knockCount();
      // Long enough for a verdict, had there been one: three more full rounds.
      await pause(4_000);
      expect(a.knockCount()).toBeGreaterThan(heard);
      await watcher.end();
      expect(lab.gateway.callsOf('ReplaceRoute', 'all')).toEqual([]);
      expect(lab.listener.received.map((one) => one.text).join('\n')).not.toContain(
        'ApplianceDown',
      );
    },
    MS_MAX,
  );
});
