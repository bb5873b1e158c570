/** The plan of one pass over CRLs: publish, replicate, import, or held. */

import type { Instant } from '../../core/time.ts';
import type { HighWater } from '../rules/input.ts';
import type { Oddity } from '../rules/oddities.ts';

export interface CrlPlan {
  /** Publications first, each base before its delta; then copies, then imports. */
  readonly actions: readonly CrlAction[];
  readonly held: readonly CrlHeld[];
}

export type CrlAction = Publish | Replicate | Import;

export interface Publish {
  readonly kind: 'publish';
  readonly fileName: string;
  readonly der: Uint8Array;
  readonly sha256: string;
  /** Of the complete CRL that must be published first; null: none in this plan. */
  readonly afterFile: string | null;
  /** Written before anything is put. */
  readonly highWater: HighWater;
  readonly overMarkVersion: number;
  readonly isMarked: boolean;
  readonly overEtag: string | null;
  /** Null: there is no second bucket, or nothing is known of it. */
  readonly replica: { readonly overEtag: string | null } | null;
  readonly thisUpdateAt: Instant;
  readonly nextUpdateAt: Instant;
  readonly nextPublishAt: Instant | null;
  /** What clients may stumble over in it. */
  readonly oddities: readonly Oddity[];
  /** `number 8, 12 entries, until 2026-…` */
  readonly gist: string;
  readonly metadata: Readonly<Record<string, string>>;
}

/** The second region's bucket gets what the first has. */
export interface Replicate {
  readonly kind: 'replicate';
  readonly fileName: string;
  readonly sha256: string;
  readonly overEtag: string | null;
  readonly nextUpdateAt: Instant;
}

export interface Import {
  readonly kind: 'import';
  readonly fileName: string;
  readonly region: string;
  readonly endpointId: string;
  readonly name: string;
  readonly pem: string;
  /** The CRL has to be published first. */
  readonly isAfterPublish: boolean;
  readonly because: string;
  readonly gist: string;
}

export interface CrlHeld {
  readonly kind: 'publish' | 'replicate' | 'import';
  /** A file's name, or an endpoint's id. */
  readonly subjectId: string;
  readonly summary: string;
  readonly rule: 'S11' | 'window' | 'paused' | 'observe';
  readonly because: string;
  readonly until: Instant | null;
}

export type CrlOutcome = { readonly at: Instant } & (
  | {
      readonly action: Publish;
      readonly kind: 'done' | 'written' | 'deferred' | 'failed';
      readonly why: string | null;
      /** Only one of the two buckets has it now, or the second one is not served. */
      readonly isReplicaBehind: boolean;
    }
  | {
      readonly action: Replicate;
      readonly kind: 'done' | 'deferred' | 'failed';
      readonly why: string | null;
    }
  | {
      readonly action: Import;
      readonly kind: 'done' | 'written' | 'skipped' | 'deferred' | 'failed';
      readonly why: string | null;
      /** Live connections that the import reset; null: not known. */
      readonly resetCount: number | null;
    }
);
