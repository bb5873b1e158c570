/** OpenVPN servers, over UDP or TCP, open to anyone's first packet or not. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Keys } from './keys.ts';
import type { Daemon, Namespace } from './namespace.ts';

export interface OpenvpnCandidate {
  readonly protocol: 'udp' | 'tcp';
  readonly port: number;
  /** With tls-crypt a packet that is not sealed with the shared key is dropped unanswered. */
  readonly isSealed: boolean;
}

/** Resolves once it listens. */
export async function startOpenvpn(
  namespace: Namespace,
  keys: Keys,
  candidate: OpenvpnCandidate,
): Promise<Daemon> {
  const seal = `${keys.dir}/seal-${candidate.port}.key`;
  if (candidate.isSealed) {
    await promisify(execFile)('/usr/sbin/openvpn', ['--genkey', 'tls-crypt', seal]);
  }
  const transport = ['--proto', candidate.protocol === 'udp' ? 'udp4' : 'tcp4-server'];
  // Each server its own range; no client ever comes up.
  const range = ['--server', `10.${candidate.port % 256}.0.0`, '255.255.255.0'];
  const own = ['--ca', keys.caCert, '--cert', keys.serverCert, '--key', keys.serverKey];
  const daemon = namespace.spawn('/usr/sbin/openvpn', [
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
    ...(candidate.isSealed ? ['--tls-crypt', seal] : []),
  ]);
  await daemon.listening(candidate.protocol, candidate.port);
  return daemon;
}
