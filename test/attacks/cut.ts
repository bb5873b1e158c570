/** The product as it is, or with one defence cut out of its source: what an attack is tried on. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build, type Plugin } from 'esbuild';
import { ROOT } from '../../deploy/bundling.ts';

/** Text of one source file, and what stands there without the defence. */
export interface Cut {
  readonly file: string;
  readonly defence: string;
  readonly without: string;
}

/** An attack, the places of its defence, and what it gets without them. */
export type Defence = readonly [attack: string, cuts: readonly Cut[], gets: RegExp];

/** One ESM file with everything inside. @throws when a defence is not there exactly once: it has moved, and the cut must follow. */
export async function buildWith(
  entry: string,
  cuts: readonly Cut[],
  outfile: string,
): Promise<void> {
  await build({
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
    plugins: [cutting(cuts)],
  });
}

const REQUIRE =
  "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);";

function cutting(cuts: readonly Cut[]): Plugin {
  return {
    name: 'without a defence',
    setup({ onLoad }) {
      for (const [file, own] of Map.groupBy(cuts, (one) => one.file)) {
        const path = join(ROOT, file);
        onLoad(
          { filter: new RegExp(`^${path.replaceAll(/[.\\]/g, String.raw`\$&`)}$`) },
          async () => {
            const source = await readFile(path, 'utf8');
            return { contents: own.reduce(withoutOne, source), loader: 'ts' };
          },
        );
      }
    },
  };
}

function withoutOne(source: string, { file, defence, without }: Cut): string {
  const parts = source.split(defence);
  if (parts.length !== 2) {
    throw new Error(`${file} has ${parts.length - 1} times what the attack cuts out: ${defence}`);
  }
  return parts.join(without);
}
