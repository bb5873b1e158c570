/** Resources that are tagged `vpn-medic:watch`, and of which CloudWatch has nothing that could be judged. Pure. */
import type { Finding } from '../../core/finding.ts';
import { METRIC_FINDINGS } from '../../core/findings/metrics.ts';
import { unjudgedKey } from '../../core/report.ts';
import { describeMs, type Instant } from '../../core/time.ts';
import type { MetricMemory } from '../state.ts';
import { METRIC_TABLE } from '../table.ts';
import { FRESH_PERIODS, type MetricWorld, rowName, type TaggedResource } from '../types.ts';
import { resourceOf, watchedSubject, watchersOf } from '../watched.ts';

interface Silence {
  readonly findings: readonly Finding[];
  /** By ARN: since when it is silent. */
  readonly silences: MetricMemory['silences'];
  /** By `unjudgedKey`: what cannot be read now. */
  readonly unjudged: readonly string[];
}

/** Silence counts after a while: new series take CloudWatch a quarter of an hour, and their list is read once an hour. */
export function silentResources(world: MetricWorld, before: MetricMemory, now: Instant): Silence {
  const findings: Finding[] = [];
  const unjudged: string[] = [];
  const silences: Record<string, Instant> = {};
  for (const resource of world.tagged) {
    const { arn, ignore } = resource;
    const state = ignore === null ? stateOf(resource, world, now) : 'heard';
    const known = before.silences[arn];
    if (state === 'heard') continue;
    if (state === 'unread') {
      unjudged.push(unjudgedKey('WatchSilent', arn));
      if (known !== undefined) silences[arn] = known;
      continue;
    }
    const since = Math.min(known ?? now, now);
    silences[arn] = since;
    if (now - since >= GRACES_MS[state]) findings.push(silent(resource, state, world, since, now));
  }
  return { findings, silences, unjudged };
}

type State = 'heard' | 'unread' | keyof typeof GRACES_MS;

const HOUR_MS = 3_600_000;
const GRACES_MS = { 'of no row': 0, 'never heard': 2 * HOUR_MS, stopped: 600_000 };

function stateOf(resource: TaggedResource, world: MetricWorld, now: Instant): State {
  const name = resourceOf(resource.arn);
  // They are judged by what EC2 says of them.
  if (/^(?:vpn-connection|client-vpn-endpoint)\//.test(name)) return 'heard';
  if (!world.rows.some(({ row }) => isOf(row, name))) {
    const isWatched = world.rows.some(({ row }) => row.region === null);
    return isWatched && !METRIC_TABLE.some((row) => isOf(row, name)) ? 'of no row' : 'heard';
  }
  const own = seriesOf(resource, world);
  if (world.gaps.length > 0 || own.some(({ series }) => series.points === null)) return 'unread';
  if (own.length === 0) return 'never heard';
  const isFresh = own.some(({ row, series }) =>
    series.points?.some(({ at }) => now - at <= FRESH_PERIODS * row.periodMs),
  );
  return isFresh ? 'heard' : 'stopped';
}

const isOf = ({ resources }: { readonly resources: readonly string[] }, name: string): boolean =>
  resources.some((start) => name.startsWith(start));

const seriesOf = (resource: TaggedResource, { rows }: MetricWorld) =>
  rows.flatMap(({ row, series }) =>
    series
      .filter((one) => watchersOf(one, [resource]).length > 0)
      .map((one) => ({ row, series: one })),
  );

function silent(
  { arn }: TaggedResource,
  state: keyof typeof GRACES_MS,
  world: MetricWorld,
  since: Instant,
  now: Instant,
): Finding {
  const name = resourceOf(arn);
  const rows = world.rows.flatMap(({ row }) => (isOf(row, name) ? [row] : []));
  const says = {
    'of no row': 'is of a kind whose metrics are not judged: the tag watches nothing',
    'never heard': 'has none of the metrics that are judged in CloudWatch: nothing is known of it',
    stopped: `has had no metrics in CloudWatch for ${describeMs(now - since)}: ${rows[0]?.silence ?? ''}`,
  }[state];
  return {
    reason: 'WatchSilent',
    subject: watchedSubject(arn, name, world.region),
    severity: 'warning',
    summary: `${name} is tagged vpn-medic:watch, and ${says}.`,
    evidence: rows.map((row) => `no point of ${rowName(row)}`),
    since,
    hint: METRIC_FINDINGS.WatchSilent.hint,
  };
}
