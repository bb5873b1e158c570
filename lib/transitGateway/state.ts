/** What one pass over transit gateway routes leaves for the next: JSON, within bounds. */
import * as v from 'valibot';
import { SEVERITIES, SUBJECT_KINDS } from '../core/finding.ts';

/** Findings that only what was read can end. */
export const TRANSIT_REASONS = [
  'ConnectionGroupDown',
  'ConnectionRoutesAway',
  'TransitRouteHeld',
  'TransitRouteRewritten',
  'TransitWriteFailed',
  'ConnectionNotAdmitted',
  'TagInvalid',
] as const;

const Instant = v.pipe(v.number(), v.finite());
const Id = v.pipe(v.string(), v.maxLength(100));
const few = <T extends v.GenericSchema>(item: T) => v.pipe(v.array(item), v.maxLength(200));

const Route = v.object({
  /** The connection that its owner put it on. */
  preferred: Id,
  /** The attachment that it led to after the last pass; null: none. */
  attachmentId: v.nullable(Id),
  /** The connection that it led to last. */
  connectionId: Id,
  /** Our own failovers of the last hour, oldest first. */
  failoverAts: few(Instant),
  /** When another tool pointed it at a connection that was down, within the last hour. */
  rewriteAts: few(Instant),
  /** When it was moved last, by whomever; null: never since it was first seen. */
  movedAt: v.nullable(Instant),
  /** What the last pass alone saw instead: another attachment, or `NOT_SHOWN`; null: nothing. Two passes make it a change. */
  doubt: v.optional(v.nullable(Id), null),
});

/** The table did not show the route. */
export const NOT_SHOWN = 'not shown';

const Group = v.object({
  /** Connections that may take routes. */
  admitted: few(Id),
  /** By connection: since when it is a member that is not admitted. */
  waiting: v.record(Id, Instant),
});

const Pending = v.object({
  kind: v.picklist(['failover', 'failback', 'pin']),
  toAttachmentId: Id,
  firstAt: Instant,
  lastAt: Instant,
  tryCount: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1_000_000)),
  /** What EC2 said to the last try; of `unclear` it may or may not have happened. */
  answer: v.picklist(['accepted', 'unclear', 'refused']),
  why: v.pipe(v.string(), v.maxLength(1_000)),
});

const Text = v.pipe(v.string(), v.maxLength(4_000));

const Found = v.object({
  reason: v.picklist(TRANSIT_REASONS),
  subject: v.object({
    kind: v.picklist(SUBJECT_KINDS),
    id: Text,
    name: Text,
    group: v.nullable(Text),
    zone: v.nullable(Text),
    within: v.optional(few(Text), []),
  }),
  severity: v.picklist(SEVERITIES),
  summary: Text,
  evidence: few(Text),
  since: Instant,
  hint: Text,
});

const Memory = v.object({
  /** By route key. */
  routes: v.record(v.pipe(v.string(), v.maxLength(200)), Route),
  /** By `groupKeyOf`. */
  groups: v.record(v.pipe(v.string(), v.maxLength(200)), Group),
  /** By route key: writes that do not show yet. */
  pending: v.record(v.pipe(v.string(), v.maxLength(200)), Pending),
  /** Since when something could not be read; null: everything was. */
  blindSince: v.nullable(Instant),
  /** What the last pass found: it stays found while it cannot be read. */
  found: few(Found),
});

export type TransitMemory = v.InferOutput<typeof Memory>;
export type RouteMemory = v.InferOutput<typeof Route>;
export type PendingWrite = v.InferOutput<typeof Pending>;

export const NO_TRANSIT_MEMORY: TransitMemory = {
  routes: {},
  groups: {},
  pending: {},
  blindSince: null,
  found: [],
};

/** What was kept; empty for nothing, for garbage and for what is out of bounds. */
export function recallTransit(stored: unknown): TransitMemory {
  const parsed = v.safeParse(Memory, stored);
  return parsed.success ? parsed.output : NO_TRANSIT_MEMORY;
}

/** Members are known for each transit gateway: a route cannot leave it. */
export const groupKeyOf = (group: string, transitGatewayId: string): string =>
  `${group} ${transitGatewayId}`;

export const isNoTransitMemory = ({ routes, groups, pending, found }: TransitMemory): boolean =>
  [routes, groups, pending].every((one) => Object.keys(one).length === 0) && found.length === 0;
