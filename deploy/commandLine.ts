/** Compiles the command line for the npm package: everything it needs is inside, so that nothing is installed beside it. */
import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';
import { BUNDLING, NO_EVENT_STREAMS, ROOT, UNUSED_PATTERNS } from './bundling.ts';
import { clientVersionsOnly } from './clientVersions.ts';
import { slimSchemas } from './slimSchemas.ts';
import { sshClientOnly } from './sshClient.ts';

/**
 * Fills `folder` anew: `vpn-medic.js` for Node 20 and later, its chunks, the worker of a long rehearsal and the files of
 * the live page. `folder` is two levels below the `package.json` whose version the command line prints.
 */
export async function buildCommandLine(folder: string): Promise<{ readonly inputs: string[] }> {
  await rm(folder, { recursive: true, force: true });
  const { metafile } = await build({
    entryPoints: {
      'vpn-medic': 'lib/cli/main.ts',
      worker: 'lib/cli/rehearse/every/worker.ts',
    },
    ...BUNDLING,
    ...UNUSED_PATTERNS,
    outdir: folder,
    // A command loads what it needs: a rehearsal starts without the SDK.
    splitting: true,
    target: 'node20',
    inject: ['deploy/node20.ts'],
    banner: { js: REQUIRE },
    plugins: [sshClientOnly, slimSchemas, clientVersionsOnly],
    alias: NO_EVENT_STREAMS,
    // 34 KB that nothing imports: what does was left out, and esbuild would make a file of it all the same.
    external: ['bowser'],
  });
  await cp(join(ROOT, 'lib/cli/rehearse/serve/page'), join(folder, 'page'), { recursive: true });
  return { inputs: Object.keys(metafile.inputs) };
}

/** ESM has no `require`, with which a CommonJS dependency asks for Node's own modules. */
const REQUIRE =
  "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);";
