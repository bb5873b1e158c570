/** The extensions of a CRL and of its entries. */
import type { Instant } from '../../core/time.ts';
import {
  type Cursor,
  close,
  content,
  FormFault,
  natural,
  open,
  openAny,
  peek,
  TAG,
  truth,
} from './der.ts';
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
  readonly authorityKey: AuthorityKey | null;
  /** When a Microsoft CA means to publish its next CRL; may be earlier than the next update. */
  readonly nextPublishAt: Instant | null;
}

/** Which key and certificate the CRL says it is signed by; null: it does not say. */
export interface AuthorityKey {
  /** Lower-case hex. */
  readonly keyId: string | null;
  /** The issuer's Name of that certificate. */
  readonly issuerName: Buffer | null;
  /** Lower-case hex of the certificate's serial number. */
  readonly serial: string | null;
}

const EXTENSIONS_MAX = 64;
const OID = {
  crlNumber: '2.5.29.20',
  deltaIndicator: '2.5.29.27',
  distributionPoint: '2.5.29.28',
  authorityKeyId: '2.5.29.35',
  nextPublish: '1.3.6.1.4.1.311.21.4',
} as const;

/** What OpenSSL takes when it is critical; a critical CRL number, which RFC 5280 forbids, is not among them. */
const UNDERSTOOD: ReadonlySet<string> = new Set([
  OID.deltaIndicator,
  OID.distributionPoint,
  OID.authorityKeyId,
]);

/** Reads `SEQUENCE OF Extension` up to `end`. */
export function listExtensions(cursor: Cursor, end: number): ListExtensions {
  const all = extensions(cursor, end);
  return {
    all,
    number: meaning(all, OID.crlNumber, listNumber),
    baseNumber: meaning(all, OID.deltaIndicator, listNumber),
    distributionPoint: meaning(all, OID.distributionPoint, distributionPoint),
    authorityKey: meaning(all, OID.authorityKeyId, authorityKey),
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

function authorityKey(cursor: Cursor, end: number): AuthorityKey {
  const until = open(cursor, TAG.sequence, end);
  const of = (tag: number) =>
    peek(cursor, until) === tag ? content(cursor, tag, until).toString('hex') : null;
  const keyId = of(0x80);
  const issuerName = peek(cursor, until) === 0xa1 ? directoryName(cursor, until) : null;
  const serial = of(0x82);
  close(cursor, until, 'authority key identifier');
  return { keyId, issuerName, serial };
}

/** The first directory name of GeneralNames; null: there is none. */
function directoryName(cursor: Cursor, end: number): Buffer | null {
  const until = open(cursor, 0xa1, end);
  let name: Buffer | null = null;
  while (cursor.at < until) {
    const isDirectory = peek(cursor, until) === 0xa4;
    const inner = openAny(cursor, until);
    name ??= isDirectory ? cursor.bytes.subarray(cursor.at, inner) : null;
    cursor.at = inner;
  }
  return name;
}
