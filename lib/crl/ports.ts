/** Where CRLs are read and written: buckets, the public address, Client VPN endpoints. Types only. */

import type { Reading } from '../core/reading.ts';
import type { RegionPorts } from '../incidents/ports.ts';
import type { BucketObject, Listing, ServedCopy } from './types/world.ts';

/** What one pass over CRLs needs. */
export interface CrlPorts extends RegionPorts {
  /** Holds `inbox/` and `issuers/`; only read. */
  readonly source: SourcePort;
  readonly stateStore: BucketStatePort;
  /** In a second region; null: there is none. */
  readonly replica: BucketStatePort | null;
  /** Null: the public address is not checked. */
  readonly site: SitePort | null;
  /** The public address by the second region's origin alone; null: that is not checked. */
  readonly replicaSite?: SitePort | null;
  readonly endpoints: CrlEndpointPort;
}

/** What one pass reads; it writes nothing but its marks on uploads that it is about to read. */
export type CrlObserver = Omit<CrlPorts, 'notifications' | 'events' | 'logger'>;

/** No call throws for what AWS answers: a fault is a reading that is not known. */
export interface SourcePort {
  /** In the order of their keys, at most `countMax`. */
  list(prefix: string, countMax: number, signal: AbortSignal): Promise<Reading<Listing>>;
  /** Versions of one key that hold bytes, newest first, at most `countMax`; delete markers are left out. */
  versions(key: string, countMax: number, signal: AbortSignal): Promise<Reading<Listing>>;
  /** Null: there is no such object, or version, any more. */
  read(
    of: ObjectRef,
    octetsMax: number,
    signal: AbortSignal,
  ): Promise<Reading<BucketObject | null>>;
}

export interface ObjectRef {
  readonly key: string;
  /** Null: the newest. */
  readonly versionId: string | null;
}

export interface BucketStatePort {
  list(prefix: string, countMax: number, signal: AbortSignal): Promise<Reading<Listing>>;
  read(
    of: ObjectRef,
    octetsMax: number,
    signal: AbortSignal,
  ): Promise<Reading<BucketObject | null>>;
  /** Everything but the bytes. */
  facts(key: string, signal: AbortSignal): Promise<Reading<Omit<BucketObject, 'bytes'> | null>>;
  /** Only over exactly what was seen, and only whole: S3 checks the checksum. */
  put(write: BucketStateWrite, signal: AbortSignal): Promise<PutAnswer>;
}

export interface BucketStateWrite {
  readonly key: string;
  readonly bytes: Uint8Array;
  /** Hex, of the bytes. */
  readonly sha256: string;
  /** Null: there must be nothing yet. */
  readonly overEtag: string | null;
  readonly contentType: string;
  readonly cacheControl: string;
  /** Printable ASCII. */
  readonly metadata: Readonly<Record<string, string>>;
}

export type PutAnswer =
  | { readonly kind: 'written'; readonly etag: string }
  /** The object changed since it was read; nothing was written. */
  | { readonly kind: 'changed'; readonly why: string }
  /** The answer was lost: it may or may not have been written. */
  | { readonly kind: 'unclear'; readonly why: string }
  | { readonly kind: 'refused'; readonly why: string };

export interface SitePort {
  /** As a client would ask for it, `+` written as `+`. Redirects are not followed. */
  fetch(fileName: string, octetsMax: number, signal: AbortSignal): Promise<Reading<ServedCopy>>;
  urlOf(fileName: string): string;
}

/** The CRLs of Client VPN endpoints, in every watched region. */
export interface CrlEndpointPort {
  /** Those that carry the tag `vpn-medic:crl`; whole or unknown. */
  tagged(signal: AbortSignal): Promise<Reading<readonly TaggedEndpoint[]>>;
  /** The CRL that an endpoint uses now. */
  exported(endpoint: EndpointRef, signal: AbortSignal): Promise<Reading<ExportedCrl>>;
  /** Resets the endpoint's live connections. */
  import(endpoint: EndpointRef, pem: string, signal: AbortSignal): Promise<ImportAnswer>;
  liveConnectionCount(endpoint: EndpointRef, signal: AbortSignal): Promise<Reading<number>>;
}

export interface EndpointRef {
  readonly region: string;
  readonly endpointId: string;
}

export interface TaggedEndpoint extends EndpointRef {
  readonly name: string;
  /** The tag's value: a published CRL's file name. */
  readonly fileName: string;
  /** Reason in the tag `vpn-medic:ignore`; null: no tag. */
  readonly ignore: string | null;
}

export interface ExportedCrl {
  /** Null: none was ever imported. */
  readonly pem: string | null;
  readonly isActive: boolean;
}

export type ImportAnswer =
  | { readonly kind: 'accepted' }
  | { readonly kind: 'unclear'; readonly why: string }
  | { readonly kind: 'refused'; readonly why: string };
