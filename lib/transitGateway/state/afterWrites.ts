/** What the next pass must know of the writes of this one. Pure. */
import type { Instant } from '../../core/time.ts';
import type { PendingWrite, TransitMemory } from '../state.ts';
import type { TransitOutcome } from '../types/plan.ts';

/** A write that shows is the route's new place; one that does not is tried again. */
export function afterWrites(
  memory: TransitMemory,
  outcomes: readonly TransitOutcome[],
  now: Instant,
): TransitMemory {
  const routes = { ...memory.routes };
  const pending = { ...memory.pending };
  for (const outcome of outcomes) {
    const { move, at } = outcome;
    const route = routes[move.routeKey];
    switch (outcome.kind) {
      case 'done':
        delete pending[move.routeKey];
        if (route === undefined) break;
        routes[move.routeKey] = {
          ...route,
          attachmentId: move.toAttachmentId,
          connectionId: move.to,
          movedAt: at,
          doubt: null,
          failoverAts:
            move.kind === 'failover' ? [...route.failoverAts, outcome.wroteAt] : route.failoverAts,
        };
        break;
      case 'written':
      case 'failed':
        pending[move.routeKey] = tried(pending[move.routeKey], outcome, now);
        break;
      case 'skipped':
      case 'deferred':
        break;
      default:
        outcome satisfies never;
    }
  }
  return { ...memory, routes, pending };
}

function tried(
  before: PendingWrite | undefined,
  outcome: Extract<TransitOutcome, { readonly kind: 'written' | 'failed' }>,
  now: Instant,
): PendingWrite {
  const { move } = outcome;
  const isSame = before?.toAttachmentId === move.toAttachmentId;
  return {
    kind: move.kind,
    toAttachmentId: move.toAttachmentId,
    firstAt: isSame ? before.firstAt : now,
    lastAt: now,
    tryCount: isSame ? before.tryCount + 1 : 1,
    answer: outcome.kind === 'failed' ? 'refused' : outcome.isUnclear ? 'unclear' : 'accepted',
    why: outcome.kind === 'failed' ? outcome.why.slice(0, 1_000) : '',
  };
}
