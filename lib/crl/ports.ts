/** Where lists come from and go to: buckets, the public address, Client VPN endpoints. Types only. */

import type { Reading } from '../core/reading.ts';
import type { RegionPorts } from '../incidents/ports.ts';
import type { BucketObject, Listing, ServedCopy } from './types/world.ts';

/** What the job of publishing lists needs. */
export interface CrlPorts extends RegionPorts {
  /** Holds `inbox/` and `issuers/`; only read. */
  readonly source: SourcePort;
  readonly stateStore: BucketStatePort;
  /** In a second region; null: there is none. */
  readonly replica: BucketStatePort | null;
  /** Null: lists are published, and nobody looks from outside. */
  readonly site: SitePort | null;
  readonly endpoints: CrlEndpointPort;
}

/** No call throws for what AWS answers: a fault is a reading that is not known. */
export interface SourcePort {
  /** In the order of their keys, at most `countMax`. */
  list(prefix: string, countMax: number, signal: AbortSignal): Promise<Reading<Listing>>;
  /** Versions of one key that hold bytes, newest first, at most `countMax`; deleted ones are told of by their absence. */
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
  /** Somebody else has put something there since it was seen; nothing was written. */
  | { readonly kind: 'changed'; readonly why: string }
  /** The answer was lost: it may or may not have been written. */
  | { readonly kind: 'unclear'; readonly why: string }
  | { readonly kind: 'refused'; readonly why: string };

export interface SitePort {
  /** As a client would ask for it, `+` written as `+`. Redirects are not followed. */
  fetch(fileName: string, octetsMax: number, signal: AbortSignal): Promise<Reading<ServedCopy>>;
  urlOf(fileName: string): string;
}

/** Client VPN endpoints of every watched region, as far as lists go. */
export interface CrlEndpointPort {
  /** Those that carry the tag `vpn-medic:crl`; whole or unknown. */
  tagged(signal: AbortSignal): Promise<Reading<readonly TaggedEndpoint[]>>;
  /** The list that an endpoint goes by. */
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
  /** The tag's value: a published list's file name. */
  readonly fileName: string;
  /** Why people asked for silence; null: they did not. */
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
