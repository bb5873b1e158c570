/** nginx with one door, over TLS or not, as a VPN's web portal has: one process, so that killing it closes the door. */
import { writeFile } from 'node:fs/promises';
import type { Keys } from './keys.ts';
import type { Daemon, Namespace } from './namespace.ts';

const NGINX = '/usr/sbin/nginx';

/** Resolves once it listens at the TCP port. Each handshake that its client breaks off stands in its log. */
export async function startNginx(
  namespace: Namespace,
  keys: Keys,
  port: number,
  isOverTls = true,
): Promise<Daemon> {
  const conf = `${keys.dir}/nginx-${port}.conf`;
  await writeFile(conf, confOf(keys, port, isOverTls));
  const daemon = namespace.spawn(NGINX, ['-c', conf]);
  await daemon.listening('tcp', port);
  return daemon;
}

/** Nothing of the machine's own nginx: not its pages, its modules or its folders. */
const confOf = (keys: Keys, port: number, isOverTls: boolean): string => `daemon off;
master_process off;
pid /run/nginx.pid;
error_log stderr info;
events {}
http {
  access_log off;
${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `  ${name}_temp_path /run/${name};`).join('\n')}
  server {
    listen ${port}${isOverTls ? ' ssl' : ''};
    ssl_certificate ${keys.serverCert};
    ssl_certificate_key ${keys.serverKey};
    return 204;
  }
}
`;
