/** Every reason that a notice may name has its section in the runbook. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { CRL_REASONS } from '../lib/model/crlReason.ts';
import { ENDPOINT_REASONS } from '../lib/model/endpointReason.ts';
import { METRIC_TABLE } from '../lib/model/metricTable.ts';

const runbook = await readFile(join(import.meta.dirname, '../docs/runbook.md'), 'utf8');
const sections = runbook.split(/^## /m).map((section) => section.split('\n', 1)[0]);

test.each([...CRL_REASONS, ...ENDPOINT_REASONS, ...METRIC_TABLE.map(({ reason }) => reason)])(
  '%s',
  (reason) => {
    expect(sections.filter((title) => title === reason)).toHaveLength(1);
  },
);
