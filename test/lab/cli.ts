/** The command line as its user runs it: a process of its own, against the lab account. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { REGION } from './account/options.ts';
import type { Lab } from './lab.ts';

export interface Ran {
  readonly exit: number | null;
  readonly out: string;
  readonly err: string;
}

const MAIN = join(import.meta.dirname, '../../lib/cli/main.ts');

/** `env` overrides what a person's shell would have set. */
export const runCli = (
  lab: Lab,
  argv: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Ran> =>
  runCliAt(lab.emulator().url, argv, { VPN_MEDIC_STATE_TABLE: lab.account.stateTable, ...env });

/** By `emulatorUrl` alone: it finds the rest by the stack, as a person's would. */
export function runCliAt(
  emulatorUrl: string,
  argv: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Ran> {
  const child = spawn(process.execPath, ['--no-warnings', MAIN, ...argv], {
    env: {
      PATH: process.env['PATH'],
      AWS_ENDPOINT_URL: emulatorUrl,
      AWS_REGION: REGION,
      AWS_ACCESS_KEY_ID: 'lab',
      AWS_SECRET_ACCESS_KEY: 'lab',
      NO_COLOR: '1',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said = { out: '', err: '' };
  child.stdout.on('data', (chunk: Buffer) => {
    said.out += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    said.err += chunk.toString();
  });
  return new Promise((resolve) => {
    child.on('close', (exit) => resolve({ exit, ...said }));
  });
}
