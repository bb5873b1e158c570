/** UTCTime and GeneralizedTime as RFC 5280 has them (seconds, always `Z`), by arithmetic alone. */
import type { Instant } from '../../core/time.ts';
import { type Cursor, FormFault, open, peek, TAG } from './der.ts';

/** Steps over a Time and returns its instant. Two-digit years are 1950 to 2049. Makes no objects. */
export function time(cursor: Cursor, end: number): Instant {
  const isGeneralized = peek(cursor, end) === TAG.generalizedTime;
  const until = open(cursor, isGeneralized ? TAG.generalizedTime : TAG.utcTime, end);
  const at = cursor.at;
  const yearDigits = isGeneralized ? 4 : 2;
  if (until - at !== yearDigits + 11 || cursor.bytes[until - 1] !== 0x5a) throw unfit(at);
  const { bytes } = cursor;
  const low = twoDigits(bytes, at + yearDigits - 2);
  const year = isGeneralized ? twoDigits(bytes, at) * 100 + low : low + (low < 50 ? 2_000 : 1_900);
  const month = twoDigits(bytes, at + yearDigits);
  const day = twoDigits(bytes, at + yearDigits + 2);
  const hour = twoDigits(bytes, at + yearDigits + 4);
  const minute = twoDigits(bytes, at + yearDigits + 6);
  const second = twoDigits(bytes, at + yearDigits + 8);
  if (month < 1 || month > 12 || day < 1 || day > daysOfMonth(year, month)) throw unfit(at);
  if (hour > 23 || minute > 59 || second > 59) throw unfit(at);
  cursor.at = until;
  return (((daysSince1970(year, month, day) * 24 + hour) * 60 + minute) * 60 + second) * 1_000;
}

const unfit = (at: number): FormFault =>
  new FormFault('NotDer', `byte ${at}: no time of the form [YY]YYMMDDHHMMSSZ`);

function twoDigits(bytes: Buffer, at: number): number {
  const tens = (bytes[at] ?? 0) - 0x30;
  const ones = (bytes[at + 1] ?? 0) - 0x30;
  if (tens < 0 || tens > 9 || ones < 0 || ones > 9) throw unfit(at);
  return tens * 10 + ones;
}

const isLeap = (year: number): boolean => year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);

const daysOfMonth = (year: number, month: number): number =>
  month === 2
    ? isLeap(year)
      ? 29
      : 28
    : month === 4 || month === 6 || month === 9 || month === 11
      ? 30
      : 31;

/** Proleptic Gregorian. Years are counted from March, so that a leap day is the last day of its year. */
function daysSince1970(year: number, month: number, day: number): number {
  const marchYear = month > 2 ? year : year - 1;
  const dayOfYear = Math.floor((153 * ((month + 9) % 12) + 2) / 5) + day - 1;
  const leapDays =
    Math.floor(marchYear / 4) - Math.floor(marchYear / 100) + Math.floor(marchYear / 400);
  // 719,468 days lie between 0000-03-01 and 1970-01-01.
  return marchYear * 365 + leapDays + dayOfYear - 719_468;
}
