/** Keeps the runbook's texts out of the bundles: no function reads them. */
import { readFile } from 'node:fs/promises';
import type { Plugin } from 'esbuild';

/** Drops `meaning`, `confirm` and `action` of each finding of the catalogue. */
export const withoutRunbookTexts: Plugin = {
  name: 'without-runbook-texts',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]lib[\\/]core[\\/]findings[\\/]\w+\.ts$/ }, async ({ path }) => ({
      loader: 'ts',
      contents: (await readFile(path, 'utf8')).replace(TEXT, ''),
    }));
  },
};

/** One property whose value is one string, as the formatter writes it. */
const TEXT = /^ {4}(?:meaning|confirm|action):\s+(['"`])(?:\\.|(?!\1)[^\\])*\1,\n/gm;
