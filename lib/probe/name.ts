/** A name looked up once, with DNS's own failures kept apart from a name that is not there. */
import dns from 'node:dns';
import { Resolver } from 'node:dns/promises';

export type Found =
  /** Never empty; IPv4 first. */
  | { readonly kind: 'found'; readonly addresses: readonly string[] }
  /** DNS itself says that there is no such name. */
  | { readonly kind: 'absent'; readonly code: string }
  | { readonly kind: 'unknown'; readonly why: string };

/** At the servers that this process is set to, which a named import of `getServers` would not follow. Never rejects; answers by `timeoutMs` and a little more. */
export async function lookUp(
  name: string,
  timeoutMs: number,
  signal: AbortSignal,
  servers: readonly string[] = dns.getServers(),
): Promise<Found> {
  const resolver = new Resolver({ timeout: timeoutMs, tries: 1 });
  const giveUp = () => resolver.cancel();
  const deadline = setTimeout(giveUp, timeoutMs);
  signal.addEventListener('abort', giveUp);
  try {
    resolver.setServers(servers);
    const [ipv4, ipv6] = await Promise.allSettled([
      resolver.resolve4(name),
      resolver.resolve6(name),
    ]);
    const addresses = [ipv4, ipv6].flatMap((one) => (one.status === 'fulfilled' ? one.value : []));
    if (addresses.length > 0) return { kind: 'found', addresses };
    const codes = [ipv4, ipv6].map((one) => (one.status === 'rejected' ? codeOf(one.reason) : ''));
    const [code = ''] = codes;
    return codes.every((one) => ABSENT.has(one))
      ? { kind: 'absent', code }
      : { kind: 'unknown', why: `DNS could not be asked for ${name} (${codes.join(', ')})` };
  } catch (error) {
    return { kind: 'unknown', why: `DNS could not be asked for ${name} (${codeOf(error)})` };
  } finally {
    clearTimeout(deadline);
    signal.removeEventListener('abort', giveUp);
  }
}

/** No such name; the name without a record of that kind. Everything else (refused, timed out, failed) is DNS's trouble. */
const ABSENT: ReadonlySet<string> = new Set(['ENOTFOUND', 'ENODATA']);

const codeOf = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string'
    ? error.code
    : String(error);
