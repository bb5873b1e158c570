/** The function's log: structured lines by powertools, and embedded metrics that CloudWatch reads out of the same log. */
import { log } from 'node:console';
import { Logger } from '@aws-lambda-powertools/logger';
import type { JournalPort } from '../ports.ts';
import type { Clock } from '../time.ts';

/**
 * Prints exactly what it is given. Metrics go to `sink` as finished lines, beside the logger, so that no log level can
 * silence them: the heartbeat is one of them.
 */
export function journalPort(
  region: string,
  clock: Clock,
  sink: (line: string) => void = log,
): JournalPort {
  const logger = new Logger({ serviceName: 'vpn-medic', persistentKeys: { region } });
  return {
    write: (level, message, fields) => logger[level](message, { ...fields }),
    measure: (metrics) => {
      for (const line of metricLines(metrics, region, clock)) sink(line);
    },
  };
}

/**
 * One line for every hundred metrics, the most that one may hold. By region alone: one watched
 * region must not hide that another one fell silent, and each series is paid for. Numbers that are none are left out, since CloudWatch would drop the whole line for one of them.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
function metricLines(
  metrics: Readonly<Record<string, number>>,
  region: string,
  clock: Clock,
): readonly string[] {
  const values = Object.entries(metrics).filter(([, value]) => Number.isFinite(value));
  return Array.from({ length: Math.ceil(values.length / METRICS_MAX) }, (_, index) => {
    const some = values.slice(index * METRICS_MAX, (index + 1) * METRICS_MAX);
    return JSON.stringify({
      _aws: {
        Timestamp: clock.now(),
        CloudWatchMetrics: [
          {
            Namespace: 'VpnMedic',
            Dimensions: [['Region']],
            Metrics: some.map(([name]) => ({ Name: name, Unit: unitOf(name) })),
          },
        ],
      },
      Region: region,
      ...Object.fromEntries(some),
    });
  });
}

/** Units are the last word of our names. */
const unitOf = (name: string): 'Milliseconds' | 'Count' =>
  name.endsWith('Ms') ? 'Milliseconds' : 'Count';

const METRICS_MAX = 100;
