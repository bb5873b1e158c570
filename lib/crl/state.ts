/** What the state table keeps of CRLs: high-water marks, allowances, and the state that one pass leaves for the next. */
import * as v from 'valibot';
import { mapOf } from '../core/mapOf.ts';
import type { Instant } from '../core/time.ts';
import type { HighWater } from './rules/input.ts';
import type { Refusal } from './rules/refusal.ts';
import type { Judgement } from './rules.ts';
import type { BucketObject, ObjectFact } from './types/world.ts';
import type { Crl } from './x509/parse.ts';

export interface CrlMemory {
  /** By file name; at most `FILES_KEPT` are stored. */
  readonly files: ReadonlyMap<string, FileMemory>;
  /** By id of an endpoint: when it was last seen to ask for a file; of the last day. */
  readonly askedAts: ReadonlyMap<string, Instant>;
  /** Of this pass only, never stored: by file name. */
  readonly verdicts: ReadonlyMap<string, FileVerdict>;
  /** Of this pass only, never stored: by endpoint id. */
  readonly imports: ReadonlyMap<string, ImportNeed>;
}

export interface FileMemory {
  /** Of the newest inbox object that was judged. */
  readonly etag: string;
  /** Of the event that announced it; null: none did. */
  readonly sequencer: string | null;
  /** Hex of the CRL in it once that is published; null: it was refused. */
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

/** An endpoint whose CRL is to be replaced by the published one. */
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
  askedAts: new Map(),
  verdicts: new Map(),
  imports: new Map(),
};

/** The mark of one file. It is never deleted and never falls. */
export const markId = (fileName: string): string => `crl#${fileName}`;
/** What an operator has allowed one file, until when. */
export const allowanceId = (fileName: string): string => `crl-allowance#${fileName}`;

const hex = v.pipe(v.string(), v.regex(/^[0-9a-f]*$/));
const Mark = v.object({
  issuerName: hex,
  // Up to 20 bytes: JSON's own numbers would round it.
  number: v.nullable(v.pipe(v.string(), v.regex(/^\d{1,49}$/))),
  thisUpdateAt: v.number(),
  entryCount: v.optional(v.nullable(v.number()), null),
  sha256: hex,
});

/** An operator has had it forgotten: the name is free again, whatever is published under it. */
const Forgotten = v.object({ forgottenSha256: hex });

export type ReadMark =
  | {
      readonly ok: true;
      readonly highWater: HighWater | null;
      readonly forgottenSha256: string | null;
    }
  | { readonly ok: false; readonly why: string };

/** An item that does not parse is unknown, not absent: nothing is published over it. */
export function readMark(body: unknown): ReadMark {
  const forgotten = v.safeParse(Forgotten, body);
  if (forgotten.success) return { ok: true, highWater: null, ...forgotten.output };
  const parsed = v.safeParse(Mark, body);
  if (!parsed.success) return { ok: false, why: 'its high-water mark cannot be read' };
  const { number, ...rest } = parsed.output;
  const highWater = { ...rest, number: number === null ? null : BigInt(number) };
  return { ok: true, highWater, forgottenSha256: null };
}

/** `sha256`: of the CRL that is published under the name. */
export const writeForgotten = (sha256: string): unknown => ({ forgottenSha256: sha256 });

export const writeMark = ({ number, ...rest }: HighWater): unknown => ({
  ...rest,
  number: number === null ? null : number.toString(),
});

const Allowance = v.object({ mayShrinkUntil: v.number() });

/** Null: none, or one that cannot be read, and so allows nothing. */
export function readAllowance(body: unknown): Instant | null {
  const parsed = v.safeParse(Allowance, body);
  return parsed.success ? parsed.output.mayShrinkUntil : null;
}

export const writeAllowance = (allowedUntil: Instant): unknown => ({
  mayShrinkUntil: allowedUntil,
});

const Stored = v.object({
  files: mapOf(
    v.string(),
    v.object({
      etag: v.string(),
      sequencer: v.nullable(v.string()),
      sha256: v.nullable(hex),
      arrivedAts: v.pipe(v.array(v.number()), v.maxLength(ARRIVALS_KEPT)),
    }),
  ),
  askedAts: v.optional(mapOf(v.string(), v.number()), {}),
});

/** The stored state; empty when nothing is stored or it does not parse, which costs one more reading of the inbox. */
export function recallCrls(stored: unknown): CrlMemory {
  const parsed = v.safeParse(Stored, stored);
  if (!parsed.success) return NO_CRL_MEMORY;
  return { ...NO_CRL_MEMORY, ...parsed.output };
}

/** An item of the table holds 400 KB; file names may have 1,024 bytes, and a third is added to what cannot be compressed. */
const OCTETS_KEPT = 250_000;

/** Published files first, then the latest arrivals: a flood of uploads, whatever their names, displaces no published file. */
export function keepCrls({ files, askedAts }: CrlMemory): unknown {
  let octetsLeft = OCTETS_KEPT;
  const kept = [...files]
    .toSorted(([, a], [, b]) => {
      const bySettled = Number(b.sha256 !== null) - Number(a.sha256 !== null);
      return bySettled || (b.arrivedAts.at(-1) ?? 0) - (a.arrivedAts.at(-1) ?? 0);
    })
    .slice(0, FILES_KEPT)
    .filter((file) => (octetsLeft -= Buffer.byteLength(JSON.stringify(file))) >= 0)
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
  return { files: Object.fromEntries(kept), askedAts: Object.fromEntries(askedAts) };
}
