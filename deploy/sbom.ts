/** Writes what the bundles and the command line are made of, in CycloneDX 1.6, from their inputs and the lockfile. */
import { readFile, writeFile } from 'node:fs/promises';
import * as v from 'valibot';

const Package = v.object({
  version: v.optional(v.string(), ''),
  integrity: v.optional(v.string()),
  license: v.optional(v.string()),
});
const Lock = v.object({ version: v.string(), packages: v.record(v.string(), Package) });

/** Reads the lockfile of the repository. @throws if an input is of a package that is not locked. */
export async function writeSbom(path: string, inputs: readonly string[]): Promise<void> {
  const lock: unknown = JSON.parse(
    await readFile(new URL('../package-lock.json', import.meta.url), 'utf8'),
  );
  await writeFile(path, `${JSON.stringify(sbomOf(lock, inputs))}\n`);
}

/** Every package that an input file is of, ordered by path; the same inputs give the same text. @throws for what is no lockfile. */
export function sbomOf(lock: unknown, inputs: readonly string[]) {
  const { version, packages } = v.parse(Lock, lock);
  return {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: { component: { type: 'application', name: 'vpn-medic', version } },
    components: packagesOf(inputs).map((path) => {
      const one = packages[path];
      if (one === undefined) throw new Error(`${path} is bundled and not locked: run npm ci`);
      const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
      return {
        type: 'library',
        'bom-ref': path,
        name,
        version: one.version,
        purl: `pkg:npm/${name.replace('@', '%40')}@${one.version}`,
        ...(one.license === undefined ? {} : { licenses: [{ expression: one.license }] }),
        ...(one.integrity === undefined ? {} : { hashes: [hashOf(one.integrity)] }),
      };
    }),
  };
}

/** The folder of each package that an input file is of, from `node_modules/` on, in order. */
export const packagesOf = (inputs: readonly string[]): readonly string[] =>
  [...new Set(inputs.flatMap((input) => packageOf(input) ?? []))].toSorted();

/** `node_modules/@aws-sdk/core` of any file in it; null: a file of ours. */
const packageOf = (input: string): string | null =>
  /node_modules\/(?:.*\/node_modules\/)?(?:@[^/]+\/)?[^/]+/.exec(input)?.[0] ?? null;

/** Subresource integrity as CycloneDX writes it: `sha512-BASE64` is SHA-512 in hexadecimal. */
function hashOf(integrity: string) {
  const dash = integrity.indexOf('-');
  return {
    alg: integrity.slice(0, dash).toUpperCase().replace('SHA', 'SHA-'),
    content: Buffer.from(integrity.slice(dash + 1), 'base64').toString('hex'),
  };
}
