/** Goal: appliances that would get more than they carry are named, on both sides of the boundary. Method: pure, and made-up metrics. */
import { describe, expect, test } from '@jest/globals';
import { type Capacity, readCapacity, shortOf } from '../../../lib/cli/plan/capacity.ts';
import type { BandwidthFact } from '../../../lib/core/bandwidthPort.ts';
import type { MetricQuery } from '../../../lib/core/metric.ts';
import { known, unknown } from '../../../lib/core/reading.ts';
import { NOW } from '../../builders/facts.ts';

const GIGABIT = 1e9;
const large: BandwidthFact = { instanceType: 'c7gn.large', baselineBitsPerSecond: 6 * GIGABIT };
const capacity = (
  peaks: Readonly<Record<string, number>>,
  bandwidths: Readonly<Record<string, BandwidthFact>> = { b: large, c: large },
): Capacity => ({
  bandwidths: new Map(Object.entries(bandwidths)),
  peaks: new Map(Object.entries(peaks)),
  unread: [],
});
const move = (from: string, to: string) => ({ from, to });
const ids = (...args: Parameters<typeof shortOf>) =>
  shortOf(...args).map(({ instanceId, peakBitsPerSecond }) => [instanceId, peakBitsPerSecond]);

describe('the one that is left', () => {
  test.each([
    [2 * GIGABIT, 4 * GIGABIT, []],
    [2 * GIGABIT, 4 * GIGABIT + 1, [['b', 6 * GIGABIT + 1]]],
  ])('with %i of its own and %i of the other', (own, other, says) => {
    expect(ids([move('a', 'b')], capacity({ a: other, b: own }))).toEqual(says);
  });

  test('gets the traffic of one that fails once, however many routes move; two share it by their routes', () => {
    const peaks = capacity({ a: 8 * GIGABIT });
    expect(ids([move('a', 'b'), move('a', 'b')], peaks)).toEqual([['b', 8 * GIGABIT]]);
    expect(ids([move('a', 'b'), move('a', 'c')], peaks)).toEqual([]);
    const thrice = [move('a', 'b'), move('a', 'b'), move('a', 'b'), move('a', 'c')];
    expect(ids(thrice, capacity({ a: 8 * GIGABIT, b: 1 }))).toEqual([['b', 6 * GIGABIT + 1]]);
  });

  test('of a type whose bandwidth EC2 does not say is not judged', () => {
    const unsaid = { b: { ...large, baselineBitsPerSecond: null } };
    expect(ids([move('a', 'b')], capacity({ a: 99 * GIGABIT }, unsaid))).toEqual([]);
    expect(ids([move('a', 'b')], capacity({ a: 99 * GIGABIT }, {}))).toEqual([]);
  });
});

describe('what is read', () => {
  const { signal } = new AbortController();
  const clock = { now: () => NOW, monotonicMs: () => 0, sleep: async () => {} };
  const bandwidth = { bandwidths: async () => known(new Map([['b', large]]), NOW) };
  const series = async () => known([], NOW);

  test('is the busiest five minutes of a week in the busier direction', async () => {
    const asked: MetricQuery[] = [];
    const metrics = {
      series,
      points: async (queries: readonly MetricQuery[]) => {
        asked.push(...queries);
        return queries.map(({ metricName }) =>
          known(
            {
              points: [
                { at: NOW - 600_000, value: metricName === 'NetworkIn' ? 3_750 : 7_500 },
                { at: NOW - 300_000, value: 375 },
              ],
              droppedCount: 0,
            },
            NOW,
          ),
        );
      },
    };
    const read = await readCapacity(['b'], { bandwidth, metrics, clock }, signal);
    expect(asked.map(({ metricName }) => metricName)).toEqual(['NetworkIn', 'NetworkOut']);
    expect([...read.peaks]).toEqual([['b', 200]]);
    expect(read.unread).toEqual([]);
  });

  test('where it cannot be, that is said once; where nothing moves nothing is asked', async () => {
    const metrics = {
      series,
      points: async (queries: readonly MetricQuery[]) => queries.map(() => unknown('denied', NOW)),
    };
    const ports = { bandwidth, metrics, clock };
    expect((await readCapacity(['b'], ports, signal)).unread).toEqual([
      'Whether those left can carry it is not known: denied',
    ]);
    expect((await readCapacity([], ports, signal)).unread).toEqual([]);
  });
});
