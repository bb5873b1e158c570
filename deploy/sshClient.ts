/** Bundles the client of the SSH library alone. */
import type { Plugin } from 'esbuild';

/**
 * The library tries two compiled parts and works without them; compiled for this machine they would not load on
 * Lambda's. Server, agents, file transfer and ciphers for keys behind a passphrase (130 KB) are never called.
 */
export const sshClientOnly: Plugin = {
  name: 'ssh-client-only',
  setup: (work) => {
    const namespace = 'native-part';
    work.onResolve({ filter: /^cpu-features$|sshcrypto\.node$/ }, ({ path }) => ({
      path,
      namespace,
    }));
    work.onLoad({ filter: /./, namespace }, () => ({ contents: "throw new Error('left out');" }));
    work.onLoad({ filter: UNUSED }, () => ({ contents: 'exports.isAgent = () => false;' }));
  },
};

const UNUSED =
  /ssh2[\\/]lib[\\/](server|agent|http-agents|protocol[\\/]SFTP)\.js$|bcrypt-pbkdf[\\/]index\.js$/;
