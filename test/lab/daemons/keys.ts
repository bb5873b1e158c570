/** Keys and certificates for the lab's daemons, made when a test runs and gone when it ends. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface Keys {
  /** Short, so that a daemon's socket path fits into its 100 characters. */
  readonly dir: string;
  readonly caCert: string;
  readonly serverCert: string;
  readonly serverKey: string;
  remove(): Promise<void>;
}

/** A certificate authority and one server certificate, elliptic, for a day. */
export async function makeKeys(): Promise<Keys> {
  const dir = await mkdtemp(`${tmpdir()}/vml`);
  const at = (name: string): string => `${dir}/${name}`;
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  const authority = ['-keyout', at('ca.key'), '-out', at('ca.pem'), '-subj', '/CN=lab CA'];
  await run('openssl', ['req', '-x509', ...curve, '-days', '1', ...authority]);
  const server = ['-keyout', at('server.key'), '-out', at('server.csr'), '-subj', '/CN=lab server'];
  await run('openssl', ['req', ...curve, ...server]);
  const signer = ['-CA', at('ca.pem'), '-CAkey', at('ca.key'), '-CAcreateserial', '-days', '1'];
  const signed = ['-in', at('server.csr'), '-out', at('server.pem')];
  await run('openssl', ['x509', '-req', ...signer, ...signed]);
  return {
    dir,
    caCert: at('ca.pem'),
    serverCert: at('server.pem'),
    serverKey: at('server.key'),
    remove: () => rm(dir, { recursive: true, force: true }),
  };
}
