/**
 * Goal: the storm's S3 takes silence for death only where there was speech. Method: five appliances of which two are
 * dead and a third is heard from one vantage alone, which cannot be asked; then the same with the third one dead too.
 */

import { expect, test } from '@jest/globals';
import { DEFAULT_POLICY } from '../../../lib/appliances/types/policy.ts';
import { USUAL_DELAYS } from '../../../lib/simulator/delays.ts';
import { AS_DEPLOYED } from '../../../lib/simulator/deployment.ts';
import type { Spell } from '../../../lib/simulator/faults.ts';
import { privateSubnetId } from '../../../lib/simulator/layout/words.ts';
import { SAFETY, type Safety } from '../../../lib/watcher/pass.ts';
import { oneGroup } from '../../builders/oneGroup.ts';
import type { StormOptions } from '../draw.ts';
import { openRun } from '../record.ts';
import { checkSafety } from '../storm.ts';
import { withoutRule } from '../withoutRule.ts';

const SNAPSHOT = oneGroup({ zones: ['a', 'b', 'c', 'c', 'b'], probe: 'ike:500' });
const [A = '', B = '', C = ''] = SNAPSHOT.instances.map(({ instanceId }) => instanceId);
const FAILS_MS = 25_000;
const END_MS = 40_000;

async function brokenRules(
  isAnsweredInside: boolean,
  safety: Safety,
  announced: readonly Spell['fault'][] = [],
  isMoved = !isAnsweredInside || safety !== SAFETY,
): Promise<readonly string[]> {
  const dead = [A, B, C].map((instanceId): Spell => {
    // It lives, and nobody who could say so can be asked.
    const isAnswered = isAnsweredInside || instanceId !== C;
    const fault: Spell['fault'] = isAnswered
      ? { kind: 'host-dead', instanceId }
      : { kind: 'vantage-unaskable', vantageId: 'here' };
    return { fault, startMs: isAnswered ? FAILS_MS : FAILS_MS - 10_000, endMs: END_MS };
  });
  const options: StormOptions = {
    seed: 'observation',
    snapshot: SNAPSHOT,
    vantages: [
      { id: 'here', subnetIds: [], isInVpc: false, closedTo: [] },
      {
        id: 'probe-0',
        subnetIds: [privateSubnetId(0)],
        isInVpc: true,
        closedTo: isAnsweredInside ? [] : [C],
      },
    ],
    policy: DEFAULT_POLICY,
    pace: USUAL_DELAYS,
    skewMsMax: 0,
    ...AS_DEPLOYED,
    faultsFromMs: 15_000,
    stormEndMs: END_MS,
    spells: [
      ...dead,
      ...announced.map((fault) => ({ fault, startMs: FAILS_MS - 10_000, endMs: 2 * END_MS })),
    ],
  };
  const run = openRun(options, safety);
  await run.account.clock.run(END_MS);
  expect(run.account.log.writes.length > 0).toBe(isMoved);
  const broken = checkSafety(run).map(({ rule }) => rule);
  run.stop();
  await run.account.clock.run(END_MS + 5_000);
  return [...new Set(broken)];
}

test('two deaths beside one that is heard from nowhere and was never heard here: they are failed over, and nothing is broken', async () => {
  expect(await brokenRules(false, SAFETY)).toEqual([]);
});

test('three deaths of five: held, and without S3 the check says so', async () => {
  expect(await brokenRules(true, SAFETY)).toEqual([]);
  expect(await brokenRules(true, withoutRule('S3'))).toEqual(['S3']);
});

test('three deaths of five, one of them announced as a drain: it is no part of the share, the others are failed over, and nothing is broken', async () => {
  const drained = { kind: 'person-drains', instanceId: C, forMs: 600_000 } as const;
  expect(await brokenRules(true, SAFETY, [drained], true)).toEqual([]);
});

test('three deaths of five, one of them only recommended to leave: without S3 the check says so', async () => {
  const recommended = { kind: 'rebalance-notice', instanceId: C } as const;
  expect(await brokenRules(true, withoutRule('S3'), [recommended])).toEqual(['S3']);
});
