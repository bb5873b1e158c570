/** The reads before a write, asked again: when, how often at most, and with which answer. */
import { describe, expect, test } from '@jest/globals';
import { insistent, passBudget, type RetryBudget } from '../../../lib/appliances/act/insist.ts';
import type { StatusFact } from '../../../lib/appliances/types/inventory.ts';
import { known, type Reading, unknown } from '../../../lib/core/reading.ts';
import { VirtualClock } from '../../../lib/simulator/clock.ts';
import { aStatus, NOW } from '../../builders/facts.ts';
import { calm } from '../../builders/ports.ts';

type Answer = 'fault' | 'silence' | number;

/** A read whose nth request ends so: a fault after 50 ms, never, or well after so many ms. */
async function readThrough(answers: readonly Answer[], budget: RetryBudget = passBudget()) {
  const clock = new VirtualClock(NOW);
  const sentAtMs: number[] = [];
  const aborted: number[] = [];
  const statuses = async (
    _ids: readonly string[],
    signal: AbortSignal,
  ): Promise<Reading<readonly StatusFact[]>> => {
    const nth = sentAtMs.push(clock.monotonicMs()) - 1;
    signal.addEventListener('abort', () => aborted.push(nth));
    const answer = answers[nth] ?? 'fault';
    await clock.sleep(answer === 'silence' ? 1e9 : answer === 'fault' ? 50 : answer, signal);
    return typeof answer === 'number'
      ? known([aStatus('i-b1', { zone: `answer ${nth}` })], NOW)
      : unknown(`fault ${nth}`, NOW);
  };
  const unasked = () => Promise.reject(new Error('not asked for'));
  const ec2 = insistent({ statuses, interfaces: unasked, routeTables: unasked }, clock, budget);
  const reading = await clock.through(ec2.statuses(['i-b1'], calm()));
  const answer = reading.known ? reading.value[0]?.zone : reading.why;
  return { answer, sentAtMs, aborted, tookMs: clock.monotonicMs() };
}

describe('a read before a write', () => {
  test('that is answered within 499 ms is asked once, at 501 ms a second request is under way', async () => {
    expect(await readThrough([499])).toMatchObject({ answer: 'answer 0', sentAtMs: [0] });
    expect(await readThrough([501, 'silence'])).toMatchObject({
      answer: 'answer 0',
      sentAtMs: [0, 500],
      aborted: [0, 1],
    });
  });

  test('that fails is asked again at once, up to four times, and the last fault is its answer', async () => {
    expect(await readThrough(['fault', 80])).toMatchObject({
      answer: 'answer 1',
      sentAtMs: [0, 50],
    });
    expect(await readThrough(['fault', 'fault', 'fault', 80])).toMatchObject({
      answer: 'answer 3',
    });
    expect(await readThrough(['fault', 'fault', 'fault', 'fault', 80])).toMatchObject({
      answer: 'fault 3',
      sentAtMs: [0, 50, 100, 150],
    });
  });

  test('that is silent is answered by a later request, or given up after 5 s', async () => {
    expect(await readThrough(['silence', 'silence', 80])).toMatchObject({
      answer: 'answer 2',
      sentAtMs: [0, 500, 1_000],
      tookMs: 1_080,
    });
    expect(await readThrough(['silence', 'silence', 'silence', 'silence'])).toMatchObject({
      answer: 'EC2 did not answer within 5 s',
      sentAtMs: [0, 500, 1_000, 1_500],
      tookMs: 5_000,
    });
  });

  test('is asked once only when the pass has spent its budget of twelve', async () => {
    const budget = passBudget();
    expect(budget.left).toBe(12);
    for (let call = 0; call < 4; call += 1) await readThrough([], budget);
    expect(budget.left).toBe(0);
    expect(await readThrough(['fault', 80], budget)).toMatchObject({ answer: 'fault 0' });
  });
});
