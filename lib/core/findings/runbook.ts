/** The runbook page and the schemas' list of reasons, made from the catalogue. Pure. */

import { ALARM_TEXTS } from './alarms.ts';
import { type Catalogue, FINDINGS } from './catalogue.ts';
import type { FindingEntry, RunbookText } from './entry.ts';

/** Markdown: one section for each finding and for each alarm, its code as the heading; links depend on these headings. */
export const runbookOf = (catalogue: Catalogue = FINDINGS): string =>
  `${[
    INTRO,
    ...Object.entries(catalogue).map(([reason, entry]) => sectionOf(reason, entry, factsOf(entry))),
    '# Alarms\n\nRaised by CloudWatch, without any function of vpn-medic.',
    ...Object.entries(ALARM_TEXTS).map(([id, text]) => sectionOf(id, text, [])),
  ].join('\n\n')}\n`;

/** The JSON schema with `definitions.reason.enum` replaced by the catalogue's codes; the rest as it is, byte by byte. */
export function schemaWithReasons(schema: string, catalogue: Catalogue = FINDINGS): string {
  const place = /^( *)"reason": \{\s*"enum": \[[^\]]*\]/m;
  if (!place.test(schema)) {
    throw new Error('reading the schema: it has no definition "reason" with an "enum"; add one');
  }
  return schema.replace(place, (_, indent: string) => {
    const codes = Object.keys(catalogue).map((reason) => `${indent}    "${reason}"`);
    return `${indent}"reason": {\n${indent}  "enum": [\n${codes.join(',\n')}\n${indent}  ]`;
  });
}

const INTRO = `# Runbook

Generated from \`lib/core/findings\` by \`npm run docs:runbook\`: edit the catalogue, not this page.
One section for each reason code. A notification names the code: look it up here for what it means, how to confirm it, and what to do.
\`vpn-medic check\` prints the same findings at any time, and never writes.`;

const factsOf = ({ severities, subjects }: FindingEntry): readonly string[] => [
  `**Severity.** ${severities.join(' or ')}; found about: ${subjects.join(', ')}.`,
];

function sectionOf(code: string, text: RunbookText, facts: readonly string[]): string {
  const lines = [
    `**${text.title}.** ${text.meaning}`,
    ...facts,
    ...(text.confirm === undefined ? [] : [`**Confirm.** ${text.confirm}`]),
    ...(text.action === undefined ? [] : [`**Do.** ${text.action}`]),
  ];
  return `## ${code}\n\n${lines.join('  \n')}`;
}
