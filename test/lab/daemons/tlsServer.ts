/** `openssl s_server`: a TLS daemon that needs no root and no package of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { freePort } from '../ports.ts';
import type { Keys } from './keys.ts';

export interface TlsServer {
  readonly port: number;
  kill(): Promise<void>;
}

/** Resolves once it accepts connections at 127.0.0.1. */
export async function startTlsServer(keys: Keys): Promise<TlsServer> {
  const port = await freePort();
  const own = ['-accept', `127.0.0.1:${port}`, '-cert', keys.serverCert, '-key', keys.serverKey];
  const child: ChildProcess = spawn('openssl', ['s_server', '-www', ...own]);
  const accepting = new Promise<void>((resolve, reject) => {
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      if (text.includes('ACCEPT')) resolve();
    });
    child.once('exit', () => reject(new Error('starting openssl s_server: it ended')));
  });
  await accepting;
  return {
    port,
    kill: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}
