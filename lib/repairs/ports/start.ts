/** Starting a repair: another function does it, with permissions that the watcher must not have. Types only. */
import type { RepairOrder } from '../types.ts';

export interface RepairPort {
  /** Requests one step and waits for the acceptance only. A doubled order is done once, by the attempt's id. */
  start(order: RepairOrder, signal: AbortSignal): Promise<StartAnswer>;
}

export type StartAnswer =
  | { readonly kind: 'started' }
  /** The answer was lost: it may or may not be on its way. */
  | { readonly kind: 'unclear'; readonly why: string }
  /** It was certainly not started. */
  | { readonly kind: 'refused'; readonly why: string };
