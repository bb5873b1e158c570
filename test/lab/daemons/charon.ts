/** strongSwan's IKE daemon, with no connection configured: it answers every proposal, with a refusal, so it is alive. */
import { writeFile } from 'node:fs/promises';
import type { Daemon, Namespace } from './namespace.ts';

const CONF = `charon {
  load = random nonce openssl hmac kdf kernel-netlink socket-default
  install_routes = no
  install_virtual_ip = no
  filelog { stderr { default = 1 } }
}
`;

/** Resolves once it listens at UDP 500 and 4500. */
export async function startCharon(namespace: Namespace, dir: string): Promise<Daemon> {
  const conf = `${dir}/strongswan.conf`;
  await writeFile(conf, CONF);
  const daemon = namespace.spawn('/usr/lib/ipsec/charon', [], { STRONGSWAN_CONF: conf });
  await daemon.listening('udp', 500);
  return daemon;
}
