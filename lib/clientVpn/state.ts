/** What outlives a look at the endpoints. Plain JSON, read back as strictly as anything foreign. */
import * as v from 'valibot';
import type { Finding } from '../core/finding.ts';
import { SEVERITIES, SUBJECT_KINDS } from '../core/finding.ts';
import { ENDPOINT_REASONS } from '../core/reasons.ts';

const instant = v.pipe(v.number(), v.finite());
const point = v.object({ at: instant, value: v.pipe(v.number(), v.finite()) });
/** What is usual in one hour of the week. */
const band = v.object({
  /** Beginning of the hour that it is for. */
  hourAt: instant,
  median: v.number(),
  /** How far ordinary hours lie from it; never below 0. */
  spread: v.number(),
});

const past = v.object({
  /** Silence means something only after speech. */
  hasAnswered: v.boolean(),
  crlDays: v.nullable(point),
  idpDays: v.nullable(point),
  /** By metric; of the hours about now, so that an hour whose history cannot be read still has one. */
  bands: v.record(v.string(), v.array(band)),
  /** By metric: days of history; fewer than three, and it is still learning. */
  dayCounts: v.record(v.string(), v.number()),
});

const finding = v.object({
  reason: v.picklist(ENDPOINT_REASONS),
  subject: v.object({
    kind: v.picklist(SUBJECT_KINDS),
    id: v.string(),
    name: v.string(),
    group: v.nullable(v.string()),
    zone: v.nullable(v.string()),
    within: v.exactOptional(v.array(v.string())),
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
  endpoints: v.record(v.string(), past),
  findings: v.array(finding),
  /** By id of an endpoint that AWS has no more: since when. */
  gone: v.optional(v.record(v.string(), instant), {}),
});

export type EndpointMemory = Readonly<v.InferOutput<typeof schema>>;
export type EndpointPast = Readonly<v.InferOutput<typeof past>>;
export type HourBand = Readonly<v.InferOutput<typeof band>>;

export const noEndpointMemory: EndpointMemory = {
  asked: { ats: {}, seriesAt: null, series: [], historyAt: null },
  endpoints: {},
  findings: [],
  gone: {},
};

export const noEndpointPast: EndpointPast = {
  hasAnswered: false,
  crlDays: null,
  idpDays: null,
  bands: {},
  dayCounts: {},
};

/** Empty for what is not there or cannot be understood. */
export function recallEndpoints(stored: unknown): EndpointMemory {
  const parsed = v.safeParse(schema, stored);
  return parsed.success ? parsed.output : noEndpointMemory;
}

/** What was found at the last look, as findings again. */
export const pastFindings = (memory: EndpointMemory): readonly Finding[] => memory.findings;
