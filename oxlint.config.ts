/** The linter's rules, and the import law: subjects do not know each other, and what decides has no effects. */
import { defineConfig } from 'oxlint';

/** One folder each; none imports another. */
export const SUBJECTS = [
  'appliances',
  'siteToSite',
  'transitGateway',
  'network',
  'clientVpn',
  'crl',
  'metrics',
] as const;

/** What a subject may import besides itself. */
const BELOW = ['core', 'probe', 'incidents'] as const;

/** What plays an account, real or not. */
const BENCH = ['aws', 'simulator', 'capture', 'replay'] as const;

/** Every folder of lib/, and the folders that its files may import from besides their own. */
export const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  core: [],
  probe: ['core'],
  incidents: ['core'],
  ...Object.fromEntries(SUBJECTS.map((subject) => [subject, BELOW])),
  // A repair acts on an appliance: the one subject on top of another.
  repairs: [...BELOW, 'appliances'],
  watcher: [...BELOW, ...SUBJECTS, 'repairs'],
  monitors: ['core'],
  cost: ['core', ...SUBJECTS, 'monitors'],
  map: [...BELOW, ...SUBJECTS, 'repairs', 'watcher'],
  aws: [...BELOW, ...SUBJECTS, 'repairs'],
  simulator: [...BELOW, ...SUBJECTS, 'repairs', 'watcher'],
  capture: ['core'],
  replay: [...BELOW, ...SUBJECTS, 'repairs', 'watcher', 'aws', 'simulator', 'capture'],
  cli: [...BELOW, ...SUBJECTS, 'repairs', 'watcher', 'cost', 'map', ...BENCH],
};

const FOLDERS = Object.keys(MAY_IMPORT);
const SDKS = ['@aws-sdk/*', '@smithy/*', '@aws-lambda-powertools/*', '@middy/*'];
/** What reads or changes the world outside the process, or hands out what does. */
const EFFECTS = [
  '**/ports.ts',
  '**/ports/**',
  '**/observe.ts',
  '**/observe/**',
  '**/act.ts',
  '**/act/**',
  ...['fs', 'fs/*', 'net', 'tls', 'dgram', 'dns', 'dns/*', 'http', 'https', 'child_process'].map(
    (name) => `node:${name}`,
  ),
];

const restricted = (files: readonly string[], group: readonly string[], message: string) => ({
  files: [...files],
  rules: {
    'no-restricted-imports': ['error', { patterns: [{ group: [...group], message }] }] as const,
  },
});

const forbiddenIn = (folder: string): readonly string[] => [
  ...FOLDERS.filter((other) => other !== folder && !MAY_IMPORT[folder]?.includes(other)).map(
    (other) => `**/${other}/**`,
  ),
  ...(folder === 'aws' ? [] : SDKS),
  ...(folder === 'cli' ? [] : ['**/settings.ts']),
];

const isSubject = (folder: string): boolean =>
  folder === 'repairs' || SUBJECTS.some((subject) => subject === folder);

/** Later rows replace earlier ones for the files of both: the purity of a file name comes after its folder. */
const LAW = [
  ...FOLDERS.map((folder) =>
    restricted(
      [`lib/${folder}/**`],
      forbiddenIn(folder),
      `lib/${folder} may import from: ${['itself', ...(MAY_IMPORT[folder] ?? [])].join(', ')}.`,
    ),
  ),
  ...FOLDERS.filter(isSubject).map((folder) =>
    restricted(
      ['types', 'assess', 'plan', 'rules'].flatMap((name) => [
        `lib/${folder}/${name}.ts`,
        `lib/${folder}/${name}/**`,
      ]),
      [...forbiddenIn(folder), ...EFFECTS],
      'types, assess, plan and rules are pure: no port, no observer, no input or output.',
    ),
  ),
  restricted(
    ['lib/settings.ts'],
    [
      ...FOLDERS.filter(
        (folder) => !isSubject(folder) && !['core', 'incidents'].includes(folder),
      ).map((folder) => `**/${folder}/**`),
      ...SDKS,
    ],
    'Settings know the subjects and the channels whose settings they read.',
  ),
  restricted(
    ['functions/**'],
    ['**/simulator/**', '**/cli/**'],
    'No function bundle holds the simulator or the CLI.',
  ),
];

export default defineConfig({
  plugins: ['typescript', 'import', 'unicorn', 'jest', 'promise', 'node'],
  categories: { correctness: 'error', suspicious: 'error' },
  ignorePatterns: ['dist', 'node_modules', '.lab', '.serverless', 'coverage'],
  env: { node: true, es2024: true },
  rules: {
    'typescript/no-explicit-any': 'error',
    'typescript/no-non-null-assertion': 'error',
    'typescript/no-floating-promises': 'error',
    'typescript/no-misused-promises': 'error',
    'typescript/switch-exhaustiveness-check': 'error',
    'typescript/consistent-type-imports': 'error',
    'import/no-cycle': ['error', { ignoreTypes: false }],
    'import/no-default-export': 'off',
    'jest/expect-expect': [
      'error',
      { assertFunctionNames: ['expect', 'expectFailover', 'expectNothingMoved', 'expectTimeline'] },
    ],
    'no-console': 'error',
    'no-restricted-globals': ['error', 'Date', 'process'],
    'no-restricted-properties': ['error', { object: 'Math', property: 'random' }],
    'no-underscore-dangle': 'off',
    // More lines need a reason: `-- why` behind the comment that switches it off.
    'max-lines-per-function': ['error', 70],
    'typescript/unbound-method': 'off',
    'import/no-named-as-default': 'off',
    'unicorn/require-post-message-target-origin': 'off',
  },
  overrides: [
    ...LAW,
    {
      // The clock, the environment and the arguments each enter at one place.
      files: [
        'lib/core/time.ts',
        'lib/settings.ts',
        'lib/cli/main.ts',
        'test/**',
        'esbuild.config.ts',
        'deploy/**',
        'bench/**',
      ],
      rules: { 'no-restricted-globals': 'off' },
    },
    {
      files: ['lib/cli/**', 'bench/**', 'esbuild.config.ts', 'test/**'],
      rules: { 'no-console': 'off' },
    },
    {
      // A `describe` is one function.
      files: ['test/**'],
      rules: { 'unicorn/consistent-function-scoping': 'off', 'max-lines-per-function': 'off' },
    },
  ],
});
