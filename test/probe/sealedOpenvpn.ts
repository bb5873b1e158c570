/** An OpenVPN server's half of each seal, for scripted far sides; keys are made on the spot. */
import { randomBytes } from 'node:crypto';
import { type Seal, tlsAuth, tlsCrypt } from '../../lib/probe/openvpn/seal.ts';
import { openvpnReply } from './replies.ts';

export const SEALS = ['tls-auth', 'tls-crypt', 'tls-crypt-v2'] as const;

export interface SealedServer {
  /** As a client's configuration holds it. */
  readonly keyText: string;
  /** The sealed answer; null to what is not sealed with its key. */
  answer(sealed: Buffer): Buffer | null;
}

export function sealedServer(name: (typeof SEALS)[number]): SealedServer {
  const key = randomBytes(256);
  // A server's key of its own would open it; here it only has to arrive.
  const wrapped = Buffer.concat([randomBytes(300), Buffer.of(302 >> 8, 302 & 0xff)]);
  const seal = serverSeal(name, key);
  const isV2 = name === 'tls-crypt-v2';
  return {
    keyText: `client\n<${name}>\n${isV2 ? clientKeyText(Buffer.concat([key, wrapped])) : staticKeyText(key)}</${name}>\nkey-direction 1\nauth SHA256\n`,
    answer: (datagram) => {
      const own = isV2 ? datagram.subarray(0, -wrapped.length) : datagram;
      if (isV2 && !datagram.subarray(own.length).equals(wrapped)) return null;
      const packet = seal.open(own);
      const opcode = packet === null ? 0 : packet.readUInt8(0) >> 3;
      if (packet === null || opcode !== (isV2 ? 10 : 7)) return null;
      return seal.seal(openvpnReply(packet));
    },
  };
}

/** The directions are those of the other side. */
function serverSeal(name: (typeof SEALS)[number], key: Buffer): Seal {
  const half = (at: number) => ({
    cipher: key.subarray(at, at + 64),
    hmac: key.subarray(at + 64, at + 128),
  });
  const keys = { toServer: half(0), toClient: half(128) };
  return (name === 'tls-auth' ? tlsAuth(keys, 'SHA256') : tlsCrypt(keys))();
}

export const staticKeyText = (key: Buffer): string =>
  [
    '# 2048 bit OpenVPN static key',
    '-----BEGIN OpenVPN Static key V1-----',
    ...(key.toString('hex').match(/.{1,32}/g) ?? []),
    '-----END OpenVPN Static key V1-----\n',
  ].join('\n');

export const clientKeyText = (bytes: Buffer): string =>
  [
    '-----BEGIN OpenVPN tls-crypt-v2 client key-----',
    ...(bytes.toString('base64').match(/.{1,64}/g) ?? []),
    '-----END OpenVPN tls-crypt-v2 client key-----\n',
  ].join('\n');
