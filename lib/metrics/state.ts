/** The state that one pass over the metrics of the table leaves for the next: JSON, validated when it is read. */
import * as v from 'valibot';
import { SEVERITIES } from '../core/finding.ts';
import { type Instant, isNewPeriod } from '../core/time.ts';

const instant = v.pipe(v.number(), v.finite());

const schema = v.object({
  asked: v.object({
    /** What is tagged `vpn-medic:watch`, as read last. */
    tagged: v.optional(
      v.array(
        v.object({
          arn: v.string(),
          ignore: v.nullable(v.string()),
          quiet: v.nullable(v.string()),
        }),
      ),
      [],
    ),
    /** Of the last pass. */
    passedAt: v.optional(v.nullable(instant), null),
    seriesAt: v.nullable(instant),
    /** By `NAMESPACE METRIC`: the dimensions of each series that exists. */
    series: v.record(v.string(), v.array(v.record(v.string(), v.string()))),
  }),
  /** By ARN of what is tagged: since when CloudWatch has nothing of it that could be judged. */
  silences: v.optional(v.record(v.string(), instant), {}),
  health: v.optional(
    v.array(v.object({ id: v.string(), code: v.string(), at: instant, ids: v.array(v.string()) })),
    [],
  ),
  /** Open findings by `REASON THING`: since when, and how grave. */
  open: v.record(
    v.string(),
    v.object({ since: instant, severity: v.picklist(SEVERITIES), summary: v.string() }),
  ),
});

export type MetricMemory = Readonly<v.InferOutput<typeof schema>>;

export const noMetricMemory: MetricMemory = {
  asked: { tagged: [], passedAt: null, seriesAt: null, series: {} },
  silences: {},
  health: [],
  open: {},
};

/** As often as CloudWatch publishes them: a pass in between would pay for the same points. */
export const METRICS_EVERY_MS = 300_000;

/** One pass in each five minutes of the clock. */
export const isPassDue = ({ asked: { passedAt } }: MetricMemory, now: Instant): boolean =>
  isNewPeriod(passedAt, METRICS_EVERY_MS, now);

/** The stored state; empty when nothing is stored or it does not parse. */
export function recallMetrics(stored: unknown): MetricMemory {
  const parsed = v.safeParse(schema, stored);
  return parsed.success ? parsed.output : noMetricMemory;
}
