/** The texts that are generated from the parameters: the defaults in serverless.yml and docs/parameters.md. */
import { PARAMETERS, type Parameter } from '../../lib/parameters.ts';

const rows: readonly (readonly [string, Parameter])[] = Object.entries(PARAMETERS);
const quoted = (value: string): string =>
  value === '' || /^(\d+|true|false)$/.test(value) ? `"${value}"` : value;

export const SERVERLESS_START =
  '    # Generated from lib/parameters.ts by `npm run docs:parameters`.\n';
export const SERVERLESS_END = '    # End of the generated part.\n';

export const serverlessDefaults = (): string =>
  `${SERVERLESS_START}${rows
    .map(([name, row]) => `    # ${row.meaning}\n    ${name}: ${quoted(row.default)}\n`)
    .join('')}${SERVERLESS_END}`;

export const parametersPage = (): string =>
  [
    '# Deploy parameters',
    '',
    'Give them with `--param name=value`. A deployment refuses wrong ones, all of them in one message. Generated from `lib/parameters.ts` by `npm run docs:parameters`.',
    '',
    '| parameter | default | may be | meaning | environment |',
    '|---|---|---|---|---|',
    ...rows.map(
      ([name, row]) =>
        `| \`${name}\` | ${row.default === '' ? 'empty' : `\`${row.default}\``} | ${row.kind.range} | ${row.meaning} | ${row.variable === null ? '' : `\`${row.variable}\``} |`,
    ),
    '',
  ].join('\n');
