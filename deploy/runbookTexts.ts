/** Keeps what only the docs use out of the bundles: no function reads them. */
import { readFile } from 'node:fs/promises';
import type { Plugin } from 'esbuild';

/** Drops `subjects`, `meaning`, `confirm` and `action` of each finding of the catalogue, what each parameter means, and what docs/probes.md says of each probe. */
export const withoutRunbookTexts: Plugin = {
  name: 'without-runbook-texts',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]lib[\\/]core[\\/]findings[\\/]\w+\.ts$/ }, async ({ path }) => ({
      loader: 'ts',
      contents: (await readFile(path, 'utf8')).replace(TEXT, '').replace(SUBJECTS, ''),
    }));
    onLoad({ filter: /[\\/]lib[\\/]probe[\\/]kinds[\\/]\w+\.ts$/ }, async ({ path }) => ({
      loader: 'ts',
      contents: (await readFile(path, 'utf8')).replace(KIND_TEXT, ''),
    }));
    onLoad({ filter: /[\\/]lib[\\/]parameters\.ts$/ }, async ({ path }) => ({
      loader: 'ts',
      contents: (await readFile(path, 'utf8'))
        .replace(DEPLOY_ONLY, '')
        .replace(MEANING, "    '',\n  ),"),
    }));
    onLoad({ filter: /[\\/]lib[\\/]values\.ts$/ }, async ({ path }) => ({
      loader: 'ts',
      contents: (await readFile(path, 'utf8')).replace(SHAPE, ''),
    }));
  },
};

/** One property whose value is one string, as the formatter writes it. */
const TEXT = /^ {4}(?:meaning|confirm|action):\s+(['"`])(?:\\.|(?!\1)[^\\])*\1,\n/gm;

const KIND_TEXT = /^ {2}(?:sends|alive|caution):\s+(['"`])(?:\\.|(?!\1)[^\\])*\1,\n/gm;

/** In one line, or one a line. */
const SUBJECTS = /^ {4}subjects: \[[^\]]*\],\n/gm;

/** What the template checks, and no function. */
const SHAPE = /^ {2}shape: .*\n/gm;

/** Rows that no setting of a function is made of; those that a pair names stay. */
const DEPLOY_ONLY =
  /^ {2}(?:alertEmail|chatButtons|probeIpv6Subnets|probeKeyNames|crlInboxWriterArn|watchSeconds|watchMemoryMb|evidenceLogGroups|logRetentionDays|reserveConcurrency|tracing): row\((?:[^\n]+\),\n|\n[^]*?\n {2}\),\n)/gm;

/** The last argument of a row of parameters, as the formatter writes it. */
const MEANING = /^ {4}(['"])(?:\\.|(?!\1)[^\\\n])*\1,\n {2}\),/gm;
