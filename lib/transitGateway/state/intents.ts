/** What is stored before the first write of a pass. Pure. */
import type { Instant } from '../../core/time.ts';
import type { TransitMemory } from '../state.ts';
import type { TransitPlan } from '../types/plan.ts';

/**
 * The memory with every planned write as pending: when the process ends between a write and its record, the next pass
 * takes the route's new place for vpn-medic's own choice and not for its owner's.
 */
export function withIntents(
  memory: TransitMemory,
  { actions }: TransitPlan,
  now: Instant,
): TransitMemory {
  const intended = actions.map(({ routeKey, kind, toAttachmentId }) => {
    const before = memory.pending[routeKey];
    const same = before?.toAttachmentId === toAttachmentId ? before : null;
    return [
      routeKey,
      {
        kind,
        toAttachmentId,
        firstAt: same?.firstAt ?? now,
        lastAt: now,
        tryCount: same?.tryCount ?? 1,
        answer: 'unclear' as const,
        why: '',
      },
    ] as const;
  });
  return { ...memory, pending: { ...memory.pending, ...Object.fromEntries(intended) } };
}
