/** Goal: who watches is said rightly from the stored leases. Method: pure, with stored items. */
import { describe, expect, test } from '@jest/globals';
import type { Switch } from '../../lib/core/switches.ts';
import { freshLook, isLate, readLastLooks } from '../../lib/watcher/lastLooks.ts';
import { freshTexts, lateTexts, offText } from '../../lib/watcher/lastLooksText.ts';
import { leaseId, type Scope } from '../../lib/watcher/lease/item.ts';
import { NOW, REGION } from '../builders/facts.ts';

const lease = (scope: Scope, agoMs: number, off?: readonly Switch[]) => ({
  id: leaseId(REGION, scope),
  version: 1,
  body: {
    leader: 'w',
    token: 1,
    renewedAt: NOW - agoMs,
    lookedAt: NOW - agoMs,
    startedAt: NOW - agoMs,
    isLookRequested: false,
    mode: 'act',
    ...(off === undefined ? {} : { off }),
  },
});

const looksWith = (off: readonly Switch[] | undefined, connectionsAgoMs: number) =>
  readLastLooks(
    [lease('appliances', 1_000, off), lease('connections', connectionsAgoMs)],
    REGION,
    REGION,
    NOW,
  );

describe('a scope that was watched and is no more', () => {
  test('is late 150,001 ms after its last look, and not at 150,000', () => {
    expect(isLate(looksWith(undefined, 150_000))).toBe(false);
    expect(isLate(looksWith(undefined, 150_001))).toBe(true);
  });

  test('checked every 15 minutes, the CRLs are late after 35 min and 1 ms, and not at 35 min', () => {
    const looks = (agoMs: number) =>
      readLastLooks([lease('appliances', 1_000), lease('crls', agoMs)], REGION, REGION, NOW);
    expect(isLate(looks(2_100_000))).toBe(false);
    expect(isLate(looks(2_100_001))).toBe(true);
  });

  test('is off, and neither late nor fresh, once the deployment leaves it out', () => {
    const watch = looksWith(['connections', 'crl'], 86_400_000);
    expect(isLate(watch)).toBe(false);
    expect(lateTexts(watch)).toEqual([]);
    expect(freshTexts(watch)).toEqual(['appliances 1 s ago (mode act)']);
    expect(offText(watch)).toContain('connections=false, crl=false');
  });

  test('is not fresh within its period either: what is off is not watched', () => {
    expect(freshLook(looksWith(['connections'], 1_000), 'connections')).toBeNull();
    expect(freshLook(looksWith([], 1_000), 'connections')).not.toBeNull();
  });

  test('is not excused by a switch of another scope', () => {
    expect(isLate(looksWith(['endpoints'], 86_400_000))).toBe(true);
    expect(offText(looksWith([], 1_000))).toBeNull();
  });
});
