/** What a replay found, did, held and notified, in the order of time. */
import * as v from 'valibot';
import type { LoggerPort } from '../core/ports.ts';
import { type Clock, type Instant, parseInstant, toIso } from '../core/time.ts';
import type { EventPort, NotificationPort } from '../incidents/ports.ts';
import type { Signature } from '../incidents/types.ts';
import { isWhollyUnrecorded } from './unrecorded.ts';

export interface TimelineEntry {
  /** ISO 8601 */
  readonly at: string;
  readonly kind: 'detected' | 'resolved' | 'action' | 'held' | 'notified';
  /** Reason code of an incident; what an action is; the rule that holds. */
  readonly reason: string;
  /** Id of what it is about. */
  readonly subject: string;
  readonly severity: string | null;
  readonly title: string;
  readonly sms: string | null;
  readonly text: string;
  readonly region: string;
  readonly scope: string | null;
  /** Of an action: `done`, `written`, `failed`, … */
  readonly outcome?: string;
  readonly details?: Readonly<Record<string, unknown>>;
}

export interface Timeline {
  entries(): readonly TimelineEntry[];
  /** Ports that note what is sent and logged. */
  notifications(region: string, signature: Signature): NotificationPort;
  events(region: string): EventPort;
  logger(region: string): LoggerPort;
}

/** What is held or put off alike is one entry as long as it is so again within this. */
const HELD_MS = 2 * 3_600_000;

export function openTimeline(clock: Clock): Timeline {
  const entries: { readonly at: Instant; readonly entry: TimelineEntry }[] = [];
  const heldAt = new Map<string, Instant>();
  let sentCount = 0;
  const note = (at: Instant, entry: Omit<TimelineEntry, 'at'>) =>
    entries.push({ at, entry: { at: toIso(at), ...entry } });

  /** Whether the same was noted within that time. */
  function isRepeated(...parts: readonly (string | null)[]): boolean {
    const key = JSON.stringify(parts);
    const before = heldAt.get(key);
    heldAt.set(key, clock.now());
    return before !== undefined && clock.now() - before <= HELD_MS;
  }

  function audit(region: string, fields: Readonly<Record<string, unknown>>): void {
    const parsed = v.safeParse(Audit, fields['audit']);
    if (!parsed.success) return;
    const one = parsed.output;
    const { scope, summary } = one;
    if (one.kind === 'held' && isRepeated(region, scope, summary, one.rule)) return;
    if (one.kind === 'action' && one.outcome === 'deferred') {
      if (isRepeated(region, scope, summary, one.why)) return;
    }
    note(parseInstant(one.at) ?? clock.now(), auditEntry(one, region));
  }

  return {
    entries: () =>
      entries
        .toSorted((a, b) => a.at - b.at || orderOf(a.entry) - orderOf(b.entry))
        .map(({ entry }) => entry),
    notifications: (region, signature) => ({
      signature,
      async publish({ subject: title, sms, text, json, state, incidentId }) {
        sentCount += 1;
        const { reason, severity, about, evidence } = noticeOf(json);
        if (!isWhollyUnrecorded({ evidence })) {
          const details = { state, incidentId };
          const entry = { reason, subject: about, severity, title, sms, text, region, details };
          note(clock.now(), { kind: 'notified', scope: null, ...entry });
        }
        return { kind: 'published', messageId: `replay-${sentCount}` };
      },
    }),
    events: (region) => ({
      isOpen: true,
      async put(events) {
        for (const { at, detail } of events) {
          const parsed = v.safeParse(Change, JSON.parse(detail));
          if (!parsed.success) continue;
          const { change, incident } = parsed.output;
          const kind = KINDS.get(change);
          if (kind === undefined || isWhollyUnrecorded(incident)) continue;
          const foundAt = kind === 'detected' ? (parseInstant(incident.detectedAt) ?? at) : at;
          note(foundAt, changeEntry(kind, incident, region));
        }
        return [];
      },
    }),
    logger: (region) => ({
      write: (_level, _message, fields) => audit(region, fields),
      measure: () => {},
      measureEach: () => {},
    }),
  };
}

function auditEntry(one: v.InferOutput<typeof Audit>, region: string): Omit<TimelineEntry, 'at'> {
  const { action, scope, summary, concerns } = one;
  const common = {
    subject: concerns[0] ?? '',
    severity: null,
    title: summary,
    sms: null,
    region,
    scope,
  };
  if (one.kind === 'action') {
    const { kind, outcome, why, because, details } = one;
    const text = [`${summary}: ${outcome}`, why, because].filter(Boolean).join('; ');
    return { kind, reason: action, ...common, text, outcome, details };
  }
  const { kind, rule, because, until } = one;
  const details = { action, because, until: until ?? null, concerns };
  return { kind, reason: rule, ...common, text: `${summary}: ${because}`, details };
}

function changeEntry(
  kind: 'detected' | 'resolved',
  {
    reason,
    severity,
    subject,
    summary,
    restoredBy,
    inhibitedBy,
  }: v.InferOutput<typeof Change>['incident'],
  region: string,
): Omit<TimelineEntry, 'at'> {
  return {
    kind,
    reason,
    subject: subject.id,
    severity,
    title: summary,
    sms: null,
    text: kind === 'resolved' ? (restoredBy ?? summary) : summary,
    region,
    scope: null,
    details: { name: subject.name, inhibitedBy },
  };
}

/** Within one instant: what is found, what is done about it, what is said of both. */
const ORDER: readonly TimelineEntry['kind'][] = [
  'detected',
  'action',
  'held',
  'resolved',
  'notified',
];

const orderOf = ({ kind }: TimelineEntry): number => ORDER.indexOf(kind);

const KINDS: ReadonlyMap<string, 'detected' | 'resolved'> = new Map([
  ['opened', 'detected'],
  ['resolved', 'resolved'],
]);

const concerns = v.optional(v.array(v.string()), []);
const Audit = v.variant('kind', [
  v.object({
    kind: v.literal('action'),
    at: v.string(),
    scope: v.string(),
    action: v.string(),
    summary: v.string(),
    outcome: v.string(),
    why: v.nullable(v.string()),
    because: v.nullable(v.string()),
    details: v.record(v.string(), v.unknown()),
    concerns,
  }),
  v.object({
    kind: v.literal('held'),
    at: v.string(),
    scope: v.string(),
    action: v.string(),
    summary: v.string(),
    rule: v.string(),
    because: v.string(),
    until: v.nullish(v.string()),
    concerns,
  }),
]);

/** docs/event.schema.json */
const Change = v.object({
  change: v.string(),
  incident: v.object({
    reason: v.string(),
    severity: v.string(),
    subject: v.object({ id: v.string(), name: v.string() }),
    summary: v.string(),
    detectedAt: v.string(),
    restoredBy: v.nullable(v.string()),
    inhibitedBy: v.nullable(v.string()),
    evidence: v.optional(v.array(v.string()), []),
  }),
});

/** docs/notice.schema.json */
const Notice = v.object({
  reason: v.string(),
  severity: v.string(),
  subject: v.object({ id: v.string() }),
  evidence: v.optional(v.array(v.string()), []),
});

function noticeOf(json: string) {
  const { reason, severity, subject, evidence } = v.parse(Notice, JSON.parse(json));
  return { reason, severity, about: subject.id, evidence };
}
