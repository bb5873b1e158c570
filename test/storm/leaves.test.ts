/**
 * Goal: announced ends cost no packet while a peer lives, whatever the account looks like (S14).
 * Method: networks as storms draw them, and no other fault than announced ends; the same checks against the truth, and
 * one more: no route leads to an instance at the moment at which its notice said that it ends.
 */
import { expect, test } from '@jest/globals';
import type { Fault, Spell } from '../../lib/simulator/faults.ts';
import { seededRandom } from '../../lib/simulator/random.ts';
import { seedCount } from './counts.ts';
import { drawStorm, type StormOptions } from './draw.ts';
import { runStorm } from './storm.ts';

const COUNT = seedCount({ quick: 4, all: 8 });
const LASTS_MS = 240_000;

function withLeaves(seed: string): StormOptions {
  const options = drawStorm(seed);
  const random = seededRandom(`${seed} leaves`);
  const { instanceId } = random.pick(options.snapshot.instances);
  const fault: Fault = random.pick([
    { kind: 'spot-notice', instanceId },
    { kind: 'spot-notice', instanceId },
    { kind: 'terminate-hook', instanceId, waitMs: 120_000 },
    { kind: 'person-drains', instanceId, forMs: 3_600_000 },
  ]);
  const startMs = options.faultsFromMs + 1_000 * random.whole(20, 60);
  const endMs = startMs + LASTS_MS;
  const spells: readonly Spell[] = [{ fault, startMs, endMs }];
  return { ...options, stormEndMs: endMs, spells };
}

test(`${COUNT} networks with an announced end break no safety rule, lose nothing, and are whole afterwards`, async () => {
  const failures: string[] = [];
  let moves = 0;
  for (let index = 1; index <= COUNT; index += 1) {
    const options = withLeaves(`leaves ${index}`);
    const { violations, writes, report } = await runStorm(options.seed, options);
    moves += writes;
    if (violations.length > 0) {
      failures.push([JSON.stringify(violations.slice(0, 3)), report(20)].join('\n'));
    }
  }
  expect(failures).toEqual([]);
  expect(moves).toBeGreaterThan(COUNT);
}, 600_000);
