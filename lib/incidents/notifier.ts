/** From reports to notifications: each step of an incident's life is published, then recorded; none is lost. */

import type { Lead } from '../core/lease.ts';
import { type MaintenanceWindow, maintenanceId, readWindows } from '../core/maintenance.ts';
import type { Report, ReportedAction } from '../core/report.ts';
import type { Instant } from '../core/time.ts';
import { type Ack, incidentAcksId, parseIncidentAcks, withAck } from './acks.ts';
import { openAnnouncer } from './announcer.ts';
import type { Context } from './content.ts';
import { POLLING, WATCHING } from './delays.ts';
import { ignoredWhy } from './gone.ts';
import type { Incidents, Look } from './lifecycle/look.ts';
import { turn } from './lifecycle.ts';
import { notificationOf } from './notification.ts';
import { isQuietlyOver, type NotificationPlan, planOf } from './notificationPlan.ts';
import type { RegionPorts } from './ports.ts';
import { openPublisher } from './publisher.ts';
import { openRecord } from './record.ts';
import { afterTelling, closed } from './steps.ts';
import { type Incident, type IncidentChange, type Notification, UNSIGNED } from './types.ts';

export interface Notifier {
  /**
   * Publishes what the report changes, then records it; returns what was published. Nothing unless this process leads.
   * What no channel took stays unnotified and is tried again with the next report. `mayResolve`: whether this
   * report saw enough to end incidents; left out: as in the options.
   */
  tell(report: Report, signal: AbortSignal, mayResolve?: boolean): Promise<readonly Notification[]>;
  /** Records what could not be recorded yet, at the end of an invocation. False: something is still not on record. */
  flush(signal: AbortSignal): Promise<boolean>;
}

export interface NotifierOptions {
  /** Whose incidents these are: `appliances`, `connections`, … */
  readonly scope: string;
  readonly mode: string;
  /** A single pass sees too little to say that something is over. */
  readonly mayResolve: boolean;
  /** Passes once a minute or less often: then one pass is enough delay. */
  readonly isPolled?: boolean;
  readonly lead: Lead;
}

/** People's requests read longer ago than this are read again before anything is published… */
const REQUESTS_MS = 5_000;
/** …and otherwise while an incident is open: a window may have been ended early. */
const REQUESTS_IDLE_MS = 15_000;
/** Actions remembered for incidents that are found after them. */
const ACTIONS_MS = 120_000;
const ACTIONS_MAX = 2_000;

// oxlint-disable-next-line max-lines-per-function -- its functions share people's requests and what is to be announced
export function openNotifier(ports: RegionPorts, options: NotifierOptions): Notifier {
  const { clock, store, region } = ports;
  const { lead, scope, isPolled = false } = options;
  const delays = isPolled ? POLLING : WATCHING;
  const record = openRecord(ports, scope, lead, delays);
  const publisher = openPublisher(ports);
  const announcer = openAnnouncer(ports, scope);
  let windows: readonly MaintenanceWindow[] = [];
  let acks: readonly Ack[] = [];
  let requestsAtMs = Number.NEGATIVE_INFINITY;
  let recent: readonly ReportedAction[] = [];
  let changes: IncidentChange[] = [];

  const lookOf = (report: Report, mayResolve: boolean): Look => ({
    ...reported(report),
    actions: recent,
    windows,
    delays,
    mayResolve,
  });

  /** True: they were read. Silence is never kept on a guess: a table that could never be read has no windows. */
  async function readRequests(maxAgeMs: number, signal: AbortSignal): Promise<boolean> {
    if (clock.monotonicMs() - requestsAtMs < maxAgeMs || record.isDown()) return false;
    const reading = await store.read([maintenanceId(region), incidentAcksId(region)], signal);
    if (!reading.known) return false;
    requestsAtMs = clock.monotonicMs();
    const body = (id: string) => reading.value.find((item) => item.id === id)?.body;
    windows = readWindows(body(maintenanceId(region)));
    acks = parseIncidentAcks(body(incidentAcksId(region)));
    return true;
  }

  /** What is to be published now: planned again with people's requests, and only by a leader that has just proved it. */
  async function choose(
    report: Report,
    mayResolve: boolean,
    now: Instant,
    signal: AbortSignal,
  ): Promise<readonly NotificationPlan[]> {
    record.replace(turn(record.all(), lookOf(report, mayResolve), now));
    const planNow = () =>
      publisher.mayTry() ? planOf(record.all(), lookOf(report, mayResolve), now) : [];
    const isOpen = [...record.all().values()].some(({ resolvedAt }) => resolvedAt === null);
    const maxAgeMs = planNow().length > 0 ? REQUESTS_MS : REQUESTS_IDLE_MS;
    if (isOpen && (await readRequests(maxAgeMs, signal))) {
      record.replace(acknowledged(turn(record.all(), lookOf(report, mayResolve), now), acks));
    }
    const plan = planNow();
    return plan.length > 0 && (await mayPublish(lead, signal)) ? plan : [];
  }

  function note(
    kind: IncidentChange['kind'],
    incident: Incident,
    notification: Notification | null,
    at: Instant,
  ): void {
    const [accountId = ''] = incident.id.split('/');
    changes.push({ kind, at, accountId, region, incident, notification });
  }

  async function publish(
    plan: readonly NotificationPlan[],
    context: Omit<Context, 'mayRepeat'>,
    now: Instant,
    signal: AbortSignal,
  ): Promise<readonly Notification[]> {
    const sent: Notification[] = [];
    for (const one of plan) {
      const mayRepeat = [one.lead, ...one.members].some((each) => record.mayRepeat(one.kind, each));
      const notification = notificationOf(one, { ...context, mayRepeat }, now);
      if (!(await publisher.send(notification, signal))) break;
      sent.push(notification);
      for (const [index, incident] of afterTelling(one, context, now).entries()) {
        record.put(incident);
        note(one.kind, incident, index === 0 ? notification : null, now);
      }
    }
    return sent;
  }

  /** What was never notified, or was notified with another, ends without a notification. */
  function closeQuietly(look: Look, report: Report, now: Instant): void {
    for (const incident of record.all().values()) {
      if (!isQuietlyOver(incident, look, now)) continue;
      const over = closed(incident, report, now);
      record.put(over);
      if (over.dueAt !== null) note('resolved', over, null, now);
    }
  }

  /** What is due but explained or silenced: recorded, not sent. */
  function noteUnsent(before: Incidents, now: Instant): void {
    for (const incident of record.all().values()) {
      const isUnsent = incident.inhibitedBy !== null || incident.silence !== null;
      if (incident.dueAt !== now || !isUnsent || before.get(incident.id)?.dueAt === now) continue;
      note('opened', incident, null, now);
    }
  }

  return {
    async tell(report, signal, mayResolve = options.mayResolve) {
      if (!leads(lead)) return [];
      const now = clock.now();
      announcer.evaluate(report, signal);
      recent = [...recent, ...report.actions].filter(({ at }) => Math.abs(now - at) < ACTIONS_MS);
      recent = recent.slice(-ACTIONS_MAX);
      await record.recall(signal);
      const before = record.all();
      const plan = await choose(report, mayResolve, now, signal);
      noteUnsent(before, now);
      const context: Omit<Context, 'mayRepeat'> = {
        ...report,
        mode: options.mode,
        actions: recent,
        signature: ports.notifications.signature ?? UNSIGNED,
        isOnRecord: !record.isDown() && lead.state().kind !== 'unreachable',
      };
      await publisher.sendOwed(signal);
      const sent = await publish(plan, context, now, signal);
      closeQuietly(lookOf(report, mayResolve), report, now);
      await record.write(signal);
      const noted = changes;
      changes = [];
      if (noted.length > 0) announcer.announce(noted, report, signal);
      return sent;
    },
    async flush(signal) {
      const isRecorded = await record.flush(signal);
      await announcer.flush(signal);
      return isRecorded;
    },
  };
}

const reported = (report: Report): Omit<Look, 'actions' | 'windows' | 'delays' | 'mayResolve'> => ({
  accountId: report.accountId,
  region: report.region,
  findings: report.findings.filter(({ subject }) => ignoredWhy(subject, report.ignored) === null),
  causes: report.causes ?? [],
  quiets: report.quiets ?? new Map(),
  expected: report.expected ?? new Map(),
  newSubjectIds: report.newSubjectIds ?? new Set(),
  unjudged: report.unjudged ?? new Set(),
  gone: report.gone,
});

/** Without its table the last leader goes on notifying; a process that never led does not. */
function leads({ state }: Lead): boolean {
  const now = state();
  return (
    now.kind === 'leader' ||
    now.kind === 'singlePass' ||
    (now.kind === 'unreachable' && now.wasLeader)
  );
}

async function mayPublish(lead: Lead, signal: AbortSignal): Promise<boolean> {
  return (await lead.confirm(signal)) || (lead.state().kind === 'unreachable' && leads(lead));
}

const acknowledged = (incidents: Incidents, acks: readonly Ack[]): Incidents =>
  acks.length === 0
    ? incidents
    : new Map([...incidents].map(([id, incident]) => [id, withAck(incident, acks)]));
