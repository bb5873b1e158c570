/** Judges the rows of the metric table. Pure. */

import { isDeniedOnPurpose } from '../core/denied.ts';
import type { Finding } from '../core/finding.ts';
import { notesAfter } from '../core/healthNotes.ts';
import type { Point } from '../core/metric.ts';
import { compare } from '../core/order.ts';
import { QUIET_TAG, quietFaultText, readQuietTag } from '../core/quiet.ts';
import { unjudgedKey } from '../core/report.ts';
import { type Instant, toIso } from '../core/time.ts';
import { silentResources } from './assess/silent.ts';
import { type MetricMemory } from './state.ts';
import type { MetricCondition, MetricRow } from './table.ts';
import {
  FRESH_PERIODS,
  type MetricWorld,
  type RowObservation,
  rowName,
  type SeriesObservation,
  thingOf,
} from './types.ts';
import { resourceOf, watchedSubject, watchersOf } from './watched.ts';

export interface MetricAssessment {
  readonly findings: readonly Finding[];
  readonly memory: MetricMemory;
  /** By `unjudgedKey`: what cannot be read, also where nothing is remembered of it. */
  readonly unjudged: ReadonlySet<string>;
}

/** Findings of all rows; what is too old or cannot be read stays as it was found last. */
export function assessMetrics(
  world: MetricWorld,
  memory: MetricMemory,
  now: Instant,
): MetricAssessment {
  const things = world.rows.flatMap((observation) => judgeRow(observation, now));
  const silent = silentResources(world, memory, now);
  const health = healthAfter(memory.health, world.health, now);
  const findings = [
    ...silent.findings,
    ...things.flatMap((thing) => findingsOf(thing, { ...memory, health }, world.region, now)),
    ...wrongTags(world, now),
    ...findGaps(world),
  ]
    .map((one) => ({ ...one, since: memory.open[keyOf(one)]?.since ?? one.since }))
    .toSorted((a, b) => compare(a.reason, b.reason) || compare(a.subject.id, b.subject.id));
  const open = Object.fromEntries(
    findings.map((one) => {
      const { since, severity, summary } = one;
      return [keyOf(one), { since, severity, summary }];
    }),
  );
  const unjudged = new Set([
    ...silent.unjudged,
    ...things.flatMap(({ row, id, judged }) =>
      judged === null ? [unjudgedKey(row.reason, id)] : [],
    ),
  ]);
  const { silences } = silent;
  return { findings, memory: { asked: world.asked, silences, health, open }, unjudged };
}

const healthAfter = (
  before: MetricMemory['health'],
  arrived: MetricWorld['health'],
  now: Instant,
): MetricMemory['health'] =>
  notesAfter<MetricMemory['health'][number]>(
    [...before, ...arrived.map((note) => ({ ...note, ids: [...note.ids] }))],
    (known, page) => ({
      ...page,
      ids: [...new Set([...(known?.ids ?? []), ...page.ids])].slice(-IDS_KEPT),
    }),
    DAY_MS,
    now,
  );

const IDS_KEPT = 100;
const DAY_MS = 86_400_000;

/** What one row says of one thing. */
interface Thing {
  readonly row: RowObservation['row'];
  readonly id: string;
  /** Null: not enough is known. */
  readonly judged: Judged | null;
}

const judgeRow = ({ row, series }: RowObservation, now: Instant): readonly Thing[] =>
  [...Map.groupBy(series, ({ dimensions }) => thingOf(row, dimensions))].map(([id, members]) => ({
    row,
    id,
    judged: judgeThing(row, members, now),
  }));

const keyOf = ({ reason, subject }: Pick<Finding, 'reason' | 'subject'>): string =>
  `${reason} ${subject.id}`;

function findingsOf(
  { row, id, judged }: Thing,
  memory: MetricMemory,
  region: string,
  now: Instant,
): readonly Finding[] {
  const subject = {
    kind: 'metric',
    id,
    name: id,
    group: null,
    zone: null,
    // Behind the first dimension is what it runs over: a virtual interface over its Direct Connect.
    within: [region, ...id.split(' ').slice(1)],
  } as const;
  const finding = { reason: row.reason, subject, hint: row.hint };
  if (judged === null) {
    const last = memory.open[keyOf(finding)];
    const evidence = [`${rowName(row)} cannot be read now: as it was last`];
    return last === undefined ? [] : [{ ...finding, ...last, evidence }];
  }
  const { condition, rows } = judged;
  if (condition === null) return [];
  const value = rows.at(-1)?.value ?? 0;
  return [
    {
      ...finding,
      severity: condition.severity,
      summary: `${row.means.replace('{thing}', id).replace('{value}', String(value))}.`,
      evidence: [
        ...rows.map(
          (one) =>
            `${toIso(one.at)}: ${row.metricName} ${one.value}, ${sayCondition(condition, one.memberCount)}`,
        ),
        ...memory.health
          .filter(({ ids }) => ids.some((one) => id.split(' ').includes(one)))
          .map(({ code, at }) => `AWS Health, ${toIso(at)}: ${code}`),
      ],
      since: rows[0]?.at ?? now,
    },
  ];
}

/** Of resources that are judged. A tag that cannot be read hides nothing: they are notified at all hours. */
function wrongTags({ rows, tagged, region }: MetricWorld, now: Instant): readonly Finding[] {
  const judged = new Set(
    rows.flatMap(({ series }) => series.flatMap((one) => watchersOf(one, tagged))),
  );
  return [...judged].flatMap(({ arn, quiet, ignore }) => {
    const { quietFault } = readQuietTag(quiet);
    if (quietFault === null || ignore !== null) return [];
    const name = resourceOf(arn);
    return [
      {
        reason: 'TagInvalid' as const,
        subject: watchedSubject(arn, name, region),
        severity: 'warning' as const,
        summary: quietFaultText(name, quietFault),
        evidence: [],
        since: now,
        hint: `Mend the tag ${QUIET_TAG} on ${arn}.`,
      },
    ];
  });
}

interface Judged {
  /** Null: all is well. */
  readonly condition: MetricCondition | null;
  readonly rows: readonly Sum[];
}

interface Sum extends Point {
  readonly memberCount: number;
  /** Of the member with the least. */
  readonly least: number;
}

function judgeThing(
  row: MetricRow,
  members: readonly SeriesObservation[],
  now: Instant,
): Judged | null {
  if (members.some(({ points }) => points === null)) return null;
  const sums = sumsOf(members);
  const last = sums.at(-1);
  if (last === undefined || now - last.at > FRESH_PERIODS * row.periodMs) return null;
  const rows = sums.slice(-row.periods);
  const isRow =
    rows.length === row.periods &&
    rows.every((one, index) => index === 0 || one.at - (rows[index - 1]?.at ?? 0) === row.periodMs);
  if (!isRow) return { condition: null, rows };
  const condition = row.conditions.find((one) => rows.every((sum) => holds(one, sum))) ?? null;
  return { condition, rows };
}

/** Sums of the periods with the most members: a member that is published late must not count as gone. */
function sumsOf(members: readonly SeriesObservation[]): readonly Sum[] {
  const byPeriod = Map.groupBy(
    members.flatMap(({ points }) => points ?? []),
    ({ at }) => at,
  );
  const memberCount = Math.max(0, ...[...byPeriod.values()].map((some) => some.length));
  return [...byPeriod]
    .filter(([, some]) => some.length === memberCount)
    .map(([at, some]) => ({
      at,
      memberCount,
      least: Math.min(...some.map(({ value }) => value)),
      value: some.reduce((sum, { value }) => sum + value, 0),
    }))
    .toSorted((a, b) => a.at - b.at);
}

const limitOf = ({ limit }: MetricCondition, memberCount: number): number =>
  limit === 'members' ? memberCount : limit;

function holds(condition: MetricCondition, { value, memberCount, least }: Sum): boolean {
  // Many in one zone do not make up for none in another.
  if (condition.limit === 'members' && condition.is === 'below' && least < 1) return true;
  const limit = limitOf(condition, memberCount);
  return condition.is === 'below' ? value < limit : value > limit;
}

const sayCondition = (condition: MetricCondition, memberCount: number): string =>
  `${condition.is} ${limitOf(condition, memberCount)}${condition.limit === 'members' ? ' (one for each zone)' : ''}`;

function findGaps({ at, gaps, region }: MetricWorld): readonly Finding[] {
  if (gaps.length === 0) return [];
  // Health checks have their metrics in us-east-1 alone, which many organisations deny to every account.
  const isOnPurpose = gaps.every(({ why }) => isDeniedOnPurpose(why));
  return [
    {
      reason: 'SightLost',
      subject: {
        kind: 'region',
        id: `${region} metrics`,
        name: region,
        group: null,
        zone: null,
        within: [region],
      },
      severity: isOnPurpose ? 'info' : 'warning',
      summary: isOnPurpose
        ? `The organisation denies metrics of ${region}: what has its metrics there is not judged.`
        : `Metrics of ${region} cannot be read: what was open stays open, and nothing new can be seen of load balancers, health checks, Direct Connect and transit gateways.`,
      evidence: gaps.slice(0, 10).map(({ what, why }) => `${what}: ${why}`),
      since: at,
      hint: isOnPurpose
        ? 'Nothing, unless they shall be judged: then the service control policy needs an exception for the role of pollEndpoints.'
        : 'Look at the reason: a denied action needs a grant to the role of pollEndpoints.',
    },
  ];
}
