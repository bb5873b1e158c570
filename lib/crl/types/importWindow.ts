/** When an import that changes nothing for anyone may reset live connections: hours of the week, in UTC. Pure. */
import type { Instant } from '../../core/time.ts';

export interface ImportWindow {
  /** 0 is Sunday; null: every day. */
  readonly day: number | null;
  /** Minutes after midnight UTC; the end may lie behind the next midnight. */
  readonly fromMinute: number;
  readonly toMinute: number;
}

const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const DAY_MINUTES = 1_440;
const MINUTE_MS = 60_000;
const DAY_MS = DAY_MINUTES * MINUTE_MS;

/** `02:00-04:00`, `Sun 23:30-01:00`; null: it is no window. */
export function parseImportWindow(text: string): ImportWindow | null {
  const parts = /^(?:([a-z]{3}) )?([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)$/i.exec(text);
  if (parts === null) return null;
  const [, dayText, fromHour, fromMinutes, toHour, toMinutes] = parts;
  const day = dayText === undefined ? null : DAYS.indexOf(dayText.toLowerCase());
  if (day === -1) return null;
  const fromMinute = Number(fromHour) * 60 + Number(fromMinutes);
  const end = Number(toHour) * 60 + Number(toMinutes);
  if (end === fromMinute) return null;
  return { day, fromMinute, toMinute: end > fromMinute ? end : end + DAY_MINUTES };
}

/** When it is open next: `now` itself while it is open. */
export function nextOpenAt(window: ImportWindow, now: Instant): Instant {
  const midnight = Math.floor(now / DAY_MS) * DAY_MS;
  // Yesterday's may still be open; a weekly one opens within eight days.
  for (let offset = -1; offset <= 8; offset += 1) {
    const start = midnight + offset * DAY_MS;
    if (window.day !== null && weekday(start) !== window.day) continue;
    const closesAt = start + window.toMinute * MINUTE_MS;
    if (closesAt > now) return Math.max(now, start + window.fromMinute * MINUTE_MS);
  }
  return now;
}

/** 1 January 1970 was a Thursday. */
const weekday = (midnight: Instant): number => (((midnight / DAY_MS + 4) % 7) + 7) % 7;
