/** Probes a Client VPN endpoint as a client would: resolves a random name under its domain, then connects. */
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

/** `*.cvpn-endpoint-…` takes any first label; a random one is never answered from a DNS cache. */
const nameAt = (dnsName: string): string =>
  dnsName.startsWith('*.') ? `${randomBytes(6).toString('hex')}${dnsName.slice(1)}` : dnsName;

/**
 * Over UDP an endpoint answers OpenVPN's hard reset. Over TCP, OpenVPN's framing or a TLS hello: either answer is life.
 * A TCP connect alone is no proof: a load balancer in front may accept for a dead endpoint.
 */
function targetsAt(
  address: string,
  { transport, port }: EndpointReachability,
): readonly (ProbeTarget & { readonly key: string })[] {
  return KINDS[transport].map((kind) => ({ key: `${kind} ${address}`, kind, address, port }));
}

const KINDS = {
  udp: ['openvpn'],
  tcp: ['openvpn-tcp', 'tls'],
  unknown: ['openvpn', 'openvpn-tcp', 'tls'],
} as const;

/** One answer is enough; silence counts only when no probe failed on our side. */
function together(results: readonly ProbeResult[]): ProbeResult {
  const up = results.find(({ kind }) => kind === 'up');
  if (up !== undefined) return up;
  const unsure = results.find(({ kind }) => kind === 'unknown');
  if (unsure !== undefined) return unsure;
  return results[0] ?? { kind: 'unknown', why: 'its name has no address' };
}

/** An endpoint has an address for each of its zones; two are enough to tell one dead zone from a dead endpoint. */
const ADDRESSES_MAX = 2;
/** A probe gets at least this, however long DNS took. */
const MS_MIN = 200;
