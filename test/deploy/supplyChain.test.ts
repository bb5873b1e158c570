/**
 * Goal: what is installed and released is what was reviewed. Method: the lockfile, the workflows and the notices of the
 * build are read; each rule has an example that breaks it.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { noticeOf } from '../../deploy/notice.ts';

const ROOT = new URL('../../', import.meta.url);
const textOf = (path: string): string => readFileSync(new URL(path, ROOT), 'utf8');

interface Locked {
  readonly integrity?: string;
  readonly hasInstallScript?: boolean;
}
const locked: readonly (readonly [string, Locked])[] = [
  'package-lock.json',
  'tools/package-lock.json',
]
  .flatMap((path) => Object.entries<Locked>(JSON.parse(textOf(path)).packages))
  .filter(([path]) => path !== '');

/** SHA-512 in base64. */
const isHashed = ({ integrity = '' }: Locked): boolean => /^sha512-[\w+/]{86}==$/.test(integrity);

describe('the lockfiles', () => {
  test('have the SHA-512 of every package, of those for other platforms too', () => {
    expect(locked.length).toBeGreaterThan(500);
    expect(locked.filter(([, one]) => !isHashed(one)).map(([path]) => path)).toEqual([]);
    expect(isHashed({})).toBe(false);
    expect(isHashed({ integrity: 'sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk=' })).toBe(false);
  });

  test('have an install script in the packages that docs/security.md names, with the reason, and in no other', () => {
    const page = textOf('docs/security.md');
    const section = /## What it is made of\n([^]+?)\n## /.exec(page)?.[1] ?? '';
    const named = [...section.matchAll(/^\| `([^`]+)` \| \S[^|]{20,}\|$/gm)].map(
      ([, name]) => name,
    );
    const found = locked.flatMap(([path, { hasInstallScript }]) =>
      hasInstallScript === true ? [path.slice('node_modules/'.length)] : [],
    );
    expect(new Set(named)).toEqual(new Set(found));
    const { allowScripts } = JSON.parse(textOf('package.json'));
    const denied = Object.keys(allowScripts).filter((name) => allowScripts[name] === false);
    expect(denied).toEqual(found.filter((name) => name !== 'node').toSorted());
  });
});

describe('what a clone installs', () => {
  const { packages } = JSON.parse(textOf('package-lock.json'));
  const ranges = Object.entries<{ readonly engines?: { readonly node?: string } }>(
    packages,
  ).flatMap(([path, { engines }]) =>
    engines?.node === undefined ? [] : [{ path, range: engines.node }],
  );

  test.each([
    [20, 20],
    [22, 22],
    [24, 11],
  ])('is for Node %i.%i: npm ci warns of no engine', (major, minor) => {
    expect(ranges.length).toBeGreaterThan(300);
    expect(ranges.filter(({ range }) => !admits(range, major, minor))).toEqual([]);
  });

  test('a range that leaves a Node out is seen', () => {
    expect([admits('>=22', 20, 20), admits('>=22', 22, 0)]).toEqual([false, true]);
    expect([admits('^20.19.0 || >=24', 20, 18), admits('^20.19.0 || >=24', 22, 0)]).toEqual([
      false,
      false,
    ]);
    expect([admits('^20.19.0 || >=24', 20, 19), admits('18 || 20', 20, 1)]).toEqual([true, true]);
  });
});

/** Of the ranges that lockfiles have: `>=a.b.c`, `^a.b.c` and `a`, joined by `||`. */
const admits = (range: string, major: number, minor: number): boolean =>
  range.split('||').some((part) => {
    const [, from = '', a = 'none', b = '0'] = /(>=)?\s*(\d+)(?:\.(\d+))?/.exec(part) ?? [];
    if (major === Number(a)) return minor >= Number(b);
    return from === '>=' && major > Number(a);
  });

describe('the notice of the build', () => {
  const inputs = ['ssh2', '@smithy/core', '@aws-sdk/core', '@middy/core'].map(
    (name) => `node_modules/${name}/index.js`,
  );

  test('has each package with the terms that it carries, the same terms once, and whose it is where it carries none', async () => {
    const notice = await noticeOf([...inputs, 'lib/settings.ts']);
    for (const name of ['ssh2', '@smithy/core', '@aws-sdk/core', '@middy/core']) {
      expect(notice).toMatch(new RegExp(`^${name} \\d+\\.\\d+\\.\\d+ \\(`, 'm'));
    }
    expect(notice).toContain('Copyright Brian White');
    expect(notice).toMatch(/^MIT, by \S/m);
    expect(notice).not.toContain('TERMS AND CONDITIONS FOR USE');
    expect(notice).toContain('TERMS: as in LICENSE');
    expect(notice).toContain('Copyright 2019 Amazon.com');
    expect(notice).not.toContain('settings');
    expect(await noticeOf(inputs.toReversed())).toBe(await noticeOf(inputs));
  });

  test('has other terms than those of LICENSE in full, though they have the same name', async () => {
    const notice = await noticeOf(['node_modules/@aws/lambda-invoke-store/index.js']);
    expect(notice).toContain('TERMS AND CONDITIONS FOR USE');
    expect(notice).not.toContain('as in LICENSE');
  });

  test('goes with the package, as the list of its parts does', () => {
    const { files } = JSON.parse(textOf('package.json'));
    expect(files).toEqual(expect.arrayContaining(['dist/NOTICE', 'dist/sbom.cdx.json']));
  });
});

describe('the workflows', () => {
  const folder = '.github/workflows/';
  const workflows = readdirSync(new URL(folder, ROOT)).map((name) => textOf(folder + name));
  const unpinned = (text: string): readonly string[] =>
    [...text.matchAll(/uses: *(\S+)/g)].flatMap(([, action = '']) =>
      /^[\w-]+\/[\w-]+@[0-9a-f]{40}$/.test(action) ? [] : [action],
    );

  test('use other people’s actions by the hash of a commit, never by a tag that can be moved', () => {
    expect(workflows.length).toBeGreaterThanOrEqual(2);
    expect(workflows.flatMap(unpinned)).toEqual([]);
    expect(unpinned('      - uses: actions/checkout@v4')).toEqual(['actions/checkout@v4']);
  });

  test('may read the source, and nothing more unless a job asks for it', () => {
    for (const text of workflows)
      expect(text).toMatch(/^permissions: \{\}$|^permissions:\n {2}contents: read\n\n/m);
  });

  test('sign and publish in a job that installs nothing, what another job has built and checked', () => {
    const release = textOf(`${folder}release.yml`);
    const [build = '', publish = ''] = release.split(/^ {2}publish:$/m);
    for (const right of ['id-token: write', 'attestations: write', 'contents: write']) {
      expect(build).not.toContain(right);
      expect(publish).toContain(right);
    }
    expect(build).toMatch(/npm ci[^]+npm run check[^]+npm pack/);
    expect(publish).not.toMatch(/npm (ci|install|run)|actions\/checkout/);
    expect(publish).toMatch(
      /attest-build-provenance@[^]+npm publish .*--provenance .*--ignore-scripts/,
    );
    expect(release).not.toMatch(/secrets\.|registry-url/);
  });
});
