/** One probe of one target: is the daemon behind this port alive? */
import { isIP } from 'node:net';
import { attempt } from './attempt.ts';
import { PROBE_KINDS } from './kinds.ts';
import type { ProbeResult, ProbeTarget } from './types.ts';

/**
 * Never rejects, and answers at latest a little after `timeoutMs` (1..10,000). Leaves nothing open. Names are not
 * looked up: an address that is not an IP is `unknown`, as is every fault of our own side (`fault.ts`).
 */
export function result(
  target: ProbeTarget,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<ProbeResult> {
  const why = faultOf(target);
  if (why !== null) return Promise.resolve({ kind: 'unknown', why });
  return attempt(timeoutMs, signal, PROBE_KINDS[target.kind].open(target, timeoutMs));
}

function faultOf({ address, port }: ProbeTarget): string | null {
  if (isIP(address) === 0) return `not an IP address: ${JSON.stringify(address.slice(0, 60))}`;
  if (NOWHERE.test(address)) return `${address} names no host`;
  if (!Number.isInteger(port) || port < 1 || port > 65_535) return `not a port: ${port}`;
  return null;
}

/** 0.0.0.0 and ::, which Linux takes for the machine itself: it would find its own services, alive. */
const NOWHERE = /^(::ffff:)?[0:.]+$/i;
