/** One step of an incident's life in every channel's form. Pure. */

import { oneLine } from '../core/text.ts';
import type { Instant } from '../core/time.ts';
import { chatOf } from './channels/chat.ts';
import { bodyOf, smsOf, subjectLine } from './channels/email.ts';
import { jsonOf } from './channels/json.ts';
import { pagerOf } from './channels/pager.ts';
import { type Brief, briefOf, type Context } from './content.ts';
import type { News } from './notificationPlan.ts';
import type { Notice } from './types.ts';

export function noticeOf(news: News, context: Context, now: Instant): Notice {
  const brief = briefOf(news, context, now);
  const subject = subjectLine(brief);
  return {
    state: brief.kind,
    incidentId: brief.lead.id,
    subject,
    text: bodyOf(brief),
    sms: smsOf(brief),
    json: jsonOf(brief, subject),
    chat: chatOf(brief),
    pager: pagerOf(brief, subject),
    attributes: attributesOf(brief),
  };
}

const attributesOf = ({ kind, lead, severity, context }: Brief): Notice['attributes'] => {
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
