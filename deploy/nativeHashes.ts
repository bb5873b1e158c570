/** Keeps the SDK's own SHA-256 out of the bundles. */
import type { Plugin } from 'esbuild';

/** It is for a Node without OpenSSL, which Lambda's is not: 3.3 KB. */
export const nativeHashesOnly: Plugin = {
  name: 'native-hashes-only',
  setup: ({ onLoad }) => {
    onLoad({ filter: /checksum[\\/]sha256[\\/]Sha256Js\.js$/ }, () => ({
      contents: 'export const Sha256Js = undefined;',
    }));
  },
};
