/** The report of one pass over the metric table: findings only. Pure. */
import type { Finding } from '../core/finding.ts';
import { readQuietTag } from '../core/quiet.ts';
import type { Report } from '../core/report.ts';
import { type MetricWorld, thingOf } from './types.ts';
import { watchersOf } from './watched.ts';

export function metricReport(world: MetricWorld, findings: readonly Finding[]): Report {
  const { accountId, region, rows, tagged, unwatched } = world;
  const things = rows.flatMap(({ row, series }) =>
    series.map((one) => ({
      thing: thingOf(row, one.dimensions),
      watchers: watchersOf(one, tagged),
    })),
  );
  return {
    accountId,
    region,
    findings,
    ignored: new Map([
      ...unwatched.map(({ row, dimensions }) => [thingOf(row, dimensions), UNWATCHED] as const),
      ...things.flatMap(({ thing, watchers }) =>
        watchers.flatMap(({ ignore }) => (ignore === null ? [] : [[thing, ignore] as const])),
      ),
    ]),
    quiets: new Map(
      things.flatMap(({ thing, watchers }) =>
        watchers.flatMap(({ quiet: tag }) => {
          const { quiet } = readQuietTag(tag);
          return quiet === null ? [] : [[thing, quiet] as const];
        }),
      ),
    ),
    actions: [],
    held: [],
    gone: new Set(),
  };
}

const UNWATCHED = 'it has no tag vpn-medic:watch';
