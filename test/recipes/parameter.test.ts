/** Goal: a new parameter is one row and its place of use; the rest is generated. Method: an example row in memory, and every real row. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { whole } from '../../lib/core/values.ts';
import { parameterFaults } from '../../lib/parameterFaults.ts';
import { PARAMETERS, type Parameter } from '../../lib/parameters.ts';
import { ConfigError, readPublisherSettings } from '../../lib/settings.ts';
import { generatedParts, withPart } from '../docs/tables.ts';

const ROOT = join(import.meta.dirname, '../..');
const ROWS: readonly (readonly [string, Parameter])[] = Object.entries(PARAMETERS);

describe('an example row', () => {
  const example: Parameter = {
    variable: 'VPN_MEDIC_EXAMPLE_MS',
    default: '250',
    kind: whole(1, 500),
    meaning: 'Milliseconds of an example.',
  };
  const rows = { ...PARAMETERS, example };
  const defaults = Object.fromEntries(
    Object.entries(rows).map(([name, row]) => [name, row.default]),
  );
  const faultsWith = (value: string) =>
    parameterFaults({ ...defaults, regions: 'eu-west-1', example: value }, 'prod', rows);

  test.each([
    ['serverless.yml', '    # Milliseconds of an example.\n    example: "250"'],
    ['deploy/environment.yml', '\nVPN_MEDIC_EXAMPLE_MS: ${param:example}'],
    [
      'docs/parameters.md',
      '\n| `example` | `250` | a whole number from 1 to 500 | Milliseconds of an example. | `VPN_MEDIC_EXAMPLE_MS` |',
    ],
  ])('reaches %s', async (file, line) => {
    const part = generatedParts(rows).find((one) => one.file === file);
    if (part === undefined) throw new Error(`${file} is not generated`);
    expect(await withPart(part)).toContain(line);
  });

  test('is checked before a deployment', () => {
    expect(faultsWith('500')).toEqual([]);
    expect(faultsWith('501')).toEqual([
      'example="501" is not valid: write a whole number from 1 to 500 (default 250)',
    ]);
  });

  test('is no parameter without the row', () => {
    expect(parameterFaults({ ...defaults, regions: 'eu-west-1' }, 'prod')).toEqual([
      expect.stringMatching(/^example is no parameter/),
    ]);
  });
});

test.each(generatedParts())('$file is current: else run npm run docs:tables', async (part) => {
  expect(await readFile(join(ROOT, part.file), 'utf8')).toBe(await withPart(part));
});

test.each(ROWS.filter(([, { default: value }]) => !value.startsWith('$')))(
  'the default of %s is one of its values',
  (name, row) => {
    expect(row.kind.is(row.default)).toBe(true);
    expect(row.meaning).toMatch(/^\S.*\.$/);
    expect(name).toMatch(/^[a-z][A-Za-z0-9]+$/);
  },
);

/** Of a row, in the files that are written by hand. */
const isUsed = (name: string, text: string) =>
  text.includes(`\${param:${name}}`) || text.includes(`'${name}'`);

describe('every row has a place of use', () => {
  const env = {
    AWS_REGION: 'eu-west-1',
    VPN_MEDIC_STATE_TABLE: 'vpn-medic-prod',
    VPN_MEDIC_ALERTS_TOPIC_ARN: 'arn:aws:sns:eu-west-1:111122223333:vpn-medic-alerts',
    VPN_MEDIC_CRL_BUCKET: 'vpn-medic-prod-crl',
    VPN_MEDIC_CRL_PUBLIC_BUCKET: 'vpn-medic-prod-crl-public',
  };
  const faultsOf = (variable: string, value: string): readonly string[] => {
    try {
      readPublisherSettings({ ...env, [variable]: value });
    } catch (error) {
      if (error instanceof ConfigError) return error.faults;
      throw error;
    }
    return [];
  };
  const inFunctions = ROWS.flatMap(([name, { variable }]) =>
    variable === null ? [] : [{ name, variable }],
  );
  const inDeployment = ROWS.flatMap(([name, { variable }]) => (variable === null ? [name] : []));

  test.each(inFunctions)('$name: the settings read and check $variable', ({ variable }) => {
    expect(faultsOf(variable, '!')).toContainEqual(
      expect.stringContaining(`${variable}="!" is not valid: `),
    );
  });

  test('the rest: by its name in serverless.yml or deploy/', async () => {
    const files = (await readdir(join(ROOT, 'deploy'))).map((file) => `deploy/${file}`);
    const texts = await Promise.all(
      ['serverless.yml', ...files.filter((file) => !/environment|parameters/.test(file))].map(
        (file) => readFile(join(ROOT, file), 'utf8'),
      ),
    );
    expect(inDeployment.filter((name) => !texts.some((text) => isUsed(name, text)))).toEqual([]);
  });
});

test('the check before a deployment names no parameter', async () => {
  const text = await readFile(join(ROOT, 'lib/parameterFaults.ts'), 'utf8');
  expect(ROWS.filter(([name]) => isUsed(name, text))).toEqual([]);
});
