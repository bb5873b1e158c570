/** Tells what changed: each step of an incident's life once, and nothing is lost. */
import { randomUUID } from 'node:crypto';
import { type MaintenanceWindow, maintenanceId, readWindows } from '../core/maintenance.ts';
import type { Deed, Story } from '../core/report.ts';
import type { Instant } from '../core/time.ts';
import { openAnnouncer } from './changes.ts';
import type { Context } from './content.ts';
import { POLLING, WATCHING } from './delays.ts';
import { type Look, turn } from './lifecycle.ts';
import { noticeOf } from './notification.ts';
import { isQuietlyOver, type News, newsOf } from './notificationPlan.ts';
import type { RegionPorts } from './ports.ts';
import { openSender } from './publisher.ts';
import { afterTelling, closed } from './steps.ts';
import { openLedger } from './store/ledger.ts';
import { type Incident, type IncidentChange, type Notice, UNSIGNED } from './types.ts';

export interface Teller {
  /**
   * Claims what is to be told, publishes it, records it as told. What could not be published stays untold and is
   * tried again; a crash in between may tell twice, and never loses: what is told without a record says so itself.
   * `mayResolve` is for this look only. Returns what was published.
   */
  tell(story: Story, signal: AbortSignal, mayResolve?: boolean): Promise<readonly Notice[]>;
  /** Records what could not be recorded yet: the last word of an invocation. False: something is still not on record. */
  flush(signal: AbortSignal): Promise<boolean>;
  /** Another invocation of the same process goes on with it. */
  resume(): void;
}

export interface TellerOptions {
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
const DEEDS_MS = 120_000;
const DEEDS_MAX = 2_000;

export function openTeller(ports: RegionPorts, options: TellerOptions): Teller {
  const { clock, store, region } = ports;
  const ledger = openLedger(ports, options.scope, randomUUID(), options.isPolled === true);
  const sender = openSender(ports);
  const announcer = openAnnouncer(ports, options.scope);
  const patience = options.isPolled === true ? POLLING : WATCHING;
  let windows: readonly MaintenanceWindow[] = [];
  let windowsAtMs = Number.NEGATIVE_INFINITY;
  let recent: readonly Deed[] = [];
  let changes: IncidentChange[] = [];

  let { mayResolve } = options;

  const lookOf = ({
    accountId,
    findings,
    ignored,
    newcomers,
    gone,
    region: where,
  }: Story): Look => ({
    accountId,
    region: where,
    findings: findings.filter(({ subject }) => !isIgnored(subject, ignored)),
    deeds: recent,
    windows,
    newcomers: newcomers ?? new Set(),
    gone,
    patience,
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
  async function chooseNews(story: Story, now: Instant, signal: AbortSignal) {
    ledger.replace(turn(ledger.all(), lookOf(story), now));
    if (!sender.mayTry() || newsOf(ledger.all(), lookOf(story), now).length === 0) return [];
    await readMaintenance(signal);
    ledger.replace(turn(ledger.all(), lookOf(story), now));
    const news = newsOf(ledger.all(), lookOf(story), now);
    if (news.length === 0) return [];
    const refused = await ledger.claim(news, now, signal);
    const latest = (one: Incident) => ledger.all().get(one.id) ?? one;
    return news.flatMap(({ kind, lead, members, covered }): readonly News[] =>
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
    notice: Notice | null,
    at: Instant,
  ) {
    const [accountId = ''] = incident.id.split('/');
    changes.push({ kind, at, accountId, region, incident, notice });
  }

  async function tellNews(
    news: readonly News[],
    context: Omit<Context, 'isOnRecord'>,
    now: Instant,
    all: AbortSignal,
  ) {
    const sent: Notice[] = [];
    for (const one of news) {
      if (!sender.mayTry()) break;
      const isOnRecord = ledger.isOnRecord(one);
      const notice = noticeOf(one, { ...context, isOnRecord }, now);
      if (!(await sender.send(notice, all))) break;
      sent.push(notice);
      for (const [index, incident] of afterTelling(one, context.gone, now).entries()) {
        ledger.put(incident);
        note(one.kind, incident, index === 0 ? notice : null, now);
      }
    }
    return sent;
  }

  /** What was never told, or was told with another, ends without a word. */
  function closeQuietly(story: Story, now: Instant): void {
    const look = lookOf(story);
    for (const incident of [...ledger.all().values()].filter((one) =>
      isQuietlyOver(one, look, now),
    )) {
      const over = closed(incident, story.gone, now);
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
    async tell(story, signal, isWholeLook = options.mayResolve) {
      const now = clock.now();
      mayResolve = isWholeLook;
      announcer.hear(story, signal);
      recent = [...recent, ...story.deeds].filter(({ at }) => Math.abs(now - at) < DEEDS_MS);
      recent = recent.slice(-DEEDS_MAX);
      await ledger.recall(signal);
      const before = ledger.all();
      const news = await chooseNews(story, now, signal);
      noteUnsent(before, now);
      const signature = ports.notices.signature ?? UNSIGNED;
      const context = { ...story, mode: options.mode, deeds: recent, signature };
      const sent = await tellNews(news, context, now, signal);
      closeQuietly(story, now);
      // What has just been told is tried at once: should we die, nobody else would know of it, nor tell its end.
      if (sent.length > 0 || !ledger.isDown()) await ledger.record(signal);
      const told = changes;
      changes = [];
      if (told.length > 0) announcer.announce(told, story, signal);
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
  { id, within = [] }: Story['findings'][number]['subject'],
  ignored: Story['ignored'],
): boolean => ignored.size > 0 && [id, ...within].some((one) => ignored.has(one));
