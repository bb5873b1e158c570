/** What is bundled is listed with its hash, and no lock names a host. */
import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { sbomOf } from '../../deploy/sbom.ts';
import { bundleOf } from '../../esbuild.config.ts';

const text = readFileSync(new URL('../../package-lock.json', import.meta.url), 'utf8');
const lock: unknown = JSON.parse(text);

test('every package inside a function is in it, with a SHA-512, and no tool of development', async () => {
  const { inputs } = await bundleOf('functions/repairAppliance.ts');
  const { components } = sbomOf(lock, inputs);
  const names = components.map(({ name }) => name);
  expect(names).toEqual(expect.arrayContaining(['ssh2', '@aws-sdk/client-ec2', '@smithy/core']));
  expect(names.filter((name) => /^(jest|esbuild|typescript)$/.test(name))).toEqual([]);
  const bare = components.filter(
    ({ hashes }) => hashes?.[0]?.alg !== 'SHA-512' || hashes[0].content.length !== 128,
  );
  expect(bare.map(({ name }) => name)).toEqual([]);
});

test('a package of several files is listed once, one inside another by its own path, our files never', () => {
  const two = ['node_modules/valibot/dist/index.mjs', 'node_modules/valibot/package.json'];
  const inner = 'node_modules/@aws-sdk/core/node_modules/valibot/dist/index.mjs';
  const Lock = { version: '1.0.0', packages: { 'node_modules/valibot': { version: '1.5.0' } } };
  expect(sbomOf(Lock, [...two, 'lib/settings.ts']).components).toMatchObject([
    { 'bom-ref': 'node_modules/valibot', version: '1.5.0', purl: 'pkg:npm/valibot@1.5.0' },
  ]);
  expect(() => sbomOf(Lock, [inner])).toThrow(
    'node_modules/@aws-sdk/core/node_modules/valibot is bundled and not locked: run npm ci',
  );
});

test('the lock names no host', () => {
  expect(text).not.toContain('"resolved"');
});
