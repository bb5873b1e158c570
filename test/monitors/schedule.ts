/** CloudWatch's own arithmetic of alarms, over the points that a function leaves at its schedule. */
import { readFileSync } from 'node:fs';
import { type Alarm, alarmsOf } from '../../lib/monitors/alarms.ts';
import type { AlarmRule } from '../../lib/monitors/catalogue.ts';
import { aStack, fn } from './stack.ts';

export interface Point {
  readonly atS: number;
  readonly value: number;
}

export const HOUR_S = 3_600;
export const DAY_S = 24 * HOUR_S;
export const TIMEOUT_S = 300;

/** Seconds between two calls, from the function's own template. */
export function scheduleOf(key: string): number {
  const text = readFileSync(`deploy/${key}.yml`, 'utf8');
  const parts = /schedule: rate\((\d+) (minute|hour)s?\)/.exec(text);
  if (parts === null) throw new Error(`${key} has no schedule`);
  return Number(parts[1]) * (parts[2] === 'hour' ? HOUR_S : 60);
}

/** One point at each call, from `fromS` until the day ends. */
export const atCalls = (
  everyS: number,
  phaseS: number,
  value: number,
  fromS = 0,
): readonly Point[] =>
  Array.from({ length: DAY_S / everyS }, (_, turn) => ({
    atS: phaseS + turn * everyS,
    value,
  })).filter(({ atS }) => atS >= fromS && atS < DAY_S);

const STATISTICS: Readonly<Record<AlarmRule['statistic'], (values: readonly number[]) => number>> =
  {
    Sum: (values) => values.reduce((sum, one) => sum + one, 0),
    Maximum: (values) => Math.max(...values),
    Minimum: (values) => Math.min(...values),
    Average: (values) => values.reduce((sum, one) => sum + one, 0) / values.length,
  };

/** When the alarm is first in ALARM; null: not within the day. */
export function firedAtS(rule: AlarmRule, points: readonly Point[]): number | null {
  let bad = 0;
  for (let fromS = 0; fromS < DAY_S; fromS += rule.periodS) {
    const values = points
      .filter(({ atS }) => atS >= fromS && atS < fromS + rule.periodS)
      .map(({ value }) => value);
    if (values.length === 0 && rule.whenMissing === 'ignore') continue;
    const isBad = values.length === 0 ? rule.whenMissing === 'breaching' : breaches(rule, values);
    bad = isBad ? bad + 1 : 0;
    if (bad >= rule.periods) return fromS + rule.periodS;
  }
  return null;
}

function breaches({ statistic, is, threshold }: AlarmRule, values: readonly number[]): boolean {
  const value = STATISTICS[statistic](values);
  return is === 'Below' ? value < threshold : value >= threshold;
}

export function ruleOf(key: string, id: string): AlarmRule {
  const stack = aStack({ functions: [fn(key, TIMEOUT_S)] });
  const found: Alarm | undefined = alarmsOf(stack).find(({ rule }) => rule.id === id);
  if (found === undefined) throw new Error(`${key} has no alarm ${id}`);
  return found.rule;
}
