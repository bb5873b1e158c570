/** A knock at a Client VPN endpoint's door, as a client would: a name of our own making, looked up, and knocked at. */
import { randomBytes } from 'node:crypto';
import { systemClock } from '../../core/time.ts';
import { type Found, lookUp } from '../../probe/name.ts';
import { result } from '../../probe/probe.ts';
import type { ProbeResult, ProbeTarget } from '../../probe/types.ts';
import type { EndpointReachability } from '../types/endpoint.ts';

/**
 * Up when any address of the name answers as an endpoint does; down when the name is not in DNS, or all that were tried
 * are silent or refuse; unknown for whatever failed on our own side. Never rejects; at latest a little after `timeoutMs`.
 */
export async function probeEndpoint(
  reachability: EndpointReachability,
  timeoutMs: number,
  signal: AbortSignal,
  find: (name: string, timeoutMs: number, signal: AbortSignal) => Promise<Found> = lookUp,
): Promise<ProbeResult> {
  if (reachability.dnsName === '') return { kind: 'unknown', why: 'EC2 gives it no DNS name' };
  const startedMs = systemClock.monotonicMs();
  const name = nameAt(reachability.dnsName);
  const found = await find(name, timeoutMs, signal);
  const passedMs = systemClock.monotonicMs() - startedMs;
  if (found.kind === 'unknown') return found;
  if (found.kind === 'absent') {
    return { kind: 'down', why: `${name} is not in DNS (${found.code})`, tookMs: passedMs };
  }
  const leftMs = Math.max(MS_MIN, Math.floor(timeoutMs - passedMs));
  const targets = found.addresses
    .slice(0, ADDRESSES_MAX)
    .flatMap((address) => targetsAt(address, reachability));
  return together(await Promise.all(targets.map((target) => result(target, leftMs, signal))));
}

/** `*.cvpn-endpoint-…` takes any first label; each client makes its own, so that nobody is served from a cache. */
const nameAt = (dnsName: string): string =>
  dnsName.startsWith('*.') ? `${randomBytes(6).toString('hex')}${dnsName.slice(1)}` : dnsName;

/**
 * Over UDP an endpoint answers OpenVPN's hard reset. Over TCP, OpenVPN's framing or a TLS hello: either answer is life.
 * Being accepted alone is not, since whatever balances the load in front may accept for a dead one.
 */
function targetsAt(
  address: string,
  { transport, port }: EndpointReachability,
): readonly (ProbeTarget & { readonly key: string })[] {
  const kinds = transport === 'udp' ? (['openvpn'] as const) : (['openvpn-tcp', 'tls'] as const);
  return kinds.map((kind) => ({ key: `${kind} ${address}`, kind, address, port }));
}

/** One answer is enough; silence counts only where every knock was fairly heard. */
function together(results: readonly ProbeResult[]): ProbeResult {
  const up = results.find(({ kind }) => kind === 'up');
  if (up !== undefined) return up;
  const unsure = results.find(({ kind }) => kind === 'unknown');
  if (unsure !== undefined) return unsure;
  return results[0] ?? { kind: 'unknown', why: 'its name has no address' };
}

/** An endpoint has an address for each of its zones; two are enough to tell one dead zone from a dead endpoint. */
const ADDRESSES_MAX = 2;
/** Whatever DNS took, a knock gets so long. */
const MS_MIN = 200;
