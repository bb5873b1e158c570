/** A test on a stage of its own, and the two ends that most of them come to. */
import { expect } from '@jest/globals';
import {
  carriersOf,
  movesOf,
  openStage,
  type Stage,
  type StageWish,
  untilCarriedBy,
} from './open.ts';

/** A test's body: opens a stage, plays on it, and closes it, also when the play failed. */
export function onStage(
  play: (stage: Stage) => Promise<void>,
  wish: StageWish = {},
): () => Promise<void> {
  return async () => {
    const stage = await openStage(wish);
    try {
      await play(stage);
    } finally {
      await stage.close();
    }
  };
}

/** Resolves once all six routes of zone a have gone from `vpn-a` to `vpn-b`, each with one write. */
export async function expectFailover({ lab }: Stage): Promise<void> {
  await untilCarriedBy(lab, 'vpn-b');
  expect(movesOf(lab)).toHaveLength(6);
}

/** Not one write to a route was tried, and the routes of zone a are where they were. */
export async function expectNothingMoved({ lab }: Stage): Promise<void> {
  expect(lab.gateway.callsOf('ReplaceRoute', 'all')).toEqual([]);
  expect(await carriersOf(lab)).toEqual(['vpn-a']);
}
