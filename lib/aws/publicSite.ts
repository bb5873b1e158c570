/** The public address as a client reads it: one GET, bounded in bytes and time, redirects not followed. */
import { createHash } from 'node:crypto';
import { get as getHttp } from 'node:http';
import { get as getHttps } from 'node:https';
import { isNativeError } from 'node:util/types';
import { known, type Reading, unknown } from '../core/reading.ts';
import type { Clock } from '../core/time.ts';
import type { SitePort } from '../crl/ports.ts';
import type { ServedCopy } from '../crl/types/world.ts';

const FETCH_MS = 10_000;

export function sitePort(baseUrl: string, clock: Clock): SitePort {
  const base = baseUrl.replace(/\/+$/, '');
  const urlOf = (fileName: string): string => `${base}/${pathOf(fileName)}`;
  return {
    urlOf,
    async fetch(fileName, octetsMax, signal) {
      const at = clock.now();
      const limit = AbortSignal.any([signal, AbortSignal.timeout(FETCH_MS)]);
      const url = urlOf(fileName);
      try {
        return known(await ask(url, octetsMax, limit), at);
      } catch (error) {
        return unseen(url, error, at);
      }
    },
  };
}

/** Clients send a `+` of a distribution point unencoded. */
const pathOf = (fileName: string): string => encodeURIComponent(fileName).replaceAll('%2B', '+');

function unseen(url: string, error: unknown, at: number): Reading<ServedCopy> {
  // Our own mistakes (a URL that is none) come as TypeErrors and RangeErrors.
  const isWorldly = isNativeError(error) && !/^(Type|Range)Error$/.test(error.name);
  if (!isWorldly) throw new Error(`fetching ${url}`, { cause: error });
  const code: unknown = Reflect.get(error, 'code');
  return unknown(`${url} gave no answer (${typeof code === 'string' ? code : error.name})`, at);
}

/** The body is hashed as it arrives and not kept. */
const ask = (url: string, octetsMax: number, signal: AbortSignal): Promise<ServedCopy> =>
  new Promise((resolve, reject) => {
    const get = url.startsWith('https:') ? getHttps : getHttp;
    const request = get(url, { signal, agent: false, headers: { accept: '*/*' } }, (response) => {
      const hash = createHash('sha256');
      let octets = 0;
      const end = (isCut: boolean) =>
        resolve({
          status: response.statusCode ?? 0,
          sha256: hash.digest('hex'),
          octets,
          contentType: response.headers['content-type'] ?? '',
          isCut,
        });
      response.on('data', (chunk: Buffer) => {
        if (octets > octetsMax) return;
        octets += chunk.length;
        hash.update(chunk);
        if (octets <= octetsMax) return;
        end(true);
        response.destroy();
      });
      response.on('end', () => {
        if (octets <= octetsMax) end(false);
      });
      response.on('error', reject);
    });
    request.on('error', reject);
  });
