/** Goal: the program as people start it: exit codes, streams, colours. Method: real processes, no network but loopback. */
import { spawn } from 'node:child_process';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { defaultAccount } from '../../lib/simulator/defaults/account.ts';
import { captureText } from '../builders/capture.ts';
import { makeTempFolder } from '../tempFolder.ts';
import { START_AT } from './open.ts';

const MAIN = fileURLToPath(new URL('../../lib/cli/main.ts', import.meta.url));
const HANG_MS = 180_000;
/** Nothing listens there, and nothing of this machine's own AWS settings counts. */
const NOWHERE = {
  AWS_ENDPOINT_URL: 'http://127.0.0.1:9',
  AWS_EC2_METADATA_DISABLED: 'true',
  AWS_CONFIG_FILE: '/nonexistent',
  AWS_SHARED_CREDENTIALS_FILE: '/nonexistent',
};

let folder = '';
let capture = '';

beforeAll(async () => {
  folder = makeTempFolder();
  COMPILED.NODE_COMPILE_CACHE = join(folder, 'compiled');
  capture = join(folder, 'capture.jsonl');
  await writeFile(capture, captureText({ snapshot: defaultAccount(START_AT) }));
});
afterAll(() => rm(folder, { recursive: true }));

/** The first process compiles, the others read what it compiled. */
const COMPILED = { NODE_COMPILE_CACHE: '' };

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** `isHasty`: the reader goes away after the first bytes. */
function start(
  argv: readonly string[],
  env: Readonly<Record<string, string>> = {},
  isHasty = false,
): Promise<Ended> {
  const child = spawn(process.execPath, [MAIN, ...argv], {
    env: { PATH: process.env['PATH'], ...COMPILED, ...NOWHERE, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: HANG_MS,
  });
  const said = { out: '', err: '' };
  child.stdout.on('data', (chunk: Buffer) => {
    said.out += chunk.toString();
    if (isHasty) child.stdout.destroy();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    said.err += chunk.toString();
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, ...said }));
  });
}

const plan = (...fail: readonly string[]) => ['plan', '--capture', capture, '--fail', ...fail];
const ESC = '\u001b[';

describe('the process', () => {
  test.each([
    ['exits 0 when nothing would be lost', 0, 'zone:b'],
    ['exits 2 when something would', 2, 'zone:a'],
  ])(
    '%s, and has nothing on standard error',
    async (_, code, what) => {
      const ended = await start(plan(what));
      expect({ code: ended.code, err: ended.err }).toEqual({ code, err: '' });
      expect(ended.out).toContain('Would move, in this order');
    },
    HANG_MS,
  );

  test(
    'exits 1 with one line on standard error, and no stack, for what is not there',
    async () => {
      const { code, out, err } = await start(plan('zone:z'));
      expect({ code, out }).toEqual({ code: 1, out: '' });
      expect(err).toMatch(/^vpn-medic: --fail zone:z: no such zone; [^\n]*\n$/);
    },
    HANG_MS,
  );

  test(
    'prints plain text into a pipe, and colours where they are forced',
    async () => {
      expect((await start(plan('zone:b'))).out).not.toContain(ESC);
      expect((await start(plan('zone:b'), { FORCE_COLOR: '1' })).out).toContain(ESC);
      expect((await start(plan('zone:b'), { NO_COLOR: '1' })).out).not.toContain(ESC);
    },
    HANG_MS,
  );

  test(
    'ends quietly when its reader goes away',
    async () => {
      const { err } = await start([...plan('zone:a'), '--json'], {}, true);
      expect(err).toBe('');
    },
    HANG_MS,
  );

  test.each([[[]], [['--help']], [['plan', '--help']]])(
    'prints its help for %j and exits 0',
    async (argv) => {
      const { code, out, err } = await start(argv);
      expect({ code, err }).toEqual({ code: 0, err: '' });
      expect(out).toMatch(/^Usage: vpn-medic/);
    },
    HANG_MS,
  );

  test(
    'exits 1 for a command that there is not, and names the one that was meant',
    async () => {
      const { code, err } = await start(['chekc']);
      expect(code).toBe(1);
      expect(err).toContain('Did you mean check?');
    },
    HANG_MS,
  );
});

describe('without AWS within reach', () => {
  const keys = { AWS_ACCESS_KEY_ID: 'x', AWS_SECRET_ACCESS_KEY: 'x' };

  test.each([
    ['no region', {}, 'no region is set: add --region'],
    ['no credentials', { AWS_REGION: 'eu-west-1' }, 'set AWS_PROFILE'],
    ['no network', { AWS_REGION: 'eu-west-1', ...keys }, 'See that the network leads to AWS'],
  ])(
    'check exits 1 in one line that names the fix: %s',
    async (_, env, fix) => {
      const { code, out, err } = await start(['check'], env);
      expect({ code, out }).toEqual({ code: 1, out: '' });
      // On a busy machine it says first what it waits for.
      expect(err).toMatch(/^(?:reading [^\n]*\n)*vpn-medic: [^\n]*\n$/);
      expect(err).toContain(fix);
    },
    HANG_MS,
  );

  test(
    'takes the region of the profile when nothing else names one',
    async () => {
      const config = join(folder, 'config');
      await writeFile(config, '[profile ops]\nregion = eu-south-2\n');
      const env = { AWS_CONFIG_FILE: config, AWS_PROFILE: 'ops', ...keys };
      expect((await start(['check'], env)).err).toContain('nothing can be read in eu-south-2');
    },
    HANG_MS,
  );
});
