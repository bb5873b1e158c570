/** An OpenConnect server that bans by points, as Debian's packaged configuration of it does. */
import { writeFile } from 'node:fs/promises';
import type { Keys } from './keys.ts';
import type { Daemon, Namespace } from './namespace.ts';

export interface Ban {
  /** One point a connection. */
  readonly scoreMax: number;
  /** Points are forgotten after this. */
  readonly resetS: number;
}

/** Resolves once it listens at the TCP port. It never bans an address of its own networks. */
export async function startOcserv(
  namespace: Namespace,
  keys: Keys,
  port: number,
  ban: Ban,
): Promise<Daemon> {
  const file = (name: string) => `${keys.dir}/ocserv-${port}.${name}`;
  await writeFile(file('passwd'), '');
  await writeFile(file('conf'), confOf(keys, port, file('passwd'), ban));
  const daemon = namespace.spawn('/usr/sbin/ocserv', ['-f', '-d', '3', '-c', file('conf')]);
  await daemon.listening('tcp', port);
  return daemon;
}

const confOf = (keys: Keys, port: number, passwd: string, ban: Ban): string => `
auth = "plain[passwd=${passwd}]"
server-cert = ${keys.serverCert}
server-key = ${keys.serverKey}
tcp-port = ${port}
run-as-user = nobody
run-as-group = nogroup
socket-file = /run/ocserv.sock
isolate-workers = false
use-occtl = false
max-clients = 16
max-same-clients = 2
rate-limit-ms = 100
min-reauth-time = 300
max-ban-score = ${ban.scoreMax}
ban-reset-time = ${ban.resetS}
device = vpns
ipv4-network = 192.168.9.0/24
`;
