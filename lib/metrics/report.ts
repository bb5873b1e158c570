/** What a look at the metrics of the table has to tell. Pure. */
import type { Finding } from '../core/finding.ts';
import type { Story } from '../core/report.ts';
import type { MetricWorld } from './types.ts';

export const metricStory = (
  { accountId, region }: MetricWorld,
  findings: readonly Finding[],
): Story => ({
  accountId,
  region,
  findings,
  ignored: new Map(),
  deeds: [],
  held: [],
  gone: new Set(),
});
