/** Goal: a pin is obeyed, never at the price of a route. Method: a pin whose target fails, over two seeds. */
import { expect, test } from '@jest/globals';
import { defaultAccount } from '../../lib/simulator/defaults/account.ts';
import { type Rehearsal, rehearse } from '../../lib/simulator/rehearsal.ts';
import { rolesOf } from '../../lib/simulator/roles.ts';
import { SCENARIOS } from '../../lib/simulator/scenario.ts';
import { START_AT } from '../cli/open.ts';

const pinned = SCENARIOS.find(({ name }) => name === 'pinned');

interface Played extends Rehearsal {
  readonly texts: readonly string[];
  /** When routes failed back, in virtual ms. */
  readonly failbackMs: readonly number[];
}

async function play(seed: number): Promise<Played> {
  if (pinned === undefined) throw new Error('there is no scenario of that name');
  const texts: string[] = [];
  const failbackMs: number[] = [];
  const report = rehearse(rolesOf(defaultAccount(START_AT)), pinned, { seed });
  let step = await report.next();
  while (step.done !== true) {
    texts.push(`${step.value.kind} ${step.value.text}`);
    if (step.value.text.includes('(failback)')) failbackMs.push(step.value.atMs);
    step = await report.next();
  }
  return { ...step.value, texts, failbackMs };
}

test.each([1, 2])(
  'a pinned group moves there, leaves it when it fails, comes back, and fails back when the pin ends (seed %i)',
  async (seed) => {
    const { faults, crashes, texts, failbackMs } = await play(seed);
    expect(crashes).toEqual([]);
    const moved = texts.filter((text) => text.startsWith('moved'));
    const kinds = moved.map((text) => /\((pin|failover|failback)\)/.exec(text)?.[1]);
    expect([...new Set(kinds)]).toEqual(['pin', 'failover', 'failback']);
    const [pin, death] = faults;
    expect(death?.cutCount).toBe(6);
    expect(death?.restoredAfterMs).toBeLessThanOrEqual(4_000);
    const afterPinMs = failbackMs.map((atMs) => atMs - (pin?.endMs ?? 0));
    expect(afterPinMs.filter((ms) => ms >= 0)[0]).toBeLessThanOrEqual(20_000);
    expect(
      texts.filter((text) => text.startsWith('notified') && text.includes('RoutePinned')),
    ).toEqual([expect.stringContaining('WARNING hq'), expect.stringContaining('RESOLVED hq')]);
  },
);
