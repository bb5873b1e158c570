/** A WireGuard daemon in userspace, with one peer that has no allowed addresses: the probe. */
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { until } from '../pause.ts';
import type { Daemon, Namespace } from './namespace.ts';

const run = promisify(execFile);

export interface WireguardDaemon extends Daemon {
  readonly port: number;
  /** The configuration of the peer that it knows. */
  readonly peerKeyText: string;
  /** The same of a peer that it does not know. */
  readonly strangerKeyText: string;
  /** Stands still, as a hung process does. */
  hang(): void;
  goOn(): void;
}

export async function startWireguard(
  namespace: Namespace,
  dir: string,
  port: number,
): Promise<WireguardDaemon> {
  const [own, peer, stranger, psk] = await Promise.all([
    made('genkey'),
    made('genkey'),
    made('genkey'),
    made('genpsk'),
  ]);
  const daemon = namespace.spawn('/usr/bin/wireguard-go', ['-f', `wg${port}`]);
  await writeFile(`${dir}/wg-${port}.key`, own, { mode: 0o600 });
  await writeFile(`${dir}/wg-${port}.psk`, psk, { mode: 0o600 });
  const inside = ['-t', String(daemon.pid), '-m', '-n', 'wg', 'set', `wg${port}`];
  const settings = [
    'private-key',
    `${dir}/wg-${port}.key`,
    'listen-port',
    String(port),
    'peer',
    await publicOf(peer),
    'preshared-key',
    `${dir}/wg-${port}.psk`,
  ];
  await until('the WireGuard daemon to take its settings', () =>
    run('nsenter', [...inside, ...settings]).then(
      () => true,
      () => false,
    ),
  );
  await daemon.listening('udp', port);
  const ownPublic = await publicOf(own);
  const textFor = (secret: string) =>
    `[Interface]\nPrivateKey = ${secret}\n[Peer]\nPublicKey = ${ownPublic}\nPresharedKey = ${psk}\n`;
  return {
    ...daemon,
    port,
    peerKeyText: textFor(peer),
    strangerKeyText: textFor(stranger),
    hang: () => process.kill(daemon.pid, 'SIGSTOP'),
    goOn: () => process.kill(daemon.pid, 'SIGCONT'),
  };
}

const made = async (what: 'genkey' | 'genpsk'): Promise<string> =>
  (await run('wg', [what])).stdout.trim();

async function publicOf(secret: string): Promise<string> {
  const child = run('wg', ['pubkey']);
  child.child.stdin?.end(secret);
  return (await child).stdout.trim();
}
