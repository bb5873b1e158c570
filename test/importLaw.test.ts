/**
 * The import law (docs/design.md) holds: one planted file a case, judged by the linter with the repository's own
 * configuration. Each forbidden import stands beside one that is allowed.
 */
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';

const ROOT = resolve(import.meta.dirname, '..');
const SUBJECTS = ['appliances', 'siteToSite', 'clientVpn', 'crl', 'metrics', 'repairs'];

type Case = readonly [folder: string, what: string];

const FORBIDDEN: readonly Case[] = [
  // A subject knows no other subject, and nothing that stands above it.
  ...SUBJECTS.flatMap((subject) =>
    [...SUBJECTS, 'watcher', 'aws', 'simulator', 'cli', 'map']
      .filter((other) => other !== subject && !(subject === 'repairs' && other === 'appliances'))
      .map((other): Case => [`lib/${subject}`, `../${other}/b.ts`]),
  ),
  ...SUBJECTS.map((subject): Case => [`lib/${subject}/observe`, '../../settings.ts']),
  // What decides has no effects.
  ...['types', 'assess', 'plan', 'rules'].flatMap((stage) =>
    ['../ports.ts', '../observe.ts', '../act/b.ts', 'node:fs', 'node:net'].map(
      (what): Case => [`lib/crl/${stage}`, what],
    ),
  ),
  // core is below all others, incidents and probe are below the subjects.
  ...['incidents', 'probe', 'appliances', 'aws'].map(
    (other): Case => ['lib/core', `../${other}/b.ts`],
  ),
  ...['probe', 'appliances', 'watcher'].map((other): Case => ['lib/incidents', `../${other}/b.ts`]),
  ...['incidents', 'crl', 'aws'].map((other): Case => ['lib/probe', `../${other}/b.ts`]),
  // AWS is named in lib/aws, and built once in functions and CLI.
  ...['lib/crl/observe', 'lib/watcher', 'lib/simulator', 'lib/cli', 'lib/core'].map(
    (folder): Case => [folder, '@aws-sdk/client-ec2'],
  ),
  ['lib/watcher', '../aws/b.ts'],
  ['lib/aws', '../watcher/b.ts'],
  ['lib/aws', '../simulator/b.ts'],
  ['lib/simulator', '../aws/b.ts'],
  ['lib/monitors', '../appliances/b.ts'],
  ['functions', '../lib/simulator/b.ts'],
  ['functions', '../lib/cli/b.ts'],
];

const ALLOWED: readonly Case[] = [
  ...SUBJECTS.flatMap((subject) =>
    ['core', 'incidents', 'probe'].map(
      (below): Case => [`lib/${subject}/observe`, `../../${below}/b.ts`],
    ),
  ),
  ['lib/repairs', '../appliances/types/b.ts'],
  ['lib/crl/observe', '../ports.ts'],
  ['lib/crl/act', 'node:net'],
  ['lib/crl/assess', '../types/b.ts'],
  ['lib/incidents', '../core/b.ts'],
  ['lib/watcher', '../appliances/b.ts'],
  ['lib/aws', '@aws-sdk/client-ec2'],
  ['lib/aws', '../appliances/ports.ts'],
  ['lib/simulator', '../watcher/b.ts'],
  ['lib/cli', '../aws/b.ts'],
  ['functions', '../lib/watcher/b.ts'],
  ['functions', '../lib/aws/b.ts'],
];

/** What the code of a file may not name, and the rule that finds it. */
const WORDS: readonly (readonly [file: string, code: string, rule: string | null])[] = [
  ['lib/crl/plan/now.ts', 'Date.now()', 'no-restricted-globals'],
  ['lib/aws/environment.ts', 'process.env', 'no-restricted-globals'],
  ['functions/environment.ts', 'process.env', 'no-restricted-globals'],
  ['lib/simulator/chance.ts', 'Math.random()', 'no-restricted-properties'],
  ['test/chance.test.ts', 'Math.random()', 'no-restricted-properties'],
  ['lib/core/time.ts', 'Date.now()', null],
  ['lib/settings.ts', 'process.env', null],
  ['lib/cli/main.ts', 'process.argv', null],
  ['test/now.test.ts', 'Date.now()', null],
  ['lib/crl/plan/larger.ts', 'Math.max(1, 2)', null],
];

/** Two files each, and what the first imports of the second while the second imports a type of the first. */
const CIRCLES = [
  ['lib/crl/types/circle', "import type { B } from './circleB.ts';", true],
  ['lib/crl/types/line', '', false],
] as const;

/** `file rule` of everything that the linter reports in the planted tree. */
let reported: ReadonlySet<string> = new Set();
let tree = '';
const planted: string[] = [];

const fileOf = (kind: string, folder: string, index: number): string =>
  `${folder}/${kind}${index}.ts`;

beforeAll(() => {
  mkdirSync(join(ROOT, '.lab'), { recursive: true });
  tree = mkdtempSync(join(ROOT, '.lab', 'import-law-'));
  copyFileSync(join(ROOT, 'oxlint.config.ts'), join(tree, 'oxlint.config.ts'));
  symlinkSync(join(ROOT, 'node_modules'), join(tree, 'node_modules'));
  const plant = (file: string, text: string) => {
    planted.push(file);
    mkdirSync(dirname(join(tree, file)), { recursive: true });
    writeFileSync(join(tree, file), text);
  };
  for (const [kind, cases] of [
    ['forbidden', FORBIDDEN],
    ['allowed', ALLOWED],
  ] as const) {
    for (const [index, [folder, what]] of cases.entries()) {
      plant(fileOf(kind, folder, index), `import { b } from '${what}';\nexport const a = b;\n`);
    }
  }
  for (const [file, code] of WORDS) plant(file, `export const a = ${code};\n`);
  for (const [file, imports] of CIRCLES) {
    const type = imports === '' ? 'string' : 'B';
    plant(`${file}.ts`, `${imports}\nexport type A = ${type};\n`);
    plant(`${file}B.ts`, `import type { A } from './${basename(file)}.ts';\nexport type B = A;\n`);
  }
  reported = lint(tree);
});

afterAll(() => rmSync(tree, { recursive: true, force: true }));

function lint(folder: string): ReadonlySet<string> {
  const oxlint = join(ROOT, 'node_modules', 'oxlint', 'bin', 'oxlint');
  const { stdout } = spawnSync(
    process.execPath,
    // By name: what .gitignore leaves out is linted only when it is asked for.
    [oxlint, '--format', 'unix', ...planted],
    { cwd: folder, encoding: 'utf8', maxBuffer: 1 << 26 },
  );
  const lines = stdout.split('\n').flatMap((line) => {
    const match = /^(.+?):\d+:\d+: .*\[\w+\/[\w-]+\(([\w-]+)\)\]$/.exec(line);
    return match === null ? [] : [`${match[1]} ${match[2]}`];
  });
  return new Set(lines);
}

test.each(FORBIDDEN.map((one, index) => [...one, index] as const))(
  'a file of %s may not import %s',
  (folder, _what, index) => {
    expect(reported).toContain(`${fileOf('forbidden', folder, index)} no-restricted-imports`);
  },
);

test.each(ALLOWED.map((one, index) => [...one, index] as const))(
  'a file of %s may import %s',
  (folder, _what, index) => {
    expect(reported).not.toContain(`${fileOf('allowed', folder, index)} no-restricted-imports`);
  },
);

test.each(WORDS)('%s with %s is reported as: %s', (file, _code, rule) => {
  const rules = ['no-restricted-globals', 'no-restricted-properties'];
  const found = rules.filter((one) => reported.has(`${file} ${one}`));
  expect(found).toEqual(rule === null ? [] : [rule]);
});

test.each(CIRCLES)('%s.ts with the import "%s" is reported as a circle: %s', (file, _what, is) => {
  expect(reported.has(`${file}.ts no-cycle`)).toBe(is);
  expect(reported.has(`${file}B.ts no-cycle`)).toBe(is);
});
