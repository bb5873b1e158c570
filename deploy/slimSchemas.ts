/** Makes the schemas of the SDK small enough for a function: literal keys, no modelled errors. */
import { readFile } from 'node:fs/promises';
import type { Plugin } from 'esbuild';
import { withoutModelledErrors } from './modelledErrors.ts';

/**
 * A generated client describes every shape of its service in one file, and writes keys as `[_Min]: …` with
 * `const _Min = "Min"` far above. A computed key may have side effects, so esbuild keeps every shape: 550 KB of EC2 alone.
 */
export const slimSchemas: Plugin = {
  name: 'slim-schemas',
  setup: (work) => {
    work.onLoad({ filter: /@aws-sdk[\\/].*[\\/]schemas[\\/][^\\/]*\.js$/ }, async ({ path }) => ({
      contents: withLiteralKeys(withoutModelledErrors(path, await readFile(path, 'utf8'))),
      loader: 'js',
    }));
  },
};

/** The same program: `[_Min]:` becomes `"Min":` wherever `_Min` is a constant text of the file. */
export function withLiteralKeys(source: string): string {
  const texts = new Map<string, string>();
  for (const [, name, text] of source.matchAll(/^const (\w+) = ("(?:[^"\\]|\\.)*");$/gm)) {
    if (name !== undefined && text !== undefined) texts.set(name, text);
  }
  return source.replaceAll(/\[(\w+)\]:/g, (whole, name: string) => {
    const text = texts.get(name);
    return text === undefined ? whole : `${text}:`;
  });
}
