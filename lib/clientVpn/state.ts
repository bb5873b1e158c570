/** The state that one pass over the endpoints of a region leaves for the next: JSON, validated when it is read. */
import * as v from 'valibot';
import { baselineOf } from '../core/baseline.ts';
import type { Finding } from '../core/finding.ts';
import { SEVERITIES, SUBJECT_KINDS } from '../core/finding.ts';
import type { Point } from '../core/metric.ts';
import { QUIET_TAG } from '../core/quiet.ts';
import type { Reading } from '../core/reading.ts';
import { type EndpointReason, isEndpointReason } from '../core/reasons.ts';
import type { Instant } from '../core/time.ts';
import type { AssociationFact, EndpointFact } from './types/endpoint.ts';
import {
  ENDPOINT_METRIC_KEYS,
  ENDPOINT_PERIOD_MS,
  type EndpointMetricKey,
  type EndpointPoints,
} from './types/metrics.ts';
import { type Surroundings, unreadOf } from './types/surroundings.ts';

const instant = v.pipe(v.number(), v.finite());
const pointSchema = v.object({ at: instant, value: v.pipe(v.number(), v.finite()) });
/** What is usual in one hour of the week. */
const bandSchema = v.object({
  /** Beginning of the hour that it is for. */
  hourAt: instant,
  median: v.number(),
  /** How far ordinary hours lie from it; never below 0. */
  spread: v.number(),
});

/** What the days to expiry have shown of how long the endpoint's CRLs live. */
const crlLifeSchema = v.object({
  /** Of the last renewal that was seen; null: none was. */
  lifeDays: v.nullable(v.number()),
  /** Since when the days are what they are. */
  steadySince: instant,
  /** They have become fewer since the renewal, or the first sight. */
  hasFallen: v.boolean(),
});

const doorSchema = v.object({
  name: v.string(),
  dnsName: v.string(),
  transport: v.picklist(['tcp', 'udp', 'unknown']),
  port: v.number(),
});

const pastSchema = v.object({
  /** The endpoint has answered a probe at least once. */
  hasAnswered: v.boolean(),
  /** Clients could connect at least once. */
  hasBeenUp: v.optional(v.boolean(), false),
  /** Null: clients can connect, as far as known. */
  downSince: v.optional(v.nullable(instant), null),
  /** Since when EC2's list lacks it; null: it does not. */
  absentSince: v.optional(v.nullable(instant), null),
  /** Its tags `vpn-medic:ignore` and `vpn-medic:quiet`, as last read. */
  ignore: v.optional(v.nullable(v.string()), null),
  quiet: v.optional(v.nullable(v.string()), null),
  /** Where clients connect, as last read while EC2 called it available; null: it did not. */
  door: v.optional(v.nullable(doorSchema), null),
  /** A subnet is being associated, and none is associated yet. */
  associatingSince: v.optional(v.nullable(instant), null),
  /** It is pending, or a subnet is being associated beside others. */
  pendingSince: v.optional(v.nullable(instant), null),
  crlDays: v.nullable(pointSchema),
  crlLife: v.optional(v.nullable(crlLifeSchema), null),
  idpDays: v.nullable(pointSchema),
  /** When what surrounds it was last read; null: never. */
  surroundingsAt: v.optional(v.nullable(instant), null),
  /** What of that could not be read, one line each. */
  unread: v.optional(v.array(v.string()), []),
  /** By metric; of the hours around now, so that an hour whose history cannot be read still has a band. */
  bands: v.record(v.string(), v.array(bandSchema)),
  /** By metric: days of history; fewer than three, and it is still learning. */
  dayCounts: v.record(v.string(), v.number()),
});

const findingSchema = v.object({
  reason: v.custom<EndpointReason>(isEndpointReason),
  subject: v.object({
    kind: v.picklist(SUBJECT_KINDS),
    id: v.string(),
    name: v.string(),
    group: v.nullable(v.string()),
    zone: v.nullable(v.string()),
    within: v.exactOptional(v.array(v.string())),
    dependsOn: v.exactOptional(v.array(v.string())),
  }),
  severity: v.picklist(SEVERITIES),
  summary: v.string(),
  evidence: v.array(v.string()),
  since: instant,
  hint: v.string(),
});

const schema = v.object({
  asked: v.object({
    /** When each metric was last asked for, by its name. */
    ats: v.record(v.string(), instant),
    seriesAt: v.nullable(instant),
    /** Series that exist: `METRIC ENDPOINT`. */
    series: v.array(v.string()),
    historyAt: v.nullable(instant),
  }),
  endpoints: v.record(v.string(), pastSchema),
  findings: v.array(findingSchema),
  /** By id of an endpoint that AWS has no more: since when. */
  gone: v.optional(v.record(v.string(), instant), {}),
});

export type EndpointMemory = Readonly<v.InferOutput<typeof schema>>;
export type EndpointPast = Readonly<v.InferOutput<typeof pastSchema>>;
type Door = Readonly<v.InferOutput<typeof doorSchema>>;
export type CrlLife = Readonly<v.InferOutput<typeof crlLifeSchema>>;
export type HourBand = Readonly<v.InferOutput<typeof bandSchema>>;

export const noEndpointMemory: EndpointMemory = {
  asked: { ats: {}, seriesAt: null, series: [], historyAt: null },
  endpoints: {},
  findings: [],
  gone: {},
};

export const noEndpointPast: EndpointPast = {
  hasAnswered: false,
  hasBeenUp: false,
  downSince: null,
  absentSince: null,
  ignore: null,
  quiet: null,
  door: null,
  associatingSince: null,
  pendingSince: null,
  crlDays: null,
  crlLife: null,
  idpDays: null,
  surroundingsAt: null,
  unread: [],
  bands: {},
  dayCounts: {},
};

/** The stored state; empty when nothing is stored or it does not parse. */
export function recallEndpoints(stored: unknown): EndpointMemory {
  const parsed = v.safeParse(schema, stored);
  return parsed.success ? parsed.output : noEndpointMemory;
}

/** An endpoint that EC2 leaves out of its list is taken for gone after this. */
const ABSENT_MS = 600_000;

/**
 * Endpoints that were known before and are not among `listedIds`, those that EC2 does not call `deleting`: absence in one
 * answer is a gap, and what is being deleted is not gone yet.
 */
export const absentOf = (
  listedIds: ReadonlySet<string>,
  { endpoints }: EndpointMemory,
  now: Instant,
): EndpointMemory['endpoints'] =>
  Object.fromEntries(
    Object.entries(endpoints).flatMap(([id, past]) => {
      const absentSince = past.absentSince ?? now;
      const isAbsent = !listedIds.has(id) && now - absentSince < ABSENT_MS;
      return isAbsent ? [[id, { ...past, absentSince }] as const] : [];
    }),
  );

/** The findings of the last pass. */
export const pastFindings = (memory: EndpointMemory): readonly Finding[] => memory.findings;

/** The state of one endpoint after a pass: what `observation` shows, over what `past` held. */
export function learn(
  observation: {
    readonly fact: Pick<EndpointFact, 'endpointId' | 'tags' | 'state'> & Door;
    readonly associations: Reading<readonly AssociationFact[]>;
    readonly reachability: { readonly kind: string };
    readonly surroundings: Surroundings | null;
    readonly recent: EndpointPoints;
    readonly history: EndpointPoints;
  },
  status: EndpointStatus,
  past: EndpointPast,
  now: Instant,
): EndpointPast {
  const bands: Record<string, HourBand[]> = { ...past.bands };
  const dayCounts: Record<string, number> = { ...past.dayCounts };
  for (const key of ENDPOINT_METRIC_KEYS) {
    const history = observation.history[key];
    if (history === undefined) continue;
    const baseline = baselineOf(history, now);
    dayCounts[key] = baseline.dayCount;
    bands[key] =
      baseline.kind === 'learning'
        ? []
        : HOURS.flatMap((hours) => {
            const hourAt = (Math.floor(now / HOUR_MS) + hours) * HOUR_MS;
            const band = baseline.bandAt(hourAt);
            return band === null ? [] : [{ hourAt, ...band }];
          });
  }
  const { fact, surroundings } = observation;
  const hasAnswered = past.hasAnswered || observation.reachability.kind === 'up';
  const hadUsers = [observation.recent, observation.history].some(({ active = [] }) =>
    active.some(({ value }) => value > 0),
  );
  return {
    hasAnswered,
    hasBeenUp: past.hasBeenUp || hasAnswered || hadUsers || status === 'up',
    downSince:
      status === 'unknown' ? past.downSince : sinceOf(status !== 'up', past.downSince, now),
    absentSince: null,
    ignore: observation.fact.tags['vpn-medic:ignore'] ?? null,
    quiet: observation.fact.tags[QUIET_TAG] ?? null,
    door: doorOf(fact, past),
    associatingSince:
      status === 'unknown'
        ? past.associatingSince
        : sinceOf(status === 'associating', past.associatingSince, now),
    pendingSince: pendingSinceOf(observation, past, now),
    crlDays: newest(observation.recent.crlDays, past.crlDays),
    crlLife: crlLifeAfter(observation.recent.crlDays ?? [], past),
    idpDays: newest(observation.recent.idpDays, past.idpDays),
    ...(surroundings === null
      ? { surroundingsAt: past.surroundingsAt, unread: past.unread }
      : { surroundingsAt: now, unread: [...unreadOf(fact.endpointId, surroundings)] }),
    bands,
    dayCounts,
  };
}

/** A state that we do not know leaves it as it was. */
function doorOf(
  { state, name, dnsName, transport, port }: Parameters<typeof learn>[0]['fact'],
  { door }: EndpointPast,
): Door | null {
  if (state === 'unknown') return door;
  return state === 'available' ? { name, dnsName, transport, port } : null;
}

function pendingSinceOf(
  { fact: { state }, associations }: Parameters<typeof learn>[0],
  { pendingSince }: EndpointPast,
  now: Instant,
): Instant | null {
  if (state === 'pending') return pendingSince ?? now;
  if (state === 'unknown' || !associations.known) return pendingSince;
  const isComing = associations.value.some((one) => one.state === 'associating');
  return sinceOf(isComing, pendingSince, now);
}

const sinceOf = (is: boolean, since: Instant | null, now: Instant): Instant | null =>
  is ? (since ?? now) : null;

/** Whether clients can connect; `associating`: not yet, and EC2 is about to let them. */
export type EndpointStatus = 'up' | 'down' | 'associating' | 'unknown';

/** The usual band in the hour of an instant; null while the baseline is learnt, or when its history is too old. */
export const bandAt =
  (past: EndpointPast, key: EndpointMetricKey) =>
  (at: Instant): HourBand | null =>
    past.bands[key]?.find(({ hourAt }) => at >= hourAt && at < hourAt + HOUR_MS) ?? null;

/** The newest point; null when it is older than `FRESH_MS`. */
export function latestOf(points: readonly Point[] | undefined, now: Instant): Point | null {
  const last = points?.at(-1);
  return last === undefined || now - last.at > FRESH_MS ? null : last;
}

export const HOUR_MS = 3_600_000;
/** Failed logins in an hour; fewer are forgotten passwords, whatever is usual. */
export const FAILED_LOGINS_FLOOR = 20;
/** The previous hour may still be judged; the next one begins before its history is read. */
const HOURS = [-1, 0, 1, 2] as const;
/** One period, and two more because CloudWatch publishes late. */
export const FRESH_MS = 3 * ENDPOINT_PERIOD_MS;

const newest = (points: readonly Point[] | undefined, before: Point | null): Point | null =>
  points?.at(-1) ?? before;

/** CloudWatch counts whole days: days that stay as they are for longer than a day were renewed in between. */
function crlLifeAfter(
  points: readonly Point[],
  { crlDays, crlLife }: EndpointPast,
): CrlLife | null {
  let before = crlDays;
  let life = crlLife;
  for (const point of points) {
    if (before !== null && point.at <= before.at) continue;
    life = crlLifeAt(point, before, life);
    before = point;
  }
  return life;
}

function crlLifeAt({ at, value }: Point, before: Point | null, life: CrlLife | null): CrlLife {
  const steadySince = life?.steadySince ?? before?.at ?? at;
  if (before === null || value === before.value) {
    const isRenewed = at - steadySince > STEADY_MS && value >= 0;
    const lifeDays = life?.lifeDays ?? (isRenewed ? value + 1 : null);
    return { lifeDays, steadySince, hasFallen: life?.hasFallen ?? false };
  }
  if (value > before.value) return { lifeDays: value + 1, steadySince: at, hasFallen: false };
  return { lifeDays: life?.lifeDays ?? null, steadySince: at, hasFallen: true };
}

const STEADY_MS = 25 * HOUR_MS;
