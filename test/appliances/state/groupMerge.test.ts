/** Two hands on one group's memory: nobody's failover is lost, a person's ack stands, no hold is shortened. */
import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import type { Failover } from '../../../lib/appliances/state/failover.ts';
import {
  afterJump,
  inOwnTime,
  mergeGroup,
  mergeGroups,
  notAhead,
} from '../../../lib/appliances/state/groupMerge.ts';
import type { GroupMemory, Memory } from '../../../lib/appliances/state.ts';
import { NOW } from '../../builders/facts.ts';
import { failoversAt, groupMemory } from '../../builders/world.ts';

const MIN = 60_000;
const KEY = 'rtb-1 10.0.0.0/8';
const OTHER = 'rtb-2 10.0.0.0/8';

const failed = (...ats: readonly number[]) => ({ failovers: { [KEY]: failoversAt(...ats) } });

describe('one group', () => {
  test('that nobody else has written is mine', () => {
    const mine = groupMemory(failed(NOW));
    expect(mergeGroup(undefined, mine, undefined)).toBe(mine);
  });

  test('has every failover of both, once, the newest three', () => {
    const base = groupMemory(failed(1));
    const mine = groupMemory(failed(1, 4));
    const theirs = groupMemory(failed(1, 2, 3));
    expect(mergeGroup(base, mine, theirs)).toMatchObject(failed(2, 3, 4));
  });

  test('keeps what only one side knows', () => {
    const mine = groupMemory({ failovers: { [OTHER]: failoversAt(5) }, pinnedAts: { [OTHER]: 5 } });
    const theirs = groupMemory({ failovers: { [KEY]: failoversAt(4) }, pinnedAts: { [KEY]: 4 } });
    expect(mergeGroup(undefined, mine, theirs)).toMatchObject({
      failovers: { [KEY]: failoversAt(4), [OTHER]: failoversAt(5) },
      pinnedAts: { [KEY]: 4, [OTHER]: 5 },
    });
  });

  const seen = (writtenAt: number, over: Partial<Failover> = {}): Failover => ({
    from: 'eni-a1',
    to: 'eni-b1',
    writtenAt,
    at: writtenAt,
    ...over,
  });
  const of = (...own: readonly Failover[]) => groupMemory({ failovers: { [KEY]: own } });
  const counted = (mine: Failover, theirs: Failover): number | undefined =>
    mergeGroup(undefined, of(mine), of(theirs)).failovers[KEY]?.length;

  test.each([
    ['14.999 s apart', seen(NOW + 14_999), 1],
    ['15 s apart', seen(NOW + 15_000), 2],
    ['at once, to another target', seen(NOW, { to: 'eni-c1' }), 2],
    ['at once, from another one', seen(NOW, { from: 'eni-c1' }), 2],
  ])('the same move written by two hands %s', (_what, theirs, expected) => {
    expect(counted(seen(NOW), theirs)).toBe(expected);
  });

  test('the third within an hour pins also when only the merge knows of all three', () => {
    const base = of(seen(NOW - 2 * MIN));
    const mine = of(seen(NOW - 2 * MIN), seen(NOW));
    const theirs = of(seen(NOW - 2 * MIN), seen(NOW - MIN));
    expect(mergeGroup(base, mine, theirs).pinnedAts).toEqual({ [KEY]: NOW });
  });

  test.each([
    ['59 min 59.999 s', 60 * MIN - 1, [KEY]],
    ['an hour', 60 * MIN, []],
  ])('three within %s pin: %j', (_what, agoMs, expected) => {
    const mine = of(seen(NOW - agoMs), seen(NOW));
    const theirs = of(seen(NOW - MIN));
    expect(Object.keys(mergeGroup(undefined, mine, theirs).pinnedAts)).toEqual(expected);
  });

  test('the same move written by both does not pin a moment too early', () => {
    const base = of(seen(NOW - MIN));
    const mine = of(seen(NOW - MIN), seen(NOW));
    const theirs = of(seen(NOW - MIN), seen(NOW + 300));
    const merged = mergeGroup(base, mine, theirs);
    expect(merged.failovers[KEY]).toHaveLength(2);
    expect(merged.pinnedAts).toEqual({});
  });

  test('a clock that went back makes no second failover out of one, and lengthens no hold', () => {
    const ahead = NOW + 60 * MIN;
    const base = groupMemory({ lastFailoverAt: ahead, failovers: { [KEY]: [seen(ahead)] } });
    const mine = notAhead(new Map([['hq', base]]), NOW).get('hq') ?? base;
    const theirs = { ...base, flapCount: 2 };
    expect(mergeGroup(base, mine, theirs)).toMatchObject({
      lastFailoverAt: NOW,
      failovers: { [KEY]: [{ writtenAt: ahead, at: NOW }] },
    });
  });

  test('loses a pin that was there and that they have taken away, with its failovers', () => {
    const pinned = groupMemory({ ...failed(1, 2, 3), pinnedAts: { [KEY]: 3 } });
    const acked = groupMemory({ failovers: {}, pinnedAts: {} });
    expect(mergeGroup(pinned, pinned, acked)).toMatchObject({ failovers: {}, pinnedAts: {} });
  });

  test('keeps a failover that came after the ack', () => {
    const pinned = groupMemory({ ...failed(1, 2, 3), pinnedAts: { [KEY]: 3 } });
    const mine = groupMemory({ ...failed(2, 3, 9), pinnedAts: { [KEY]: 3 } });
    const acked = groupMemory({ failovers: {}, pinnedAts: {} });
    expect(mergeGroup(pinned, mine, acked)).toMatchObject({ ...failed(9), pinnedAts: {} });
  });

  test('keeps a pin that is mine alone and new', () => {
    const mine = groupMemory({ pinnedAts: { [KEY]: 3 } });
    expect(mergeGroup(groupMemory(), mine, groupMemory()).pinnedAts).toEqual({ [KEY]: 3 });
  });

  test('never rests shorter than either side would that has changed anything', () => {
    const any = fc.record({ lastFailoverAt: fc.nat(9), flapCount: fc.nat(9) }).map(groupMemory);
    fc.assert(
      fc.property(any, any, any, (base, mine, theirs) => {
        const merged = mergeGroup(base, mine, theirs);
        const changed = [mine, theirs].filter((one) => one.lastFailoverAt !== base.lastFailoverAt);
        for (const side of changed) {
          expect(merged.lastFailoverAt).toBeGreaterThanOrEqual(side.lastFailoverAt);
          expect(merged.flapCount).toBeGreaterThanOrEqual(side.flapCount);
        }
      }),
    );
  });
});

describe('all groups', () => {
  const named = (over: Readonly<Record<string, GroupMemory>>): Memory['groups'] =>
    new Map(Object.entries(over));
  const base = named({ hq: groupMemory(failed(1)) });

  test('that only one side changed are that side’s, as they are', () => {
    const changed = named({ hq: groupMemory(failed(1, 2)) });
    expect(mergeGroups(base, changed, base)).toBe(changed);
    expect(mergeGroups(base, base, changed)).toBe(changed);
  });

  test('that both changed are merged; one that is new to a side is kept', () => {
    const mine = named({ hq: groupMemory(failed(1, 3)), lab: groupMemory() });
    const theirs = named({ hq: groupMemory(failed(1, 2)), branch: groupMemory() });
    const merged = mergeGroups(base, mine, theirs);
    expect([...merged.keys()].toSorted()).toEqual(['branch', 'hq', 'lab']);
    expect(merged.get('hq')).toMatchObject(failed(1, 2, 3));
  });
});

describe('a clock that went back', () => {
  test('leaves nothing more than 5 s ahead of itself', () => {
    const ahead = NOW + 5_001;
    const groups = new Map([
      ['hq', groupMemory({ lastFailoverAt: ahead, ...failed(NOW - 1, ahead) })],
    ]);
    const mended = notAhead(groups, NOW).get('hq');
    expect(mended?.lastFailoverAt).toBe(NOW);
    expect(mended?.failovers[KEY]?.map(({ at }) => at)).toEqual([NOW - 1, NOW]);
  });

  test('leaves alone what may be another machine’s clock: the same objects', () => {
    const ahead = NOW + 5_000;
    const groups = new Map([['hq', groupMemory({ lastFailoverAt: ahead, ...failed(ahead) })]]);
    expect(notAhead(groups, NOW)).toBe(groups);
  });
});

describe('a clock that went ahead', () => {
  const rests = (agoMs: number, byMs: number) => {
    const groups = new Map([['hq', groupMemory({ lastFailoverAt: NOW - agoMs })]]);
    const at = afterJump(groups, byMs, NOW).get('hq')?.lastFailoverAt ?? 0;
    return NOW - at;
  };

  test.each([
    ['an hour: 5 min ago stays 5 min ago', 65 * MIN, 60 * MIN, 5 * MIN],
    ['further than the failover is old: it was just now', 5 * MIN, 60 * MIN, 0],
    ['not at all', 5 * MIN, 0, 5 * MIN],
    ['back instead', 5 * MIN, -60 * MIN, 5 * MIN],
  ])('by %s', (_what, agoMs, byMs, expected) => {
    expect(rests(agoMs, byMs)).toBe(expected);
  });
});

describe('a failover whose time was set right since', () => {
  const of = (at: number) => ({ from: 'eni-a1', to: 'eni-b1', writtenAt: NOW, at });
  const groupAt = (at: number) => groupMemory({ failovers: { [KEY]: [of(at)] } });

  test.each([
    ['mine, earlier', NOW, NOW - MIN, NOW, NOW - MIN],
    ['mine, later', NOW, NOW + MIN, NOW, NOW + MIN],
    ['theirs, earlier', NOW, NOW, NOW - MIN, NOW - MIN],
    ['theirs, later', NOW, NOW, NOW + MIN, NOW + MIN],
    ['both, differently: the later one', NOW, NOW + MIN, NOW + 2 * MIN, NOW + 2 * MIN],
    ['neither', NOW, NOW, NOW, NOW],
  ])('on %s', (_what, baseAt, mineAt, theirsAt, expected) => {
    const merged = mergeGroup(groupAt(baseAt), groupAt(mineAt), groupAt(theirsAt));
    expect(merged.failovers[KEY]).toEqual([of(expected)]);
  });
});

describe('in the time of who takes over', () => {
  const group = groupMemory({ lastFailoverAt: NOW - 10 * MIN, ...failed(NOW - 10 * MIN) });
  const groups: Memory['groups'] = new Map([['hq', group]]);

  test('a forerunner heard 5 s ago changes nothing', () => {
    expect(inOwnTime(groups, 5_000, NOW)).toBe(groups);
  });

  test.each([
    ['5.001 s ago: the hold goes on from then', 5_001, NOW - 10 * MIN + 5_001],
    ['an hour ago: the hold begins anew, and not in the future', 60 * MIN, NOW],
    ['never: nobody knows, so it begins anew', Number.POSITIVE_INFINITY, NOW],
  ])('a forerunner heard %s; failovers count as ever', (_what, agoMs, lastFailoverAt) => {
    expect(inOwnTime(groups, agoMs, NOW).get('hq')).toEqual({ ...group, lastFailoverAt });
  });
});

test('a clock that went ahead takes the failovers of the hour with it', () => {
  const groups: Memory['groups'] = new Map([['hq', groupMemory(failed(NOW - 10 * MIN, NOW))]]);
  const later = afterJump(groups, 60 * MIN, NOW + 60 * MIN).get('hq')?.failovers[KEY];
  expect(later?.map(({ at }) => at)).toEqual([NOW + 50 * MIN, NOW + 60 * MIN]);
  expect(later?.map(({ writtenAt }) => writtenAt)).toEqual([NOW - 10 * MIN, NOW]);
});
