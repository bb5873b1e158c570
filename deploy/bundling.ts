/** How the functions and the command line are bundled alike. */
import { join } from 'node:path';
import type { BuildOptions } from 'esbuild';

export const ROOT = join(import.meta.dirname, '..');

export const BUNDLING = {
  absWorkingDir: ROOT,
  metafile: true,
  bundle: true,
  format: 'esm',
  platform: 'node',
  minify: true,
  // As it is written: escapes take twice the bytes.
  charset: 'utf8',
  // The build writes the licences into dist/NOTICE, and the SBOM names them.
  legalComments: 'none',
  // The ESM side of each package: the CommonJS side cannot be shaken, and is twice as large.
  mainFields: ['module', 'main'],
  logLevel: 'warning',
} as const satisfies BuildOptions;

/** No call of ours streams events. */
export const NO_EVENT_STREAMS = { '@smithy/core/event-streams': './deploy/eventStreams.ts' };

/** The SDK makes a pattern for each notation of a date, and reads one notation. */
export const UNUSED_PATTERNS = { pure: ['RegExp'] } satisfies BuildOptions;
