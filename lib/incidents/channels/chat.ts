/**
 * The notification for chat: the custom schema of Amazon Q Developer in chat applications, which drops anything else
 * without an error. One thread per incident, from opened to resolved. Pure.
 * @see https://docs.aws.amazon.com/chatbot/latest/adminguide/custom-notifs.html (read 2026-11-20)
 */

import { chatText, cut } from '../../core/text.ts';
import { ackKeyOf } from '../acks.ts';
import { SAID } from '../actions.ts';
import type { Content } from '../content.ts';
import type { ChannelMessage } from '../types.ts';
import { dedupKey } from './json.ts';

/** No limits are published; these are what a phone shows without a tap for more. */
const TITLE_MAX = 250;
const NAME_MAX = 120;
const DESCRIPTION_MAX = 2_500;
const ROWS_MAX = 5;

export function chatOf(content: Content): ChannelMessage {
  const { lead, kind, severity, headline, members, covered, done, held, next, todo, links } =
    content;
  const { context, word } = content;
  const more = members.length === 0 ? '' : ` and ${members.length} more`;
  const name = cut(chatText(lead.subject.name), NAME_MAX) + more;
  const title = `${iconOf(content)} ${cut(`${word} ${name}: ${lead.reason}, ${chatText(headline)}`, TITLE_MAX)}`;
  const description = [
    chatText(kind === 'resolved' ? `Resolved. Last finding: ${lead.summary}` : lead.summary),
    `*Impact:* ${chatText(content.impact)}`,
    rows(
      'Done',
      done.map(({ summary, outcome }) => `${summary}, ${SAID[outcome]}`),
    ),
    rows(
      'Held',
      held.map(({ summary, rule, because }) => `${summary}: rule ${rule}, ${because}`),
    ),
    rows(
      'Together with',
      [...members, ...(kind === 'resolved' ? [] : covered)].map(
        ({ reason, subject }) => `${reason} of ${subject.name}`,
      ),
    ),
    kind === 'resolved' ? '' : rows('Evidence', lead.evidence),
  ].filter((part) => part !== '');
  // Links are never cut: they lead to what is.
  const addresses = links
    .map(({ text, href }, index) => `${index === 0 ? '\n\n' : '\n'}${text}: ${href}`)
    .join('');
  const message = {
    version: '1.0',
    source: 'custom',
    id: lead.id,
    content: {
      textType: 'client-markdown',
      title,
      description: cut(description.join('\n\n'), DESCRIPTION_MAX - addresses.length) + addresses,
      nextSteps: [
        ...(todo === null ? [] : [chatText(todo.hint), `\`${todo.command.replaceAll('`', "'")}\``]),
        ...next.map(chatText),
      ],
      keywords: [lead.subject.id, lead.reason].map(chatText),
    },
    metadata: {
      threadId: dedupKey(lead.id, content.context.signature.stage),
      summary: cut(chatText(`${word} ${name}: ${headline}`), TITLE_MAX),
      eventType: lead.reason,
      relatedResources: [chatText(lead.subject.id)],
      additionalContext: {
        severity,
        state: kind,
        region: context.region,
        account: context.accountId,
        mode: context.mode,
        ...ackContext(content),
      },
    },
  };
  return { subject: null, body: JSON.stringify(message) };
}

/** What the button of the custom action reads (deploy/ackIncident.yml); without `ack` there is no button. */
const ackContext = ({ lead, kind, context: { signature } }: Content) =>
  signature.dashboard === null || kind === 'resolved' || lead.ackedAt !== null
    ? {}
    : { stack: signature.dashboard, ack: ackKeyOf(lead) };

const iconOf = ({ kind, severity }: Content): string =>
  kind === 'resolved'
    ? ':white_check_mark:'
    : severity === 'critical'
      ? ':rotating_light:'
      : ':warning:';

function rows(title: string, all: readonly string[]): string {
  if (all.length === 0) return '';
  const rest = all.length - ROWS_MAX;
  return [
    `*${title}:*`,
    ...all.slice(0, ROWS_MAX).map((row) => `• ${cut(chatText(row), 300)}`),
    ...(rest > 0 ? [`• and ${rest} more`] : []),
  ].join('\n');
}
