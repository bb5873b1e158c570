/** What of the SDK is left out of bundles, because nothing in Lambda comes to it: plugins of the build, never of the CLI. */
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Plugin } from 'esbuild';

/** test/bundles/sdk.test.ts holds the rest against the whole SDK, request by request. */
export const sdkLeftOut = (): readonly Plugin[] => [
  environmentCredentials,
  noEventStreams,
  oneSignature,
  nothingUnreached,
  pureDates,
  versionOnly,
];

/**
 * Lambda hands every function its role's credentials in the environment, so that profiles, SSO, web identity, process
 * and instance-metadata providers (95 KB, four more clients) can never be reached there. Only bundles are cut so: the
 * CLI runs from source and keeps the whole chain.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html (AWS_ACCESS_KEY_ID and its kin)
 */
const environmentCredentials: Plugin = standIn(
  'environment-credentials',
  /^@aws-sdk\/credential-provider-node$/,
  "export { fromEnv as defaultProvider } from '@aws-sdk/credential-provider-env';",
);

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
        export const eventStreamSerdeProvider = () => { throw new Error('event streams are left out of bundles: see deploy/leftOut.ts'); };
        export class EventStreamSerde { constructor() { eventStreamSerdeProvider(); } }`,
    }));
  },
};

/**
 * EventBridge's client can sign for several regions at once (4 KB), for global endpoints only. Ours have one region, and
 * are signed as all other calls are; an endpoint that asked for more would be refused by EventBridge.
 */
const oneSignature: Plugin = standIn(
  'one-signature',
  /^@aws-sdk\/signature-v4-multi-region$/,
  `
        import { SignatureV4 } from '@smithy/signature-v4';
        export class SignatureV4MultiRegion extends SignatureV4 { static sigv4aDependency() { return 'none'; } }`,
  // S3's client builds a signer of its own upon this package's.
  (importer) => /[\\/](client|middleware-sdk)-s3[\\/]/.test(importer),
);

/**
 * Parts that no client of ours comes to in Lambda (21 KB): DynamoDB's cache of discovered endpoints, which no command of
 * it asks; adaptive retries, where every client is told to retry in the standard way (lib/aws/client.ts); SHA-256 in
 * JavaScript, for a Node without its own; a browser's streams, whose refusal the SDK reports as a stream it does not
 * know; an instance's metadata, which Lambda has none of: there the region is always in the environment; the signing
 * of event streams; and the log of calls, for which every reply is copied, member by member, though no client is given
 * a logger.
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
        /signature-v4[\\/].*[\\/]HeaderFormatter\.js$/,
        `export class HeaderFormatter { format() { ${refusal('HeaderFormatter')} } }`,
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
  `throw new Error('${name} is left out of bundles: see deploy/leftOut.ts');`;

/**
 * `new RegExp(/…/)` at the top of a file may do anything, to a bundler: dates in five notations stay for the one that
 * is read (3 KB). Told that it only makes a value, it drops those that nobody uses.
 */
const pureDates: Plugin = {
  name: 'pure-dates',
  setup: (work) => {
    work.onLoad({ filter: /@smithy[\\/].*[\\/](schema-)?date-utils\.js$/ }, async ({ path }) => {
      const source = await readFile(path, 'utf8');
      return { contents: source.replaceAll('= new RegExp(', '= /* @__PURE__ */ new RegExp(') };
    });
  },
};

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

/** A few lines in a package's place, which import as from the package's own folder; `isSpared` gets the package itself. */
function standIn(
  name: string,
  filter: RegExp,
  contents: string,
  isSpared: (importer: string) => boolean = () => false,
): Plugin {
  return {
    name,
    setup: (work) => {
      work.onResolve({ filter }, async ({ path, kind, resolveDir, importer, pluginData }) => {
        if (pluginData === name || isSpared(importer)) return null;
        const { path: real } = await work.resolve(path, { kind, resolveDir, pluginData: name });
        return { path, namespace: name, pluginData: dirname(real) };
      });
      work.onLoad({ filter: /./, namespace: name }, ({ pluginData }) => ({
        contents,
        resolveDir: String(pluginData),
      }));
    },
  };
}
