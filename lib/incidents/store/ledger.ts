/** What one teller knows of all incidents, and what of it is not yet in the book. */

import type { Instant } from '../../core/time.ts';
import type { Incidents } from '../lifecycle.ts';
import type { NotificationPlan } from '../notificationPlan.ts';
import type { RegionPorts } from '../ports.ts';
import { openIncidentStore } from '../store.ts';
import type { Claim, Incident } from '../types.ts';
import { claimed } from './claim.ts';
import { openClaimObservations } from './claimSights.ts';
import { merged } from './merge.ts';

export interface Ledger {
  all(): Incidents;
  /** Adds what is in the book, unless that was done before; a table that fails is asked again next time. */
  recall(signal: AbortSignal): Promise<void>;
  /** Time has gone by, and others have written: the book is to be recalled again. */
  reopen(): void;
  /** Whether the latest claim is in the book for all that it names: should we die, others tell their end. */
  isOnRecord(notificationPlan: NotificationPlan): boolean;
  /** From now on it is so. What is worth a write is recorded with the next `record`. */
  replace(incidents: Incidents): void;
  put(incident: Incident): void;
  /** Ids that are not ours to tell: somebody else is telling them, or has told them. What the table fails for is ours. */
  claim(
    notificationPlan: readonly NotificationPlan[],
    now: Instant,
    signal: AbortSignal,
  ): Promise<ReadonlySet<string>>;
  /** True when nothing is left to record. */
  record(signal: AbortSignal): Promise<boolean>;
  /** It failed a moment ago: it is left alone for a while, so that a table that hangs does not hold up telling. */
  isDown(): boolean;
}

/** After the table failed, the next try waits for this. */
const RETRY_MS = 10_000;

/** `isPolled`: the next look is another process, and must know when each was last seen. */
export function openIncidentLedger(
  ports: RegionPorts,
  scope: string,
  by: string,
  isPolled: boolean,
): Ledger {
  const { clock } = ports;
  const incidentStore = openIncidentStore(ports, scope);
  const claimObservations = openClaimObservations();
  const unrecorded = new Set<string>();
  /** People were told of them, and the book has not heard of it. */
  const notificationPlan = new Set<string>();
  let onRecord: ReadonlySet<string> = new Set();
  let known = new Map<string, Incident>();
  let isRecalled = false;
  let retryAtMs = Number.NEGATIVE_INFINITY;
  const isDown = () => clock.monotonicMs() < retryAtMs;
  const hasFailed = () => {
    retryAtMs = clock.monotonicMs() + RETRY_MS;
  };

  /** What is stored now is what we know. */
  function adopt(stored: ReadonlyMap<string, Incident | undefined>): void {
    for (const [id, incident] of stored) {
      unrecorded.delete(id);
      notificationPlan.delete(id);
      if (incident !== undefined) known.set(id, incident);
    }
  }

  return {
    isDown,
    all: () => known,
    isOnRecord: (one) => toClaim(one).every(({ id }) => onRecord.has(id)),
    reopen() {
      isRecalled = false;
    },
    async recall(signal) {
      if (isRecalled || isDown()) return;
      const stored = await incidentStore.read(signal);
      if (stored === null) return hasFailed();
      isRecalled = true;
      for (const [id, theirs] of stored) {
        const mine = known.get(id);
        known.set(id, mine === undefined ? theirs : merged(mine, theirs, notificationPlan.has(id)));
      }
    },
    replace(incidents) {
      for (const [id, after] of incidents) {
        const before = known.get(id);
        if (before === after) continue;
        const isSeen = isPolled && before?.seenAt !== after.seenAt;
        if (isSeen || isWorthWriting(before, after)) unrecorded.add(id);
      }
      known = new Map(incidents);
    },
    put(incident) {
      if (incident.resolvedAt === null) notificationPlan.add(incident.id);
      known.set(incident.id, incident);
      unrecorded.add(incident.id);
    },
    async claim(all, now, signal) {
      onRecord = new Set();
      if (isDown()) return onRecord;
      const purposes = new Map(
        all.flatMap((one) =>
          toClaim(one).map(({ id }) => {
            const lead = id === one.lead.id ? null : one.lead.id;
            return [
              id,
              { kind: one.kind, by, lead, isWorthNotifying: notificationPlan.has(id) },
            ] as const;
          }),
        ),
      );
      const stored = await incidentStore.revise(
        purposes.keys(),
        (id, before) => {
          const mine = known.get(id);
          const purpose = purposes.get(id);
          if (mine === undefined || purpose === undefined) return before;
          const at = { now, nowMs: clock.monotonicMs() };
          const isBinding = (claim: Claim) => claimObservations(mine, claim, at);
          return claimed(mine, before, { ...purpose, isBinding }, now);
        },
        signal,
      );
      const { incidents, contended } = stored;
      adopt(incidents);
      onRecord = new Set(incidents.keys());
      if (incidents.size + contended.length < purposes.size) hasFailed();
      return new Set([
        ...contended,
        ...[...incidents].flatMap(([id, incident]) => (incident?.claim?.by === by ? [] : [id])),
      ]);
    },
    async record(signal) {
      if (unrecorded.size === 0) return true;
      const stored = await incidentStore.revise(
        unrecorded,
        (id, before) => {
          const mine = known.get(id);
          if (mine === undefined) return before;
          const one = merged(mine, before, notificationPlan.has(id));
          return {
            ...one,
            claim: mine.claim?.by === by || one.claim?.by !== by ? one.claim : null,
          };
        },
        signal,
      );
      adopt(stored.incidents);
      if (unrecorded.size > stored.contended.length) hasFailed();
      return unrecorded.size === 0;
    },
  };
}

/** An end names all that it is the end of, whoever writes them down. */
const toClaim = ({ kind, lead, members }: NotificationPlan): readonly Incident[] =>
  kind === 'opened' ? [lead, ...members] : [lead];

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
    before.actions !== after.actions
  );
}
