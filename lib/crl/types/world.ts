/** What one pass read of CRLs: buckets, public address, state table and Client VPN endpoints. */

import type { Reading } from '../../core/reading.ts';
import type { Instant } from '../../core/time.ts';
import type { HighWater } from '../rules/input.ts';
import type { Oddity } from '../rules/oddities.ts';
import type { PinnedFile } from '../x509/issuer.ts';

export interface CrlWorld {
  readonly at: Instant;
  readonly accountId: string;
  readonly region: string;
  readonly issuers: Reading<readonly PinnedFile[]>;
  readonly inbox: Reading<InboxObservation>;
  /** One for each name that is in the inbox or published, or in an endpoint's tag; ordered by name. */
  readonly files: readonly FileObservation[];
  readonly endpoints: Reading<readonly EndpointObservation[]>;
  /** Endpoints that asked for a CRL within the last day, and do not any more: untagged, or deleted. */
  readonly untaggedIds: readonly string[];
}

export interface InboxObservation {
  readonly objectCount: number;
  /** False: there are more than were listed. */
  readonly isWhole: boolean;
  /** Names left for the next pass, because this one has reached its limit. */
  readonly unread: readonly string[];
  /** This pass judged the known names only: strangers come in the next one. */
  readonly isKnownOnly: boolean;
  /** Every file was judged in this pass: what is not found now is over. */
  readonly isAllJudged: boolean;
}

export interface FileObservation {
  readonly fileName: string;
  /** Where clients fetch it; null: there is no public address. */
  readonly url: string | null;
  /** Nothing is published under this name, and no endpoint asks for it. */
  readonly isStranger: boolean;
  /** There are more strangers than are notified one by one, and this is not among the oldest. */
  readonly isCrowd: boolean;
  /** What lies in the inbox now; null: nothing does. */
  readonly arrival: ObjectFact | null;
  /** An event announced it, and it was not there. */
  readonly isAnnouncedOnly: boolean;
  /** To be judged, newest first; empty: what lies there is what is published. */
  readonly candidates: readonly CandidateObservation[];
  /** Of a delta that is to be judged: what is published under its base's name. */
  readonly base: Reading<Uint8Array | null> | null;
  /** The CA's own list of its certificates, uploaded beside the CRL; null: there is none, or nothing is to be judged. */
  readonly issued: Reading<Uint8Array | null> | null;
  /** Null: nothing is published under this name. */
  readonly published: Reading<PublishedCopy | null>;
  /** Null: there is no second bucket. */
  readonly replica: Reading<CopyFact | null> | null;
  /** Null: nothing is published, or there is no public address. */
  readonly served: Reading<ServedCopy> | null;
  /** What the second region's origin serves by itself; null: not asked. */
  readonly replicaServed: Reading<ServedCopy> | null;
  readonly memo: Reading<FileMemo>;
}

export interface CandidateObservation {
  readonly object: ObjectFact;
  /** Null: gone before it could be read; bytes null: larger than the limit. */
  readonly content: Reading<BucketObject | null>;
}

/** What the state table holds of one file. */
export interface FileMemo {
  /** Null: nothing was ever published under this name. */
  readonly highWater: HighWater | null;
  /** Of the stored high-water mark; 0: there is none yet. */
  readonly version: number;
  /** An operator lets entries leave and the distribution point change, until then. */
  readonly allowedUntil: Instant | null;
  /** Hex, of the published CRL that an operator has had forgotten; null: none. */
  readonly forgottenSha256: string | null;
}

export interface Listing {
  readonly objects: readonly ObjectFact[];
  readonly isWhole: boolean;
}

export interface ObjectFact {
  readonly key: string;
  readonly etag: string;
  /** Null: the newest, whatever its version is called. */
  readonly versionId: string | null;
  readonly octets: number;
  readonly modifiedAt: Instant;
}

export interface CopyFact {
  readonly etag: string;
  readonly octets: number;
  /** Hex; null: stored without one, so not by vpn-medic. */
  readonly sha256: string | null;
}

export interface BucketObject extends CopyFact {
  readonly versionId: string | null;
  /** Null: larger than the limit. */
  readonly bytes: Uint8Array | null;
}

/** The published file. Its bytes are kept only where something is to be compared with them. */
export interface PublishedCopy {
  readonly etag: string;
  /** Hex, of the bytes. */
  readonly sha256: string;
  /** What the CRL says of itself, or why it cannot be read. */
  readonly facts: CrlFacts | { readonly why: string };
  readonly bytes: Uint8Array | null;
}

export interface CrlFacts {
  readonly number: bigint | null;
  readonly isDelta: boolean;
  readonly entryCount: number;
  readonly thisUpdateAt: Instant;
  readonly nextUpdateAt: Instant | null;
  readonly nextPublishAt: Instant | null;
  readonly oddities: readonly Oddity[];
  /** As `scopeOf` has it. */
  readonly scope: string;
}

/** What the public address gave. */
export interface ServedCopy {
  readonly status: number;
  /** Hex, of the body. */
  readonly sha256: string;
  readonly octets: number;
  readonly contentType: string;
  /** The body was longer than the limit, and cut there. */
  readonly isCut: boolean;
}

export interface EndpointObservation {
  readonly region: string;
  readonly endpointId: string;
  readonly name: string;
  /** The published CRL that its tag names. */
  readonly fileName: string;
  readonly ignore: string | null;
  readonly list: Reading<{ readonly pem: string | null; readonly isActive: boolean }>;
}

export const INBOX = 'inbox/';
export const ISSUERS = 'issuers/';
/** `ca.crt.names` beside `ca.crt`: the file names that this issuer's CRLs may be published under, one a line. */
export const NAMES = '.names';
/** `ca.crl.issued` beside `ca.crl`: the CA's list of its certificates, such as OpenSSL's index.txt. */
export const ISSUED = '.issued';
/** Issuers under here may sign with what is weak by today's measure. */
export const WEAK_ISSUERS = 'issuers/weak/';
