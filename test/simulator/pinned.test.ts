/** Goal: a pin is obeyed, never at the price of a route. Method: the story of a pin whose target dies, over five lucks. */
import { expect, test } from '@jest/globals';
import { defaultAccount } from '../../lib/simulator/defaults/account.ts';
import { type Rehearsal, rehearse } from '../../lib/simulator/rehearsal.ts';
import { rolesOf } from '../../lib/simulator/roles.ts';
import { SCENARIOS } from '../../lib/simulator/scenario.ts';
import { START_AT } from '../cli/open.ts';

const pinned = SCENARIOS.find(({ name }) => name === 'pinned');

async function play(seed: number): Promise<Rehearsal & { readonly texts: readonly string[] }> {
  if (pinned === undefined) throw new Error('there is no story of that name');
  const texts: string[] = [];
  const report = rehearse(rolesOf(defaultAccount(START_AT)), pinned, { seed });
  let step = await report.next();
  while (step.done !== true) {
    texts.push(`${step.value.kind} ${step.value.text}`);
    step = await report.next();
  }
  return { ...step.value, texts };
}

test.each([1, 2, 3, 4, 5])(
  'a pinned group goes there, leaves it when it dies, comes back, and goes home at the end (seed %i)',
  async (seed) => {
    const { faults, crashes, texts } = await play(seed);
    expect(crashes).toEqual([]);
    const moved = texts.filter((text) => text.startsWith('moved'));
    const kinds = moved.map((text) => /\((pin|failover|failback)\)/.exec(text)?.[1]);
    expect([...new Set(kinds)]).toEqual(['pin', 'failover', 'failback']);
    const [pin, death] = faults;
    expect(death?.cutCount).toBe(6);
    expect(death?.restoredAfterMs).toBeLessThanOrEqual(4_000);
    // From the pin's end: read within 15 s, and home.
    expect(pin?.failbackAfterMs).toBeLessThanOrEqual(20_000);
    expect(
      texts.filter((text) => text.startsWith('notified') && text.includes('RoutePinned')),
    ).toEqual([expect.stringContaining('WARNING hq'), expect.stringContaining('OK hq')]);
  },
);
