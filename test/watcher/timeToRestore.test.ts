/**
 * Goal: one time to heal for each failover, from the last good sight to the last read-back, and none for other moves.
 * Method: the watch over ticks made by hand; then the deployment in the simulated account, against its truth.
 */
import { describe, expect, test } from '@jest/globals';
import type { Outcome } from '../../lib/appliances/types/plan.ts';
import { DEFAULT_POLICY } from '../../lib/appliances/types/policy.ts';
import type { Tick } from '../../lib/appliances/types/tick.ts';
import type { ManagedRoute } from '../../lib/appliances/types/topology.ts';
import { noHistory } from '../../lib/probe/history.ts';
import { SimAccount } from '../../lib/simulator/account.ts';
import { defaultAccount } from '../../lib/simulator/defaults/account.ts';
import { USUAL_DELAYS } from '../../lib/simulator/delays.ts';
import { AS_DEPLOYED, Deployment } from '../../lib/simulator/deployment.ts';
import { rolesOf } from '../../lib/simulator/roles.ts';
import { openRestoreTimer } from '../../lib/watcher/timeToRestore.ts';
import { NOW } from '../builders/facts.ts';
import { HERE } from '../builders/ports.ts';
import {
  aMove,
  anAppliance,
  anAssessment,
  aRoute,
  aWorld,
  down,
  memoryOf,
} from '../builders/world.ts';
import { START_AT } from '../cli/open.ts';

const KEYS = ['rtb-1 10.0.0.0/8', 'rtb-2 10.0.0.0/8'] as const;

function aTick(outcomes: readonly Outcome[], left: readonly ManagedRoute[] = [], at = NOW): Tick {
  const history = { ...noHistory, goodSentAts: [NOW - 9_000, NOW - 4_000] };
  const vantage = {
    vantage: HERE,
    histories: new Map([['i-a1 ike:500', history]]),
    rounds: [],
    unreachables: new Map(),
  };
  const world = aWorld({
    appliances: [anAppliance('i-a1'), anAppliance('i-b1')],
    routes: left,
    vantages: [vantage],
    over: { at },
  });
  const assessment = anAssessment(world, { 'i-a1': down({ since: NOW - 3_000 }) });
  return { world, assessment, plan: { actions: [], held: [] }, outcomes, memory: memoryOf() };
}
const done = (key: string = KEYS[0], readBackAt = NOW + 500): Outcome => ({
  move: aMove({ routeKey: key }),
  at: NOW + 300,
  kind: 'done',
  tookMs: 200,
  readBackAt,
});
const written = (key: string = KEYS[0]): Outcome => ({
  move: aMove({ routeKey: key }),
  at: NOW + 300,
  kind: 'written',
  tookMs: 200,
  isUnclear: false,
});

describe('a failover', () => {
  test('is over with the tick in which nothing leads to the dead any more', () => {
    const watch = openRestoreTimer();
    expect(watch.note(aTick([done()]))).toEqual([]);
    expect(watch.note(aTick([]))).toEqual([
      {
        from: 'i-a1',
        routeCount: 1,
        lastGoodAt: NOW - 4_000,
        readBackAt: NOW + 500,
        tookMs: 4_500,
      },
    ]);
    expect(watch.note(aTick([]))).toEqual([]);
  });

  test('over several ticks is one, and takes until its last route', () => {
    const watch = openRestoreTimer();
    watch.note(aTick([done(KEYS[0])]));
    expect(watch.note(aTick([done(KEYS[1], NOW + 2_500)], [aRoute(KEYS[1], 'i-a1')]))).toEqual([]);
    expect(watch.note(aTick([]))).toMatchObject([{ routeCount: 2, tookMs: 6_500 }]);
  });

  test('is not over while a route that could move leads to the dead', () => {
    const watch = openRestoreTimer();
    watch.note(aTick([done()]));
    expect(watch.note(aTick([], [aRoute(KEYS[1], 'i-a1')]))).toEqual([]);
  });

  test('is over though a client pool that no other member can carry still does', () => {
    const watch = openRestoreTimer();
    watch.note(aTick([done()]));
    const preferred = { kind: 'pool', instanceId: 'i-a1', pool: '10.8.0.0/24' } as const;
    expect(watch.note(aTick([], [aRoute(KEYS[1], 'i-a1', { preferred })]))).toHaveLength(1);
  });

  test('whose write shows only later takes until it shows', () => {
    const watch = openRestoreTimer();
    watch.note(aTick([written()]));
    expect(watch.note(aTick([], [], NOW + 3_000))).toMatchObject([{ tookMs: 7_000 }]);
  });

  test('at the invocation’s end counts as far as it was read back, and not at all where it was not', () => {
    const [seen, unseen] = [openRestoreTimer(), openRestoreTimer()];
    seen.note(aTick([done()]));
    unseen.note(aTick([written()]));
    expect(seen.rest()).toMatchObject([{ tookMs: 4_500 }]);
    expect(unseen.rest()).toEqual([]);
  });
});

test.each(['failback', 'pool', 'pin'] as const)('a %s move is none', (kind) => {
  const watch = openRestoreTimer();
  watch.note(aTick([{ ...done(), move: aMove({ kind }) }]));
  expect(watch.note(aTick([]))).toEqual([]);
});

test.each(['skipped', 'deferred', 'failed'] as const)('a move that was %s is none', (kind) => {
  const watch = openRestoreTimer();
  watch.note(aTick([{ move: aMove(), at: NOW, kind, why: 'so' }]));
  expect(watch.note(aTick([]))).toEqual([]);
});

test('the deployment measures each failover once, by no more than a knock and a tick over the truth', async () => {
  const roles = rolesOf(defaultAccount(START_AT));
  const account = new SimAccount({
    snapshot: roles.snapshot,
    seed: 3,
    vantages: roles.vantages,
    pace: USUAL_DELAYS,
    skewMsMax: 0,
  });
  const deployment = new Deployment(account, {
    seed: 3,
    policy: DEFAULT_POLICY,
    ...AS_DEPLOYED,
  });
  const [first, second] = roles.appliances;
  if (first === undefined || second === undefined) throw new Error('two appliances are needed');
  account.faults.add({ kind: 'host-dead', instanceId: first.instanceId }, 30_000, 100_000);
  account.faults.add({ kind: 'stopped', instanceId: second.instanceId }, 60_000, 120_000);
  deployment.start();
  await account.clock.run(150_000);
  deployment.stop();
  await account.clock.run(155_000);
  const times = account.log.logger.flatMap(({ level, fields }) =>
    level === 'metric' && typeof fields['TimeToRestoreMs'] === 'number'
      ? [fields['TimeToRestoreMs']]
      : [],
  );
  expect(times).toHaveLength(2);
  for (const ms of times) {
    expect(ms).toBeGreaterThan(0);
    expect(ms).toBeLessThan(6_000);
  }
});
