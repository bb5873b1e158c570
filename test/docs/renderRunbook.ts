/** Writes docs/runbook.md and the list of reasons in the schemas from the catalogue: `npm run docs:runbook`. */
import { readFile, writeFile } from 'node:fs/promises';
import { runbookOf, schemaWithReasons } from '../../lib/core/findings/runbook.ts';

export const RUNBOOK = new URL('../../docs/runbook.md', import.meta.url);
export const SCHEMAS = ['notice', 'event', 'audit'].map(
  (name) => new URL(`../../docs/${name}.schema.json`, import.meta.url),
);

if (import.meta.main) {
  await writeFile(RUNBOOK, runbookOf());
  for (const schema of SCHEMAS) {
    await writeFile(schema, schemaWithReasons(await readFile(schema, 'utf8')));
  }
}
