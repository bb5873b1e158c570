/** The report of one pass over the metric table: findings only. Pure. */
import type { Finding } from '../core/finding.ts';
import { readQuietTag } from '../core/quiet.ts';
import type { Report } from '../core/report.ts';
import { type MetricWorld, thingOf } from './types.ts';
import { watchersOf } from './watched.ts';

export function metricReport(world: MetricWorld, findings: readonly Finding[]): Report {
  const { accountId, region, rows, tagged, untagged, unwatched } = world;
  const things = rows.flatMap(({ row, series }) =>
    series.flatMap((one) =>
      watchersOf(one, tagged).map((watcher) => [thingOf(row, one.dimensions), watcher] as const),
    ),
  );
  const named = [...things, ...tagged.map((one) => [one.arn, one] as const)];
  return {
    accountId,
    region,
    findings,
    ignored: new Map([
      ...unwatched.map(({ row, dimensions }) => [thingOf(row, dimensions), UNWATCHED] as const),
      ...untagged.map((arn) => [arn, UNWATCHED] as const),
      ...named.flatMap(([id, { ignore }]) => (ignore === null ? [] : [[id, ignore] as const])),
    ]),
    quiets: new Map(
      named.flatMap(([id, { quiet: tag }]) => {
        const { quiet } = readQuietTag(tag);
        return quiet === null ? [] : [[id, quiet] as const];
      }),
    ),
    actions: [],
    held: [],
    gone: new Set(),
  };
}

const UNWATCHED = 'it has no tag vpn-medic:watch';
