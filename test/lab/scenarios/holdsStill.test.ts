/**
 * Goal: where nothing may be written, nothing is: all dead, table untagged, mode observe, probes blind.
 * Method: the built watcher, faults that would move routes elsewhere, and the gateway's record of every call.
 */
import { expect, test } from '@jest/globals';
import { type AccountSpec, SIX_DESTINATIONS, twoAppliances } from '../account/options.ts';
import { applianceOf, tableOf } from '../lab.ts';
import { pause, until } from '../pause.ts';
import { expectFailover, expectNothingMoved, inFixture } from './inAccount.ts';
import { movesOf, nextHopsOf, QUICK, untilCarriedBy, untilNotified } from './open.ts';

const MS_MAX = 400_000;
// Twice what the quick settings take from the fault to the write.
const LONG_ENOUGH_MS = 4_000;

test(
  'all dead: nothing moves, one notice says that nothing answers, and all goes on when one comes back',
  inFixture(async (fixture) => {
    const { lab, a, b } = fixture;
    const watcher = await fixture.watch();
    await Promise.all([a.kill(), b.kill()]);
    await untilNotified(lab, 'NothingAnswers');
    await pause(LONG_ENOUGH_MS);
    expect(lab.gateway.callsOf('ReplaceRoute', 'all')).toEqual([]);
    const notified = lab.listener.received.filter((one) => one.text.includes('NothingAnswers'));
    expect(notified).toHaveLength(1);

    await b.revive();
    await expectFailover(fixture);
    await watcher.end();
  }),
  MS_MAX,
);

/** Beside the tagged tables of zones a and b one of zone c, untagged, that leans on `vpn-a`. */
const withUntaggedTable = (probeA: string, probeB: string): AccountSpec => {
  const candidate = twoAppliances({ probeA, probeB });
  const [group] = candidate.groups;
  if (group === undefined) throw new Error('no group');
  const untagged = {
    zone: 'c',
    towards: 'vpn-a',
    destinations: SIX_DESTINATIONS,
    isTagged: false,
  } as const;
  return { groups: [{ ...group, tables: [...group.tables, untagged] }] };
};

test(
  'a table without the tag keeps its routes while the tagged one beside it loses them',
  inFixture(
    async ({ lab, a, watch }) => {
      await watch();
      await a.kill();
      await untilCarriedBy(lab, 'vpn-b');
      await pause(LONG_ENOUGH_MS);
      expect(await nextHopsOf(lab, 'c')).toEqual(['vpn-a']);
      expect(new Set(movesOf(lab).map((call) => call.params['RouteTableId']))).toEqual(
        new Set([tableOf(lab, 'a').tableId]),
      );
    },
    { account: withUntaggedTable },
  ),
  MS_MAX,
);

test(
  'a target that drops what it should forward gets no route, until its source/destination check is off',
  inFixture(async (fixture) => {
    const { lab, a } = fixture;
    const { interfaceId } = applianceOf(lab, 'vpn-b');
    await lab.ec2().setSourceDestCheck(interfaceId, true);
    await fixture.watch();
    await a.kill();
    await untilNotified(lab, 'ApplianceDown', 'S2');
    await pause(LONG_ENOUGH_MS);
    expect(lab.gateway.callsOf('ReplaceRoute', 'all')).toEqual([]);
    await lab.ec2().setSourceDestCheck(interfaceId, false);
    await expectFailover(fixture);
  }),
  MS_MAX,
);

test(
  'mode observe: the failure is told and the moves are counted as held, but no route is written',
  inFixture(async (fixture) => {
    const { lab, a } = fixture;
    const watcher = await fixture.watch({ ...QUICK, MODE: 'observe' });
    await a.kill();
    await untilNotified(lab, 'ApplianceDown');
    await pause(LONG_ENOUGH_MS);
    const summary = await watcher.end();
    await expectNothingMoved(fixture);
    expect(JSON.stringify(summary.held)).not.toMatch(/^(0|\[\])$/);
  }),
  MS_MAX,
);

test(
  'a probe that never answered says nothing: an appliance dead from the start keeps its routes',
  inFixture(async (fixture) => {
    const { lab, a, b } = fixture;
    await a.kill();
    const watcher = await lab.startWatcher({ own: QUICK });
    await until('the living one to be known', () => b.probeCount() >= 5);
    await pause(LONG_ENOUGH_MS);
    await watcher.end();
    await expectNothingMoved(fixture);
  }),
  MS_MAX,
);
