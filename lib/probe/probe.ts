/** One probe of one target: is the daemon behind this port alive? */
import { isIP } from 'node:net';
import { attempt } from './attempt.ts';
import type { ProbeKeys } from './keys.ts';
import type { KindDefinition } from './kind.ts';
import { keyedOf, PROBE_KINDS } from './kinds.ts';
import type { ProbeResult, ProbeTarget } from './types.ts';

/**
 * Never rejects, and answers at latest a little after `timeoutMs` (1..10,000), and 2 s for the first reading of a key.
 * Leaves nothing open. Names are not looked up: an address that is not an IP is `unknown`, as is every fault of our own
 * side (`fault.ts`), and every fault of a key.
 */
export async function result(
  target: ProbeTarget,
  timeoutMs: number,
  signal: AbortSignal,
  keys: ProbeKeys | null = null,
): Promise<ProbeResult> {
  const why = faultOf(target);
  if (why !== null) return { kind: 'unknown', why };
  const { kind, keyName } = target;
  const keyed = keyedOf(kind);
  if (keyed !== null && keyName !== undefined) {
    return withKey(target, keyName, timeoutMs, signal, keys);
  }
  if (keyed?.isNeeded === true) {
    return {
      kind: 'unknown',
      why: `${kind} needs a key: name it in vpn-medic:probe-key`,
      isKeyFault: true,
    };
  }
  const definition: KindDefinition = PROBE_KINDS[kind];
  const open = target.readsCertificate === true ? definition.readCertificate : definition.open;
  if (open === undefined) return { kind: 'unknown', why: `${kind} shows no certificate` };
  return attempt(timeoutMs, signal, open(target, timeoutMs));
}

async function withKey(
  target: ProbeTarget,
  keyName: string,
  timeoutMs: number,
  signal: AbortSignal,
  keys: ProbeKeys | null,
): Promise<ProbeResult> {
  // No fault of the key: another process reads it.
  if (keys === null) return { kind: 'unknown', why: 'this process reads no keys of probes' };
  const opened = await keys.open(target.kind, keyName);
  if (!opened.ok) return { kind: 'unknown', why: opened.why, isKeyFault: true };
  const answer = await attempt(timeoutMs, signal, opened.open(target, timeoutMs));
  return answer.kind === 'unknown' ? answer : { ...answer, keyId: opened.keyId };
}

function faultOf({ address, port }: ProbeTarget): string | null {
  if (isIP(address) === 0) return `not an IP address: ${JSON.stringify(address.slice(0, 60))}`;
  if (NOWHERE.test(address)) return `${address} names no host`;
  if (!Number.isInteger(port) || port < 1 || port > 65_535) return `not a port: ${port}`;
  return null;
}

/** 0.0.0.0 and ::, which Linux takes for the machine itself: it would find its own services, alive. */
const NOWHERE = /^(::ffff:)?[0:.]+$/i;
