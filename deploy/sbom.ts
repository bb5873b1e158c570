/** Writes `dist/sbom.cdx.json`: what the bundles are made of, in CycloneDX 1.6, from the lockfile alone. The same lockfile gives the same bytes. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import * as v from 'valibot';

const Package = v.object({
  version: v.optional(v.string(), ''),
  integrity: v.optional(v.string()),
  license: v.optional(v.string()),
  dev: v.optional(v.boolean(), false),
});
const Lock = v.object({ version: v.string(), packages: v.record(v.string(), Package) });

/** Every locked package that is not for development alone, ordered by path. @throws for what is no lockfile. */
export function sbomOf(lock: unknown) {
  const { version, packages } = v.parse(Lock, lock);
  return {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: { component: { type: 'application', name: 'vpn-medic', version } },
    components: Object.entries(packages)
      .filter(([path, { dev }]) => path !== '' && !dev)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([path, one]) => {
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

/** Subresource integrity as CycloneDX writes it: `sha512-BASE64` is SHA-512 in hexadecimal. */
function hashOf(integrity: string) {
  const dash = integrity.indexOf('-');
  return {
    alg: integrity.slice(0, dash).toUpperCase().replace('SHA', 'SHA-'),
    content: Buffer.from(integrity.slice(dash + 1), 'base64').toString('hex'),
  };
}

if (import.meta.main) {
  const root = new URL('../', import.meta.url);
  const lock: unknown = JSON.parse(await readFile(new URL('package-lock.json', root), 'utf8'));
  await mkdir(new URL('dist/', root), { recursive: true });
  const text = `${JSON.stringify(sbomOf(lock), null, 2)}\n`;
  await writeFile(new URL('dist/sbom.cdx.json', root), text);
}
