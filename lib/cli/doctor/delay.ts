/** How long EventBridge takes from an event to the function that acts on it. */
import type { MetricQuery } from '../../core/metric.ts';
import type { MetricPort } from '../../core/metricPort.ts';
import { describeMs, type Instant } from '../../core/time.ts';
import { type Exam, unexamined, well, wrong } from './types.ts';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
/** The schedule starts a watcher each minute: an event that takes longer hastens nothing. */
const DELAY_MS_MAX = 60_000;

/** Of one rule, over the last day. @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-monitoring.html (read 2026-11-29) */
export async function examineDelay(
  ruleName: string,
  metrics: Pick<MetricPort, 'points'>,
  now: Instant,
  signal: AbortSignal,
): Promise<Exam> {
  const query: MetricQuery = {
    namespace: 'AWS/Events',
    metricName: 'IngestionToInvocationStartLatency',
    dimensions: { RuleName: ruleName },
    statistic: 'Maximum',
  };
  const window = { from: now - DAY_MS, to: now, periodMs: HOUR_MS };
  const [reading] = await metrics.points([query], window, signal);
  if (reading?.known !== true) {
    return unexamined('delay', ruleName, reading?.why ?? 'CloudWatch did not answer');
  }
  const { points } = reading.value;
  if (points.length === 0) {
    return unexamined(
      'delay',
      ruleName,
      'it started nothing within a day, or CloudWatch has no figures yet',
    );
  }
  const slowestMs = Math.max(...points.map(({ value }) => value));
  const says = `at most ${describeMs(slowestMs)} from event to run, within a day`;
  return slowestMs <= DELAY_MS_MAX
    ? well('delay', ruleName, says)
    : wrong('delay', ruleName, says, 'see the quotas of EventBridge and Lambda in this region');
}
