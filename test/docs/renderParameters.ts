/** `npm run docs:parameters`: writes the defaults into serverless.yml, and docs/parameters.md. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  parametersPage,
  SERVERLESS_END,
  SERVERLESS_START,
  serverlessDefaults,
} from './parameterTexts.ts';

const root = join(import.meta.dirname, '../..');
const file = join(root, 'serverless.yml');
const text = await readFile(file, 'utf8');
const from = text.indexOf(SERVERLESS_START);
const to = text.indexOf(SERVERLESS_END);
if (from < 0 || to < from)
  throw new Error('serverless.yml: the markers of the generated part are missing');
await writeFile(
  file,
  text.slice(0, from) + serverlessDefaults() + text.slice(to + SERVERLESS_END.length),
);
await writeFile(join(root, 'docs/parameters.md'), parametersPage());
