/** Every channel: how a notification reads there, and which notifications are sent there. Each has an SNS topic. */
import type { Severity } from '../core/finding.ts';
import { alertsOf } from './channels/alerts.ts';
import { chatOf } from './channels/chat.ts';
import { pagerOf } from './channels/pager.ts';
import type { Said } from './content.ts';
import type { ChannelMessage, Notification } from './types.ts';

export interface SendSettings {
  /** The least severity that pages. */
  readonly pagerSeverity: 'critical' | 'warning';
}

export interface Channel {
  readonly name: string;
  readonly render: (said: Said) => ChannelMessage;
  /** Whether a notification of this severity is sent there. */
  readonly send: (severity: Severity, settings: SendSettings) => boolean;
}

export const CHANNELS: readonly Channel[] = [
  { name: 'alerts', render: alertsOf, send: () => true },
  { name: 'chat', render: ({ content }) => chatOf(content), send: () => true },
  {
    name: 'pager',
    render: ({ content, subject }) => pagerOf(content, subject),
    // What pages wakes people.
    send: (severity, { pagerSeverity }) =>
      severity === 'critical' || (severity === 'warning' && pagerSeverity === 'warning'),
  },
];

/** The environment variable that names the topic of a channel. */
export const topicVariableOf = ({ name }: Pick<Channel, 'name'>): string =>
  `VPN_MEDIC_${name.toUpperCase()}_TOPIC_ARN`;

/** @throws if the notification was not rendered for it. */
export function messageOf({ messages }: Notification, channel: string): ChannelMessage {
  const message = messages.get(channel);
  if (message === undefined) throw new TypeError(`no notification was rendered for ${channel}`);
  return message;
}
