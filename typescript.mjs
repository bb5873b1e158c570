/** Lets a Node that strips no types (20, early 22) import the sources: `node --import ./typescript.mjs FILE.ts`. On later ones it does nothing. */
import { readFile } from 'node:fs/promises';
import * as nodeModule from 'node:module';
import { argv, features } from 'node:process';
import { fileURLToPath, pathToFileURL } from 'node:url';

const isOld = !features.typescript;

/** Set in the thread of the hooks: the file that was asked for. */
let main = '';

export function initialize(data) {
  ({ main } = data);
}

/** As Node calls it for every module: types are taken out, and what is missing of `import.meta` is put in. */
export async function load(url, context, next) {
  if (!url.endsWith('.ts')) return next(url, context);
  const { transform } = await import('esbuild');
  const source = await readFile(fileURLToPath(url), 'utf8');
  const { code } = await transform(source, {
    loader: 'ts',
    format: 'esm',
    target: 'node20',
    define: { 'import.meta.main': String(url === main) },
  });
  return { format: 'module', source: code, shortCircuit: true };
}

if (isOld && !import.meta.url.includes('?hooks')) {
  const asked = argv[1] === undefined ? '' : pathToFileURL(argv[1]).href;
  nodeModule.register(`${import.meta.url}?hooks`, { data: { main: asked } });
  await import('./deploy/node20.ts');
}
