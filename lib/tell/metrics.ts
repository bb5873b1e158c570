/** What a look at the metrics of the table has to tell. Pure. */
import type { Finding } from '../model/finding.ts';
import type { MetricWorld } from '../model/metricWorld.ts';
import type { Story } from '../model/story.ts';

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
