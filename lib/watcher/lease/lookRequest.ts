/** Asks the leader of a scope to look now: its lease is marked, and it reads the mark with its next renewal. */
import type { StorePort } from '../../core/ports.ts';
import type { Clock } from '../../core/time.ts';
import { isAlive, parseLease } from './item.ts';

/** Writes that meet a renewal each time; more in a row is a table that misbehaves. */
const TRIES_MAX = 4;

export type LookAnswer =
  /** The leader looks with its next renewal, within 2 s. */
  | { readonly kind: 'requested' }
  | { readonly kind: 'noLeader' }
  | { readonly kind: 'unreachable'; readonly why: string };

/** Marks the lease of a living leader: "look now". */
export async function requestLook(
  store: StorePort,
  clock: Clock,
  id: string,
  signal: AbortSignal,
): Promise<LookAnswer> {
  for (let tries = 0; tries < TRIES_MAX; tries += 1) {
    const reading = await store.read([id], signal);
    if (!reading.known) return { kind: 'unreachable', why: reading.why };
    const [item] = reading.value;
    const stored = parseLease(item);
    if (item === undefined || stored === null || !isAlive(stored, clock.now()))
      return { kind: 'noLeader' };
    if (stored.isLookRequested) return { kind: 'requested' };
    const body = { ...stored, isLookRequested: true };
    const answer = await store.write(
      { id, overVersion: item.version, body, expiresAt: null },
      signal,
    );
    if (answer.kind === 'written') return { kind: 'requested' };
    if (answer.kind === 'failed') return { kind: 'unreachable', why: answer.why };
  }
  // Each try met a renewal: the leader lives, and reads everything at its own pace.
  return { kind: 'requested' };
}
