/** `npm run template`: packages the stack with tokens, and writes `dist/deployment.br`: one template for every account, and the code of its functions. */
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompressSync, constants } from 'node:zlib';
import { ROOT } from './bundling.ts';
import { openTemplate } from './openTemplate.ts';
import type { Template } from './template.ts';
import { REGION_TOKEN, STAGE_TOKEN, TOKEN_PARAMETERS } from './templateTokens.ts';

const FILE = join(ROOT, 'dist', 'deployment.br');

async function makeTemplate(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'vpn-medic-template-'));
  try {
    await packageWithTokens(folder);
    const packaged = await readFile(
      join(folder, 'cloudformation-template-update-stack.json'),
      'utf8',
    );
    // osls writes the stage into the names of rules, which are no texts of the stack.
    const compiled: Template = JSON.parse(
      packaged.replaceAll('Vpnmedictokenstagetoken', 'Vpnmedic'),
    );
    const { version }: { readonly version: string } = await readJson(join(ROOT, 'package.json'));
    const bundles = await readBundles();
    const { template, objects } = openTemplate(compiled, bundles, version);
    const code = Object.keys(objects).map((name) => [name, bundles.get(name)]);
    const text = JSON.stringify({ version, template, objects, code: Object.fromEntries(code) });
    await writeFile(FILE, compressed(text));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function packageWithTokens(folder: string): Promise<void> {
  const sls = join(ROOT, 'node_modules', 'serverless', 'bin', 'serverless.js');
  const parameters = Object.entries(TOKEN_PARAMETERS).flatMap(([name, value]) => [
    '--param',
    `${name}=${value}`,
  ]);
  const where = ['--stage', STAGE_TOKEN, '--region', REGION_TOKEN, '--package', folder];
  await promisify(execFile)(process.execPath, [sls, 'package', ...where, ...parameters], {
    cwd: ROOT,
    maxBuffer: 1 << 26,
  });
}

/** The best takes 12 s of CPU, for another 2 %. */
const QUALITY = 10;

/** The functions share most of their code: together they take a quarter of their zips. */
const compressed = (text: string): Buffer =>
  brotliCompressSync(text, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: QUALITY,
      [constants.BROTLI_PARAM_LGWIN]: constants.BROTLI_MAX_WINDOW_BITS,
      [constants.BROTLI_PARAM_SIZE_HINT]: Buffer.byteLength(text),
    },
  });

const readJson = async (path: string) => JSON.parse(await readFile(path, 'utf8'));

async function readBundles(): Promise<ReadonlyMap<string, string>> {
  const names = await readdir(join(ROOT, 'functions'));
  return new Map(
    await Promise.all(
      names.map(async (file) => {
        const name = file.replace(/\.ts$/, '');
        const code = await readFile(join(ROOT, 'dist', name, 'index.mjs'), 'utf8');
        return [name, code] as const;
      }),
    ),
  );
}

await makeTemplate();
