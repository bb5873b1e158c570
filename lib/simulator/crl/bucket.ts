/** A versioned S3 bucket in memory: conditional puts, delete markers, and calls that can fail. */
import { createHash } from 'node:crypto';
import { known, unknown } from '../../core/reading.ts';
import type { Clock } from '../../core/time.ts';
import type { BucketStatePort, BucketStateWrite, PutAnswer, SourcePort } from '../../crl/ports.ts';
import type { BucketObject, ObjectFact } from '../../crl/types/world.ts';

export type BucketCall = 'list' | 'versions' | 'read' | 'facts' | 'put';

/** The outcome of one call. `unclear`: a put is stored and its answer is lost. */
export type BucketFailures = (call: BucketCall, key: string) => 'fine' | 'fails' | 'unclear';

interface Stored {
  readonly bytes: Uint8Array;
  readonly etag: string;
  readonly versionId: string;
  readonly modifiedAt: number;
  readonly sha256: string | null;
  readonly write: BucketStateWrite | null;
}

export class SimBucket implements SourcePort, BucketStatePort {
  failure: BucketFailures = () => 'fine';
  /** Called before each call, to simulate a concurrent writer. */
  onCall: (call: BucketCall, key: string) => void = () => {};
  /** By key, newest first; null on top: deleted. */
  readonly #versions = new Map<string, (Stored | null)[]>();
  readonly #clock: Clock;
  #count = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Stores an object as another writer does; returns its ETag. */
  drop(key: string, bytes: Uint8Array, write: BucketStateWrite | null = null): string {
    this.#count += 1;
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const stored: Stored = {
      bytes: Uint8Array.from(bytes),
      etag: createHash('md5').update(bytes).digest('hex'),
      versionId: `v${this.#count}`,
      modifiedAt: this.#clock.now(),
      sha256: write === null ? null : sha256,
      write,
    };
    this.#versions.set(key, [stored, ...(this.#versions.get(key) ?? [])]);
    return stored.etag;
  }

  remove(key: string): void {
    this.#versions.set(key, [null, ...(this.#versions.get(key) ?? [])]);
  }

  /** The current object, for tests. */
  bytes(key: string): Uint8Array | null {
    return this.#newest(key)?.bytes ?? null;
  }

  written(key: string): BucketStateWrite | null {
    return this.#newest(key)?.write ?? null;
  }

  /** Oldest first. */
  history(key: string): readonly Uint8Array[] {
    return (this.#versions.get(key) ?? []).flatMap((one) => one?.bytes ?? []).toReversed();
  }

  list: SourcePort['list'] = async (prefix, countMax) => {
    if (this.#isLost('list', prefix)) return unknown(LOST, this.#clock.now());
    const keys = [...this.#versions.keys()].filter((key) => key.startsWith(prefix)).toSorted();
    const all = keys.flatMap((key) => factsOf(key, this.#newest(key), true));
    const objects = all.slice(0, countMax);
    return known({ objects, isWhole: objects.length === all.length }, this.#clock.now());
  };

  versions: SourcePort['versions'] = async (key, countMax) => {
    if (this.#isLost('versions', key)) return unknown(LOST, this.#clock.now());
    const all = (this.#versions.get(key) ?? []).flatMap((one) => factsOf(key, one, false));
    return known(
      { objects: all.slice(0, countMax), isWhole: all.length <= countMax },
      this.#clock.now(),
    );
  };

  read: SourcePort['read'] = async ({ key, versionId }, octetsMax) => {
    if (this.#isLost('read', key)) return unknown(LOST, this.#clock.now());
    const stored =
      versionId === null
        ? this.#newest(key)
        : (this.#versions.get(key)?.find((one) => one?.versionId === versionId) ?? null);
    if (stored === null) return known(null, this.#clock.now());
    const bytes = stored.bytes.length > octetsMax ? null : stored.bytes;
    return known({ ...copyOf(stored), bytes }, this.#clock.now());
  };

  facts: BucketStatePort['facts'] = async (key) => {
    if (this.#isLost('facts', key)) return unknown(LOST, this.#clock.now());
    const stored = this.#newest(key);
    return known(stored === null ? null : copyOf(stored), this.#clock.now());
  };

  put: BucketStatePort['put'] = async (write): Promise<PutAnswer> => {
    const { key, bytes, sha256, overEtag } = write;
    this.onCall('put', key);
    const failure = this.failure('put', key);
    if (failure === 'fails') return { kind: 'refused', why: LOST };
    if ((this.#newest(key)?.etag ?? null) !== overEtag)
      return { kind: 'changed', why: 's3:PutObject refused (PreconditionFailed)' };
    if (createHash('sha256').update(bytes).digest('hex') !== sha256)
      return { kind: 'refused', why: 's3:PutObject refused (BadDigest)' };
    const etag = this.drop(key, bytes, write);
    return failure === 'unclear' ? { kind: 'unclear', why: LOST } : { kind: 'written', etag };
  };

  #newest(key: string): Stored | null {
    return this.#versions.get(key)?.[0] ?? null;
  }

  #isLost(call: BucketCall, key: string): boolean {
    this.onCall(call, key);
    return this.failure(call, key) !== 'fine';
  }
}

const LOST = 's3 got no usable answer (ECONNRESET)';

const factsOf = (key: string, stored: Stored | null, isNewest: boolean): readonly ObjectFact[] =>
  stored === null
    ? []
    : [
        {
          key,
          etag: stored.etag,
          versionId: isNewest ? null : stored.versionId,
          octets: stored.bytes.length,
          modifiedAt: stored.modifiedAt,
        },
      ];

const copyOf = ({ etag, bytes, sha256, versionId }: Stored): Omit<BucketObject, 'bytes'> => ({
  etag,
  octets: bytes.length,
  sha256,
  versionId,
});
