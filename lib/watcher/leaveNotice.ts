/** Stores a notice that an instance leaves, for the leader to read. */
import { leavesId, parseLeaves, type StoredLeave, withLeave } from '../appliances/state/leave.ts';
import type { StorePort } from '../core/ports.ts';
import type { Clock, Instant } from '../core/time.ts';

/** The event is worth another try. */
export class NoticeNotStored extends Error {
  override readonly name = 'NoticeNotStored';
  constructor(instanceId: string, why: string) {
    super(`the notice that ${instanceId} leaves could not be stored: ${why}`);
  }
}

/** EventBridge and Lambda drop an event that is older (deploy/onInstanceChange.yml), a retry and a slow clock allowed for. */
const AGE_MS_MAX = 600_000;

/** The notice as it counts from now on: one with a time that its event cannot have was announced when it arrived. */
export function asReceived(leave: StoredLeave, now: Instant): StoredLeave {
  const agoMs = now - leave.at;
  if (agoMs >= 0 && agoMs <= AGE_MS_MAX) return leave;
  const { endsAt, until } = leave;
  return {
    ...leave,
    at: now,
    endsAt: endsAt === null ? null : endsAt + agoMs,
    until: until + agoMs,
  };
}

/** Operators and other invocations write the same item. */
const TRIES_MAX = 6;

/**
 * Written over what was read; the same notice twice is one. An item that cannot be parsed is overwritten.
 * @throws {NoticeNotStored} when the table cannot be used: Lambda then tries the event again, which must not be lost.
 */
export async function storeLeave(
  store: StorePort,
  clock: Clock,
  region: string,
  leave: StoredLeave,
  signal: AbortSignal,
): Promise<void> {
  const id = leavesId(region);
  let why = 'other writers kept conflicting';
  for (let tries = 0; tries < TRIES_MAX; tries += 1) {
    const reading = await store.read([id], signal);
    if (reading.known) {
      const item = reading.value.find((one) => one.id === id);
      const now = clock.now();
      const leaves = withLeave(parseLeaves(item?.body) ?? [], asReceived(leave, now), now);
      const body = { version: 1, leaves };
      const write = { id, overVersion: item?.version ?? 0, body, expiresAt: null };
      const answer = await store.write(write, signal);
      if (answer.kind === 'written') return;
      if (answer.kind === 'failed') ({ why } = answer);
    } else {
      ({ why } = reading);
    }
    await clock.sleep(TRY_GAP_MS, signal);
  }
  throw new NoticeNotStored(leave.instanceId, why);
}

const TRY_GAP_MS = 500;
