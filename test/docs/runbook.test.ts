/**
 * Goal: the runbook and the schemas say what the catalogue of findings says, and every link finds its section.
 * Method: what is in docs/ beside what the catalogue makes now.
 */
import { readFile } from 'node:fs/promises';
import { expect, test } from '@jest/globals';
import { ALARM_TEXTS } from '../../lib/core/findings/alarms.ts';
import { FINDINGS } from '../../lib/core/findings/catalogue.ts';
import { runbookOf, schemaWithReasons } from '../../lib/core/findings/runbook.ts';
import { CATALOGUE as METRICS } from '../../lib/monitors/catalogue.ts';
import { RUNBOOK, SCHEMAS } from './renderRunbook.ts';

test('docs/runbook.md is current: else run npm run docs:runbook', async () => {
  expect(await readFile(RUNBOOK, 'utf8')).toBe(runbookOf());
});

test.each(SCHEMAS)('%s lists every reason: else run npm run docs:runbook', async (path) => {
  const schema = await readFile(path, 'utf8');
  expect(schema).toBe(schemaWithReasons(schema));
});

test('a schema without a place for the reasons is named', () => {
  expect(() => schemaWithReasons('{}')).toThrow('no definition "reason"');
});

test('each alarm of the metric catalogue has one section', () => {
  const ids = METRICS.flatMap(({ alarm }) => (alarm === null ? [] : [alarm.id]));
  const sections = [...runbookOf().matchAll(/^## (.*)$/gm)].map(([, code]) => code);
  expect(new Set(sections).size).toBe(sections.length);
  for (const id of ids) expect(sections).toContain(id);
  for (const id of Object.keys(ALARM_TEXTS)) expect(Object.keys(FINDINGS)).not.toContain(id);
});

test.each(Object.entries(FINDINGS))('%s is written out', (_, entry) => {
  expect(entry.title).toMatch(/^[A-Z0-9][^.\n]{3,60}$/);
  expect(entry.meaning).toMatch(/^[A-Z0-9`][^]*\.$/m);
  expect(new Set(entry.severities).size).toBe(entry.severities.length);
  expect(new Set(entry.subjects).size).toBe(entry.subjects.length);
  // One line of text, and not Markdown: it is sent as it is.
  expect(entry.hint ?? 'Dynamic: written in assess').toMatch(/^[^\n`*]{10,300}$/);
});
