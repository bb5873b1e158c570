/** The input of the rules: read beforehand, complete. */
import type { Reading } from '../../core/reading.ts';
import type { Instant } from '../../core/time.ts';
import type { Issuer } from '../x509/issuer.ts';
import type { Crl, CrlLimits } from '../x509/parse.ts';

export interface Candidate {
  /** The inbox file's name without `inbox/`: what it will be published as. */
  readonly fileName: string;
  readonly bytes: Uint8Array;
}

/** What was ever published under a file name: it outlives the file. */
export interface HighWater {
  /** Hex of the issuer's Name. */
  readonly issuerName: string;
  /** The highest number; null when no list had one. */
  readonly number: bigint | null;
  /** The latest thisUpdate. */
  readonly thisUpdateAt: Instant;
  /** Of the last CRL: what to compare with when it is gone. Null: not stored. */
  readonly entryCount: number | null;
  /** Hex, of the last CRL's DER: the same CRL may be put again where it was lost or never written. */
  readonly sha256: string;
}

export interface CrlPolicy {
  readonly limits: CrlLimits;
  /** How far the CA's clock may be ahead of ours. */
  readonly aheadMsMax: number;
  /** Of the published serial numbers, so many may be missing, or so many in a hundred, whichever is more. */
  readonly missingMax: number;
  readonly missingPercentMax: number;
  /** An operator allows entries to leave and the distribution point to change, until then; null: no allowance. */
  readonly allowedUntil: Instant | null;
  /** Whether the CA's own list of certificates shows that the one of this serial number (lower-case hex) has expired. */
  readonly isExpired: (serial: string) => boolean;
}

export interface KnownCrls {
  /** What is published under the candidate's name; null: nothing. */
  readonly published: Reading<Uint8Array | null>;
  /** Asked for a delta `NAME+.crl` only: what is published as `NAME.crl`; null: nothing. */
  readonly base: Reading<Uint8Array | null>;
  readonly highWater: Reading<HighWater | null>;
  readonly issuers: readonly Issuer[];
  /** Under which name this CRL, or a later one of its scope (`scopeOf`), is published; null: under none. */
  readonly publishedAs: (crl: Crl, sha256: string) => Reading<string | null>;
  readonly policy: CrlPolicy;
}

/** A candidate that could be read, beside those that it is compared with; null: there is none. */
export interface RuleInput {
  readonly fileName: string;
  readonly crl: Crl;
  readonly sha256: string;
  readonly published: Crl | null;
  /** As `KnownCrls` has it: only a delta asks for it. */
  readonly base: Reading<Uint8Array | null>;
  readonly highWater: HighWater | null;
  /** Who signed it; null: no pinned issuer did. */
  readonly issuer: Issuer | null;
  readonly issuers: readonly Issuer[];
  readonly publishedAs: Reading<string | null>;
  readonly policy: CrlPolicy;
  readonly now: Instant;
}
