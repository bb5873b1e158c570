/** The doubt of a tunnel after a death: how it begins, what ends it, and what it holds. */
import { describe, expect, test } from '@jest/globals';
import {
  deathAfter,
  deathHandedOver,
  homecomingOf,
  isAllowed,
  parseFailbacks,
  tunnelHold,
  watchMsOf,
} from '../../../lib/appliances/state/failback.ts';
import type { Doubt } from '../../../lib/appliances/types/failback.ts';
import type { DownCause, Verdict } from '../../../lib/appliances/types/verdict.ts';
import { NOW } from '../../builders/facts.ts';
import { applianceMemory, down, memoryOf, policyOf, up } from '../../builders/world.ts';

const SINCE = NOW - 60_000;
const DIED: Doubt = { since: SINCE, why: 'died' };
const UNDONE: Doubt = { since: SINCE, why: 'undone' };
const dead = (cause: DownCause) => down({ cause, since: SINCE });

describe('a death', () => {
  const fresh = applianceMemory({ downSince: null });

  test.each<[DownCause, Doubt | null]>([
    ['probes', DIED],
    ['state', null],
    ['status-check', null],
    ['interface', null],
  ])('by %s: doubt %j', (cause, doubt) => {
    expect(deathAfter(dead(cause), fresh, false, false, NOW)).toEqual({ downCause: cause, doubt });
  });

  test('that EC2 explains later is in no doubt, and stays so while its probes are awaited', () => {
    const silent = applianceMemory({ downSince: SINCE, downCause: 'probes', doubt: DIED });
    const explained = deathAfter(dead('state'), silent, false, false, NOW);
    expect(explained).toEqual({ downCause: 'state', doubt: null });
    const past = applianceMemory({ downSince: SINCE, ...explained });
    expect(deathAfter(dead('probes'), past, false, false, NOW)).toEqual(explained);
  });

  test('after one that EC2 explained is in doubt of its own', () => {
    const past = applianceMemory({ downSince: null, downCause: 'state', doubt: null });
    expect(deathAfter(dead('probes'), past, false, false, NOW).doubt).toEqual(DIED);
  });
});

describe('after it', () => {
  const past = (doubt: Doubt) => applianceMemory({ downSince: null, downCause: 'probes', doubt });

  test.each<[string, Verdict, Doubt, Doubt | null]>([
    ['a tunnel that is proven ends it', up({ tunnel: 'proven' }), DIED, null],
    ['one that has just answered does not', up({ tunnel: 'answering' }), DIED, DIED],
    ['a daemon alone does not', up(), DIED, DIED],
    ['what is unknown does not', { kind: 'unknown', why: 'so' }, DIED, DIED],
    [
      'after a failback that was undone, a proof does not',
      up({ tunnel: 'proven' }),
      UNDONE,
      UNDONE,
    ],
  ])('%s', (_what, verdict, before, after) => {
    expect(deathAfter(verdict, past(before), false, false, NOW).doubt).toEqual(after);
  });

  test('a failback that is undone is a doubt that lasts, and a new one after a person ended the last', () => {
    const lost = up({ tunnel: 'lost' });
    expect(deathAfter(lost, past(DIED), true, false, NOW).doubt).toEqual({ ...UNDONE, since: NOW });
    expect(deathAfter(lost, past(UNDONE), true, false, NOW).doubt).toEqual(UNDONE);
    expect(deathAfter(lost, past(UNDONE), true, true, NOW).doubt?.since).toBe(NOW);
  });
});

describe('what holds a failback', () => {
  const said = (doubtSince: number | null) => ({
    instanceId: 'i-a1',
    doubtSince,
    at: NOW,
    by: 'ana',
    why: 'tested',
  });
  const holds = (
    verdict: Verdict,
    doubt: Doubt | null,
    failbacks: readonly ReturnType<typeof said>[] = [],
    failback: 'proven' | 'probe' = 'proven',
  ) =>
    tunnelHold(
      'i-a1',
      verdict,
      memoryOf({ appliances: new Map([['i-a1', applianceMemory({ doubt })]]), failbacks }),
      policyOf({ failback }),
    ) !== null;

  test.each<[string, boolean, boolean]>([
    ['no doubt and no probe through the tunnel', holds(up(), null), false],
    ['a doubt', holds(up(), DIED), true],
    ['a doubt, and the tunnel proven', holds(up({ tunnel: 'proven' }), DIED), false],
    ['a doubt with failback=probe', holds(up(), DIED, [], 'probe'), false],
    ['a doubt, and a person’s word since', holds(up(), DIED, [said(SINCE)]), false],
    ['a doubt, and a person’s word on an earlier one', holds(up(), DIED, [said(SINCE - 1)]), true],
    ['a doubt, and a person’s word from before any', holds(up(), DIED, [said(null)]), true],
    ['a failback undone', holds(up({ tunnel: 'proven' }), UNDONE), true],
    ['a failback undone, with failback=probe', holds(up(), UNDONE, [], 'probe'), true],
    ['a failback undone, and a person’s word since', holds(up(), UNDONE, [said(SINCE)]), false],
    ['a tag that asks for the tunnel, and no vantage', holds(up({ tunnel: 'unsent' }), null), true],
    ['the same, and a person’s word', holds(up({ tunnel: 'unsent' }), null, [said(null)]), false],
    [
      'a tunnel that is lost, whatever a person says',
      holds(up({ tunnel: 'lost' }), DIED, [said(SINCE)]),
      true,
    ],
    [
      'a tunnel that is lost, with failback=probe',
      holds(up({ tunnel: 'lost' }), null, [], 'probe'),
      true,
    ],
  ])('%s: %s', (_what, isHeld, expected) => {
    expect(isHeld).toBe(expected);
  });

  test('garbage allows nothing', () => {
    expect(parseFailbacks({ failbacks: [{ instanceId: '*' }] })).toBeNull();
    expect(isAllowed([], 'i-a1', DIED)).toBe(false);
  });
});

describe('a new leader', () => {
  const mine = (since: number) => applianceMemory({ doubt: { since, why: 'died' } });

  test('goes on with the doubt that the last one stored, which a person may have named', () => {
    const theirs = applianceMemory({ seenAt: NOW, doubt: DIED });
    expect(deathHandedOver(mine(SINCE + 7), theirs).doubt).toEqual(DIED);
  });

  test('keeps its own where the last one cannot have seen the death', () => {
    const theirs = applianceMemory({ seenAt: SINCE, doubt: null });
    expect(deathHandedOver(mine(SINCE + 7), theirs).doubt?.since).toBe(SINCE + 7);
    expect(deathHandedOver(mine(SINCE + 7), undefined).doubt?.since).toBe(SINCE + 7);
  });

  test('has none where the last one saw it ended', () => {
    const theirs = applianceMemory({ seenAt: NOW, doubt: null });
    expect(deathHandedOver(mine(SINCE), theirs).doubt).toBeNull();
  });
});

test.each([
  ['is watched for the hold-down', 300_000, 299_999, true],
  ['is not watched after it', 300_000, 300_000, false],
  ['is watched for a minute at least', 8_000, 59_999, true],
])('a failback %s', (_what, holdMs, agoMs, isWatched) => {
  const policy = policyOf({ holdMs });
  expect(watchMsOf(policy)).toBe(Math.max(60_000, holdMs));
  const home = { at: NOW - agoMs, to: 'i-a1', from: 'i-b1', farSides: [] };
  const group = { lastFailoverAt: 0, flapCount: 1, failovers: {}, pinnedAts: {} };
  const past = { ...group, homecomings: { 'rtb-1 10.0.0.0/8': home } };
  const route = { key: 'rtb-1 10.0.0.0/8', nextHop: 'i-a1' };
  expect(homecomingOf(past, route, policy, NOW) !== null).toBe(isWatched);
  expect(homecomingOf(past, { ...route, nextHop: 'i-b1' }, policy, NOW)).toBeNull();
});
