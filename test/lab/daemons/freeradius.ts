/** A FreeRADIUS server that knows the lab's addresses as clients, and rejects every user. */
import { mkdir, writeFile } from 'node:fs/promises';
import type { Daemon, Namespace } from './namespace.ts';

/** Resolves once it listens. `dir` gets its configuration. */
export async function startFreeradius(
  namespace: Namespace,
  dir: string,
  port: number,
  secret: string,
): Promise<Daemon> {
  const own = `${dir}/radius-${port}`;
  await mkdir(own, { mode: 0o700 });
  await writeFile(`${own}/radiusd.conf`, configuration(own, port, secret), { mode: 0o600 });
  const daemon = namespace.spawn('/usr/sbin/freeradius', ['-f', '-l', 'stdout', '-d', own]);
  await daemon.listening('udp', port);
  return daemon;
}

/** No delay of a reject: it is a second by default, longer than the timeout of a probe. */
const configuration = (dir: string, port: number, secret: string): string => `
db_dir = ${dir}
run_dir = ${dir}
pidfile = ${dir}/pid
logdir = ${dir}
libdir = /usr/lib/freeradius
security {
  reject_delay = 0
  status_server = yes
  allow_vulnerable_openssl = yes
}
client lab {
  ipaddr = 0.0.0.0/0
  secret = ${secret}
}
server default {
  listen {
    type = auth
    ipaddr = *
    port = ${port}
  }
  authorize {
    update control {
      Auth-Type := Reject
    }
  }
}
`;
