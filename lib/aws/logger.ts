/** The function's log: structured lines by Powertools, and embedded metrics that CloudWatch reads out of the same log. */
import { stdout } from 'node:process';
import { Logger } from '@aws-lambda-powertools/logger';
import { METRICS, type Measures, type ResourceMetricName, unitOf } from '../core/measures.ts';
import type { LoggerPort } from '../core/ports.ts';
import { type Clock, type Instant, isDue } from '../core/time.ts';

/** One for the process, so that `handler.ts` can put the request id of the invocation on every line. */
export const functionLogger = new Logger({ serviceName: 'vpn-medic' });

/**
 * Prints exactly what it is given. Metrics go to `sink` as finished lines, beside the logger, so that no log level can
 * silence them: the heartbeat is one of them.
 */
export function loggerPort(
  region: string,
  clock: Clock,
  sink: (line: string) => void = toStdout,
  logger: Logger = functionLogger,
  isByResource = false,
): LoggerPort {
  const measuredAt = new Map<ResourceMetricName, Instant>();
  return {
    write: (level, message, fields) => logger[level](message, { region, ...fields }),
    measure: (metrics) => {
      const line = metricLine(metrics, region, clock);
      if (line !== null) sink(line);
    },
    measureEach: (name, byResource) => {
      const now = clock.now();
      if (!isByResource || !isDue(measuredAt.get(name) ?? null, EACH_MS, now)) return;
      measuredAt.set(name, now);
      for (const [resource, value] of byResource()) {
        sink(embedded({ [name]: value }, { Region: region, Resource: resource }, now));
      }
    },
  };
}

/** Not by `console`: Lambda's JSON log format wraps its lines, and CloudWatch would find no metrics in them. */
const toStdout = (line: string): void => {
  stdout.write(`${line}\n`);
};

/**
 * One line, or none for nothing: the catalogue is far shorter than the hundred metrics that a line may hold. By region
 * alone: one watched region must not hide that another one fell silent, and each series is paid for. Numbers that are
 * none are left out, since CloudWatch would drop the whole line for one of them.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
function metricLine(metrics: Measures, region: string, clock: Clock): string | null {
  const values = Object.entries(metrics).filter(
    ([name, value]) => Number.isFinite(value) && !(value === 0 && isRare(name)),
  );
  return values.length === 0
    ? null
    : embedded(Object.fromEntries(values), { Region: region }, clock.now());
}

/** The passes of a watcher are a second apart, and a point a minute is what CloudWatch keeps. */
const EACH_MS = 55_000;

const embedded = (
  values: Readonly<Record<string, number>>,
  dimensions: Readonly<Record<string, string>>,
  at: number,
): string =>
  JSON.stringify({
    _aws: {
      Timestamp: at,
      CloudWatchMetrics: [
        {
          Namespace: 'VpnMedic',
          Dimensions: [Object.keys(dimensions)],
          Metrics: Object.keys(values).map((name) => ({ Name: name, Unit: unitOf(name) })),
        },
      ],
    },
    ...dimensions,
    ...values,
  });

const isRare = (name: string): boolean =>
  Object.entries(METRICS).some(([one, kind]) => one === name && kind === 'rare');
