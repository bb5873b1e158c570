#!/usr/bin/env node
/** Starts the command line: its sources in a clone, the compiled one in an installed package. */
import { existsSync } from 'node:fs';

const source = new URL('../lib/cli/main.ts', import.meta.url);
const compiled = new URL('../dist/cli/vpn-medic.js', import.meta.url);
await import((existsSync(source) ? source : compiled).href);
