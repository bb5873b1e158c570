/** Text messages: severity, reason, the beginning of the name, account, region and time always fit. Pure. */
import { gsm, plain } from '../../core/text.ts';
import type { Content } from '../content.ts';
import { headOf, placeOf, renamed, shortTime } from './subjectLine.ts';

/** One part of a short message, in octets of GSM 03.38. */
const SMS_MAX = 140;

/** At most 140 characters of GSM 03.38; a headline or advice that does not fit as a whole sentence is left out. */
export function smsOf(content: Content): string {
  const { lead, headline, todo, context, endMayBeLost, mayRepeat, over, now } = content;
  const when = shortTime(over === null ? lead.since : now, now);
  const notes = [
    ...(endMayBeLost ? [' Resolution may not be notified.'] : []),
    ...(mayRepeat ? [' May repeat an earlier one.'] : []),
  ];
  const place = `. ${placeOf(content)} ${context.region} ${when}.`;
  const room = SMS_MAX - place.length - notes.join('').length;
  const head = headOf(content, shown, `: ${lead.reason}`, room);
  const what = `, ${shown(renamed(headline, content, shown)).replace(/[.]+$/, '')}`;
  const start = (head.length + what.length <= room ? head + what : head) + place;
  const kept = notes.reduce(
    (all, note) => (start.length + all.length + note.length <= SMS_MAX ? all + note : all),
    '',
  );
  const hint = todo === null ? '' : ` ${shown(todo.hint)}`;
  const fits = (part: string) => start.length + part.length + kept.length <= SMS_MAX;
  const advice = [hint, ` ${firstSentence(hint.trimStart())}`].find(fits) ?? '';
  return start + advice + kept;
}

/** Square brackets take two octets each. */
const shown = (text: string): string => gsm(plain(text).replaceAll('[.]', '(.)'));

const firstSentence = (text: string): string =>
  /^.+?[.;](?= |$)/.exec(text)?.[0].replace(/;$/, '.') ?? text;
