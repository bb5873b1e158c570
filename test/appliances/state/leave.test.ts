/** Notices as they are stored: what is read back, what bounds them, and which of several counts. */
import { describe, expect, test } from '@jest/globals';
import {
  LEAVE_MS_MAX,
  LEAVES_MAX,
  leavesNow,
  parseLeaves,
  withLeave,
} from '../../../lib/appliances/state/leave.ts';
import { NOW } from '../../builders/facts.ts';
import { aLeave, anAppliance, aScheduledEvent, aWorld } from '../../builders/world.ts';

const world = aWorld({ appliances: [anAppliance('i-a1')] });
const hook = { name: 'vpn-medic-leave', group: 'vpn', token: 't1' };

describe('stored notices', () => {
  test('are read back as they were written', () => {
    const leaves = [aLeave('i-0a', { hook }), aLeave('i-0b', { cause: 'drain', endsAt: null })];
    const body: unknown = JSON.parse(JSON.stringify({ version: 1, leaves }));
    expect(parseLeaves(body)).toEqual(leaves);
  });

  test.each([
    ['no object', 'garbage'],
    ['an unknown cause', { leaves: [{ ...aLeave('i-0a'), cause: 'boredom' }] }],
    ['an id that is none', { leaves: [aLeave('i-0a; rm')] }],
    [
      'more than the most',
      { leaves: Array.from({ length: LEAVES_MAX + 1 }, () => aLeave('i-0a')) },
    ],
  ])('%s is no notice', (_what, body) => {
    expect(parseLeaves(body)).toBeNull();
  });

  test('none lasts longer than seven days, whatever is written', () => {
    const [one] = parseLeaves({ leaves: [aLeave('i-0a', { at: NOW, until: NOW * 2 })] }) ?? [];
    expect(one?.until).toBe(NOW + LEAVE_MS_MAX);
  });

  test('a second one of the same instance and cause takes the place of the first; of another cause or hook it does not', () => {
    const first = aLeave('i-0a', { at: NOW - 9 });
    expect(withLeave([first], aLeave('i-0a'), NOW)).toEqual([aLeave('i-0a')]);
    expect(withLeave([first], aLeave('i-0a', { cause: 'drain' }), NOW)).toHaveLength(2);
    expect(withLeave([first], aLeave('i-0a', { hook }), NOW)).toHaveLength(2);
  });

  test('one that is over goes an hour later', () => {
    const over = aLeave('i-0a', { until: NOW });
    expect(withLeave([over], aLeave('i-0b'), NOW + 3_599_999)).toHaveLength(2);
    expect(withLeave([over], aLeave('i-0b'), NOW + 3_600_000)).toHaveLength(1);
  });
});

describe('of several notices of one instance', () => {
  test('the most certain counts, in whatever order they came', () => {
    const both = [aLeave('i-a1', { cause: 'rebalance' }), aLeave('i-a1', { cause: 'spot' })];
    expect(leavesNow(world, both, NOW).get('i-a1')?.cause).toBe('spot');
    expect(leavesNow(world, both.toReversed(), NOW).get('i-a1')?.cause).toBe('spot');
  });

  test('an event that EC2 has scheduled counts more than a drain, and has no end of its own', () => {
    const signals = { 'i-a1': { events: [aScheduledEvent(NOW + 60_000)] } };
    const seen = aWorld({ appliances: [anAppliance('i-a1')], signals });
    const leave = leavesNow(seen, [aLeave('i-a1', { cause: 'drain' })], NOW).get('i-a1');
    expect(leave).toMatchObject({ cause: 'scheduled', endsAt: NOW + 60_000, until: null });
  });

  test('a notice from more than five minutes ahead was made by no clock of ours', () => {
    const ahead = (ms: number) => leavesNow(world, [aLeave('i-a1', { at: NOW + ms })], NOW).size;
    expect(ahead(300_000)).toBe(1);
    expect(ahead(300_001)).toBe(0);
  });
});
