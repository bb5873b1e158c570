/** The CA's own list of the certificates that it issued: which serial numbers have expired. Pure. */
import { type Instant, parseInstant } from '../../core/time.ts';

/**
 * Whether the certificate of a serial number (hex, as in a CRL) has expired by now, by a file of lines as OpenSSL and
 * easy-rsa keep them (`index.txt`: status, expiry, revocation, serial, file, name, by tabs), or `SERIAL ISO-DATE`.
 * Lines of any other form say nothing. Read once, when it is first asked.
 */
export function expiredBy(file: Uint8Array | null, now: Instant): (serial: string) => boolean {
  if (file === null) return () => false;
  let expired: ReadonlySet<string> | null = null;
  return (serial) => {
    expired ??= readExpired(file, now);
    return expired.has(bare(serial));
  };
}

function readExpired(file: Uint8Array, now: Instant): ReadonlySet<string> {
  const expired = new Set<string>();
  const text = Buffer.from(file.buffer, file.byteOffset, file.byteLength);
  for (let from = 0; from < text.length; ) {
    const end = text.indexOf(0x0a, from);
    const until = end < 0 ? text.length : end;
    const line = text.toString('latin1', from, Math.min(until, from + LINE_MAX)).trimEnd();
    from = until + 1;
    const entry = entryOf(line);
    if (entry !== null && entry.expiresAt < now) expired.add(entry.serial);
  }
  return expired;
}

/** Whether its first lines have one of a form that is read: serial number and date. */
export const isIssuedList = (file: Uint8Array): boolean =>
  Buffer.from(file.buffer, file.byteOffset, Math.min(file.byteLength, HEAD_MAX))
    .toString('latin1')
    .split('\n')
    .some((line) => entryOf(line.trimEnd()) !== null);

const HEAD_MAX = 64 * 1_024;

const entryOf = (line: string): Issued | null => indexEntry(line) ?? plainEntry(line);

const LINE_MAX = 4_096;

interface Issued {
  readonly serial: string;
  readonly expiresAt: Instant;
}

function indexEntry(line: string): Issued | null {
  const [, expiry = '', , serial = ''] = line.split('\t');
  const parts = /^(\d{2}|\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})Z$/.exec(expiry);
  if (parts === null) return null;
  const [, short = '', month, day, hour, minute, second] = parts;
  const century = short.length === 4 ? '' : Number(short) < 50 ? '20' : '19';
  return issued(serial, `${century}${short}-${month}-${day}T${hour}:${minute}:${second}Z`);
}

function plainEntry(line: string): Issued | null {
  const parts =
    /^"?(?:0x)?([0-9a-f:]{1,200})"?[\s,;]+"?(\d{4}-\d{2}-\d{2}(?:[T ][0-9:.]{5,16}Z?)?)"?/i.exec(
      line,
    );
  if (parts === null) return null;
  const [, serial = '', date = ''] = parts;
  const time = date.replace(' ', 'T').replace(/Z$/, '');
  return issued(serial.replaceAll(':', ''), time.length === 10 ? `${time}T23:59:59Z` : `${time}Z`);
}

function issued(serial: string, date: string): Issued | null {
  const expiresAt = parseInstant(date);
  if (!/^[0-9a-f]+$/i.test(serial) || expiresAt === null) return null;
  return { serial: bare(serial), expiresAt };
}

/** Without the zeros before it, in small letters. */
const bare = (serial: string): string => serial.toLowerCase().replace(/^0+(?=.)/, '');
