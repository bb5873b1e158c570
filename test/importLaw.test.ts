/**
 * The law of imports (design.md, section 4) fires: one file a case, in an empty copy of the tree, judged by the linter
 * with the repository's own configuration. Each forbidden import stands beside one that is allowed.
 */
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

const ROOT = resolve(import.meta.dirname, '..');

/** What joins stages, or serves those who do: every file of lib/ itself but settings, ports and time. */
const JOINERS = readdirSync(join(ROOT, 'lib')).filter(
  (file) => file.endsWith('.ts') && !['config.ts', 'ports.ts', 'time.ts'].includes(file),
);

/** What serves the loop and decides nothing. */
const SERVANTS = ['event', 'heal', 'jump', 'lease', 'memory', 'minutes', 'pace', 'regions'];

/** Where, and what may not be imported there. */
const FORBIDDEN: readonly (readonly [where: string, what: string])[] = [
  // A stage never imports another stage, an adapter or a joiner.
  ...(['observe', 'assess', 'plan', 'act', 'tell'] as const).flatMap((stage) =>
    [
      ...['observe', 'assess', 'plan', 'act', 'tell'].filter((other) => other !== stage),
      'aws',
      'sim',
      'cli',
    ].map((other) => [`lib/${stage}/a.ts`, `../${other}/b.ts`] as const),
  ),
  ...['observe', 'assess', 'plan', 'act', 'tell'].flatMap((stage) =>
    ['../loop.ts', '../watch.ts', '../config.ts', '@aws-sdk/client-ec2', '@middy/core'].map(
      (what) => [`lib/${stage}/a.ts`, what] as const,
    ),
  ),
  // A pure stage knows no port.
  ['lib/assess/a.ts', '../ports.ts'],
  ['lib/plan/a.ts', '../ports.ts'],
  ['lib/assess/a.ts', '../ports/b.ts'],
  ['lib/plan/a.ts', '../ports/b.ts'],
  // The map is drawn from plain data.
  ['lib/map/a.ts', '../observe/b.ts'],
  ['lib/map/a.ts', '../sim/b.ts'],
  ['lib/map/a.ts', '../ports.ts'],
  ['lib/map/a.ts', '@aws-sdk/client-ec2'],
  ['lib/survey.ts', './sim/b.ts'],
  // The model knows nothing of what uses it.
  ['lib/model/a.ts', '../observe/b.ts'],
  ['lib/model/a.ts', '../aws/b.ts'],
  ['lib/model/a.ts', '@aws-sdk/client-ec2'],
  ['lib/ports.ts', './tell/b.ts'],
  ['lib/ports/a.ts', '../tell/b.ts'],
  ['lib/time.ts', './config.ts'],
  // The loop is handed its adapters.
  ['lib/loop.ts', './aws/b.ts'],
  ['lib/loop.ts', './sim/b.ts'],
  ['lib/poll.ts', './aws/b.ts'],
  ['lib/watch.ts', './config.ts'],
  ['lib/watch.ts', '@aws-sdk/client-sns'],
  ...JOINERS.flatMap((file) =>
    ['./aws/b.ts', './sim/b.ts', './cli/b.ts', './config.ts', '@aws-sdk/client-ec2'].map(
      (what) => [`lib/${file}`, what] as const,
    ),
  ),
  ...SERVANTS.flatMap((name) =>
    ['./observe/b.ts', './plan/b.ts', './act/b.ts', './tell/b.ts', './watch.ts'].map(
      (what) => [`lib/${name}.ts`, what] as const,
    ),
  ),
  // An adapter knows no stage; the simulated account has no AWS in it.
  ['lib/aws/a.ts', '../plan/b.ts'],
  ['lib/aws/a.ts', '../loop.ts'],
  ['lib/aws/a.ts', '../sim/b.ts'],
  ['lib/sim/a.ts', '../aws/b.ts'],
  ['lib/sim/a.ts', '@aws-sdk/client-ec2'],
  // A probe knows sockets and the model; settings know the model; the CLI reaches AWS through lib/aws.
  ['lib/probe/a.ts', '../assess/b.ts'],
  ['lib/probe/a.ts', '@aws-sdk/client-lambda'],
  ['lib/cost/a.ts', '../aws/b.ts'],
  ['lib/cost/a.ts', '../ports/b.ts'],
  ['lib/config.ts', './observe/b.ts'],
  ['lib/cli/a.ts', '@aws-sdk/client-ec2'],
  // Monitors are made when the stack is packaged: of the catalogue alone.
  ['lib/monitors/a.ts', '../ports.ts'],
  ['lib/monitors/a.ts', '../config.ts'],
  ['lib/monitors/a.ts', '@aws-sdk/client-cloudwatch'],
  // No function bundle holds the simulator or the CLI.
  ['functions/a.ts', '../lib/sim/b.ts'],
  ['functions/a.ts', '../lib/cli/b.ts'],
];

const ALLOWED: readonly (readonly [where: string, what: string])[] = [
  ...['observe', 'assess', 'plan', 'act', 'tell'].flatMap((stage) =>
    ['./b.ts', '../model/probe.ts', '../model/plan.ts', '../time.ts'].map(
      (what) => [`lib/${stage}/a.ts`, what] as const,
    ),
  ),
  ['lib/observe/a.ts', '../ports.ts'],
  ['lib/act/a.ts', '../ports.ts'],
  ['lib/tell/a.ts', '../ports.ts'],
  ['lib/model/a.ts', '../time.ts'],
  ['lib/monitors/a.ts', '../model/measures.ts'],
  ['lib/loop.ts', './plan/b.ts'],
  ['lib/loop.ts', './ports.ts'],
  ['lib/once.ts', './tell/b.ts'],
  ['lib/watch.ts', './lease.ts'],
  ['lib/minutes.ts', './loop.ts'],
  ...SERVANTS.flatMap((name) =>
    ['./model/b.ts', './ports.ts', './time.ts'].map((what) => [`lib/${name}.ts`, what] as const),
  ),
  ['lib/aws/a.ts', '@aws-sdk/client-ec2'],
  ['lib/aws/a.ts', '../ports.ts'],
  ['lib/sim/a.ts', '../watch.ts'],
  ['lib/cli/a.ts', '../sim/b.ts'],
  ['lib/cli/a.ts', '../aws/b.ts'],
  ['functions/a.ts', '../lib/loop.ts'],
  ['functions/a.ts', '../lib/aws/b.ts'],
  ['functions/a.ts', '../lib/config.ts'],
];

/** What a file may not say, and the rule that hears it. */
const WORDS: readonly (readonly [where: string, code: string, rule: string | null])[] = [
  ['lib/plan/a.ts', 'Date.now()', 'no-restricted-globals'],
  ['lib/tell/a.ts', 'new Date()', 'no-restricted-globals'],
  ['lib/aws/a.ts', 'process.env', 'no-restricted-globals'],
  ['functions/a.ts', 'process.env', 'no-restricted-globals'],
  ['lib/sim/a.ts', 'Math.random()', 'no-restricted-properties'],
  ['test/a.test.ts', 'Math.random()', 'no-restricted-properties'],
  ['lib/time.ts', 'Date.now()', null],
  ['lib/config.ts', 'process.env', null],
  ['lib/cli/main.ts', 'process.argv', null],
  ['test/a.test.ts', 'Date.now()', null],
  ['lib/plan/a.ts', 'Math.max(1, 2)', null],
];

/** Rules by file, of one run of the linter over all cases. */
let heard: ReadonlyMap<string, readonly string[]> = new Map();
let tree = '';

const fileOf = (kind: string, index: number, where: string): string =>
  join(tree, kind, String(index), where);

/** Each case is a tree of its own: the configuration's paths begin at its folder. */
beforeAll(() => {
  tree = mkdtempSync(join(tmpdir(), 'import-law-'));
  const set = (kind: string, cases: typeof FORBIDDEN, text: (what: string) => string) => {
    for (const [index, [where, what]] of cases.entries()) {
      const path = fileOf(kind, index, where);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, text(what));
      copyFileSync(join(ROOT, '.oxlintrc.json'), join(tree, kind, String(index), '.oxlintrc.json'));
    }
  };
  const importing = (what: string) => `import { b } from '${what}';\nexport const a = b;\n`;
  set('forbidden', FORBIDDEN, importing);
  set('allowed', ALLOWED, importing);
  set(
    'words',
    WORDS.map(([where, code]) => [where, code]),
    (code) => `export const a = ${code};\n`,
  );
  heard = lint(tree);
});

afterAll(() => rmSync(tree, { recursive: true, force: true }));

function lint(folder: string): ReadonlyMap<string, readonly string[]> {
  const oxlint = join(ROOT, 'node_modules', 'oxlint', 'bin', 'oxlint');
  const { stdout } = spawnSync(process.execPath, [oxlint, '--format', 'unix', '.'], {
    cwd: folder,
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  });
  const rules = new Map<string, string[]>();
  for (const line of stdout.split('\n')) {
    const match = /^(.+?):\d+:\d+: .*\[\w+\/[\w-]+\(([\w-]+)\)\]$/.exec(line);
    if (match?.[1] === undefined || match[2] === undefined) continue;
    rules.set(match[1], [...(rules.get(match[1]) ?? []), match[2]]);
  }
  return rules;
}

const rulesOf = (kind: string, index: number, where: string): readonly string[] =>
  heard.get(relative(tree, fileOf(kind, index, where))) ?? [];

describe('forbidden', () => {
  test.each(FORBIDDEN.map((one, index) => [...one, index] as const))(
    '%s may not import %s',
    (where, _what, index) => {
      expect(rulesOf('forbidden', index, where)).toContain('no-restricted-imports');
    },
  );
});

describe('allowed', () => {
  test.each(ALLOWED.map((one, index) => [...one, index] as const))(
    '%s may import %s',
    (where, _what, index) => {
      expect(rulesOf('allowed', index, where)).not.toContain('no-restricted-imports');
    },
  );
});

describe('words', () => {
  test.each(WORDS.map((one, index) => [...one, index] as const))(
    '%s says %s: %s',
    (where, _code, rule, index) => {
      const banned = rulesOf('words', index, where).filter((one) =>
        one.startsWith('no-restricted'),
      );
      expect(banned).toEqual(rule === null ? [] : [rule]);
    },
  );
});
