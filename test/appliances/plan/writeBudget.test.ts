/** The rules of pace on both of their sides: down is slow, up is slower, and writes have a budget. */
import { describe, expect, test } from '@jest/globals';
import type { PendingWrite } from '../../../lib/appliances/state/pending.ts';
import type { Memory } from '../../../lib/appliances/state.ts';
import { NOW } from '../../builders/facts.ts';
import { failbacks, KEY, outcome, planFor } from '../../builders/plan.ts';
import { aPending, confirmedDown, down, failoversAt, up } from '../../builders/world.ts';

const MIN = 60_000;
const HOUR = 3_600_000;

describe('S4: up is slower', () => {
  test.each([
    ['4 min 59.999 s', 5 * MIN - 1, 1, 'S4'],
    ['5 min', 5 * MIN, 1, 'moves'],
    ['9 min 59.999 s, the second in a row', 10 * MIN - 1, 2, 'S4'],
    ['10 min, the second in a row', 10 * MIN, 2, 'moves'],
    ['59 min 59.999 s, the ninth in a row', HOUR - 1, 9, 'S4'],
    ['an hour, the ninth in a row', HOUR, 9, 'moves'],
  ])('a move home after the last failover of %s', (_what, agoMs, flapCount, expected) => {
    const group = { lastFailoverAt: NOW - agoMs, flapCount };
    expect(outcome(failbacks({ group }))).toBe(expected);
  });

  test('it says until when', () => {
    const [held] = planFor(failbacks({ group: { lastFailoverAt: NOW - 4 * MIN } })).held;
    expect(held).toMatchObject({ rule: 'S4', until: NOW + MIN });
  });

  test('a failover does not wait for the hold', () => {
    expect(outcome({ group: { lastFailoverAt: NOW - 1_000 } })).toBe('moves');
  });

  test('a clock that went back lengthens the hold', () => {
    expect(outcome(failbacks({ group: { lastFailoverAt: NOW + HOUR } }))).toBe('S4');
  });

  const ats = (...agosMs: readonly number[]) => ({
    failovers: { [KEY]: failoversAt(...agosMs.map((agoMs) => NOW - agoMs)) },
    lastTargets: { [KEY]: 'eni-a1' },
  });

  test.each([
    ['probes are silent', down()],
    ['its status check fails and probes are silent', confirmedDown({ cause: 'status-check' })],
    ['EC2 says that it does not run', confirmedDown()],
  ])('the fourth failover within the hour is not held when %s', (_what, nextHop) => {
    expect(planFor({ nextHop, group: ats(40 * MIN, 20 * MIN, MIN) })).toMatchObject({
      actions: [{ kind: 'failover' }],
      held: [],
    });
  });

  test('the failback after them is held', () => {
    const pinned = { pinnedAts: { [KEY]: NOW - MIN } };
    expect(outcome(failbacks({ group: { ...ats(40 * MIN, 20 * MIN, MIN), ...pinned } }))).toBe(
      'S4',
    );
  });

  test.each([
    ['failback', 'S4'],
    ['away from the dead', 'moves'],
  ])('a pinned route %s', (where, expected) => {
    const group = { lastFailoverAt: NOW - 24 * HOUR, pinnedAts: { [KEY]: NOW - 23 * HOUR } };
    expect(outcome(where === 'failback' ? failbacks({ group }) : { group })).toBe(expected);
  });

  test('a pinned route is held without an end, with the command that frees it', () => {
    const group = { lastFailoverAt: 0, pinnedAts: { [KEY]: 0 } };
    expect(planFor(failbacks({ group })).held).toMatchObject([
      { until: null, because: expect.stringContaining('vpn-medic ack hq') },
    ]);
  });
});

describe('S5: the way home', () => {
  test.each([
    ['proven, not yet healthy (29 answers)', up({ isHealthy: false }), 'S5'],
    ['healthy (30 answers)', up(), 'moves'],
  ])('to an appliance that is %s', (_what, target, expected) => {
    expect(outcome(failbacks({ target }))).toBe(expected);
  });

  test('the way out asks for less: proven is enough', () => {
    expect(outcome({ target: up({ isHealthy: false }) })).toBe('moves');
  });
});

describe('S6: a write that did not take', () => {
  const pending = (over: Partial<PendingWrite>, key = KEY): Partial<Memory> => ({
    pending: new Map([[key, aPending(over)]]),
  });
  const ago = (ms: number, over: Partial<PendingWrite> = {}) => ({ writtenAt: NOW - ms, ...over });
  const refused = { answer: 'refused', why: 'ec2:ReplaceRoute denied' } as const;
  const lost = { answer: 'unclear' } as const;
  test.each([
    ['accepted 3.999 s ago', pending(ago(3_999)), 'S6'],
    ['accepted 4 s ago', pending(ago(4_000)), 'moves'],
    ['lost 999 ms ago', pending(ago(999, lost)), 'S6'],
    ['lost 1 s ago', pending(ago(1_000, lost)), 'moves'],
    ['lost twice, 1.999 s ago', pending(ago(1_999, { ...lost, tryCount: 2 })), 'S6'],
    ['lost twice, 2 s ago', pending(ago(2_000, { ...lost, tryCount: 2 })), 'moves'],
    ['lost 40 times, 59.999 s ago', pending(ago(59_999, { ...lost, tryCount: 40 })), 'S6'],
    ['lost 40 times, a minute ago', pending(ago(60_000, { ...lost, tryCount: 40 })), 'moves'],
    ['refused 999 ms ago', pending(ago(999, refused)), 'S6'],
    ['refused 1 s ago', pending(ago(1_000, refused)), 'moves'],
    ['just sent by a clock that went back since', pending(ago(-HOUR, lost)), 'moves'],
    ['lost just now, to another target', pending(ago(0, { ...lost, toTargetId: 'eni-c1' })), 'S6'],
    [
      'lost just now, from another carrier',
      pending(ago(0, { ...lost, fromTargetId: 'eni-c1' })),
      'moves',
    ],
    [
      'lost just now, of another route of the table',
      pending(ago(0, lost), 'rtb-1 10.9.0.0/16'),
      'moves',
    ],
    [
      'refused just now, of another route of the table',
      pending(ago(0, refused), 'rtb-1 10.9.0.0/16'),
      'moves',
    ],
    [
      'refused 999 ms ago for the table, of another route of it',
      pending(ago(999, { ...refused, isOfTable: true }), 'rtb-1 10.9.0.0/16'),
      'S6',
    ],
    [
      'refused a second ago for the table, of another route of it',
      pending(ago(1_000, { ...refused, isOfTable: true }), 'rtb-1 10.9.0.0/16'),
      'moves',
    ],
    [
      'refused just now for another table',
      pending(ago(0, { ...refused, isOfTable: true }), 'rtb-10 10.0.0.0/8'),
      'moves',
    ],
  ])('%s', (_what, memory, expected) => {
    expect(outcome({ memory })).toBe(expected);
  });
});

describe('S8: the budget', () => {
  test.each([
    ['one token', 1, 0, 'moves'],
    ['0.999 tokens', 0.999, 0, 'S8'],
    ['none, a quarter of a second ago', 0, 250, 'moves'],
    ['none, 249 ms ago', 0, 249, 'S8'],
  ])('with %s', (_what, tokens, agoMs, expected) => {
    expect(outcome({ memory: { budget: { tokens, at: NOW - agoMs } } })).toBe(expected);
  });

  test('what it holds is due when the next token is', () => {
    const memory = { budget: { tokens: 0, at: NOW } };
    expect(planFor({ memory }).held).toMatchObject([{ rule: 'S8', until: NOW + 250 }]);
  });
});
