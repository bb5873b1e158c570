/** Builds each file of functions/ into `dist/<function>/index.mjs`: one small ESM bundle, the SDK inside, the same bytes every time. */
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join, parse } from 'node:path';
import { gzipSync } from 'node:zlib';
import { minify } from '@swc/core';
import { build } from 'esbuild';
import { sdkLeftOut } from './deploy/leftOut.ts';
import { slimSchemas } from './deploy/slimSchemas.ts';
import { noNativeParts, sshClientOnly } from './deploy/sshClient.ts';

export interface Bundle {
  readonly code: string;
  /** The files that it was made of, relative to the repository. */
  readonly inputs: readonly string[];
}

/** The bundle of one entry file. `isSlim` false leaves the SDK as it came, for comparison. */
export async function bundleOf(entryPath: string, isSlim = true): Promise<Bundle> {
  const { outputFiles, metafile } = await build({
    entryPoints: [entryPath],
    absWorkingDir: ROOT,
    outfile: 'index.mjs',
    write: false,
    metafile: true,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    minify: true,
    // As it is written: escapes take twice the bytes.
    charset: 'utf8',
    // Nobody else is given these bytes; every package's licence is in its own folder.
    legalComments: 'none',
    // Short names in stack traces: keeping them costs 5 % more bytes at every cold start, and nothing of ours or the SDK's
    // asks a class for its name (errors carry theirs). A trace's column leads to the source in an unminified build.
    keepNames: false,
    // The ESM side of each package: the CommonJS side cannot be shaken, and is twice as large.
    mainFields: ['module', 'main'],
    logLevel: 'warning',
    plugins: isSlim
      ? [slimSchemas, ...sdkLeftOut(), noNativeParts, sshClientOnly]
      : [noNativeParts],
  });
  const code = outputFiles[0]?.text ?? '';
  const isCommonJsInside = Object.values(metafile.outputs).some(({ imports }) =>
    imports.some(({ kind }) => kind === 'require-call'),
  );
  const whole = isCommonJsInside ? REQUIRE + code : code;
  return {
    code: isSlim ? await pressed(whole) : whole,
    inputs: Object.keys(metafile.inputs),
  };
}

const ROOT = import.meta.dirname;

/**
 * The same program in fewer bytes: 3 % fewer, and 6 % of the zip. esbuild looks at one expression at a time; this also
 * inlines what is used once and drops what is then unused.
 */
async function pressed(code: string): Promise<string> {
  const { code: fewer } = await minify(code, {
    module: true,
    mangle: true,
    // The newest that it knows; what the code holds of later years stays as it is.
    ecma: 2022,
    compress: { ecma: 2022, passes: 3 },
    format: { comments: false },
  });
  return fewer;
}

/** ESM has neither `require` nor `__dirname`; a CommonJS dependency asks for Node's own modules by the one, and names files by the other. */
const REQUIRE =
  "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url),__dirname=import.meta.dirname;";

/** Each file is put in place whole: whoever runs a bundle meanwhile reads the old one or the new one. */
async function buildFunctions(): Promise<void> {
  const dist = join(ROOT, 'dist');
  const files = (await readdir(join(ROOT, 'functions'))).filter((file) => file.endsWith('.ts'));
  const names = files.toSorted().map((file) => parse(file).name);
  for (const name of names) {
    const { code } = await bundleOf(join('functions', `${name}.ts`));
    const folder = join(dist, name);
    await mkdir(folder, { recursive: true });
    const unfinished = join(folder, `index.${process.pid}.part`);
    await writeFile(unfinished, code);
    await rename(unfinished, join(folder, 'index.mjs'));
    console.log(
      `${name.padEnd(20)} ${inKb(Buffer.byteLength(code))} KB ${inKb(gzipSync(code).length)} KB gzip`,
    );
  }
  for (const old of (await readdir(dist)).filter((name) => !names.includes(name))) {
    await rm(join(dist, old), { recursive: true, force: true });
  }
}

const inKb = (bytes: number): string => (bytes / 1_000).toFixed(1).padStart(7);

if (import.meta.main) await buildFunctions();
