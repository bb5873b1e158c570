/** What the bundles are made of is listed with its hash, and no lock names a host. */
import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { sbomOf } from '../../deploy/sbom.ts';

const text = readFileSync(new URL('../../package-lock.json', import.meta.url), 'utf8');
const bom = sbomOf(JSON.parse(text));

test('every package that is not for development alone is in it, with a SHA-512', () => {
  expect(bom.components.length).toBeGreaterThan(50);
  const bare = bom.components.filter(
    ({ hashes }) => hashes?.[0]?.alg !== 'SHA-512' || hashes[0].content.length !== 128,
  );
  expect(bare.map(({ name }) => name)).toEqual([]);
});

test('no package for development alone is in it', () => {
  expect(bom.components.map(({ name }) => name)).not.toContain('jest');
});

test('the lock names no host', () => {
  expect(text).not.toContain('"resolved"');
});
