/** Subject lines: severity, reason, the beginning of the name and the account always fit. Pure. */
import { ascii } from '../../core/text.ts';
import { type Instant, toIso } from '../../core/time.ts';
import type { Content } from '../content.ts';

/** SNS: under 100 characters; ASCII to be safe everywhere. */
const SUBJECT_MAX = 99;
/** The name is shortened, never the reason; so much of it always stays. */
const NAME_MIN = 12;
/** So much of a long name is shown where a headline follows. */
const NAME_USUAL = 30;

/**
 * At most 99 printable ASCII characters: `CRITICAL berlin: ConnectionDown (123456789012 prod), both tunnels …`; of a
 * group `WARNING berlin and 3 more: …`.
 */
export function subjectLine(content: Content): string {
  const { lead, headline } = content;
  const tail = `: ${lead.reason} (${placeOf(content)})`;
  const rest = `, ${ascii(renamed(headline, content, ascii))}`;
  return withRest(headOf(content, ascii, tail, SUBJECT_MAX), rest, SUBJECT_MAX);
}

/** Severity, name and `tail`; with shorter words where the whole line is longer than `max`. */
export function headOf(
  content: Content,
  write: (text: string) => string,
  tail: string,
  max: number,
): string {
  const { word, members } = content;
  const more = members.length === 0 ? [''] : [` and ${members.length} more`, ` +${members.length}`];
  const name = nameOf(content, write);
  const lines = [word, shortWord(content)].flatMap((one) =>
    more.map((others) => joined(one, name, others + tail, max)),
  );
  return lines.find(({ length }) => length <= max) ?? lines.at(-1) ?? '';
}

/** `12:30Z` of today, else `15 Nov 17:40Z`, with the year where it is another one. */
export function shortTime(at: Instant, now: Instant): string {
  const [date = '', time = ''] = toIso(at).split('T');
  const hours = `${time.slice(0, 5)}Z`;
  if (toIso(now).startsWith(date)) return hours;
  const [year = '', month = '', day = ''] = date.split('-');
  const isThisYear = toIso(now).startsWith(year);
  return `${Number(day)} ${MONTHS[Number(month) - 1] ?? ''}${isThisYear ? '' : ` ${year}`} ${hours}`;
}

/** The account's name or number, and the stage that watches it. */
export const placeOf = ({ context: { accountId, signature } }: Content): string =>
  [ascii(signature.accountName ?? '').trim() || accountId, ascii(signature.stage ?? '').trim()]
    .filter((part) => part !== '')
    .map((part) => part.slice(0, PLACE_PART_MAX))
    .join(' ');

const PLACE_PART_MAX = 16;
const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');

/** `CRITICAL STILL OPEN` for `CRITICAL STILL OPEN after 1 d 5 h`. */
const shortWord = ({ word }: Content): string => word.replace(/ after .*$/, '');

/** A name of which nothing is left in the channel's characters is replaced by the id. */
function nameOf({ lead: { subject } }: Content, write: (text: string) => string): string {
  const name = write(subject.name).trim();
  const lostCount = name.split('?').length - subject.name.split('?').length;
  const isLost = /^[? ]*$/.test(name) || lostCount * 3 > name.length;
  return isLost ? write(subject.id).trim() : name;
}

/** A headline that names the thing by the same word as the title. */
export function renamed(
  headline: string,
  content: Content,
  write: (text: string) => string,
): string {
  const { name, id } = content.lead.subject;
  if (name === '' || /^[\x20-\x7e]*$/.test(name) || !headline.includes(name)) return headline;
  return nameOf(content, write) === write(id).trim() ? headline.replaceAll(name, id) : headline;
}

function joined(word: string, name: string, tail: string, max: number): string {
  const room = max - word.length - 1 - tail.length;
  if (name.length <= room) return `${word} ${name}${tail}`;
  const nameMax = Math.max(NAME_MIN, Math.min(room, NAME_USUAL));
  return `${word} ${name.slice(0, nameMax - 3).trimEnd()}...${tail}`;
}

/** As much of the rest as fits, cut after a word and marked; nothing where hardly anything fits. */
function withRest(head: string, rest: string, max: number): string {
  const room = max - head.length;
  if (rest.length <= room) return (head + rest).trimEnd();
  const words = rest.slice(0, Math.max(0, room - 3)).replace(/[,:]? [^ ]*$/, '');
  return words.length < NAME_MIN ? head : `${head}${words}...`;
}
