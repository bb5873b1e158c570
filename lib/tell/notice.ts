/** One step of an incident's life in every channel's form. Pure. */
import type { Notice } from '../model/incident.ts';
import type { Instant } from '../time.ts';
import { bodyOf, smsOf, subjectLine } from './body.ts';
import { type Brief, briefOf, type Context } from './brief.ts';
import { chatOf } from './chat.ts';
import { jsonOf } from './machine.ts';
import type { News } from './news.ts';
import { pagerOf } from './pager.ts';
import { oneLine } from './text.ts';

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
