/** Tags of what is judged by its metrics. Types only. */
import type { Reading } from '../core/reading.ts';
import type { TaggedResource } from './types.ts';

export interface WatchTagPort {
  /** Resources of the region, of any service, that carry `vpn-medic:watch`; whole or unknown. */
  watched(signal: AbortSignal): Promise<Reading<readonly TaggedResource[]>>;
}
