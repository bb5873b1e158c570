/** Two hands on one group's memory: nobody's failover is lost, a person's ack stands, no hold is shortened. */
import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { mergeGroup, mergeGroups, notAhead } from '../../lib/model/groupMerge.ts';
import type { GroupMemory, Memory } from '../../lib/model/memory.ts';
import { NOW } from '../build/facts.ts';
import { groupMemory } from '../build/world.ts';

const KEY = 'rtb-1 10.0.0.0/8';
const OTHER = 'rtb-2 10.0.0.0/8';

const failed = (...ats: readonly number[]) => ({ failoverAts: { [KEY]: ats } });

describe('one group', () => {
  test('that nobody else has written is mine', () => {
    const mine = groupMemory(failed(NOW));
    expect(mergeGroup(undefined, mine, undefined)).toBe(mine);
  });

  test('has every failover of both, once, the newest three', () => {
    const base = groupMemory(failed(1));
    const mine = groupMemory(failed(1, 4));
    const theirs = groupMemory(failed(1, 2, 3));
    expect(mergeGroup(base, mine, theirs).failoverAts).toEqual({ [KEY]: [2, 3, 4] });
  });

  test('keeps what only one side knows', () => {
    const mine = groupMemory({ failoverAts: { [OTHER]: [5] }, pinnedAts: { [OTHER]: 5 } });
    const theirs = groupMemory({ failoverAts: { [KEY]: [4] }, pinnedAts: { [KEY]: 4 } });
    expect(mergeGroup(undefined, mine, theirs)).toMatchObject({
      failoverAts: { [KEY]: [4], [OTHER]: [5] },
      pinnedAts: { [KEY]: 4, [OTHER]: 5 },
    });
  });

  test('loses a pin that was there and that they have taken away, with its failovers', () => {
    const pinned = groupMemory({ ...failed(1, 2, 3), pinnedAts: { [KEY]: 3 } });
    const acked = groupMemory({ failoverAts: {}, pinnedAts: {} });
    expect(mergeGroup(pinned, pinned, acked)).toMatchObject({ failoverAts: {}, pinnedAts: {} });
  });

  test('keeps a failover that came after the ack', () => {
    const pinned = groupMemory({ ...failed(1, 2, 3), pinnedAts: { [KEY]: 3 } });
    const mine = groupMemory({ ...failed(2, 3, 9), pinnedAts: { [KEY]: 3 } });
    const acked = groupMemory({ failoverAts: {}, pinnedAts: {} });
    expect(mergeGroup(pinned, mine, acked)).toMatchObject({ ...failed(9), pinnedAts: {} });
  });

  test('keeps a pin that is mine alone and new', () => {
    const mine = groupMemory({ pinnedAts: { [KEY]: 3 } });
    expect(mergeGroup(groupMemory(), mine, groupMemory()).pinnedAts).toEqual({ [KEY]: 3 });
  });

  test('never rests shorter than either side would', () => {
    const any = fc.record({ lastFailoverAt: fc.nat(), flapCount: fc.nat(9) }).map(groupMemory);
    fc.assert(
      fc.property(any, any, any, (base, mine, theirs) => {
        const merged = mergeGroup(base, mine, theirs);
        for (const side of [mine, theirs]) {
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
    expect(merged.get('hq')?.failoverAts).toEqual({ [KEY]: [1, 2, 3] });
  });
});

describe('a clock that went back', () => {
  test('leaves nothing more than 5 s ahead of itself', () => {
    const ahead = NOW + 5_001;
    const groups = new Map([
      ['hq', groupMemory({ lastFailoverAt: ahead, ...failed(NOW - 1, ahead) })],
    ]);
    expect(notAhead(groups, NOW).get('hq')).toMatchObject({
      lastFailoverAt: NOW,
      ...failed(NOW - 1, NOW),
    });
  });

  test('leaves alone what may be another machine’s clock: the same objects', () => {
    const ahead = NOW + 5_000;
    const groups = new Map([['hq', groupMemory({ lastFailoverAt: ahead, ...failed(ahead) })]]);
    expect(notAhead(groups, NOW)).toBe(groups);
  });
});
