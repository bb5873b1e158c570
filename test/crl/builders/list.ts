/** A right list unless told otherwise: number 7, three revoked, signed on 20 November 2026 for a week. */
import type { Signer } from './authority.ts';
import { bits, der, extension, integer, oid, sequence, time } from './derWriter.ts';

export const NOW: number = Date.UTC(2026, 10, 20, 12);
export const MINUTE_MS = 60_000;
export const HOUR_MS = 3_600_000;
export const DAY_MS: number = 24 * HOUR_MS;

export interface ListSpec {
  /** Null: no number. */
  readonly number?: bigint | null;
  readonly serials?: readonly bigint[];
  /** Whole entries in place of those for `serials`. */
  readonly entries?: readonly Uint8Array[];
  readonly thisUpdateAt?: number;
  /** Null: no next update. */
  readonly nextUpdateAt?: number | null;
  /** Of a delta. */
  readonly baseNumber?: bigint | null;
  /** The value of the issuing distribution point. */
  readonly point?: Uint8Array | null;
  readonly more?: readonly Uint8Array[];
  /** Null: version 1, which has no extensions. */
  readonly version?: number | null;
  readonly innerAlgorithm?: Uint8Array;
}

type Issuing = Pick<Signer, 'algorithm' | 'sign'> & { readonly name: Uint8Array };

export function aList(authority: Issuing, spec: ListSpec = {}): Buffer {
  const tbs = aBody(authority, spec);
  return sequence(tbs, authority.algorithm, bits(authority.sign(tbs)));
}

function aBody(authority: Issuing, spec: ListSpec): Buffer {
  const {
    serials = [1n, 2n, 3n],
    entries = serials.map((serial) => anEntry(serial)),
    thisUpdateAt = NOW - HOUR_MS,
    nextUpdateAt = thisUpdateAt + 7 * DAY_MS,
    version = 1,
    innerAlgorithm = authority.algorithm,
  } = spec;
  const extensions = version === null ? [] : listExtensions(spec);
  return sequence(
    ...(version === null ? [] : [integer(version)]),
    innerAlgorithm,
    authority.name,
    time(thisUpdateAt),
    ...(nextUpdateAt === null ? [] : [time(nextUpdateAt)]),
    ...(entries.length === 0 ? [] : [sequence(...entries)]),
    ...(extensions.length === 0 ? [] : [der(0xa0, sequence(...extensions))]),
  );
}

function listExtensions(spec: ListSpec): readonly Uint8Array[] {
  const { number = 7n, baseNumber = null, point = null, more = [] } = spec;
  return [
    ...(number === null ? [] : [extension('2.5.29.20', integer(number))]),
    ...(baseNumber === null ? [] : [extension('2.5.29.27', integer(baseNumber), true)]),
    ...(point === null ? [] : [extension('2.5.29.28', point, true)]),
    ...more,
  ];
}

export const anEntry = (serial: bigint, ...extensions: readonly Uint8Array[]): Buffer =>
  sequence(
    integer(serial),
    time(Date.UTC(2026, 0, 2, 3, 4, 5)),
    ...(extensions.length === 0 ? [] : [sequence(...extensions)]),
  );

export const reasonCode = (code: number, isCritical = false): Buffer =>
  extension('2.5.29.21', der(0x0a, Buffer.from([code])), isCritical);

/** A distribution point with one URI; `flags` are context tags that are true (0x84: indirect). */
export const aPoint = (uri: string, ...flags: readonly number[]): Buffer =>
  sequence(
    der(0xa0, der(0xa0, der(0x86, Buffer.from(uri)))),
    ...flags.map((tag) => der(tag, Buffer.from([0xff]))),
  );

/** An extension that nobody knows. */
export const strangeExtension = (isCritical: boolean): Buffer =>
  extension('1.3.6.1.4.1.99999.1', oid('1.2.3'), isCritical);

/** `count` serial numbers from `from` on. */
export const serials = (count: number, from = 1): readonly bigint[] =>
  Array.from({ length: count }, (_, i) => BigInt(from + i));
