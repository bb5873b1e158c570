/** A test on a stage of its own, and the two ends that most of them come to. */
import { expect } from '@jest/globals';
import {
  type Fixture,
  type FixtureOptions,
  movesOf,
  nextHopsOf,
  openFixture,
  untilCarriedBy,
} from './open.ts';

/** A test's body: opens a stage, plays on it, and closes it, also when the play failed. */
export function inFixture(
  play: (fixture: Fixture) => Promise<void>,
  candidate: FixtureOptions = {},
): () => Promise<void> {
  return async () => {
    const fixture = await openFixture(candidate);
    try {
      await play(fixture);
    } finally {
      await fixture.close();
    }
  };
}

/** Resolves once all six routes of zone a have gone from `vpn-a` to `vpn-b`, each with one write. */
export async function expectFailover({ lab }: Fixture): Promise<void> {
  await untilCarriedBy(lab, 'vpn-b');
  expect(movesOf(lab)).toHaveLength(6);
}

/** Not one write to a route was tried, and the routes of zone a are where they were. */
export async function expectNothingMoved({ lab }: Fixture): Promise<void> {
  expect(lab.gateway.callsOf('ReplaceRoute', 'all')).toEqual([]);
  expect(await nextHopsOf(lab)).toEqual(['vpn-a']);
}
