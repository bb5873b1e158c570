/** The public CRL address in memory: the bucket behind an edge cache that can lag, fail, or read `+` as a space. */
import { createHash } from 'node:crypto';
import { known, unknown } from '../../core/reading.ts';
import type { Clock } from '../../core/time.ts';
import type { SitePort } from '../../crl/ports.ts';
import type { SimBucket } from './bucket.ts';

export class SimSite implements SitePort {
  isUnreachable = false;
  /** Stale bytes that the edge serves, by key. */
  readonly stale = new Map<string, Uint8Array>();
  /** False: the edge does not rewrite `+`, and S3 reads it as a space. */
  hasPlusRewrite = true;
  readonly #bucket: SimBucket;
  readonly #clock: Clock;

  constructor(bucket: SimBucket, clock: Clock) {
    this.#bucket = bucket;
    this.#clock = clock;
  }

  urlOf = (fileName: string): string => `http://crl.example/${fileName}`;

  fetch: SitePort['fetch'] = async (fileName, octetsMax) => {
    const at = this.#clock.now();
    if (this.isUnreachable)
      return unknown(`${this.urlOf(fileName)} gave no answer (ETIMEDOUT)`, at);
    const key = this.hasPlusRewrite ? fileName : fileName.replaceAll('+', ' ');
    const bytes = this.stale.get(key) ?? this.#bucket.bytes(key);
    const body = bytes ?? Buffer.from('<Error/>');
    return known(
      {
        status: bytes === null ? 404 : 200,
        sha256: createHash('sha256').update(body.subarray(0, octetsMax)).digest('hex'),
        octets: body.length,
        contentType: this.#bucket.written(key)?.contentType ?? '',
        isCut: body.length > octetsMax,
      },
      at,
    );
  };
}
