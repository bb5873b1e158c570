/** The e-mail: what is lost, what was done, what to do, then the evidence. Pure. */

import type { ReportedAction, ReportedHeld } from '../../core/report.ts';
import { cut, plain, plainCommand, shellQuoted } from '../../core/text.ts';
import { describeMs, toIso } from '../../core/time.ts';
import { SAID } from '../actions.ts';
import type { Content } from '../content.ts';
import { runbook } from '../links.ts';
import type { Incident } from '../types.ts';

/** Longer lines and longer lists are cut; `vpn-medic explain` prints them whole. */
const LINE_MAX = 400;
const ROWS_MAX = 12;

export function bodyOf(content: Content): string {
  const { lead, members, covered, over, todo, next, links, done, held, actedAt, context } = content;
  const { signature } = context;
  const addresses = links.map(({ text, href }) => `${text}: ${href}`);
  const command = todo === null ? [] : [`Command: ${plainCommand(todo.command)}`];
  const ack = plainCommand(`vpn-medic ack ${shellQuoted(lead.id)} --region ${context.region}`);
  const acknowledge = over === null ? [`Acknowledge: ${ack}`] : [];
  // The file is ours; the reason may be anything that is stored.
  const page = plain(runbook(lead)).replace(/^runbook\[\.\]md#/, 'runbook.md#');
  const reference = signature.docsUrl === null ? [`Runbook: docs/${page}`] : [];
  const sections: readonly (readonly string[])[] = [
    [
      over === null ? lead.summary : `Resolved. Last finding: ${lead.summary}`,
      `Impact: ${content.impact}`,
    ],
    listed(doneTitle(done), done.map(doneLine)),
    listed('Held:', held.map(heldLine)),
    todo === null
      ? []
      : [
          `To do: ${todo.hint === `Run: ${todo.command}` ? 'Run this command.' : todo.hint}`,
          ...command,
        ],
    acknowledge,
    addresses,
    over === null
      ? [
          `Since:    ${toIso(lead.since)}`,
          `Detected: ${toIso(lead.detectedAt)} (${afterMs(lead.detectedAt - lead.since, 'after that')})`,
          `Acted:    ${actedAt === null ? 'no action' : `${toIso(actedAt)} (${afterMs(actedAt - lead.since, 'after the first sign')})`}`,
        ]
      : [
          `Since:    ${toIso(lead.since)}`,
          `Last found: ${toIso(lead.seenAt)}`,
          `Ended by: ${toIso(lead.missedAt ?? lead.seenAt)} (${over.lastedMs === 0 ? 'found in one pass only' : `lasted ${describeMs(over.lastedMs)}`})`,
          `Restored by: ${over.by}`,
        ],
    listed('Notified together with', members.map(named)),
    over === null ? listed('Suppressed, same root cause', covered.map(named)) : [],
    over === null ? listed('Evidence:', lead.evidence) : [],
    titled('Next:', next),
    [
      `${lead.reason} of ${describeSubject(lead)}, account ${context.accountId}, ${context.region}, mode ${context.mode}`,
      ...reference,
      `Incident ${lead.id}, vpn-medic ${signature.version}`,
    ],
  ];
  const foreign = sections.filter((section) => section.length > 0);
  // Only links made here may look like links.
  const ours = new Set([...addresses, ...command, ...acknowledge, ...reference]);
  return foreign
    .map((section) =>
      section.map((line) => (ours.has(line) ? line : cut(plain(line), LINE_MAX))).join('\n'),
    )
    .join('\n\n');
}

/** `appliance vpn-a1 (i-a1, eu-west-1a, group hq)` */
function describeSubject({ subject: { kind, id, name, zone, group } }: Incident): string {
  const about = [id, zone, group === null ? null : `group ${group}`].filter(
    (part) => part !== null && part !== name,
  );
  return `${kind} ${name}${about.length === 0 ? '' : ` (${about.join(', ')})`}`;
}

const named = ({ reason, subject, resolvedAt }: Incident): string =>
  `${reason} of ${subject.kind} ${subject.name}${subject.name === subject.id ? '' : ` (${subject.id})`}${resolvedAt === null ? '' : ', resolved'}`;

/** Repairs are judged by the probes that follow, not by reading back. */
function doneTitle(done: readonly ReportedAction[]): string {
  const read = done.filter(({ thing }) => thing !== 'repair');
  return read.length === 0
    ? 'Done:'
    : `Done (${read.filter(({ outcome }) => outcome === 'done').length} of ${read.length} read back):`;
}

const doneLine = ({ summary, outcome, why }: ReportedAction): string =>
  `${summary}, ${SAID[outcome]}${why === null ? '' : ` (${why})`}`;

const afterMs = (ms: number, when: string): string =>
  ms < 1 ? 'at once' : `${describeMs(ms)} ${when}`;

const heldLine = ({ summary, rule, because, until }: ReportedHeld): string =>
  `${summary}: rule ${rule}, ${because}${until === null ? '' : `; until ${toIso(until)}`}`;

const titled = (title: string, rows: readonly string[]): readonly string[] =>
  rows.length === 0 ? [] : [title, ...rows.map((row) => `- ${row}`)];

function listed(title: string, rows: readonly string[]): readonly string[] {
  const rest = rows.length - ROWS_MAX;
  const head = title.endsWith(':') ? title : `${title} (${rows.length}):`;
  return titled(head, [
    ...rows.slice(0, ROWS_MAX),
    ...(rows.length > 0 && rest > 0 ? [`and ${rest} more: see vpn-medic explain`] : []),
  ]);
}
