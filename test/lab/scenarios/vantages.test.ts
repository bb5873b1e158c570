/**
 * Goal: the watcher asks the real probe functions through Lambda's Invoke, and a function that cannot be asked is
 * blind, not a death.
 * Method: two probe bundles behind the gateway's Invoke, refused one by one.
 */
import { test } from '@jest/globals';
import { pause } from '../pause.ts';
import { expectFailover, expectNothingMoved, inFixture } from './inAccount.ts';
import { QUICK } from './open.ts';

const MS_MAX = 400_000;
const NAMES = ['probe-a', 'probe-b'] as const;
const SETTINGS = { ...QUICK, PROBE_FUNCTIONS: NAMES.join(',') };

test(
  'a daemon dead to two probe functions loses its routes, also when one of the two can no longer be asked',
  inFixture(
    async (fixture) => {
      const { lab, a } = fixture;
      await fixture.watch(SETTINGS);
      lab.invoke.refuse('probe-b', true);
      await a.kill();
      await expectFailover(fixture);
    },
    { probeFunctions: NAMES },
  ),
  MS_MAX,
);

test(
  'probe functions that can no longer be asked move nothing, whatever the daemons do',
  inFixture(
    async (fixture) => {
      const { lab, a } = fixture;
      await fixture.watch(SETTINGS);
      for (const name of NAMES) lab.invoke.refuse(name, true);
      await a.kill();
      await pause(4_000);
      await expectNothingMoved(fixture);
    },
    { probeFunctions: NAMES },
  ),
  MS_MAX,
);
