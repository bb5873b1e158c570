/** The report of one pass over the metric table: findings only. Pure. */
import type { Finding } from '../core/finding.ts';
import type { Report } from '../core/report.ts';
import type { MetricWorld } from './types.ts';

export const metricReport = (
  { accountId, region }: MetricWorld,
  findings: readonly Finding[],
): Report => ({
  accountId,
  region,
  findings,
  ignored: new Map(),
  actions: [],
  held: [],
  gone: new Set(),
});
