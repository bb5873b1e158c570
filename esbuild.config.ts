/** Builds `dist/`: each file of functions/ as `<function>/index.mjs`, one small ESM bundle, the SDK inside, the same bytes every time; the command line; and the SBOM and the licences of both. */
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join, parse } from 'node:path';
import { gzipSync } from 'node:zlib';
import { type BuildOptions, build } from 'esbuild';
import { BUNDLING, NO_EVENT_STREAMS, ROOT, UNUSED_PATTERNS } from './deploy/bundling.ts';
import { clientVersionsOnly } from './deploy/clientVersions.ts';
import { buildCommandLine } from './deploy/commandLine.ts';
import { nativeHashesOnly } from './deploy/nativeHashes.ts';
import { writeNotice } from './deploy/notice.ts';
import { withoutRunbookTexts } from './deploy/runbookTexts.ts';
import { writeSbom } from './deploy/sbom.ts';
import { slimSchemas } from './deploy/slimSchemas.ts';
import { sshClientOnly } from './deploy/sshClient.ts';

export interface Bundle {
  readonly code: string;
  /** The files that it was made of, relative to the repository. */
  readonly inputs: readonly string[];
  /** The modules that it leaves to its surroundings. */
  readonly imports: readonly string[];
}

/** Bytes of the minified bundle at most: a cold start reads them all. */
const BYTES_MAX: Readonly<Record<string, number>> = {
  watchAppliances: 650_000,
};
export const bytesMax = (name: string): number => BYTES_MAX[name] ?? 700_000;

/** The bundle of one entry file. `isSlim` false leaves the SDK whole, for comparison. */
export async function bundleOf(entryPath: string, isSlim = true): Promise<Bundle> {
  const { outputFiles, metafile } = await build({
    entryPoints: [entryPath],
    ...BUNDLING,
    outfile: 'index.mjs',
    write: false,
    target: 'node24',
    plugins: [
      sshClientOnly,
      ...(isSlim ? [slimSchemas, clientVersionsOnly, nativeHashesOnly, withoutRunbookTexts] : []),
    ],
    ...(isSlim && SLIM),
  });
  const code = outputFiles[0]?.text ?? '';
  const imports = Object.values(metafile.outputs).flatMap((output) => output.imports);
  const isCommonJsInside = imports.some(({ kind }) => kind === 'require-call');
  return {
    code: isCommonJsInside ? REQUIRE + code : code,
    inputs: Object.keys(metafile.inputs),
    imports: imports.map(({ path }) => path),
  };
}

const SLIM = {
  alias: {
    '@aws-sdk/credential-provider-node': './deploy/environmentCredentials.ts',
    '@aws-sdk/endpoint-cache': './deploy/endpointCache.ts',
    '@aws-sdk/signature-v4-multi-region': './deploy/signer.ts',
    ...NO_EVENT_STREAMS,
  },
  ...UNUSED_PATTERNS,
} satisfies BuildOptions;

/** ESM has neither `require` nor `__dirname`; a CommonJS dependency asks for Node's own modules by the one, and names files by the other. */
const REQUIRE =
  "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url),__dirname=import.meta.dirname;";

async function buildAll(): Promise<void> {
  const dist = join(ROOT, 'dist');
  const inFunctions = await buildFunctions(dist);
  const { inputs } = await buildCommandLine(join(dist, COMMAND_LINE));
  const all = [...inFunctions, ...inputs];
  await writeSbom(join(dist, SBOM), all);
  await writeNotice(join(dist, NOTICE), all);
}

const [COMMAND_LINE, SBOM, NOTICE] = ['cli', 'sbom.cdx.json', 'NOTICE'];

/** Each file is renamed into place: a process that runs a bundle meanwhile reads the old one or the new one. */
async function buildFunctions(dist: string): Promise<readonly string[]> {
  const files = (await readdir(join(ROOT, 'functions'))).filter((file) => file.endsWith('.ts'));
  const names = files.toSorted().map((file) => parse(file).name);
  const inputs: string[] = [];
  for (const name of names) {
    const bundle = await bundleOf(join('functions', `${name}.ts`));
    inputs.push(...bundle.inputs);
    const folder = join(dist, name);
    await mkdir(folder, { recursive: true });
    const unfinished = join(folder, `index.${process.pid}.part`);
    await writeFile(unfinished, bundle.code);
    await rename(unfinished, join(folder, 'index.mjs'));
    const [bytes, zipped] = [Buffer.byteLength(bundle.code), gzipSync(bundle.code).length];
    console.log(
      `${name.padEnd(18)} ${inKb(bytes)} KB of ${bytesMax(name) / 1_000}, ${inKb(zipped)} KB gzip`,
    );
  }
  const kept = [...names, COMMAND_LINE, SBOM, NOTICE];
  for (const old of (await readdir(dist)).filter((name) => !kept.includes(name))) {
    await rm(join(dist, old), { recursive: true, force: true });
  }
  return inputs;
}

const inKb = (bytes: number): string => (bytes / 1_000).toFixed(1).padStart(7);

if (import.meta.main) await buildAll();
