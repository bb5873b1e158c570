/** OpenVPN servers, over UDP or TCP, open to anyone's first packet or only to a sealed one. */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import type { Keys } from './keys.ts';
import type { Daemon, Namespace } from './namespace.ts';

const run = promisify(execFile);

export interface OpenvpnCandidate {
  readonly protocol: 'udp' | 'tcp';
  readonly port: number;
  /** With one, a packet that is not sealed with the shared key is dropped unanswered. */
  readonly seal: OpenvpnSeal;
}

export type OpenvpnSeal = 'none' | 'tls-auth' | 'tls-crypt' | 'tls-crypt-v2';

export interface OpenvpnDaemon extends Daemon {
  /** What a client's configuration says of the seal. */
  readonly keyText: string;
}

/** Resolves once it listens. */
export async function startOpenvpn(
  namespace: Namespace,
  keys: Keys,
  candidate: OpenvpnCandidate,
): Promise<OpenvpnDaemon> {
  const { options, keyText } = await sealed(keys, candidate);
  const transport = ['--proto', candidate.protocol === 'udp' ? 'udp4' : 'tcp4-server'];
  // Each server its own range; no client ever comes up.
  const range = ['--server', `10.${candidate.port % 256}.0.0`, '255.255.255.0'];
  const own = ['--ca', keys.caCert, '--cert', keys.serverCert, '--key', keys.serverKey];
  const daemon = namespace.spawn(OPENVPN, [
    '--port',
    String(candidate.port),
    ...transport,
    ...range,
    ...own,
    '--topology',
    'subnet',
    '--dev',
    'tun',
    '--dh',
    'none',
    ...options,
  ]);
  await daemon.listening(candidate.protocol, candidate.port);
  return { ...daemon, keyText };
}

const OPENVPN = '/usr/sbin/openvpn';

interface Sealed {
  readonly options: readonly string[];
  readonly keyText: string;
}

async function sealed(keys: Keys, { seal, port }: OpenvpnCandidate): Promise<Sealed> {
  const file = `${keys.dir}/seal-${port}.key`;
  const made = async (...options: readonly string[]) => run(OPENVPN, [...options]);
  const inlined = async (from: string) =>
    `client\n<${seal}>\n${await readFile(from, 'utf8')}</${seal}>\n`;
  switch (seal) {
    case 'none':
      return { options: [], keyText: '' };
    case 'tls-auth': {
      await made('--genkey', 'tls-auth', file);
      const options = ['--tls-auth', file, '0', '--auth', 'SHA256'];
      return { options, keyText: `${await inlined(file)}key-direction 1\nauth SHA256\n` };
    }
    case 'tls-crypt':
      await made('--genkey', 'tls-crypt', file);
      return { options: ['--tls-crypt', file], keyText: await inlined(file) };
    case 'tls-crypt-v2': {
      const client = `${keys.dir}/seal-${port}-client.key`;
      await made('--genkey', 'tls-crypt-v2-server', file);
      await made('--tls-crypt-v2', file, '--genkey', 'tls-crypt-v2-client', client);
      return {
        options: ['--tls-crypt-v2', file, 'force-cookie'],
        keyText: await inlined(client),
      };
    }
    default:
      return seal satisfies never;
  }
}
