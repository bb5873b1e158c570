/** What the source documents name, and what vpn-medic does about it: docs/coverage.md is written from these rows. */
import { FINDINGS } from '../../lib/core/findings/catalogue.ts';
import type { Reason } from '../../lib/core/reasons.ts';
import { APPLIANCE_ROWS } from './covered/appliances.ts';
import { ENDPOINT_ROWS } from './covered/endpoints.ts';
import { NETWORK_ROWS } from './covered/network.ts';
import type { CoverageRow } from './covered/row.ts';
import { CONNECTION_ROWS } from './covered/siteToSite.ts';

export const COVERAGE: readonly {
  readonly title: string;
  readonly rows: readonly CoverageRow[];
}[] = [
  { title: 'Appliances, and what stands before them', rows: APPLIANCE_ROWS },
  { title: 'Client VPN', rows: ENDPOINT_ROWS },
  { title: 'Site-to-Site VPN', rows: CONNECTION_ROWS },
  { title: 'VPCs, gateways and Direct Connect', rows: NETWORK_ROWS },
];

/** Markdown: one table a part. */
export const coverageTables = (parts: typeof COVERAGE = COVERAGE): string =>
  parts.map(({ title, rows }) => `## ${title}\n\n${tableOf(rows)}`).join('\n\n');

const tableOf = (rows: readonly CoverageRow[]): string =>
  [
    '| of | what fails | what vpn-medic does | findings | tests | not there |',
    '|---|---|---|---|---|---|',
    ...rows.map(
      ({ of, fails, does, reasons, tests, missing }) =>
        `| ${of} | ${fails} | ${does} | ${reasons.map(linkOf).join(' ')} | ${tests.map((file) => `\`${file}\``).join(' ')} | ${missing ?? ''} |`,
    ),
  ].join('\n');

const linkOf = (reason: Reason): string =>
  `[${reason}](runbook.md#${reason.toLowerCase()} "${FINDINGS[reason].title}")`;
