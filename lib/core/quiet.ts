/** `vpn-medic:quiet`: hours in which a thing is expected to be off, such as `Mon-Fri 19:00-07:00 Europe/Paris`. Pure. */
import { bad, good, type Parsed } from './tags.ts';
import type { Instant } from './time.ts';

export interface Quiet {
  /** As written, for people. */
  readonly text: string;
  readonly spans: readonly QuietSpan[];
}

interface QuietSpan {
  /** Days on which it begins: 0 is Sunday. */
  readonly days: ReadonlySet<number>;
  /** Minutes of the day; an end at or before the beginning lies on the next day. */
  readonly fromMinute: number;
  readonly toMinute: number;
  readonly zone: string;
}

/** Several spans are separated by `;`. Without a time zone it is UTC, without days every day. */
export function parseQuiet(text: string): Parsed<Quiet> {
  const spans: QuietSpan[] = [];
  for (const part of text.split(';')) {
    const span = parseSpan(part.trim());
    if (span === null) return bad(`"${part.trim()}" is no time: write for example "${EXAMPLE}"`);
    spans.push(span);
  }
  return good({ text: text.trim(), spans });
}

/** What the tags of one thing say of its quiet hours. */
export interface QuietTag {
  /** Null: there is no tag, or it is wrong. */
  readonly quiet: Quiet | null;
  /** What is wrong with the tag; null: nothing. */
  readonly quietFault: string | null;
}

export function readQuietTag(tag: string | null | undefined): QuietTag {
  if (tag === null || tag === undefined) return { quiet: null, quietFault: null };
  const parsed = parseQuiet(tag);
  return parsed.ok
    ? { quiet: parsed.value, quietFault: null }
    : { quiet: null, quietFault: parsed.why };
}

/** What a wrong tag means: the thing is notified at all hours. */
export const quietFaultText = (name: string, why: string): string =>
  `The tag ${QUIET_TAG} of ${name} cannot be read: ${why}. Until then it is notified at all hours.`;

export const QUIET_TAG = 'vpn-medic:quiet';

/** The end of the quiet time that `at` lies in; null: it lies in none. */
export function quietUntil({ spans }: Quiet, at: Instant): Instant | null {
  const ends = spans.flatMap((span) => endOf(span, at) ?? []);
  return ends.length === 0 ? null : Math.max(...ends);
}

const EXAMPLE = 'Mon-Fri 19:00-07:00 Europe/Paris';
const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const DAY_MINUTES = 1_440;
const SPAN = /^(?:([a-z,-]+)\s+)?(\d{1,2}):(\d{2})-(\d{1,2}):(\d{2})(?:\s+([a-z_+/0-9-]+))?$/i;

function parseSpan(text: string): QuietSpan | null {
  const match = SPAN.exec(text);
  if (match === null) return null;
  const [, days = 'sun-sat', fromHour, fromMin, toHour, toMin, zone = 'UTC'] = match;
  const set = parseDays(days);
  const fromMinute = Number(fromHour) * 60 + Number(fromMin);
  const toMinute = Number(toHour) * 60 + Number(toMin);
  const isTime = Number(fromMin) < 60 && Number(toMin) < 60 && fromMinute < DAY_MINUTES;
  if (set === null || !isTime || toMinute > DAY_MINUTES || !isZone(zone)) return null;
  return { days: set, fromMinute, toMinute, zone };
}

function parseDays(text: string): ReadonlySet<number> | null {
  const days = new Set<number>();
  for (const part of text.toLowerCase().split(',')) {
    const [first = '', last = first] = part.split('-');
    const [from, to] = [DAYS.indexOf(first.slice(0, 3)), DAYS.indexOf(last.slice(0, 3))];
    if (from < 0 || to < 0) return null;
    for (let day = from; ; day = (day + 1) % 7) {
      days.add(day);
      if (day === to) break;
    }
  }
  return days;
}

function isZone(zone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone: zone }).format(0) !== '';
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

/** A span that crosses midnight may have begun the day before. */
function endOf({ days, fromMinute, toMinute, zone }: QuietSpan, at: Instant): Instant | null {
  const { day, minute, secondMs } = localTime(at, zone);
  const isNextDay = toMinute <= fromMinute;
  const inMinutes = (count: number) => at - secondMs + count * 60_000;
  if (days.has(day) && minute >= fromMinute && (isNextDay || minute < toMinute)) {
    return inMinutes(toMinute - minute + (isNextDay ? DAY_MINUTES : 0));
  }
  return isNextDay && days.has((day + 6) % 7) && minute < toMinute
    ? inMinutes(toMinute - minute)
    : null;
}

function localTime(at: Instant, timeZone: string) {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone,
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).formatToParts(at);
  const of = (type: string) => parts.find((part) => part.type === type)?.value ?? '';
  return {
    day: DAYS.indexOf(of('weekday').toLowerCase()),
    minute: Number(of('hour')) * 60 + Number(of('minute')),
    secondMs: at % 60_000,
  };
}
