/** Builds each file of functions/ into `dist/<function>/index.mjs`: one small ESM bundle, the SDK inside, the same bytes every time. */
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, parse } from 'node:path';
import { gzipSync } from 'node:zlib';
import { minify } from '@swc/core';
import { build, type Plugin } from 'esbuild';
import { slimSchemas } from './deploy/slimSchemas.ts';

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
      ? [
          slimSchemas,
          environmentCredentials,
          noEventStreams,
          oneSignature,
          nothingUnreached,
          versionOnly,
          noNativeParts,
          sshClientOnly,
        ]
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

/**
 * Lambda hands every function its role's credentials in the environment, so that profiles, SSO, web identity, process
 * and instance-metadata providers (95 KB, four more clients) can never be reached there. Only bundles are cut so: the
 * CLI runs from source and keeps the whole chain.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html (AWS_ACCESS_KEY_ID and its kin)
 */
const environmentCredentials: Plugin = {
  name: 'environment-credentials',
  setup: (work) => {
    const namespace = 'environment-credentials';
    work.onResolve(
      { filter: /^@aws-sdk\/credential-provider-node$/ },
      async ({ path, kind, resolveDir, pluginData }) => {
        if (pluginData === namespace) return null;
        const { path: real } = await work.resolve(path, {
          kind,
          resolveDir,
          pluginData: namespace,
        });
        return { path, namespace, pluginData: dirname(real) };
      },
    );
    work.onLoad({ filter: /./, namespace }, ({ pluginData }) => ({
      contents: "export { fromEnv as defaultProvider } from '@aws-sdk/credential-provider-env';",
      resolveDir: String(pluginData),
    }));
  },
};

/**
 * Lambda's client carries event streams (16 KB) for commands that stream. Ours do not; one that did would fail on its
 * first call, by name.
 */
const noEventStreams: Plugin = {
  name: 'no-event-streams',
  setup: (work) => {
    const namespace = 'no-event-streams';
    work.onResolve({ filter: /^@smithy\/core\/event-streams$/ }, ({ path }) => ({
      path,
      namespace,
    }));
    work.onLoad({ filter: /./, namespace }, () => ({
      contents: `
        export const resolveEventStreamSerdeConfig = (config) => config;
        export const eventStreamSerdeProvider = () => { throw new Error('event streams are left out of bundles: see esbuild.config.ts'); };
        export class EventStreamSerde { constructor() { eventStreamSerdeProvider(); } }`,
    }));
  },
};

/**
 * EventBridge's client can sign for several regions at once (4 KB), for global endpoints only. Ours have one region, and
 * are signed as all other calls are; an endpoint that asked for more would be refused by EventBridge.
 */
const oneSignature: Plugin = {
  name: 'one-signature',
  setup: (work) => {
    const namespace = 'one-signature';
    work.onResolve(
      { filter: /^@aws-sdk\/signature-v4-multi-region$/ },
      async ({ path, kind, resolveDir, importer, pluginData }) => {
        // S3's client builds a signer of its own upon this package's.
        if (pluginData === namespace || /[\\/](client|middleware-sdk)-s3[\\/]/.test(importer))
          return null;
        const { path: real } = await work.resolve(path, {
          kind,
          resolveDir,
          pluginData: namespace,
        });
        return { path, namespace, pluginData: dirname(real) };
      },
    );
    work.onLoad({ filter: /./, namespace }, ({ pluginData }) => ({
      contents: `
        import { SignatureV4 } from '@smithy/signature-v4';
        export class SignatureV4MultiRegion extends SignatureV4 { static sigv4aDependency() { return 'none'; } }`,
      resolveDir: String(pluginData),
    }));
  },
};

/**
 * Parts that no client of ours comes to in Lambda (19 KB): DynamoDB's cache of discovered endpoints, which no command of
 * it asks; adaptive retries, where every client is told to retry in the standard way (lib/aws/client.ts); SHA-256 in
 * JavaScript, for a Node without its own; a browser's streams, whose refusal the SDK reports as a stream it does not
 * know; an instance's metadata, which Lambda has none of: there the region is always in the environment; and the log
 * of calls, for which every reply is copied member by member even though no client is given a logger.
 */
const nothingUnreached: Plugin = {
  name: 'nothing-unreached',
  setup: (work) => {
    const parts: readonly (readonly [RegExp, string])[] = [
      // DynamoDB's per-account endpoints: no call of ours asks for one.
      [
        /endpoint-discovery[\\/].*[\\/]resolveEndpointDiscoveryConfig\.js$/,
        'export const resolveEndpointDiscoveryConfig = (input) => input;',
      ],
      [
        /middleware-logger[\\/]loggerMiddleware\.js$/,
        'export const loggerMiddleware = () => (next) => next, loggerMiddlewareOptions = {}, getLoggerPlugin = () => ({ applyToStack() {} });',
      ],
      [
        /util-retry[\\/]AdaptiveRetryStrategy\.js$/,
        `export class AdaptiveRetryStrategy { constructor() { ${refusal('AdaptiveRetryStrategy')} } }`,
      ],
      [
        /sha256[\\/]Sha256Js\.js$/,
        `export class Sha256Js { constructor() { ${refusal('Sha256Js')} } }`,
      ],
      [
        /util-stream[\\/]sdk-stream-mixin\.browser\.js$/,
        `export const sdkStreamMixin = () => { ${refusal('sdkStreamMixin')} };`,
      ],
      [
        /regionConfig[\\/]getInstanceMetadataRegion\.js$/,
        'export const getInstanceMetadataRegion = async () => undefined;',
      ],
    ];
    for (const [filter, contents] of parts) work.onLoad({ filter }, () => ({ contents }));
  },
};

const refusal = (name: string): string =>
  `throw new Error('${name} is left out of bundles: see esbuild.config.ts');`;

/** Clients import their whole package.json for one field of it, which names them in the user agent. */
const versionOnly: Plugin = {
  name: 'version-only',
  setup: (work) => {
    work.onLoad({ filter: /@aws-sdk[\\/].*[\\/]package\.json$/ }, async ({ path }) => {
      const { version } = JSON.parse(await readFile(path, 'utf8'));
      return { contents: JSON.stringify({ version }), loader: 'json' };
    });
  },
};

/**
 * The SSH library tries two compiled parts and works without them: one that asks the CPU what it can do, and its own
 * ciphers (Node's do the same work here). Compiled for this machine they would not load on Lambda's.
 */
const noNativeParts: Plugin = {
  name: 'no-native-parts',
  setup: (work) => {
    const namespace = 'no-native-parts';
    work.onResolve({ filter: /^cpu-features$|sshcrypto\.node$/ }, ({ path }) => ({
      path,
      namespace,
    }));
    work.onLoad({ filter: /./, namespace }, () => ({
      contents: "throw new Error('left out of bundles: see esbuild.config.ts');",
    }));
  },
};

/**
 * The SSH library is a client, a server, a file-transfer protocol, HTTP agents, and ciphers for private keys behind a
 * passphrase. A repair runs one command with a key made a moment before: the client alone. Each part left out fails by
 * name if it is ever reached.
 */
const sshClientOnly: Plugin = {
  name: 'ssh-client-only',
  setup: (work) => {
    work.onLoad(
      {
        filter:
          /ssh2[\\/]lib[\\/](server|http-agents|protocol[\\/]SFTP)\.js$|bcrypt-pbkdf[\\/]index\.js$/,
      },
      ({ path }) => ({
        contents: `
          class LeftOut { constructor() { throw new Error('${parse(path).name} is left out of bundles: see esbuild.config.ts'); } }
          module.exports = Object.assign(LeftOut, { SFTP: LeftOut, HTTPAgent: LeftOut, HTTPSAgent: LeftOut, pbkdf: () => new LeftOut() });`,
      }),
    );
  },
};

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
