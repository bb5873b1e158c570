/** What one notifier knows of all incidents of its scope, and what of it is not yet in the state table. */
import type { Lead } from '../core/lease.ts';
import type { Instant } from '../core/time.ts';
import type { Delays } from './delays.ts';
import type { Incidents } from './lifecycle/look.ts';
import type { RegionPorts } from './ports.ts';
import { wasDueBefore } from './publishedBefore.ts';
import { openIncidentStore } from './store.ts';
import type { Incident, IncidentChangeKind } from './types.ts';

export interface Record {
  all(): Incidents;
  /** Takes in what is stored, once for each leadership; a table that fails is asked again later. */
  recall(signal: AbortSignal): Promise<void>;
  /** From now on it is so. What is worth a write is written with the next `write`. */
  replace(incidents: Incidents): void;
  put(incident: Incident): void;
  write(signal: AbortSignal): Promise<void>;
  /** A few tries, no longer than the end of an invocation can wait. True: nothing is left to write. */
  flush(signal: AbortSignal): Promise<boolean>;
  /** The table failed a moment ago: it is left alone for a while, so that it does not delay notifications. */
  isDown(): boolean;
  /** People may have been notified of this step already: no record could be read, or the one before did not end in order. */
  mayRepeat(kind: IncidentChangeKind, incident: Incident): boolean;
}

/** After the table failed, the next try waits for this. */
const RETRY_MS = 10_000;
const FLUSH_TRIES = 3;
/** A table that hangs gets no second try at the end of an invocation. */
const FLUSH_MS = 500;

// oxlint-disable-next-line max-lines-per-function -- its functions share what is known and not yet stored
export function openRecord(ports: RegionPorts, scope: string, lead: Lead, delays: Delays): Record {
  const { clock, logger } = ports;
  const store = openIncidentStore(ports, scope);
  /** Ids. One set that is added to: ten thousand incidents may change in one pass. */
  let unrecorded = new Set<string>();
  let known = new Map<string, Incident>();
  /** Null: no record could be read yet. */
  let recalled: Recalled | null = null;
  let isLost = false;
  let retryAtMs = Number.NEGATIVE_INFINITY;
  const isDown = () => clock.monotonicMs() < retryAtMs;
  const hasFailed = () => {
    retryAtMs = clock.monotonicMs() + RETRY_MS;
  };

  const tokenNow = (): number | null => {
    const state = lead.state();
    return 'token' in state ? state.token : null;
  };

  async function recall(signal: AbortSignal): Promise<void> {
    const token = tokenNow();
    // Without a table no other leader can have written.
    const isKnown = recalled !== null && (token === null || token === recalled.token);
    if (isKnown || isDown()) return;
    const stored = await store.read(signal);
    if (stored === null) return hasFailed();
    recalled = { token, at: clock.now() };
    isLost = false;
    for (const [id, before] of stored) {
      const mine = unrecorded.has(id) ? known.get(id) : undefined;
      known.set(id, mine === undefined ? before : continued(before, mine));
    }
  }

  async function write(signal: AbortSignal): Promise<void> {
    const token = tokenNow();
    if (unrecorded.size === 0 || isLost || token === null || isDown()) return;
    // What is stored may be the beginning of the same incident: it is never written over unread.
    await recall(signal);
    if (recalled === null) return;
    const isLeader = () => lead.confirm(signal);
    const result = await store.write(known, unrecorded, token, isLeader, signal);
    unrecorded = new Set(result.failedIds);
    if (result.kind === 'failed') hasFailed();
    if (result.kind !== 'lost') return;
    isLost = true;
    logger.write('warn', `A newer leader records the incidents of ${scope}`, {});
  }

  return {
    isDown,
    all: () => known,
    mayRepeat: (kind, incident) =>
      recalled === null ||
      // A newer leader may have taken the lease, and have lost the table as well.
      lead.state().kind === 'unreachable' ||
      (lead.isAfterCrash() && wasDueBefore(recalled.at, kind, incident, delays)),
    recall,
    replace(incidents) {
      for (const [id, after] of incidents) {
        const before = known.get(id);
        if (before === after) continue;
        // The next pass is another process, and must know when each was last seen.
        const isSeen = delays.isPolled && before?.seenAt !== after.seenAt;
        if (isSeen || isWorthWriting(before, after)) unrecorded.add(id);
      }
      known = new Map(incidents);
    },
    put(incident) {
      known.set(incident.id, incident);
      unrecorded.add(incident.id);
    },
    write,
    async flush(signal) {
      const startedAtMs = clock.monotonicMs();
      for (let tries = 0; tries < FLUSH_TRIES && unrecorded.size > 0; tries += 1) {
        retryAtMs = Number.NEGATIVE_INFINITY;
        await write(signal);
        if (clock.monotonicMs() - startedAtMs >= FLUSH_MS) break;
      }
      return unrecorded.size === 0;
    },
  };
}

interface Recalled {
  readonly token: number | null;
  readonly at: Instant;
}

/** An incident of which something is not recorded goes on as the stored one, unless either is over. */
function continued(before: Incident, mine: Incident): Incident {
  // Another leader has seen a later one of the same kind, or the end of this one.
  if (before.openedAt > (mine.resolvedAt ?? Number.POSITIVE_INFINITY)) return before;
  if (before.resolvedAt !== null) return before.openedAt >= mine.openedAt ? before : mine;
  return {
    ...mine,
    since: Math.min(before.since, mine.since),
    detectedAt: before.detectedAt,
    openedAt: before.openedAt,
    openings: before.openings,
    dueAt: earlier(before.dueAt, mine.dueAt),
    notifiedAt: earlier(before.notifiedAt, mine.notifiedAt),
    notifiedSeverity: before.notifiedSeverity ?? mine.notifiedSeverity,
    notifiedReason: mine.notifiedReason ?? before.notifiedReason,
    notifiedRevision: mine.notifiedRevision ?? before.notifiedRevision,
    repeatedAt: mine.repeatedAt ?? before.repeatedAt,
    parent: parentOf(before, mine),
    ackedAt: before.ackedAt,
    ackedBy: before.ackedBy,
    actions: before.actions.length > mine.actions.length ? before.actions : mine.actions,
  };
}

/** What either has notified by itself ends with a notification of its own. */
function parentOf(before: Incident, mine: Incident): string | null {
  if (mine.notifiedAt === null) return before.parent;
  if (before.notifiedAt === null) return mine.parent;
  return before.parent === mine.parent ? mine.parent : null;
}

const earlier = (a: Instant | null, b: Instant | null): Instant | null =>
  a === null ? b : b === null ? a : Math.min(a, b);

/** Being seen again is no change worth a write. */
function isWorthWriting(before: Incident | undefined, after: Incident): boolean {
  if (before === undefined || before.openedAt !== after.openedAt) return true;
  return (
    before.resolvedAt !== after.resolvedAt ||
    before.notifiedAt !== after.notifiedAt ||
    (before.missedAt === null) !== (after.missedAt === null) ||
    (before.dueAt === null) !== (after.dueAt === null) ||
    before.inhibitedBy !== after.inhibitedBy ||
    before.silence?.until !== after.silence?.until ||
    before.severity !== after.severity ||
    before.ackedAt !== after.ackedAt ||
    before.actions !== after.actions
  );
}
