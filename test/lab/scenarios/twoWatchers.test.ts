/**
 * Goal: of two watchers at once, the newer decides and the older leaves; a fault at any moment is acted on once.
 * Method: two real watcher processes on one account, told apart by who signed their calls.
 */
import { expect, test } from '@jest/globals';
import { expectFailover, inFixture } from './inAccount.ts';
import { movesOf, QUICK, untilCarriedBy } from './open.ts';

const MS_MAX = 400_000;

test(
  'the older watcher ends by itself, and only the newer one writes',
  inFixture(async ({ lab, a, watch }) => {
    const older = await watch(QUICK, 'older');
    await watch(QUICK, 'newer');
    const summary = await older.ended();
    expect(summary).toMatchObject({ ticks: expect.any(Number) });

    await a.kill();
    await untilCarriedBy(lab, 'vpn-b');
    expect(movesOf(lab).map((call) => call.by)).toEqual(Array.from({ length: 6 }, () => 'newer'));
  }),
  MS_MAX,
);

test(
  'a fault during the handover is acted on once',
  inFixture(async (fixture) => {
    const { lab, a } = fixture;
    await fixture.watch(QUICK, 'older');
    await lab.startWatcher({ own: QUICK, signer: 'newer' });
    await a.kill();
    await expectFailover(fixture);
  }),
  MS_MAX,
);

test(
  'a watcher killed without warning is replaced by the next, which moves the routes',
  inFixture(async ({ lab, a, watch }) => {
    const first = await watch(QUICK, 'first');
    await first.kill();
    await watch(QUICK, 'second');
    await a.kill();
    await untilCarriedBy(lab, 'vpn-b');
    expect(new Set(movesOf(lab).map((call) => call.by))).toEqual(new Set(['second']));
  }),
  MS_MAX,
);
