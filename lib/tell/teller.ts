/** Tells what changed: each incident's opening and end, once, to the alerts topic. */
import type { Incident, Notice } from '../model/incident.ts';
import type { Deed, Story } from '../model/story.ts';
import type { RegionPorts } from '../ports.ts';
import type { Instant } from '../time.ts';
import { carryOver, openBook } from './book.ts';
import { turn } from './incidents.ts';
import { type Context, openedNotice, resolvedNotice } from './notice.ts';

export interface Teller {
  /**
   * Publishes what opened and what is over, each once; then records it. What could not be published stays untold and
   * is tried again, so a crash or a fault may tell twice and never loses. Returns what was published.
   */
  tell(story: Story, signal: AbortSignal): Promise<readonly Notice[]>;
}

export interface TellerOptions {
  /** Whose incidents these are: `appliances`, `connections`, …; each keeps a book of its own. */
  readonly scope: string;
  readonly mode: string;
  /** A single look sees too little to say that something is over. */
  readonly mayResolve: boolean;
  /**
   * True: one look a minute or more, each with a teller of its own. The book is then all that is known of when an
   * incident was last seen: it is believed, and written at every look while something is open.
   */
  readonly isPolled?: boolean;
}

/** After a failed publish or record, the next try waits for this. */
const RETRY_MS = 10_000;
/** Deeds remembered for the notices to come. */
const DEEDS_KEPT = 2_000;

export function openTeller(
  ports: RegionPorts,
  { scope, mode, mayResolve, isPolled = false }: TellerOptions,
): Teller {
  const { clock, journal, notices } = ports;
  const book = openBook(ports.store, `incidents#${ports.region}#${scope}`);
  let open: ReadonlyMap<string, Incident> = new Map();
  let isRecalled = false;
  let isRecorded = true;
  let retryAtMs = Number.NEGATIVE_INFINITY;
  let recent: readonly Deed[] = [];
  /** Told as over, and not yet struck from the book: id -> opened at. */
  const closed = new Map<string, Instant>();

  /** What others have told since is not told again. */
  async function catchUp(now: Instant, signal: AbortSignal): Promise<void> {
    const stored = await book.read(signal);
    if (stored === null) return;
    const carried = isPolled ? stored : carryOver(stored, now);
    const merged = new Map(isRecalled ? open : [...carried, ...open]);
    for (const [id, incident] of stored) {
      if (closed.get(id) === incident.openedAt) continue;
      const mine = merged.get(id);
      if (mine === undefined || (mine.toldAt === null && incident.toldAt !== null)) {
        merged.set(id, isPolled ? incident : { ...incident, seenAt: now });
      }
    }
    open = merged;
    isRecalled = true;
  }

  async function publish(notice: Notice, signal: AbortSignal): Promise<boolean> {
    const answer = await notices.publish(notice, signal);
    if (answer.kind === 'published') {
      journal.write('info', notice.subject, { notice: JSON.parse(notice.json) });
      return true;
    }
    journal.write('error', `Untold: ${notice.subject}`, { why: answer.why });
    return false;
  }

  async function tell(story: Story, signal: AbortSignal): Promise<readonly Notice[]> {
    recent = [...recent, ...story.deeds].slice(-DEEDS_KEPT);
    const now = clock.now();
    if (!isRecalled) await catchUp(now, signal);
    const findings = story.findings.filter(({ subject }) => !story.ignored.has(subject.id));
    const look = () => turn(open, findings, story, now);
    let turned = look();
    const isNews = turned.opened.length > 0 || (mayResolve && turned.resolved.length > 0);
    if ((isNews || !isRecorded) && clock.monotonicMs() < retryAtMs) {
      open = withUnresolved(turned.open, turned.resolved);
      return [];
    }
    // A record that failed may have met another's: without reading it the next one would fail for ever.
    if (isNews || !isRecorded) {
      await catchUp(now, signal);
      turned = look();
    }
    const context = contextOf(story, recent, mode);
    const after = new Map(turned.open);
    const sent: Notice[] = [];
    for (const { incident, finding } of turned.opened) {
      const notice = openedNotice(incident, finding, context, now);
      if (await publish(notice, signal)) {
        after.set(incident.id, { ...incident, toldAt: now });
        sent.push(notice);
      } else retryAtMs = clock.monotonicMs() + RETRY_MS;
    }
    for (const incident of turned.resolved) {
      const notice = resolvedNotice(incident, context, now);
      if (mayResolve && (await publish(notice, signal))) {
        closed.set(incident.id, incident.openedAt);
        sent.push(notice);
      } else {
        after.set(incident.id, incident);
        if (mayResolve) retryAtMs = clock.monotonicMs() + RETRY_MS;
      }
    }
    const isChanged = !isRecorded || hasChanged(open, after, isPolled);
    open = after;
    if (isChanged) {
      isRecorded = await book.write(after, signal);
      if (isRecorded) closed.clear();
      else retryAtMs = clock.monotonicMs() + RETRY_MS;
    }
    return sent;
  }

  return { tell };
}

const withUnresolved = (
  open: ReadonlyMap<string, Incident>,
  resolved: readonly Incident[],
): ReadonlyMap<string, Incident> =>
  new Map([...open, ...resolved.map((incident) => [incident.id, incident] as const)]);

/** Being seen again is no change worth a write, unless the next look has only the book. */
const hasChanged = (
  before: ReadonlyMap<string, Incident>,
  after: ReadonlyMap<string, Incident>,
  isPolled: boolean,
): boolean =>
  before.size !== after.size ||
  [...after].some(([id, { toldAt, seenAt }]) => {
    const known = before.get(id);
    return known?.toldAt !== toldAt || (isPolled && known?.seenAt !== seenAt);
  });

const contextOf = (
  { accountId, region, held, gone }: Story,
  deeds: readonly Deed[],
  mode: string,
): Context => ({ accountId, region, mode, deeds, held, gone });
