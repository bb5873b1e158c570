#!/usr/bin/env node
/** Starts the command line: its sources in a clone, the compiled one in an installed package. */
import { existsSync } from 'node:fs';
import { env } from 'node:process';

// `engines` says from which Node on it runs; the SDK's own notice would come before every answer.
env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';

const root = new URL('../', import.meta.url);
const source = new URL('lib/cli/main.ts', root);
if (existsSync(source)) {
  await import(new URL('typescript.mjs', root).href);
  await import(source.href);
} else {
  await import(new URL('dist/cli/vpn-medic.js', root).href);
}
