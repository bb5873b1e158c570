/** The extensions of a CRL and of its entries. */
import type { Instant } from '../../core/time.ts';
import { type Cursor, close, content, FormFault, natural, open, peek, TAG, truth } from './der.ts';
import { time } from './derTime.ts';
import { type DistributionPoint, distributionPoint } from './distributionPoint.ts';
import { oid } from './oid.ts';

export interface Extension {
  readonly oid: string;
  readonly isCritical: boolean;
  /** The DER inside the octet string. */
  readonly value: Buffer;
}

/** The values of a CRL's extensions; null where one is absent. */
export interface ListExtensions {
  /** All of them, in the CRL's order, each identifier once. */
  readonly all: readonly Extension[];
  /** Up to 20 bytes. */
  readonly number: bigint | null;
  /** Of a delta: the number of the complete CRL that it builds on. */
  readonly baseNumber: bigint | null;
  readonly distributionPoint: DistributionPoint | null;
  /** Lower-case hex. */
  readonly authorityKeyId: string | null;
  /** When a Microsoft CA means to publish its next CRL; may be earlier than the next update. */
  readonly nextPublishAt: Instant | null;
}

const EXTENSIONS_MAX = 64;
const OID = {
  crlNumber: '2.5.29.20',
  deltaIndicator: '2.5.29.27',
  distributionPoint: '2.5.29.28',
  authorityKeyId: '2.5.29.35',
  nextPublish: '1.3.6.1.4.1.311.21.4',
} as const;

// What a reader of the CRL may ignore: other names of the issuer, where its deltas and certificates are.
const UNDERSTOOD: ReadonlySet<string> = new Set([
  ...Object.values(OID),
  '2.5.29.18',
  '2.5.29.46',
  '1.3.6.1.5.5.7.1.1',
]);

/** Reads `SEQUENCE OF Extension` up to `end`. */
export function listExtensions(cursor: Cursor, end: number): ListExtensions {
  const all = extensions(cursor, end);
  return {
    all,
    number: meaning(all, OID.crlNumber, listNumber),
    baseNumber: meaning(all, OID.deltaIndicator, listNumber),
    distributionPoint: meaning(all, OID.distributionPoint, distributionPoint),
    authorityKeyId: meaning(all, OID.authorityKeyId, keyId),
    nextPublishAt: meaning(all, OID.nextPublish, time),
  };
}

const listNumber = (cursor: Cursor, end: number): bigint => natural(cursor, end, 20);

/** Critical extensions that are not understood: RFC 5280, section 5.2, forbids to use such a CRL. */
export const unknownCritical = (all: readonly Extension[]): readonly string[] =>
  all.filter((each) => each.isCritical && !UNDERSTOOD.has(each.oid)).map((each) => each.oid);

/** Reads `SEQUENCE OF Extension` up to `end`: from 1 to 64, none twice. */
export function extensions(cursor: Cursor, end: number): readonly Extension[] {
  const until = open(cursor, TAG.sequence, end);
  const found = new Map<string, Extension>();
  while (cursor.at < until) {
    const extension = readExtension(cursor, until);
    if (found.has(extension.oid))
      throw new FormFault('ExtensionUnfit', `extension ${extension.oid} is there twice`);
    if (found.size === EXTENSIONS_MAX)
      throw new FormFault('ExtensionUnfit', `more than ${EXTENSIONS_MAX} extensions`);
    found.set(extension.oid, extension);
  }
  if (found.size === 0) throw new FormFault('ExtensionUnfit', 'an empty list of extensions');
  return [...found.values()];
}

function readExtension(cursor: Cursor, end: number): Extension {
  const until = open(cursor, TAG.sequence, end);
  const id = oid(cursor, until);
  const isCritical = peek(cursor, until) === TAG.boolean && truth(cursor, TAG.boolean, until);
  const value = content(cursor, TAG.octetString, until);
  close(cursor, until, `extension ${id}`);
  return { oid: id, isCritical, value };
}

/** What `read` makes of the extension's whole value; null when it is absent. */
export function meaning<T>(
  all: readonly Extension[],
  id: string,
  read: (cursor: Cursor, end: number) => T,
): T | null {
  const extension = all.find((each) => each.oid === id);
  if (extension === undefined) return null;
  const cursor = { bytes: extension.value, at: 0 };
  try {
    const value = read(cursor, extension.value.length);
    close(cursor, extension.value.length, `extension ${id}`);
    return value;
  } catch (fault) {
    if (!(fault instanceof FormFault)) throw fault;
    throw new FormFault('ExtensionUnfit', `extension ${id}: ${fault.message}`);
  }
}

function keyId(cursor: Cursor, end: number): string | null {
  const until = open(cursor, TAG.sequence, end);
  const id = peek(cursor, until) === 0x80 ? content(cursor, 0x80, until).toString('hex') : null;
  // The issuer's name and serial number may follow; nothing here asks for them.
  cursor.at = until;
  return id;
}
