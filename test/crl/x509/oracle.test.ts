/**
 * Goal: what the reader says of small lists is what another reader says, that no one here wrote: @peculiar/x509.
 * Method: lists of every shape that fast-check draws, read by both; and NIST's, where the other can.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import * as v from 'valibot';
import { readEntries } from '../../../lib/crl/x509/entries.ts';
import { parseCrl } from '../../../lib/crl/x509/parse.ts';
import { anAuthority } from '../builders/authority.ts';
import { aList, anEntry, NOW, reasonCode } from '../builders/list.ts';
import { readList } from '../builders/readList.ts';

const ca = anAuthority();

interface Said {
  readonly thisUpdateAt: number;
  readonly nextUpdateAt: number | null;
  readonly number: bigint | null;
  readonly extensions: readonly string[];
  readonly entries: readonly (readonly [
    serial: bigint,
    revokedAt: number,
    reason: number | null,
  ])[];
}

function ours(bytes: Buffer): Said {
  const crl = readList(bytes);
  return {
    thisUpdateAt: crl.thisUpdateAt,
    nextUpdateAt: crl.nextUpdateAt,
    number: crl.extensions.number,
    extensions: crl.extensions.all.map(({ oid }) => oid),
    entries: [...readEntries(crl.entries)].map(({ serial, revokedAt, reasonCode: reason }) => [
      BigInt(`0x${serial}`),
      revokedAt,
      reason,
    ]),
  };
}

/** Loaded by a name that the compiler does not follow: its types need the browser's. It wants a metadata registry, too. */
async function loadOracle(): Promise<(bytes: Uint8Array) => unknown> {
  const kept = new WeakMap<object, Map<unknown, unknown>>();
  Object.assign(Reflect, {
    defineMetadata(key: unknown, value: unknown, target: object): void {
      kept.set(target, (kept.get(target) ?? new Map()).set(key, value));
    },
    getMetadata: (key: unknown, target: object): unknown => kept.get(target)?.get(key),
    getOwnMetadata: (key: unknown, target: object): unknown => kept.get(target)?.get(key),
    hasOwnMetadata: (key: unknown, target: object): boolean => kept.get(target)?.has(key) === true,
  });
  const name: string = '@peculiar/x509';
  const library: unknown = await import(name);
  const made: unknown =
    typeof library === 'object' && library !== null ? Reflect.get(library, 'X509Crl') : null;
  if (typeof made !== 'function') throw new Error(`${name} has no X509Crl`);
  return (bytes) => Reflect.construct(made, [bytes]);
}

const read = await loadOracle();

const TheirDate = v.custom<{ getTime(): number }>(
  (it) => typeof it === 'object' && it !== null && 'getTime' in it,
);
const Theirs = v.object({
  thisUpdate: TheirDate,
  nextUpdate: v.optional(TheirDate),
  extensions: v.array(
    v.object({ type: v.string(), value: v.custom<ArrayBuffer>((it) => it !== null) }),
  ),
  entries: v.array(
    v.object({
      serialNumber: v.string(),
      revocationDate: TheirDate,
      reason: v.optional(v.number()),
    }),
  ),
});

function theirs(bytes: Buffer): Said {
  const crl = v.parse(Theirs, read(Uint8Array.from(bytes)));
  const number = crl.extensions.find(({ type }) => type === '2.5.29.20');
  return {
    thisUpdateAt: crl.thisUpdate.getTime(),
    nextUpdateAt: crl.nextUpdate?.getTime() ?? null,
    number: number === undefined ? null : integerOf(number.value),
    extensions: crl.extensions.map(({ type }) => type),
    entries: crl.entries.map(({ serialNumber, revocationDate, reason }) => [
      BigInt(`0x${serialNumber}`),
      revocationDate.getTime(),
      reason ?? null,
    ]),
  };
}

/** The content of a short INTEGER. */
const integerOf = (value: ArrayBuffer): bigint =>
  BigInt(`0x${Buffer.from(value).subarray(2).toString('hex')}`);

describe('both readers say the same', () => {
  test('of lists of every shape', () => {
    const entry = fc.tuple(fc.bigInt(1n, 2n ** 150n), fc.constantFrom(null, 1, 3, 4, 5, 6));
    fc.assert(
      fc.property(
        fc.array(entry, { maxLength: 12 }),
        fc.option(fc.bigInt(0n, 2n ** 158n)),
        // Always a next update: without one the other reader loses the extensions of an empty list.
        fc.integer({ min: 1, max: 3_000 }),
        (entries, number, days) => {
          const list = aList(ca, {
            number,
            nextUpdateAt: NOW + days * 86_400_000,
            entries: entries.map(([serial, code]) =>
              code === null ? anEntry(serial) : anEntry(serial, reasonCode(code)),
            ),
          });
          expect(ours(list)).toEqual(theirs(list));
        },
      ),
      { numRuns: 200 },
    );
  });

  test('of every list of NIST PKITS that ours reads', () => {
    const root = new URL('../../fixtures/pkits/crls/', import.meta.url);
    const lists = readdirSync(root).map((file) => readFileSync(new URL(file, root)));
    const readable = lists.filter((bytes) => parseCrl(bytes).ok);
    expect(readable.length).toBe(172);
    for (const bytes of readable) expect(ours(bytes)).toEqual(theirs(bytes));
  });
});
