/** Tells what changed: each step of an incident's life once, and nothing is lost. */
import { randomUUID } from 'node:crypto';
import { type MaintenanceWindow, maintenanceId, readWindows } from '../core/maintenance.ts';
import type { Report, ReportedAction } from '../core/report.ts';
import type { Instant } from '../core/time.ts';
import { openAnnouncer } from './changes.ts';
import type { Context } from './content.ts';
import { POLLING, WATCHING } from './delays.ts';
import { type Look, turn } from './lifecycle.ts';
import { notificationOf } from './notification.ts';
import { isQuietlyOver, type NotificationPlan, planOf } from './notificationPlan.ts';
import type { RegionPorts } from './ports.ts';
import { openPublisher } from './publisher.ts';
import { afterTelling, closed } from './steps.ts';
import { openIncidentLedger } from './store/ledger.ts';
import { type Incident, type IncidentChange, type Notification, UNSIGNED } from './types.ts';

export interface Notifier {
  /**
   * Claims what is to be told, publishes it, records it as told. What could not be published stays untold and is
   * tried again; a crash in between may tell twice, and never loses: what is told without a record says so itself.
   * `mayResolve` is for this look only. Returns what was published.
   */
  tell(report: Report, signal: AbortSignal, mayResolve?: boolean): Promise<readonly Notification[]>;
  /** Records what could not be recorded yet: the last word of an invocation. False: something is still not on record. */
  flush(signal: AbortSignal): Promise<boolean>;
  /** Another invocation of the same process goes on with it. */
  resume(): void;
}

export interface NotifierOptions {
  /** Whose incidents these are: `appliances`, `connections`, …; each keeps a book of its own. */
  readonly scope: string;
  readonly mode: string;
  /** A single look sees too little to say that something is over. */
  readonly mayResolve: boolean;
  /** Looks once a minute or less often: then one look is patience enough. */
  readonly isPolled?: boolean;
}

const FLUSH_TRIES = 3;
/** A table that hangs gets no second try at the end of an invocation. */
const FLUSH_MS = 500;
/** Maintenance windows read longer ago than this are read again before anything is told. */
const WINDOWS_MS = 5_000;
/** Deeds remembered for incidents that are found after them. */
const ACTIONS_MS = 120_000;
const ACTIONS_MAX = 2_000;

export function openNotifier(ports: RegionPorts, options: NotifierOptions): Notifier {
  const { clock, store, region } = ports;
  const ledger = openIncidentLedger(ports, options.scope, randomUUID(), options.isPolled === true);
  const publisher = openPublisher(ports);
  const announcer = openAnnouncer(ports, options.scope);
  const delays = options.isPolled === true ? POLLING : WATCHING;
  let windows: readonly MaintenanceWindow[] = [];
  let windowsAtMs = Number.NEGATIVE_INFINITY;
  let recent: readonly ReportedAction[] = [];
  let changes: IncidentChange[] = [];

  let { mayResolve } = options;

  const lookOf = ({
    accountId,
    findings,
    ignored,
    newSubjectIds,
    gone,
    region: where,
  }: Report): Look => ({
    accountId,
    region: where,
    findings: findings.filter(({ subject }) => !isIgnored(subject, ignored)),
    actions: recent,
    windows,
    newSubjectIds: newSubjectIds ?? new Set(),
    gone,
    delays,
    mayResolve,
  });

  /** Silence is never kept on a guess: a table that cannot be read has no windows. */
  async function readMaintenance(signal: AbortSignal): Promise<void> {
    if (clock.monotonicMs() - windowsAtMs < WINDOWS_MS || ledger.isDown()) return;
    const reading = await store.read([maintenanceId(region)], signal);
    if (!reading.known) return;
    windowsAtMs = clock.monotonicMs();
    windows = readWindows(reading.value[0]?.body);
  }

  /** What is ours to tell now, claimed. */
  async function chooseNews(report: Report, now: Instant, signal: AbortSignal) {
    ledger.replace(turn(ledger.all(), lookOf(report), now));
    if (!publisher.mayTry() || planOf(ledger.all(), lookOf(report), now).length === 0) return [];
    await readMaintenance(signal);
    ledger.replace(turn(ledger.all(), lookOf(report), now));
    const notificationPlan = planOf(ledger.all(), lookOf(report), now);
    if (notificationPlan.length === 0) return [];
    const refused = await ledger.claim(notificationPlan, now, signal);
    const latest = (one: Incident) => ledger.all().get(one.id) ?? one;
    return notificationPlan.flatMap(
      ({ kind, lead, members, covered }): readonly NotificationPlan[] =>
        // Without its lead a grouped notice waits for the next look.
        refused.has(lead.id)
          ? []
          : [
              {
                kind,
                lead: latest(lead),
                members: members.filter(({ id }) => !refused.has(id)).map(latest),
                covered,
              },
            ],
    );
  }

  function note(
    kind: IncidentChange['kind'],
    incident: Incident,
    notification: Notification | null,
    at: Instant,
  ) {
    const [accountId = ''] = incident.id.split('/');
    changes.push({ kind, at, accountId, region, incident, notification });
  }

  async function tellNews(
    notificationPlan: readonly NotificationPlan[],
    context: Omit<Context, 'isOnRecord'>,
    now: Instant,
    all: AbortSignal,
  ) {
    const sent: Notification[] = [];
    for (const one of notificationPlan) {
      if (!publisher.mayTry()) break;
      const isOnRecord = ledger.isOnRecord(one);
      const notification = notificationOf(one, { ...context, isOnRecord }, now);
      if (!(await publisher.send(notification, all))) break;
      sent.push(notification);
      for (const [index, incident] of afterTelling(one, context.gone, now).entries()) {
        ledger.put(incident);
        note(one.kind, incident, index === 0 ? notification : null, now);
      }
    }
    return sent;
  }

  /** What was never told, or was told with another, ends without a word. */
  function closeQuietly(report: Report, now: Instant): void {
    const look = lookOf(report);
    for (const incident of [...ledger.all().values()].filter((one) =>
      isQuietlyOver(one, look, now),
    )) {
      const over = closed(incident, report.gone, now);
      ledger.put(over);
      if (over.dueAt !== null) note('resolved', over, null, now);
    }
  }

  /** What is due but explained or silenced: recorded, not sent. */
  function noteUnsent(before: ReadonlyMap<string, Incident>, now: Instant): void {
    for (const incident of ledger.all().values()) {
      const isUnsent = incident.inhibitedBy !== null || incident.silence !== null;
      if (incident.dueAt !== now || !isUnsent || before.get(incident.id)?.dueAt === now) continue;
      note('opened', incident, null, now);
    }
  }

  return {
    async tell(report, signal, isWholeLook = options.mayResolve) {
      const now = clock.now();
      mayResolve = isWholeLook;
      announcer.evaluate(report, signal);
      recent = [...recent, ...report.actions].filter(({ at }) => Math.abs(now - at) < ACTIONS_MS);
      recent = recent.slice(-ACTIONS_MAX);
      await ledger.recall(signal);
      const before = ledger.all();
      const notificationPlan = await chooseNews(report, now, signal);
      noteUnsent(before, now);
      const signature = ports.notifications.signature ?? UNSIGNED;
      const context = { ...report, mode: options.mode, actions: recent, signature };
      const sent = await tellNews(notificationPlan, context, now, signal);
      closeQuietly(report, now);
      // What has just been told is tried at once: should we die, nobody else would know of it, nor tell its end.
      if (sent.length > 0 || !ledger.isDown()) await ledger.record(signal);
      const notified = changes;
      changes = [];
      if (notified.length > 0) announcer.announce(notified, report, signal);
      return sent;
    },
    async flush(signal) {
      const startedAtMs = clock.monotonicMs();
      let isRecorded = false;
      for (let tryCount = 0; tryCount < FLUSH_TRIES && !isRecorded; tryCount += 1) {
        isRecorded = await ledger.record(signal);
        if (clock.monotonicMs() - startedAtMs >= FLUSH_MS) break;
      }
      await announcer.flush(signal);
      return isRecorded;
    },
    resume: ledger.reopen,
  };
}

const isIgnored = (
  { id, within = [] }: Report['findings'][number]['subject'],
  ignored: Report['ignored'],
): boolean => ignored.size > 0 && [id, ...within].some((one) => ignored.has(one));
