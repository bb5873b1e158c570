/** CloudWatch of the simulated account: series are functions of time, so that weeks of history need no memory. */
import {
  aligned,
  type Measured,
  type MetricQuery,
  type MetricSeries,
  measured,
  type Point,
  seriesKey,
} from '../core/metric.ts';
import type { MetricPort } from '../core/metricPort.ts';
import { known, type Reading, unknown } from '../core/reading.ts';
import type { Instant } from '../core/time.ts';
import type { Invocation } from './invocation.ts';
import type { Random } from './random.ts';

export interface SimSeries extends MetricSeries {
  /** What CloudWatch shows of the period that begins at `at`; null: no point was published. */
  readonly sample: (at: Instant, periodMs: number, statistic: MetricQuery['statistic']) => Shown;
}

type Shown = number | null;

export interface MetricFailures {
  /** Probability, 0..1, that a call is throttled. */
  readonly throttledChance: number;
  /** Every call fails for this reason; null: none does. */
  readonly refusedWhy: string | null;
  /** Probability that one series gets no answer. */
  readonly partialChance: number;
  /** Probability that a point is duplicated, NaN or negative. */
  readonly absurdChance: number;
}

export const NO_METRIC_FAILURES: MetricFailures = {
  throttledChance: 0,
  refusedWhy: null,
  partialChance: 0,
  absurdChance: 0,
};

export interface MetricCall {
  readonly action: 'ListMetrics' | 'GetMetricData';
  /** Billed at $0.01 per 1,000. */
  readonly seriesCount: number;
  readonly failedWhy: string | null;
}

export class SimMetrics {
  /** Set by the active faults, or by a test. */
  trouble: MetricFailures = NO_METRIC_FAILURES;
  readonly calls: MetricCall[] = [];
  readonly #random: Random;
  readonly #all: () => readonly SimSeries[];

  /** `all` is called on every request; a series that it lacks has no points. */
  constructor(random: Random, all: () => readonly SimSeries[]) {
    this.#random = random;
    this.#all = all;
  }

  port(self: Pick<Invocation, 'clock' | 'pass'>): MetricPort {
    return {
      series: async (of, signal) => {
        const at = self.clock.now();
        await self.pass(10 * this.#random.whole(2, 6), signal);
        const why = this.#refusal('ListMetrics', 0, signal);
        if (why !== null) return unknown(why, at);
        const named = this.#all().filter(
          ({ namespace, metricName }) =>
            namespace === of.namespace && (of.metricName ?? metricName) === metricName,
        );
        return known(
          named.map(({ namespace, metricName, dimensions }) => ({
            namespace,
            metricName,
            dimensions,
          })),
          at,
        );
      },
      points: async (queries, window, signal) => {
        const at = self.clock.now();
        await self.pass(10 * this.#random.whole(4, 20), signal);
        const why = this.#refusal('GetMetricData', queries.length, signal);
        if (why !== null) return queries.map(() => unknown(why, at));
        const byKey = new Map(this.#all().map((one) => [seriesKey(one), one]));
        const span = aligned(window);
        return queries.map((query): Reading<Measured> => {
          if (this.#random.chance(this.trouble.partialChance)) {
            return unknown('cloudwatch:GetMetricData said InternalError', at);
          }
          const series = byKey.get(seriesKey(query));
          const points: Point[] = [];
          for (let begin = span.from; begin < span.to; begin += span.periodMs) {
            const value = series?.sample(begin, span.periodMs, query.statistic) ?? null;
            if (value === null) continue;
            points.push({ at: begin, value });
            if (this.#random.chance(this.trouble.absurdChance)) {
              points.push({ at: begin, value: this.#random.pick([Number.NaN, -1, value]) });
            }
          }
          return known(measured(points, span, query.mayBeNegative ?? false), at);
        });
      },
    };
  }

  #refusal(action: MetricCall['action'], seriesCount: number, signal: AbortSignal): string | null {
    const isThrottled = this.#random.chance(this.trouble.throttledChance);
    const failedWhy = signal.aborted
      ? `cloudwatch:${action} aborted`
      : (this.trouble.refusedWhy ??
        (isThrottled ? `cloudwatch:${action} throttled (Throttling)` : null));
    this.calls.push({ action, seriesCount, failedWhy });
    return failedWhy;
  }
}
