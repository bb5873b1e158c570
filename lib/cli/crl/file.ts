/** Reads a list from a file or an HTTP address, bounded in bytes and time. */
import { readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { isNativeError } from 'node:util/types';
import { endpointFault } from '../../crl/rules/endpoint.ts';
import { elsewhere } from '../../crl/rules/oddities.ts';
import { crlAddressesOf, type Issuer, readIssuers } from '../../crl/x509/issuer.ts';
import type { Crl } from '../../crl/x509/parse.ts';
import { Unable } from '../terminal.ts';

export interface NamedBytes {
  readonly name: string;
  readonly bytes: Buffer;
}

/** More than any limit that a deployment may have. */
const OCTETS_MAX = 64 * 1_024 * 1_024;
const FETCH_MS = 30_000;

export interface FoundList extends NamedBytes {
  /** The address that it was read from; null: a file. */
  readonly address: string | null;
}

/** The list in a file or at an address; of a certificate, the list at the first address that it names. @throws {Unable} when it cannot be had. */
export async function readListFile(where: string): Promise<FoundList> {
  if (/^https?:\/\//i.test(where)) return { ...(await fromAddress(where)), address: where };
  const file = await fromFile(where);
  const addresses = crlAddressesOf(file.bytes);
  if (addresses === null) return { ...file, address: null };
  const [address] = addresses;
  if (address === undefined) {
    throw new Unable(`${where} is a certificate that names no http address of a CRL`);
  }
  return { ...(await fromAddress(address)), address };
}

/** @throws {Unable} when it cannot be read. */
export async function fromFile(path: string): Promise<NamedBytes> {
  try {
    const { size } = await stat(path);
    if (size > OCTETS_MAX) throw new Unable(`${path} has ${size} bytes: no list has so many`);
    return { name: basename(path), bytes: await readFile(path) };
  } catch (error) {
    if (error instanceof Unable) throw error;
    const code: unknown = isNativeError(error) ? Reflect.get(error, 'code') : null;
    if (typeof code !== 'string') throw error;
    throw new Unable(`${path} cannot be read (${code})`);
  }
}

/** Why no endpoint takes the list, or clients of this address do not accept it; null: nothing is wrong. */
export const faultFor = (crl: Crl, address: string | null): string | null =>
  endpointFault(crl) ?? (address === null ? null : elsewhere(crl, address));

/** Every certificate in a file. @throws {Unable} when one cannot be read. */
export async function issuersOf(
  path: string,
  mayUseWeakAlgorithms: boolean,
): Promise<readonly Issuer[]> {
  const { name, bytes } = await fromFile(path);
  const all = readIssuers({ fileName: name, bytes, mayUseWeakAlgorithms });
  // A key beside its certificate concerns its operator alone: the file is on their own machine.
  const isPinned = all.some(({ ok }) => ok);
  return all.flatMap((read) => {
    if (read.ok) return [read.issuer];
    if (isPinned && read.isSecret) return [];
    throw new Unable(`the issuer ${read.why}`);
  });
}

async function fromAddress(address: string): Promise<NamedBytes> {
  if (!URL.canParse(address)) throw new Unable(`${address} is no address`);
  const url = new URL(address);
  const last = url.pathname.split('/').at(-1) ?? '';
  const signal = AbortSignal.timeout(FETCH_MS);
  try {
    const answer = await fetch(url, { redirect: 'manual', signal });
    if (answer.status !== 200)
      throw new Unable(`${address} answers ${answer.status}; redirects are not followed`);
    const chunks: Uint8Array[] = [];
    let octets = 0;
    for await (const chunk of answer.body ?? []) {
      chunks.push(chunk);
      octets += chunk.length;
      if (octets > OCTETS_MAX) throw new Unable(`${address} sends more than ${OCTETS_MAX} bytes`);
    }
    return { name: plain(last), bytes: Buffer.concat(chunks) };
  } catch (error) {
    if (error instanceof Unable) throw error;
    if (!isNativeError(error)) throw error;
    const cause: unknown = isNativeError(error.cause) ? Reflect.get(error.cause, 'code') : null;
    throw new Unable(
      `${address} gives no answer (${typeof cause === 'string' ? cause : error.name})`,
    );
  }
}

/** A name that is not rightly encoded stays as it is. */
function plain(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
