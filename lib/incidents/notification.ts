/** One step of an incident's life in every channel's form. Pure. */

import { oneLine } from '../core/text.ts';
import type { Instant } from '../core/time.ts';
import { bodyOf } from './channels/email.ts';
import { jsonOf } from './channels/json.ts';
import { smsOf } from './channels/sms.ts';
import { subjectLine } from './channels/subjectLine.ts';
import { CHANNELS } from './channels.ts';
import { contentOf } from './compose.ts';
import type { Content, Context } from './content.ts';
import type { NotificationPlan } from './notificationPlan.ts';
import type { Notification } from './types.ts';

export function notificationOf(
  notificationPlan: NotificationPlan,
  context: Context,
  now: Instant,
): Notification {
  const content = contentOf(notificationPlan, context, now);
  const subject = subjectLine(content);
  const texts = {
    state: content.kind,
    incidentId: content.lead.id,
    subject,
    text: bodyOf(content),
    sms: smsOf(content),
    json: jsonOf(content, subject),
    severity: content.severity,
    attributes: attributesOf(content),
  };
  const messages = CHANNELS.map(
    ({ name, render }) => [name, render({ ...texts, content })] as const,
  );
  return { ...texts, messages: new Map(messages) };
}

const attributesOf = ({ kind, lead, severity, context }: Content): Notification['attributes'] => {
  const { id, group } = lead.subject;
  return Object.fromEntries(
    Object.entries({
      state: kind,
      severity,
      reason: oneLine(lead.reason),
      subject: oneLine(id),
      region: context.region,
      group: group === null ? '' : oneLine(group),
    }).filter(([, value]) => value.trim() !== ''),
  );
};
