/**
 * Goal: a new finding touches the catalogue, the assess file that finds it, and a page that is generated.
 * Method: one more finding in a copy of the catalogue; then, for the real ones, a count of the files that name each.
 */
import { existsSync, globSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { FINDINGS } from '../../lib/core/findings/catalogue.ts';
import type { FindingEntry } from '../../lib/core/findings/entry.ts';
import { runbookOf, schemaWithReasons } from '../../lib/core/findings/runbook.ts';
import { CONNECTION_FINDINGS } from '../../lib/core/findings/siteToSite.ts';

const ROOT = join(import.meta.dirname, '../..');

const EXAMPLE = {
  TunnelRekeyFails: {
    subjects: ['tunnel'],
    severities: ['warning'],
    title: 'Tunnel rekey fails',
    meaning: 'The last rekey of a tunnel failed. The tunnel goes down when its keys expire.',
    confirm: 'VPN logs of the tunnel.',
    action: 'Compare the lifetimes of both sides.',
    hint: 'Compare the lifetimes of both sides.',
  },
} as const satisfies Readonly<Record<string, FindingEntry>>;

test('runbook and schemas contain a finding as soon as the catalogue does', () => {
  const more = { ...FINDINGS, ...EXAMPLE };
  const schema = '{\n  "reason": { "enum": [] }\n}';
  expect(runbookOf()).not.toContain('TunnelRekeyFails');
  expect(runbookOf(more)).toContain(
    '## TunnelRekeyFails\n\n**Tunnel rekey fails.** The last rekey of a tunnel failed.',
  );
  expect(schemaWithReasons(schema, FINDINGS)).not.toContain('TunnelRekeyFails');
  expect(JSON.parse(schemaWithReasons(schema, more)).reason.enum).toContain('TunnelRekeyFails');
});

test('the compiler knows the new code and its constant words', () => {
  const table = { ...CONNECTION_FINDINGS, ...EXAMPLE };
  const reason: keyof typeof table = 'TunnelRekeyFails';
  expect(table[reason].hint).toBe('Compare the lifetimes of both sides.');
});

test.each([
  'lib/core/findings/siteToSite.ts',
  'lib/siteToSite/assess/tunnelFindings.ts',
  'docs/runbook.md',
])('the recipe names a file that is there: %s', (path) => {
  expect(existsSync(join(ROOT, path))).toBe(true);
});

test('more than four findings of five are named in at most two files beside the catalogue', async () => {
  const files = await Promise.all(
    globSync('lib/**/*.ts', { cwd: ROOT })
      .filter((path) => !/^lib\/(core\/findings|simulator)\//.test(path))
      .map((path) => readFile(join(ROOT, path), 'utf8')),
  );
  const counts = Object.keys(FINDINGS).map((reason) => {
    // A refusal is named without its `Crl`.
    const name = new RegExp(`'(${reason}|${reason.replace(/^Crl/, '')})'`);
    return files.filter((text) => name.test(text)).length;
  });
  const few = counts.filter((count) => count <= 2).length;
  expect(few / counts.length).toBeGreaterThan(4 / 5);
});
