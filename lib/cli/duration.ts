/** `--for 2h`: how long, as people write it. Pure. */
import { describeMs } from '../core/time.ts';
import { Unable } from './terminal.ts';

const UNIT_MS: Readonly<Record<string, number>> = {
  s: 1_000,
  m: 60_000,
  min: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};
const MS_MIN = 60_000;

/** @throws {Unable} for what is no duration, under a minute, or over `maxMs`. */
export function parseDuration(text: string, maxMs: number, option: string = '--for'): number {
  const parts = /^(\d{1,6})\s*([a-z]+)$/.exec(text.trim().toLowerCase());
  const unitMs = UNIT_MS[parts?.[2] ?? ''];
  if (parts === null || unitMs === undefined) {
    throw new Unable(`${option} ${text}: write a number and a unit, as in 30m, 2h or 1d`);
  }
  const ms = Number(parts[1]) * unitMs;
  if (ms < MS_MIN) throw new Unable(`${option} ${text}: at least one minute`);
  if (ms > maxMs) {
    throw new Unable(`${option} ${text}: ${describeMs(maxMs)} at most; repeat it when it ends`);
  }
  return ms;
}
