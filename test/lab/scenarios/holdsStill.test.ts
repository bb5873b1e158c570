/**
 * Goal: where nothing may be written, nothing is: all dead, table untagged, mode observe, probes blind.
 * Method: the built watcher, faults that would move routes elsewhere, and the gateway's record of every call.
 */
import { afterEach, expect, test } from '@jest/globals';
import { SIX_DESTINATIONS, twoAppliances } from '../account/wish.ts';
import { applianceOf, tableOf } from '../lab.ts';
import { pause, until } from '../pause.ts';
import {
  carriersOf,
  movesOf,
  openStage,
  QUICK,
  type Stage,
  untilCarriedBy,
  untilTold,
} from './stage.ts';

const MS_MAX = 120_000;
// Twice what the quick settings take from the fault to the write.
const LONG_ENOUGH_MS = 4_000;
let stage: Stage;

afterEach(() => stage.close(), MS_MAX);

test(
  'all dead: nothing moves, one notice says that nothing answers, and all goes on when one comes back',
  async () => {
    stage = await openStage();
    const { lab, a, b } = stage;
    const watcher = await stage.watch();
    await Promise.all([a.kill(), b.kill()]);
    await untilTold(lab, 'NothingAnswers');
    await pause(LONG_ENOUGH_MS);
    expect(lab.gateway.callsOf('ReplaceRoute', 'all')).toEqual([]);
    const told = lab.listener.received.filter((one) => one.text.includes('NothingAnswers'));
    expect(told).toHaveLength(1);

    await b.revive();
    await untilCarriedBy(lab, 'vpn-b');
    expect(movesOf(lab)).toHaveLength(6);
    await watcher.end();
  },
  MS_MAX,
);

test(
  'a table without the tag keeps its routes while the tagged one beside it loses them',
  async () => {
    stage = await openStage({
      account: (probeA, probeB) => {
        const wish = twoAppliances({ probeA, probeB });
        const [group] = wish.groups;
        if (group === undefined) throw new Error('no group');
        const untagged = {
          zone: 'c',
          towards: 'vpn-a',
          destinations: SIX_DESTINATIONS,
          isTagged: false,
        } as const;
        return { groups: [{ ...group, tables: [...group.tables, untagged] }] };
      },
    });
    const { lab, a } = stage;
    await stage.watch();
    await a.kill();
    await untilCarriedBy(lab, 'vpn-b');
    await pause(LONG_ENOUGH_MS);
    expect(await carriersOf(lab, 'c')).toEqual(['vpn-a']);
    expect(new Set(movesOf(lab).map((call) => call.params['RouteTableId']))).toEqual(
      new Set([tableOf(lab, 'a').tableId]),
    );
  },
  MS_MAX,
);

test(
  'a target that drops what it should forward gets no route, until its source/destination check is off',
  async () => {
    stage = await openStage();
    const { lab, a } = stage;
    const { interfaceId } = applianceOf(lab, 'vpn-b');
    await lab.ec2().setSourceDestCheck(interfaceId, true);
    await stage.watch();
    await a.kill();
    await untilTold(lab, 'ApplianceDown', 'S2');
    await pause(LONG_ENOUGH_MS);
    expect(lab.gateway.callsOf('ReplaceRoute', 'all')).toEqual([]);
    await lab.ec2().setSourceDestCheck(interfaceId, false);
    await untilCarriedBy(lab, 'vpn-b');
    expect(movesOf(lab)).toHaveLength(6);
  },
  MS_MAX,
);

test(
  'mode observe: the failure is told and the moves are counted as held, but no route is written',
  async () => {
    stage = await openStage();
    const { lab, a } = stage;
    const watcher = await stage.watch({ ...QUICK, MODE: 'observe' });
    await a.kill();
    await untilTold(lab, 'ApplianceDown');
    await pause(LONG_ENOUGH_MS);
    const summary = await watcher.end();
    expect(lab.gateway.callsOf('ReplaceRoute', 'all')).toEqual([]);
    expect(await carriersOf(lab)).toEqual(['vpn-a']);
    expect(JSON.stringify(summary.held)).not.toMatch(/^(0|\[\])$/);
  },
  MS_MAX,
);

test(
  'a probe that never answered says nothing: an appliance dead from the start keeps its routes',
  async () => {
    stage = await openStage();
    const { lab, a, b } = stage;
    await a.kill();
    const watcher = await lab.startWatcher({ own: QUICK });
    await until('the living one to be known', () => b.knockCount() >= 5);
    await pause(LONG_ENOUGH_MS);
    await watcher.end();
    expect(lab.gateway.callsOf('ReplaceRoute', 'all')).toEqual([]);
    expect(await carriersOf(lab)).toEqual(['vpn-a']);
  },
  MS_MAX,
);
