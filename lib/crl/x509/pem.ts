/** One PEM block, and nothing but it, as the bytes it holds. */
import { FormFault } from './der.ts';

const DASHES = Buffer.from('-----BEGIN');
const isSpace = (byte: number | undefined): boolean =>
  byte === 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d;

/** The DER of `file`: itself, or what its only PEM block of this label holds. Space around and in the block is let be. */
export function derOf(file: Buffer, label: string): Buffer {
  let from = 0;
  while (isSpace(file[from])) from++;
  if (!file.subarray(from, from + DASHES.length).equals(DASHES)) return file;
  const head = `-----BEGIN ${label}-----`;
  const tail = `-----END ${label}-----`;
  const text = file.toString('latin1', from).trimEnd();
  if (!text.startsWith(head) || !text.endsWith(tail))
    throw new FormFault('NotOnePemBlock', `not one whole PEM block "${label}"`);
  const body = text.slice(head.length, -tail.length).replaceAll(/[ \t\r\n]+/g, '');
  const der = Buffer.from(body, 'base64');
  // The decoder passes over what it does not know: only what it would write itself is what was meant.
  if (der.toString('base64') !== body)
    throw new FormFault('NotOnePemBlock', `more or other than base64 inside the block "${label}"`);
  return der;
}

/** One PEM block "X509 CRL" of 64-character lines, as Client VPN imports it. */
export const pemOf = (der: Uint8Array): string =>
  `-----BEGIN X509 CRL-----\n${(
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? []
  ).join('\n')}\n-----END X509 CRL-----\n`;
