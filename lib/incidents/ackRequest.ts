/**
 * What a button sends: the event of a CloudWatch custom widget's `cwdb-action`, or the payload of the chat's custom action. Pure.
 *
 * Neither event says who pressed it: CloudWatch invokes with the viewer's identity, Amazon Q with the channel's or the
 * member's role, and IAM decides; a Lambda event holds no caller. So the record names the way and the request, which is
 * the `requestID` of CloudTrail's data event, where the caller is. What a viewer writes as their name is quoted as theirs.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/add_custom_widget_dashboard_interactivity.html,
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/add_custom_widget_dashboard_about.html,
 * https://docs.aws.amazon.com/chatbot/latest/APIReference/API_CustomAction.html (read 2026-11-29)
 */
import * as v from 'valibot';
import { cut, oneLine } from '../core/text.ts';

export interface AckRequest {
  /** As `ackKeyOf` makes it. */
  readonly key: string;
  readonly by: string;
  readonly why: string;
  /** HTML in the widget, a line of text elsewhere. */
  readonly answerAs: 'html' | 'text';
}

export interface NoAckRequest {
  readonly kind: 'ignored';
  readonly why: string;
}

/** What a form's field may be called; others of the widget's forms are not read. */
export const NAME_FIELD = 'name';
export const WHY_FIELD = 'why';

const Key = v.object({ incident: v.pipe(v.string(), v.regex(/^[0-9a-f]{16}$/)) });

const Field = v.fallback(v.string(), '');
const Fields = v.fallback(v.object({ [NAME_FIELD]: Field, [WHY_FIELD]: Field }), {
  [NAME_FIELD]: '',
  [WHY_FIELD]: '',
});
const Widget = v.object({
  widgetContext: v.object({
    dashboardName: v.fallback(v.string(), ''),
    forms: v.fallback(v.object({ all: Fields }), { all: { [NAME_FIELD]: '', [WHY_FIELD]: '' } }),
  }),
});

const NAME_MAX = 60;
const WHY_MAX = 300;

/** Never throws: any event may come. */
export function readAckRequest(event: unknown, requestId: string): AckRequest | NoAckRequest {
  const asked = v.safeParse(Key, event);
  if (!asked.success)
    return { kind: 'ignored', why: 'the event names no incident by 16 hexadecimal digits' };
  const { incident: key } = asked.output;
  const widget = v.safeParse(Widget, event);
  if (!widget.success) {
    return { key, by: `chat or direct call, request ${requestId}`, why: NO_WHY, answerAs: 'text' };
  }
  const { dashboardName, forms } = widget.output.widgetContext;
  const name = said(forms.all[NAME_FIELD], NAME_MAX);
  const dashboard = said(dashboardName, NAME_MAX) || 'unknown';
  return {
    key,
    by: `${name === '' ? '' : `"${name}" by `}dashboard ${dashboard}, request ${requestId}`,
    why: said(forms.all[WHY_FIELD], WHY_MAX) || NO_WHY,
    answerAs: 'html',
  };
}

const NO_WHY = 'no reason given';

/** A person's own words: one line, and no quote in them ends the quotes around them. */
const said = (text: string, max: number): string =>
  cut(oneLine(text).replaceAll('"', "'").trim(), max);
