/**
 * Goal: of two watchers at once, the newer decides and the older leaves; a fault at any moment is acted on once.
 * Method: two real watcher processes on one account, told apart by who signed their calls.
 */
import { afterEach, expect, test } from '@jest/globals';
import { movesOf, openStage, QUICK, type Stage, untilCarriedBy } from './stage.ts';

const MS_MAX = 120_000;
let stage: Stage;

afterEach(() => stage.close(), MS_MAX);

test(
  'the older watcher ends by itself, and only the newer one writes',
  async () => {
    stage = await openStage();
    const { lab, a } = stage;
    const older = await stage.watch(QUICK, 'older');
    await stage.watch(QUICK, 'newer');
    const summary = await older.ended();
    expect(summary).toMatchObject({ ticks: expect.any(Number) });

    await a.kill();
    await untilCarriedBy(lab, 'vpn-b');
    expect(movesOf(lab).map((call) => call.by)).toEqual(Array.from({ length: 6 }, () => 'newer'));
  },
  MS_MAX,
);

test(
  'a fault during the handover is acted on once',
  async () => {
    stage = await openStage();
    const { lab, a } = stage;
    await stage.watch(QUICK, 'older');
    await lab.startWatcher({ own: QUICK, signer: 'newer' });
    await a.kill();
    await untilCarriedBy(lab, 'vpn-b');
    expect(movesOf(lab)).toHaveLength(6);
  },
  MS_MAX,
);

test(
  'a watcher killed without warning is replaced by the next, which moves the routes',
  async () => {
    stage = await openStage();
    const { lab, a } = stage;
    const first = await stage.watch(QUICK, 'first');
    await first.kill();
    await stage.watch(QUICK, 'second');
    await a.kill();
    await untilCarriedBy(lab, 'vpn-b');
    expect(new Set(movesOf(lab).map((call) => call.by))).toEqual(new Set(['second']));
  },
  MS_MAX,
);
