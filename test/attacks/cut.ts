/** The product as it is, or with one defence cut out of its source: what an attack is tried on. */
import { copyFile, readFile } from 'node:fs/promises';
import { join, parse } from 'node:path';
import { context, type Plugin } from 'esbuild';
import { ROOT } from '../../deploy/bundling.ts';

/** Text of one source file, and what stands there without the defence. */
export interface Cut {
  readonly file: string;
  readonly defence: string;
  readonly without: string;
}

/** An attack, the places of its defence, and what it gets without them. */
export type Defence = readonly [attack: string, cuts: readonly Cut[], gets: RegExp];

/** Builds of one entry, one after another; what no cut touches is read once for all of them. */
export interface Builder {
  /** One ESM file with everything inside. @throws when a defence is not there exactly once: it has moved, and the cut must follow. */
  build(cuts: readonly Cut[], outfile: string): Promise<void>;
  close(): Promise<void>;
}

export async function openBuilder(entry: string, folder: string): Promise<Builder> {
  let cuts: readonly Cut[] = [];
  const outfile = join(folder, `${parse(entry).name}.mjs`);
  const { rebuild, dispose } = await context({
    absWorkingDir: ROOT,
    entryPoints: [entry],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    mainFields: ['module', 'main'],
    banner: { js: REQUIRE },
    logLevel: 'silent',
    plugins: [cutting(() => cuts)],
  });
  return {
    async build(own, to) {
      cuts = own;
      await rebuild();
      await copyFile(outfile, to);
    },
    close: dispose,
  };
}

const REQUIRE =
  "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);";

const cutting = (cutsNow: () => readonly Cut[]): Plugin => ({
  name: 'without a defence',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]lib[\\/].*\.ts$/ }, async ({ path }) => {
      const own = cutsNow().filter(({ file }) => join(ROOT, file) === path);
      if (own.length === 0) return null;
      return { contents: own.reduce(withoutOne, await readFile(path, 'utf8')), loader: 'ts' };
    });
  },
});

function withoutOne(source: string, { file, defence, without }: Cut): string {
  const parts = source.split(defence);
  if (parts.length !== 2) {
    throw new Error(`${file} has ${parts.length - 1} times what the attack cuts out: ${defence}`);
  }
  return parts.join(without);
}
