/** Reads the pinned issuers, each with the file beside it that says which names its CRLs may have. */
import { eachOf } from '../../core/eachOf.ts';
import { known, type Reading, unknown } from '../../core/reading.ts';
import type { CrlObserver } from '../ports.ts';
import { ISSUERS, NAMES, WEAK_ISSUERS } from '../types/world.ts';
import type { PinnedFile } from '../x509/issuer.ts';
import { listIssuers, readListed } from './confirmed.ts';

const FILES_MAX = 128;
const OCTETS_MAX = 64 * 1024;
const AT_ONCE = 6;

/** All of them or unknown: without its issuer a genuine CRL would be refused. */
export async function readIssuers(
  ports: CrlObserver,
  signal: AbortSignal,
): Promise<Reading<readonly PinnedFile[]>> {
  const listing = await listIssuers(ports, FILES_MAX, signal);
  if (!listing.known) return listing;
  if (!listing.value.isWhole)
    return unknown(`more than ${FILES_MAX} files under ${ISSUERS}`, listing.at);
  const objects = listing.value.objects.filter(({ key }) => !key.endsWith('/'));
  const read = await eachOf(objects, AT_ONCE, async (object) => {
    const { key } = object;
    const ref = { key, versionId: null };
    return { key, content: await readListed(ports, ref, object, OCTETS_MAX, signal) };
  });
  const bytes = new Map<string, Uint8Array>();
  for (const { key, content } of read) {
    if (!content.known) return unknown(`${key}: ${content.why}`, content.at);
    // Gone since it was listed, or too large for a certificate: it pins no issuer.
    if (content.value !== null) bytes.set(key, content.value.bytes ?? new Uint8Array());
  }
  const pins = [...bytes].filter(([key]) => !key.endsWith(NAMES));
  return known(
    pins.map(([key, content]) => ({
      fileName: key.slice(ISSUERS.length),
      bytes: content,
      mayUseWeakAlgorithms: key.startsWith(WEAK_ISSUERS),
      names: linesOf(bytes.get(key + NAMES)),
    })),
    listing.at,
  );
}

/** One name a line; what begins with "#" is a comment. Null: there is no such file. */
function linesOf(content: Uint8Array | undefined): readonly string[] | null {
  if (content === undefined) return null;
  return Buffer.from(content)
    .toString('utf8')
    .replace(/^\ufeff/, '')
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
}
