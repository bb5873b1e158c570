/** Which seal a key's text asks for, and what is refused. */
import { randomBytes } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { readSeal } from '../../../lib/probe/openvpn/key.ts';
import { clientKeyText, staticKeyText } from '../sealedOpenvpn.ts';

const key = randomBytes(256);
const block = (name: string, text = staticKeyText(key)) => `<${name}>\n${text}</${name}>\n`;
const packet = Buffer.concat([Buffer.of(0x38), randomBytes(8), Buffer.alloc(5)]);
const sealedLength = (text: string): number | string => {
  const read = readSeal(text);
  return read.ok ? read.value().seal(packet).length : read.why;
};

/** Header 9, number and time 8, the rest 5; SHA-1 signs with 20 bytes, SHA-256 with 32. */
test.each([
  ['tls-crypt', block('tls-crypt'), 9 + 8 + 32 + 5],
  ['tls-auth by SHA-1, as OpenVPN has it by default', block('tls-auth'), 9 + 20 + 8 + 5],
  ['tls-auth with its own auth', `auth SHA512\n${block('tls-auth')}`, 9 + 64 + 8 + 5],
  [
    'tls-crypt-v2, whose wrapped key follows',
    block('tls-crypt-v2', clientKeyText(Buffer.concat([key, Buffer.alloc(98), Buffer.of(0, 100)]))),
    9 + 8 + 32 + 5 + 100,
  ],
  ['whatever stands around it', `client\r\nremote vpn.example\n${block('tls-crypt')}verb 3\n`, 54],
])('%s is read', (_, text, length) => {
  expect(sealedLength(text)).toBe(length);
});

test.each([
  ['nothing', '', 'exactly one of'],
  ['a key of which nothing says what it is for', staticKeyText(key), 'exactly one of'],
  ['two of them', block('tls-auth') + block('tls-crypt'), 'exactly one of'],
  ['one that is not closed', '<tls-crypt>\n', 'exactly one of'],
  ['a key cut short', block('tls-crypt', staticKeyText(key.subarray(1))), 'no OpenVPN static key'],
  ['a client key as a static one', block('tls-crypt', clientKeyText(key)), 'no OpenVPN static key'],
  ['a static key as a client key', block('tls-crypt-v2'), 'no tls-crypt-v2 client key'],
  [
    'a client key cut short',
    block('tls-crypt-v2', clientKeyText(Buffer.concat([key, Buffer.alloc(98), Buffer.of(0, 101)]))),
    'cut short',
  ],
  ['a direction that is none', `key-direction 2\n${block('tls-auth')}`, 'key-direction'],
  ['an auth that is none', `auth none\n${block('tls-auth')}`, 'its auth is none of SHA1'],
])('%s is refused, and the reason shows none of the key', (_, text, why) => {
  const read = readSeal(text);
  expect(read).toMatchObject({ ok: false, why: expect.stringContaining(why) });
  expect(JSON.stringify(read)).not.toContain(key.toString('hex').slice(0, 16));
});

describe('the direction of a tls-auth key', () => {
  const sealOf = (direction: string) => {
    const read = readSeal(`${direction}${block('tls-auth')}`);
    if (!read.ok) throw new Error(read.why);
    return read.value();
  };
  test.each([
    ['key-direction 1\n', 'key-direction 0\n', true],
    ['', '', true],
    ['key-direction 1\n', '', false],
    ['key-direction 1\n', 'key-direction 1\n', false],
  ])('client "%s" and server "%s" understand each other: %s', (client, server, isOne) => {
    const opened = sealOf(server).open(sealOf(client).seal(packet));
    expect(opened?.equals(packet) ?? false).toBe(isOne);
  });
});

test.each(['tls-auth', 'tls-crypt'])(
  '%s opens no changed bit and no bytes of a stranger, and never throws',
  (name) => {
    // Both directions with one key, so that a client opens what it sealed.
    const same = Buffer.concat([key.subarray(0, 128), key.subarray(0, 128)]);
    const read = readSeal(block(name, staticKeyText(same)));
    if (!read.ok) throw new Error(read.why);
    const seal = read.value();
    fc.assert(
      fc.property(fc.nat(), fc.uint8Array({ maxLength: 120 }), (bit, bytes) => {
        const sealed = seal.seal(packet);
        expect(seal.open(sealed)).toEqual(packet);
        const at = (bit >> 3) % sealed.length;
        sealed.writeUInt8(sealed.readUInt8(at) ^ (1 << (bit & 7)), at);
        expect(seal.open(sealed)).toBeNull();
        expect(seal.open(Buffer.from(bytes))).toBeNull();
      }),
    );
  },
);
