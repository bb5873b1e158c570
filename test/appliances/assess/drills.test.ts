/** A drill that runs, one that failed, and a group that was not drilled for long are found; a passed one is not. */
import { expect, test } from '@jest/globals';
import { findDrills } from '../../../lib/appliances/assess/drills.ts';
import type { Drill, DrillMemory } from '../../../lib/appliances/types/drill.ts';
import { NOW } from '../../builders/facts.ts';
import { anAppliance, aWorld, memoryOf } from '../../builders/world.ts';

const DAYS_14 = 14 * 86_400_000;
const PASSED: Drill = {
  instanceId: 'i-a1',
  name: 'vpn-a1',
  at: NOW - 400_000,
  until: NOW - 100_000,
  by: 'ana',
  why: 'CHG-1',
  routes: ['rtb-1 10.0.0.0/8'],
  awayAt: NOW - 398_800,
  endedAt: NOW - 100_000,
  failedWhy: null,
  doneAt: NOW - 99_000,
  probes: 900,
  missed: 0,
  outageMs: 0,
};

const found = (memory: Partial<DrillMemory>, appliances = [anAppliance('i-a1')]) =>
  findDrills(
    aWorld({ appliances }),
    memoryOf({ drills: new Map([['hq', { taggedAt: null, askedAt: 0, drills: [], ...memory }]]) }),
    NOW,
  );

test('a passed drill is no finding', () => {
  expect(found({ drills: [PASSED] })).toEqual([]);
});

test('one that runs says who asked for it and until when; its routes on the way back are part of it', () => {
  const [one] = found({ drills: [{ ...PASSED, doneAt: null }] });
  expect(one).toMatchObject({ reason: 'DrillRunning', severity: 'warning', subject: { id: 'hq' } });
  expect(one?.summary).toContain('asked for by ana (CHG-1)');
});

test('the last one that failed is found with what was measured, and no more after one that passed', () => {
  const failed = { ...PASSED, failedWhy: '1 probe not answered', missed: 1, outageMs: 1_200 };
  const [one] = found({ drills: [PASSED, failed] });
  expect(one?.reason).toBe('DrillFailed');
  expect(one?.summary).toContain(
    'failed (1 probe not answered): 1 route left vpn-a1 within 1.2 s, and went back within 1 s; 1 of 900 probes not answered; outage 1.2 s, by the probes through the tunnels',
  );
  expect(found({ drills: [failed, PASSED] })).toEqual([]);
});

test('a tagged group is overdue 14 days after the last that passed, or after its tag was first seen; an untagged one never', () => {
  const reasons = (memory: Partial<DrillMemory>) => found(memory).map(({ reason }) => reason);
  const old = { ...PASSED, at: NOW - DAYS_14 - 9, doneAt: NOW - DAYS_14 };
  expect(reasons({ taggedAt: NOW - DAYS_14 })).toEqual(['DrillOverdue']);
  expect(reasons({ taggedAt: NOW - DAYS_14 + 1 })).toEqual([]);
  expect(reasons({ taggedAt: 1, drills: [old] })).toEqual(['DrillOverdue']);
  expect(reasons({ taggedAt: 1, drills: [{ ...old, doneAt: NOW - DAYS_14 + 1 }] })).toEqual([]);
  expect(reasons({ taggedAt: null, drills: [old] })).toEqual([]);
});

test('of a group without members nothing is found', () => {
  expect(found({ taggedAt: 1 }, [])).toEqual([]);
});
