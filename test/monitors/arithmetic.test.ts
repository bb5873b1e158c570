/**
 * Goal: each alarm fires for its fault, given how often its function really runs, and does not fire without it.
 * Method: the points that a fault leaves, at every phase of the schedule, through CloudWatch's own arithmetic.
 */
import { describe, expect, test } from '@jest/globals';
import {
  atCalls,
  DAY_S,
  firedAtS,
  HOUR_S,
  type Point,
  ruleOf,
  scheduleOf,
  TIMEOUT_S,
} from './schedule.ts';

/** As deploy/ has it; Lambda tries an event that failed once more after a minute. */
const RETRY_S = 60;

const SCHEDULED = ['pollConnections', 'pollEndpoints', 'publishCrl'] as const;
/** Every minute of an hour, and a second at the edge of one. */
const PHASES_S = Array.from({ length: 60 }, (_, minute) => minute * 60 + 59);

describe.each(SCHEDULED)('%s', (key) => {
  const everyS = scheduleOf(key);
  const phases = PHASES_S.filter((phaseS) => phaseS < everyS);
  const isFired = (id: string, points: (phaseS: number) => readonly Point[], withinS: number) =>
    phases.every((phaseS) => {
      const atS = firedAtS(ruleOf(key, id), points(phaseS));
      return atS !== null && atS <= withinS;
    });
  const isCalm = (id: string, points: (phaseS: number) => readonly Point[]) =>
    phases.every((phaseS) => firedAtS(ruleOf(key, id), points(phaseS)) === null);

  test('whose every call and retry fails is called failing within three calls, or a quarter of an hour', () => {
    const errors = (phaseS: number) => [
      ...atCalls(everyS, phaseS, 1),
      ...atCalls(everyS, phaseS + RETRY_S, 1),
    ];
    expect(isFired('FunctionFailing', errors, Math.max(900, 3 * everyS))).toBe(true);
    expect(isCalm('FunctionFailing', (phaseS) => [{ atS: phaseS + 2 * HOUR_S, value: 1 }])).toBe(
      true,
    );
  });

  test('whose every call takes 95 % of its timeout is called slow', () => {
    const near = 0.95 * TIMEOUT_S * 1_000;
    expect(isFired('FunctionSlow', (phaseS) => atCalls(everyS, phaseS, near), DAY_S)).toBe(true);
    expect(isCalm('FunctionSlow', (phaseS) => atCalls(everyS, phaseS, near / 2))).toBe(true);
  });

  test('that is throttled, and tried again every five minutes, is called throttled within a quarter of an hour', () => {
    const tries = (phaseS: number) => atCalls(Math.min(300, everyS), phaseS % 300, 1);
    expect(isFired('FunctionThrottled', tries, 900)).toBe(true);
  });
});

/** CrlChecksMissing, below, says the same of publishCrl. */
test.each(['pollConnections', 'pollEndpoints'])(
  '%s that is not called any more is called silent within five turns',
  (key) => {
    const everyS = scheduleOf(key);
    for (let phaseS = 0; phaseS < everyS; phaseS += 60) {
      const calls = atCalls(everyS, phaseS, 1);
      const rule = ruleOf(key, 'FunctionSilent');
      const before = calls.filter(({ atS }) => atS < DAY_S / 2);
      expect(firedAtS(rule, before)).toBeLessThanOrEqual(DAY_S / 2 + 5 * everyS);
      expect(firedAtS(rule, calls)).toBe(null);
    }
  },
);

describe('publication of CRLs', () => {
  const everyS = scheduleOf('publishCrl');
  const calls = (value: number) => (phaseS: number) => atCalls(everyS, phaseS, value);
  const until = (points: (phaseS: number) => readonly Point[], endS: number) => (phaseS: number) =>
    points(phaseS).filter(({ atS }) => atS < endS);
  const fired = (id: string, points: (phaseS: number) => readonly Point[]) =>
    PHASES_S.map((phaseS) => firedAtS(ruleOf('publishCrl', id), points(phaseS)));

  test('that stops for any reason raises an alarm within five hours, and none while it goes on', () => {
    const stopped = fired('CrlChecksMissing', until(calls(1), DAY_S / 2));
    expect(stopped.every((atS) => atS !== null && atS <= DAY_S / 2 + 5 * HOUR_S)).toBe(true);
    expect(fired('CrlChecksMissing', calls(1)).every((atS) => atS === null)).toBe(true);
  });

  test('with one CRL near its end raises an alarm within two hours, with none it does not', () => {
    const short = fired('CrlLifeShort', calls(1));
    expect(short.every((atS) => atS !== null && atS <= 2 * HOUR_S)).toBe(true);
    expect(fired('CrlLifeShort', calls(0)).every((atS) => atS === null)).toBe(true);
  });

  test('whose function stops while a CRL is about to end does not end that alarm', () => {
    expect(ruleOf('publishCrl', 'CrlLifeShort').whenMissing).toBe('ignore');
  });

  test('whose events wait, and are tried again every five minutes, raises an alarm within a quarter of an hour', () => {
    const waiting = (phaseS: number) => atCalls(300, phaseS % 300, 180_000);
    const all = fired('EventsWaiting', waiting);
    expect(all.every((atS) => atS !== null && atS <= 900)).toBe(true);
  });
});
