/** One job for every region side by side; one region's failure never hides another's. */

import type { PollSummary } from './poll/pass.ts';
import type { Summary } from './runSummary.ts';

export interface RegionsSummary extends Summary {
  readonly regions: readonly Summary[];
}

/** @throws {AggregateError} when a region failed, after all have ended, so that the failure is itself alarmed. */
export async function inEveryRegion(
  regions: readonly string[],
  job: (region: string) => Promise<Summary>,
): Promise<RegionsSummary> {
  const summaries = await allOf(regions, job);
  const total = (of: (summary: Summary) => number) =>
    summaries.reduce((sum, summary) => sum + of(summary), 0);
  return {
    version: 1,
    region: regions.join(),
    ticks: total(({ ticks }) => ticks),
    probes: total(({ probes }) => probes),
    findings: total(({ findings }) => findings),
    actions: total(({ actions }) => actions),
    held: total(({ held }) => held),
    notifications: total(({ notifications }) => notifications),
    ended: summaries[0]?.ended ?? 'once',
    regions: summaries,
  };
}

export interface PollsSummary extends PollSummary {
  readonly regions: readonly PollSummary[];
}

/** @throws {AggregateError} when a region failed, after all have ended, so that the failure is itself alarmed. */
export async function pollEveryRegion(
  scope: string,
  regions: readonly string[],
  job: (region: string) => Promise<PollSummary>,
): Promise<PollsSummary> {
  const summaries = await allOf(regions, job);
  const total = (of: (summary: PollSummary) => number) =>
    summaries.reduce((sum, summary) => sum + of(summary), 0);
  return {
    version: 1,
    scope,
    region: regions.join(),
    findings: total(({ findings }) => findings),
    actions: total(({ actions }) => actions),
    held: total(({ held }) => held),
    notifications: total(({ notifications }) => notifications),
    regions: summaries,
  };
}

async function allOf<T>(
  regions: readonly string[],
  job: (region: string) => Promise<T>,
): Promise<readonly T[]> {
  const settled = await Promise.allSettled(regions.map(job));
  const faults = settled.flatMap((one, index) =>
    one.status === 'rejected'
      ? [new Error(`watching ${regions[index] ?? ''}`, { cause: one.reason })]
      : [],
  );
  if (faults.length > 0)
    throw new AggregateError(faults, `watching ${faults.length} of ${regions.length} regions`);
  return settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
}
