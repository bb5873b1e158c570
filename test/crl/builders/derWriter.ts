/** Writes DER, for lists and certificates that the tests make up: right ones and wrong ones alike. */

export function der(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(parts);
  const size = body.length;
  if (size < 0x80) return Buffer.concat([Buffer.from([tag, size]), body]);
  const hex = size.toString(16);
  const length = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex');
  return Buffer.concat([Buffer.from([tag, 0x80 | length.length]), length, body]);
}

export const sequence = (...parts: readonly Uint8Array[]): Buffer => der(0x30, ...parts);
export const octets = (...parts: readonly Uint8Array[]): Buffer => der(0x04, ...parts);
export const bits = (bytes: Uint8Array): Buffer => der(0x03, Buffer.from([0]), bytes);
export const nothing: Buffer = der(0x05);
export const yes: Buffer = der(0x01, Buffer.from([0xff]));

/** An INTEGER from 0, in its shortest form. */
export const integer = (value: bigint | number): Buffer => der(0x02, naturalBytes(BigInt(value)));

export function naturalBytes(value: bigint): Buffer {
  const hex = value.toString(16);
  const bytes = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex');
  return (bytes[0] ?? 0) < 0x80 ? bytes : Buffer.concat([Buffer.from([0]), bytes]);
}

export function oid(text: string): Buffer {
  const [first = 0, second = 0, ...rest] = text.split('.').map(Number);
  const arcs = [first * 40 + second, ...rest].map((arc) => {
    const groups = [arc % 128];
    for (let left = Math.floor(arc / 128); left > 0; left = Math.floor(left / 128))
      groups.unshift((left % 128) | 0x80);
    return Buffer.from(groups);
  });
  return der(0x06, ...arcs);
}

const digits = (at: number): string =>
  new Date(at).toISOString().replaceAll(/\D/g, '').slice(0, 14);
export const generalizedTime = (at: number): Buffer => der(0x18, Buffer.from(`${digits(at)}Z`));
export const utcTime = (at: number): Buffer => der(0x17, Buffer.from(`${digits(at).slice(2)}Z`));
/** As RFC 5280 has it: two-digit years from 1950 through 2049. */
export function time(at: number): Buffer {
  const year = new Date(at).getUTCFullYear();
  return year >= 1950 && year <= 2049 ? utcTime(at) : generalizedTime(at);
}

export const name = (commonName: string): Buffer =>
  sequence(der(0x31, sequence(oid('2.5.4.3'), der(0x0c, Buffer.from(commonName)))));

export const extension = (id: string, value: Uint8Array, isCritical = false): Buffer =>
  sequence(oid(id), ...(isCritical ? [yes] : []), octets(value));

export const pem = (label: string, bytes: Uint8Array): string =>
  `-----BEGIN ${label}-----\n${(
    Buffer.from(bytes)
      .toString('base64')
      .match(/.{1,64}/g) ?? []
  ).join('\n')}\n-----END ${label}-----\n`;
