/** What outlives a look at lists, beside their high-water marks: what lay in the inbox, and how often it changes. */

import type { Instant } from '../../core/time.ts';
import type { Refusal } from '../rules/refusal.ts';
import type { Judgement } from '../rules.ts';
import type { BucketObject, ObjectFact } from '../types/world.ts';
import type { Crl } from '../x509/parse.ts';

export interface CrlMemory {
  /** By file name; at most `FILES_KEPT` are stored. */
  readonly files: ReadonlyMap<string, FileMemory>;
  /** Of this look only, never stored: by file name. */
  readonly verdicts: ReadonlyMap<string, FileVerdict>;
  /** Of this look only, never stored: by endpoint id. */
  readonly imports: ReadonlyMap<string, ImportNeed>;
}

export interface FileMemory {
  /** Of the newest inbox object that was judged. */
  readonly etag: string;
  /** Of the event that announced it; null: none did. */
  readonly sequencer: string | null;
  /** Hex of the list in it, once that is what is published; null: it was refused. */
  readonly sha256: string | null;
  /** When new ones came, newest last, at most `ARRIVALS_KEPT`. */
  readonly arrivedAts: readonly Instant[];
}

export interface FileVerdict {
  /** What is to be published: the newest candidate that may be. */
  readonly accepted: {
    readonly object: ObjectFact;
    readonly content: BucketObject;
    readonly judgement: Extract<Judgement, { verdict: 'publish' }>;
  } | null;
  /** Of the newest candidate; empty: it was not refused. */
  readonly refusals: readonly Refusal[];
  /** Hex of the newest candidate when that is what is published; null: it is not. */
  readonly sameSha256: string | null;
  /** The newest candidate was read and judged. */
  readonly isJudged: boolean;
}

/** An endpoint whose list is to be replaced by the published one. */
export interface ImportNeed {
  readonly crl: Crl;
  /** It is only about to be published. */
  readonly isAfterPublish: boolean;
  /** One clause: `2 certificates revoked since`. */
  readonly because: string;
  /** Null: at once; else nothing but the dates is different, and it waits until then. */
  readonly waitsUntil: Instant | null;
}

export const FILES_KEPT = 400;
export const ARRIVALS_KEPT = 8;
export const NO_CRL_MEMORY: CrlMemory = {
  files: new Map(),
  verdicts: new Map(),
  imports: new Map(),
};
