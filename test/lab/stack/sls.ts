/** Runs the deploy tool as a person does, against the emulator or against nothing at all. */
import { execFile } from 'node:child_process';
import { cp, mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { LAB_DIR, lock } from '../emulator/install.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const SLS = `${ROOT}/node_modules/serverless/bin/serverless.js`;
// A hang guard: a deployment to the emulator takes 20 to 40 s on two busy cores.
const MS_MAX = 300_000;

export interface Said {
  readonly code: number;
  /** Standard output and standard error, one after the other, without colours. */
  readonly text: string;
}

export interface HowToRun {
  /** All that it sees, besides PATH and HOME. */
  readonly env: Readonly<Record<string, string>>;
  /** Where a copy of what it packaged is kept. */
  readonly keepIn?: string;
}

/** Resolves also when it fails: what it says then is what a test is about. One at a time: each empties `.serverless` first. */
export async function sls(args: readonly string[], { env, keepIn }: HowToRun): Promise<Said> {
  await mkdir(LAB_DIR, { recursive: true });
  const unlock = await lock(`${LAB_DIR}/sls.lock`);
  try {
    const said = await run(args, env);
    if (keepIn !== undefined) await cp(`${ROOT}/.serverless`, keepIn, { recursive: true });
    return said;
  } finally {
    await unlock();
  }
}

async function run(args: readonly string[], env: HowToRun['env']): Promise<Said> {
  const settings = {
    cwd: ROOT,
    timeout: MS_MAX,
    maxBuffer: 1 << 26,
    env: {
      PATH: process.env['PATH'],
      HOME: process.env['HOME'],
      NO_COLOR: '1',
      CI: 'true',
      ...env,
    },
  };
  try {
    const { stdout, stderr } = await promisify(execFile)(
      process.execPath,
      [SLS, ...args],
      settings,
    );
    return { code: 0, text: stdout + stderr };
  } catch (failed) {
    // Not told by its class: a test runs in a realm of its own, with an Error of its own.
    const { code, stdout, stderr } = Object(failed);
    if (typeof code !== 'number') throw failed;
    return { code, text: `${stdout}${stderr}` };
  }
}

export const parameters = (candidate: Readonly<Record<string, string>>): readonly string[] =>
  Object.entries(candidate).flatMap(([name, value]) => ['--param', `${name}=${value}`]);
