/** What of the SSH library is left out of bundles: plugins of the build. */
import { parse } from 'node:path';
import type { Plugin } from 'esbuild';

/**
 * The SSH library tries two compiled parts and works without them: one that asks the CPU what it can do, and its own
 * ciphers (Node's do the same work here). Compiled for this machine they would not load on Lambda's.
 */
export const noNativeParts: Plugin = {
  name: 'no-native-parts',
  setup: (work) => {
    const namespace = 'no-native-parts';
    work.onResolve({ filter: /^cpu-features$|sshcrypto\.node$/ }, ({ path }) => ({
      path,
      namespace,
    }));
    work.onLoad({ filter: /./, namespace }, () => ({
      contents: "throw new Error('left out of bundles: see deploy/sshClient.ts');",
    }));
  },
};

/**
 * The SSH library is a client, a server, a file-transfer protocol, HTTP agents, and ciphers for private keys behind a
 * passphrase. A repair runs one command with a key made a moment before: the client alone. Each part left out fails by
 * name if it is ever reached.
 */
export const sshClientOnly: Plugin = {
  name: 'ssh-client-only',
  setup: (work) => {
    work.onLoad(
      {
        filter:
          /ssh2[\\/]lib[\\/](server|http-agents|protocol[\\/]SFTP)\.js$|bcrypt-pbkdf[\\/]index\.js$/,
      },
      ({ path }) => ({
        contents: `
          class LeftOut { constructor() { throw new Error('${parse(path).name} is left out of bundles: see deploy/sshClient.ts'); } }
          module.exports = Object.assign(LeftOut, { SFTP: LeftOut, HTTPAgent: LeftOut, HTTPSAgent: LeftOut, pbkdf: () => new LeftOut() });`,
      }),
    );
  },
};
