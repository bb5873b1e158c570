/** Reads the VPCs of one region, once an hour. */
import type { Instant } from '../core/time.ts';
import type { NetworkPort } from './ports.ts';
import type { NetworkMemory } from './state.ts';
import type { NetworkWorld } from './types.ts';

/** Null: not due. */
export async function observeNetwork(
  port: NetworkPort,
  { readAt }: Pick<NetworkMemory, 'readAt'>,
  now: Instant,
  signal: AbortSignal,
): Promise<NetworkWorld | null> {
  if (readAt !== null && now - readAt < EVERY_MS && readAt <= now) return null;
  const [peerings, tables, gateways, privateLinks] = await Promise.all([
    port.peerings(signal),
    port.tables(signal),
    port.gateways(signal),
    port.privateLinks(signal),
  ]);
  return { at: now, peerings, tables, gateways, privateLinks };
}

const EVERY_MS = 3_600_000;
