/** When a lifecycle hook of ours is completed: after its routes are read back elsewhere, or when they have nowhere to go. */
import { describe, expect, test } from '@jest/globals';
import { dueHooks } from '../../../lib/appliances/plan/hooks.ts';
import type { Memory } from '../../../lib/appliances/state.ts';
import { known } from '../../../lib/core/reading.ts';

import { NOW } from '../../builders/facts.ts';
import {
  aLeave,
  anAppliance,
  aPending,
  aRoute,
  aWorld,
  memoryOf,
  policyOf,
  type WorldParts,
} from '../../builders/world.ts';

const HOOK = { name: 'vpn-medic-leave', group: 'vpn', token: 't1' };
const KEY = 'rtb-1 10.0.0.0/8';

interface Setting extends WorldParts {
  readonly nextHop?: string;
  readonly agoMs?: number;
  readonly memory?: Partial<Memory>;
  readonly isObserving?: boolean;
}

function due({ nextHop = 'i-b1', agoMs = 1_000, memory, isObserving, ...parts }: Setting = {}) {
  const world = aWorld({
    appliances: [anAppliance('i-a1'), anAppliance('i-b1')],
    routes: [aRoute(KEY, nextHop)],
    ...parts,
  });
  const leaves = [aLeave('i-a1', { cause: 'lifecycle', at: NOW - agoMs, hook: HOOK })];
  const policy = policyOf(isObserving === true ? { mode: 'observe' } : {});
  return dueHooks(world, memoryOf({ leaves, ...memory }), policy, NOW).map(
    ({ because }) => because,
  );
}

describe('a hook of an instance', () => {
  test('that carries no route is completed at once; of one that still carries, it waits', () => {
    expect(due()).toEqual(['no route leads to it']);
    expect(due({ nextHop: 'i-a1' })).toEqual([]);
  });

  test('whose route was written and is not read back waits', () => {
    const pending = new Map([[KEY, aPending({ fromTargetId: 'eni-a1' })]]);
    expect(due({ memory: { pending } })).toEqual([]);
  });

  test('that still carries is completed after 60 s: no other appliance has taken its routes', () => {
    expect(due({ nextHop: 'i-a1', agoMs: 59_999 })).toEqual([]);
    expect(due({ nextHop: 'i-a1', agoMs: 60_000 })).toHaveLength(1);
  });

  test('is completed once, and not when the instance ends already', () => {
    expect(due({ memory: { completedHooks: new Set(['t1']) } })).toEqual([]);
    expect(due({ signals: { 'i-a1': { state: known('shutting-down', NOW) } } })).toEqual([]);
  });

  test('waits while the route tables cannot be read', () => {
    const gaps = [{ what: 'route tables', why: 'denied', since: NOW, zone: null }];
    expect(due({ over: { gaps } })).toEqual([]);
  });

  test('is left to its own time in mode observe, in a pause, and by a standby', () => {
    expect(due({ isObserving: true })).toEqual([]);
    const pause = { at: NOW - 1, until: NOW + 1, by: 'ana', why: 'work' };
    expect(due({ memory: { pause } })).toEqual([]);
    expect(due({ over: { lease: { kind: 'standby', until: NOW } } })).toEqual([]);
  });

  test('that is no appliance is completed for two minutes after the notice, and then left', () => {
    const appliances = [anAppliance('i-b1')];
    expect(due({ appliances, agoMs: 30_000 })).toHaveLength(1);
    expect(due({ appliances, agoMs: 120_001 })).toEqual([]);
  });
});
