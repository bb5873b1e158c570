/** The parts of files that are generated from the tables of parameters, tags, probe kinds and coverage: `npm run docs:tables` writes them. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { unitOf } from '../../lib/core/measures.ts';
import { TAG_TABLE } from '../../lib/core/tagTable.ts';
import { CATALOGUE } from '../../lib/monitors/catalogue.ts';
import { PARAMETERS, type Parameter, type ParameterTable } from '../../lib/parameters.ts';
import { kindsTable } from '../../lib/probe/kinds.ts';
import { coverageTables } from './coverage.ts';

const ROOT = join(import.meta.dirname, '../..');

/** A file and its generated part, both markers included. */
interface GeneratedPart {
  readonly file: string;
  readonly text: string;
}

export const generatedParts = (
  parameters: ParameterTable = PARAMETERS,
): readonly GeneratedPart[] => [
  { file: 'serverless.yml', text: inYaml(serverlessDefaults(parameters), '    ') },
  { file: 'deploy/environment.yml', text: inYaml(environmentRows(parameters), '') },
  {
    file: 'docs/parameters.md',
    text: inMarkdown(parametersTable(parameters), 'lib/parameters.ts'),
  },
  { file: 'docs/metrics.md', text: inMarkdown(metricsTable(), 'lib/monitors/catalogue.ts') },
  { file: 'docs/tags.md', text: inMarkdown(tagsTable(), 'lib/core/tagTable.ts') },
  { file: 'docs/probes.md', text: inMarkdown(kindsTable(), 'lib/probe/kinds') },
  { file: 'docs/coverage.md', text: inMarkdown(coverageTables(), 'test/docs/covered') },
];

/** The file with the part between its markers replaced. @throws {Error} when it has no markers. */
export async function withPart({ file, text }: GeneratedPart): Promise<string> {
  const now = await readFile(join(ROOT, file), 'utf8');
  const lines = text.split('\n');
  const from = now.indexOf(lines[0] ?? '');
  const last = lines.at(-1) ?? '';
  const to = now.indexOf(last, from);
  if (from < 0 || to < 0)
    throw new Error(`${file}: the markers of the generated part are missing: ${lines[0]}`);
  return now.slice(0, from) + text + now.slice(to + last.length);
}

const rowsOf = (table: ParameterTable): readonly (readonly [string, Parameter])[] =>
  Object.entries(table);

const serverlessDefaults = (table: ParameterTable): string =>
  rowsOf(table)
    .flatMap(([name, row]) => [`    # ${row.meaning}`, `    ${name}: ${quoted(row.default)}`])
    .join('\n');

const environmentRows = (table: ParameterTable): string =>
  rowsOf(table)
    .flatMap(([name, { variable }]) =>
      variable === null ? [] : [`${variable}: \${param:${name}}`],
    )
    .join('\n');

const parametersTable = (table: ParameterTable): string =>
  [
    '| parameter | default | may be | meaning | environment |',
    '|---|---|---|---|---|',
    ...rowsOf(table).map(
      ([name, row]) =>
        `| \`${name}\` | ${row.default === '' ? 'empty' : `\`${row.default}\``} | ${row.kind.range} | ${row.meaning} | ${row.variable === null ? '' : `\`${row.variable}\``} |`,
    ),
  ].join('\n');

const metricsTable = (): string =>
  [
    '| metric | unit | meaning | written by | alarm |',
    '|---|---|---|---|---|',
    ...CATALOGUE.map(
      ({ name, says, writtenBy, alarm }) =>
        `| \`${name}\` | ${unitOf(name)} | ${says} | ${writtenBy} | ${alarm === null ? '' : `[${alarm.id}](runbook.md#${alarm.id.toLowerCase()})`} |`,
    ),
  ].join('\n');

const tagsTable = (): string =>
  [
    '| on | tag | value | meaning |',
    '|---|---|---|---|',
    ...TAG_TABLE.map(
      ({ on, key, value, meaning }) => `| ${on} | \`${key}\` | ${value} | ${meaning} |`,
    ),
  ].join('\n');

const quoted = (value: string): string =>
  value === '' || /^(\d+|true|false|\*.*)$/.test(value) ? `"${value}"` : value;

const inYaml = (body: string, indent: string): string =>
  `${indent}# Generated from lib/parameters.ts by \`npm run docs:tables\`.\n${body}\n${indent}# End of the generated part.`;

const inMarkdown = (body: string, source: string): string =>
  `<!-- Generated from ${source} by \`npm run docs:tables\`. -->\n\n${body}\n\n<!-- End of the generated part. -->`;

if (import.meta.main) {
  for (const part of generatedParts()) await writeFile(join(ROOT, part.file), await withPart(part));
}
