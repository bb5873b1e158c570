/** What the package deploys: one template for every account, and the code of its functions. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { brotliDecompressSync } from 'node:zlib';
import * as v from 'valibot';
import { zipOf } from './deploy/zip.ts';
import { Unable } from './terminal.ts';

export interface Deployment {
  readonly version: string;
  /** JSON. */
  readonly template: string;
  readonly parameters: ReadonlyMap<string, TemplateParameter>;
  /** Zips, by the name of the object that the template asks for after `codePrefix`. */
  readonly code: ReadonlyMap<string, Uint8Array>;
}

export interface TemplateParameter {
  /** Null: it has to be given. */
  readonly default: string | null;
}

const Packed = v.object({
  version: v.string(),
  template: v.looseObject({
    Parameters: v.record(v.string(), v.looseObject({ Default: v.optional(v.string()) })),
  }),
  objects: v.record(v.string(), v.string()),
  code: v.record(v.string(), v.string()),
});

/** Two levels below the package's root, as a source and as a compiled file. */
const FILE = new URL('../../dist/deployment.br', import.meta.url);

/** @throws {Unable} in a clone that has not made it. */
export async function readDeployment(): Promise<Deployment> {
  const packed = await readFile(FILE).catch((error: unknown) => {
    if (Reflect.get(Object(error), 'code') !== 'ENOENT') throw error;
    throw new Unable('dist/deployment.br is missing: npm run template makes it');
  });
  const { version, template, objects, code } = v.parse(
    Packed,
    JSON.parse(brotliDecompressSync(packed).toString()),
  );
  return {
    version,
    template: JSON.stringify(template),
    parameters: new Map(
      Object.entries(template.Parameters).map(([name, one]) => [
        name,
        { default: one.Default ?? null },
      ]),
    ),
    code: new Map(
      Object.entries(objects).map(([name, object]) => [
        object,
        zipOf(`dist/${name}/index.mjs`, Buffer.from(code[name] ?? '')),
      ]),
    ),
  };
}

/** The template's own object, named by what is in it. */
export const templateObject = ({ template }: Deployment): string =>
  `template-${createHash('sha256').update(template).digest('hex').slice(0, 32)}.json`;
