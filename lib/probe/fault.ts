/** On which side an error of a socket arose: the far side's means down, our own means unknown. */
import type { ProbeResult } from './result.ts';

type Side = 'far' | 'own';

/** What the error means, and on whose side. A code that is not listed is taken for our own: unknown is never down. */
const FAULTS: ReadonlyMap<string, readonly [Side, string]> = new Map([
  // The host, or the network in front of it, answered no. Over UDP it is an ICMP port unreachable.
  ['ECONNREFUSED', ['far', 'refused']],
  // It had accepted, then broke the connection off.
  ['ECONNRESET', ['far', 'reset by the far side']],
  ['EPIPE', ['far', 'closed by the far side']],
  // What came instead of a TLS record. An alert proves a living TLS stack, and is not listed: unknown.
  ['ERR_SSL_WRONG_VERSION_NUMBER', ['far', 'answered in another protocol']],
  ['ERR_SSL_PACKET_LENGTH_TOO_LONG', ['far', 'answered in another protocol']],
  // The kernel's own timeout ended before ours did: silence.
  ['ETIMEDOUT', ['far', 'no answer']],
  // The last router found no such host (nothing answers ARP), or a firewall there forbids it: either way it does not
  // serve. No route of our own is ENETUNREACH instead; only a hand-made `unreachable` route would mislead us here.
  ['EHOSTUNREACH', ['far', 'host unreachable']],
  ['EHOSTDOWN', ['far', 'host does not answer on its link']],
  // Our own routing has no way there, or our interface is gone.
  ['ENETUNREACH', ['own', 'no route from here']],
  ['ENETDOWN', ['own', 'the network is down here']],
  // We have run out of something.
  ['EMFILE', ['own', 'this process has no file descriptor left']],
  ['ENFILE', ['own', 'this machine has no file descriptor left']],
  ['ENOBUFS', ['own', 'this machine has no buffer left']],
  ['ENOMEM', ['own', 'this machine has no memory left']],
  ['EADDRNOTAVAIL', ['own', 'no local address or port is left for it']],
  ['EADDRINUSE', ['own', 'no local port is left for it']],
  // Our own packet filter or routing forbids it, or it is a broadcast address.
  ['EACCES', ['own', 'forbidden on this side']],
  ['EPERM', ['own', 'forbidden on this side']],
  // We cannot even form the packet: no IPv6 here, an address that no packet can carry, a path too narrow.
  ['EAFNOSUPPORT', ['own', 'this machine has no such address family']],
  ['EINVAL', ['own', 'not an address that can be reached']],
  ['EMSGSIZE', ['own', 'the packet is too big for the way there']],
]);

/** `down` for a fault of the far side, else `unknown`. `tookMs` is when it struck. */
export function resultOfError(error: unknown, tookMs: number): ProbeResult {
  const code = codeOf(error);
  const fault = FAULTS.get(code);
  if (fault === undefined) return { kind: 'unknown', why: code };
  const [side, says] = fault;
  const why = `${says} (${code})`;
  return side === 'far' ? { kind: 'down', why, tookMs } : { kind: 'unknown', why };
}

/** By its shape, not its class: an error may come from another realm. */
function codeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return String(error);
  if ('code' in error && typeof error.code === 'string') return error.code;
  return 'message' in error ? String(error.message) : 'an error without a name';
}
