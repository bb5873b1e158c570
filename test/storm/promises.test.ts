/**
 * The promises with a number in them, kept in virtual time: how fast, how slow, how often, and for how long nothing.
 * The real product runs in the simulated account, handing over from watcher to watcher each virtual minute.
 */

import { describe, expect, test } from '@jest/globals';
import { DEFAULT_POLICY } from '../../lib/appliances/types/policy.ts';
import type { SimAccount } from '../../lib/simulator/account.ts';
import type { Fault } from '../../lib/simulator/faults.ts';
import type { GroupLayout } from '../../lib/simulator/layout/words.ts';
import { rolesOf } from '../../lib/simulator/roles.ts';
import type { Snapshot } from '../../lib/simulator/snapshot.ts';
import { oneGroup } from '../builders/oneGroup.ts';
import { deploy, idOf, someAccount } from './account.ts';
import { seedCount } from './counts.ts';

const HOUR_MS = 3_600_000;

/** Nothing that a person would have to be notified of. */
const quietNetwork = (group: Partial<GroupLayout> = {}, tablesPerZone = 1): Snapshot =>
  oneGroup({ zones: ['a', 'b'], ...group }, { zones: ['a', 'b'], tablesPerZone });

interface Wanted {
  readonly snapshot?: Snapshot;
  readonly seed?: number;
  readonly faults?: (hqA: string) => readonly (readonly [Fault, startMs: number, endMs: number])[];
}

async function run(untilMs: number, { snapshot = quietNetwork(), seed = 1, faults }: Wanted = {}) {
  const account = someAccount({ snapshot, seed, vantages: rolesOf(snapshot).vantages });
  for (const [fault, startMs, endMs] of faults?.(idOf(account, 'hq-a')) ?? []) {
    account.faults.add(fault, startMs, endMs);
  }
  const { crashes } = deploy(account);
  await account.clock.run(untilMs);
  expect(crashes).toEqual([]);
  const { writes, notifications } = account.log;
  return { account, writes, notifications };
}

/** As whoever may write the table can: so many failovers of each route, the last of which pointed it where it leads. */
function inventFailovers(account: SimAccount, count: number): void {
  const id = 'state#eu-west-1#appliances';
  const now = account.clock.now();
  const row = account.table.get(id, now);
  if (row === null) throw new Error('nothing is stored');
  const ats = Array.from({ length: count }, (_, index) => now - 60_000 * (count - index));
  const routes = account.network.tables
    .all()
    .flatMap(({ tableId, routes: own }) =>
      own.flatMap(({ destination, interfaceId }) =>
        interfaceId === null ? [] : [[`${tableId} ${destination}`, interfaceId] as const],
      ),
    );
  const each = (value: unknown) => Object.fromEntries(routes.map(([key]) => [key, value]));
  const hq = {
    lastFailoverAt: now,
    flapCount: 100,
    failovers: each(ats),
    pinnedAts: each(now),
    lastTargets: Object.fromEntries(routes),
  };
  const body = { ...JSON.parse(row.body), groups: count === 0 ? {} : { hq } };
  account.table.put({ id, overVersion: row.version, body, expiresAt: null }, now);
}

describe('quick', () => {
  // A prime step, so that each death falls into another phase of the probes' second.
  const COUNT = seedCount({ quick: 25, all: 50 });
  const PHASES = Array.from({ length: COUNT }, (_, index) => (index * 1_000 * 7) / COUNT);

  test.each([
    ['outside', true, 'host-dead', 2_500, 2_750],
    ['outside', true, 'process-dead', 2_420, 2_700],
    ['inside', false, 'host-dead', 1_720, 2_000],
    ['inside', false, 'process-dead', 1_650, 1_950],
  ] as const)(
    'probed from %s the VPC (public %s), the routes of an appliance with %s lead elsewhere within %i ms in half of all phases, and %i ms in every one',
    async (_where, isPublic, kind, halfMs, worstMs) => {
      const tookMs: number[] = [];
      for (const phase of PHASES) {
        const failsMs = 14_000 + Math.round(phase);
        const { writes } = await run(failsMs + 4_000, {
          snapshot: quietNetwork({ isPublic }),
          seed: phase,
          faults: (instanceId) => [[{ kind, instanceId }, failsMs, HOUR_MS]],
        });
        tookMs.push(
          ...writes.map(({ effectMs }) => (effectMs ?? Number.POSITIVE_INFINITY) - failsMs),
        );
      }
      expect(tookMs).toHaveLength(PHASES.length);
      const sorted = tookMs.toSorted((a, b) => a - b);
      expect(sorted[PHASES.length >> 1]).toBeLessThanOrEqual(halfMs);
      expect(sorted.at(-1)).toBeLessThanOrEqual(worstMs);
    },
  );

  test('two appliances that die in turn, once a minute for 20 minutes, have their routes led to the living one within 2,800 ms each time', async () => {
    const MINUTE_MS = 60_000;
    const deaths = Array.from({ length: 20 }, (_, index) => 20_000 + index * MINUTE_MS);
    const account = someAccount({ snapshot: quietNetwork() });
    for (const [index, startMs] of deaths.entries()) {
      const instanceId = idOf(account, index % 2 === 0 ? 'hq-a' : 'hq-b');
      account.faults.add({ kind: 'host-dead', instanceId }, startMs, startMs + 40_000);
    }
    deploy(account);
    await account.clock.run(21 * MINUTE_MS);
    const tookMs = account.log.writes.map(({ effectMs }) => {
      const atMs = effectMs ?? Number.POSITIVE_INFINITY;
      return atMs - (deaths.findLast((startMs) => startMs <= atMs) ?? 0);
    });
    // Of one table at first, and then of both.
    expect(tookMs).toHaveLength(2 * deaths.length - 1);
    expect(Math.max(...tookMs)).toBeLessThanOrEqual(2_800);
  });

  test.each([
    ['an empty history', 0],
    ['three failovers in the last minutes that never were, and their hold-down', 3],
  ])(
    'with %s in the state table the routes of the dead lead elsewhere within 2,800 ms',
    async (_what, count) => {
      const account = someAccount({ snapshot: quietNetwork() });
      // No leader writes over what was forged.
      for (const atMs of [65_000, 65_500]) {
        account.faults.add({ kind: 'watcher-killed' }, atMs, atMs + 1);
      }
      account.faults.add(
        { kind: 'host-dead', instanceId: idOf(account, 'hq-a') },
        150_000,
        HOUR_MS,
      );
      deploy(account);
      await account.clock.run(66_000);
      inventFailovers(account, count);
      await account.clock.run(180_000);
      const tookMs = account.log.writes.map(({ effectMs }) => (effectMs ?? HOUR_MS) - 150_000);
      expect(tookMs).toHaveLength(1);
      expect(tookMs[0]).toBeLessThanOrEqual(2_800);
    },
  );

  test('500 routes of one dead appliance take as long as the bucket alone makes them, within 10 %', async () => {
    const destinations = Array.from({ length: 125 }, (_, index) => `10.20.${index}.0/24`);
    const { writes } = await run(160_000, {
      snapshot: quietNetwork({ destinations }, 4),
      faults: (instanceId) => [[{ kind: 'host-dead', instanceId }, 20_000, HOUR_MS]],
    });
    const effects = writes.flatMap(({ effectMs }) => effectMs ?? []);
    expect(effects).toHaveLength(500);
    const tookMs = Math.max(...effects) - Math.min(...effects);
    const { writeBurst, writesPerSecond } = DEFAULT_POLICY;
    const floorMs = ((500 - writeBurst) / writesPerSecond) * 1_000;
    expect(tookMs / floorMs).toBeGreaterThan(0.9);
    expect(tookMs / floorMs).toBeLessThan(1.1);
  });
});

describe('slow to leave', () => {
  test.each([
    ['inside', false, DEFAULT_POLICY.silenceInsideMs],
    ['outside', true, DEFAULT_POLICY.silenceOutsideMs],
  ])(
    'seen from %s the VPC (public %s), a silence 1 ms shorter than %i ms moves nothing, in any of a hundred phases',
    async (_where, isPublic, silenceMs) => {
      const starts = Array.from({ length: 100 }, (_, index) => 20_000 + index * 15_010);
      const { writes, notifications } = await run(20_000 + 100 * 15_010 + 60_000, {
        snapshot: quietNetwork({ isPublic }),
        faults: (instanceId) =>
          starts.map((startMs) => [
            { kind: 'host-dead', instanceId },
            startMs,
            startMs + silenceMs - 1,
          ]),
      });
      expect(writes).toEqual([]);
      expect(notifications).toEqual([]);
    },
  );

  test('a silence of 5 s moves the routes', async () => {
    const { writes } = await run(60_000, {
      faults: (instanceId) => [[{ kind: 'host-dead', instanceId }, 20_000, 25_000]],
    });
    expect(writes).toHaveLength(1);
  });
});

describe('slower to come back', () => {
  test.each([6, 30, 600])(
    'an appliance that is silent for half of every %d s has each route failed over three times an hour at most',
    async (seconds) => {
      const periodMs = seconds * 1_000;
      const { account, writes } = await run(HOUR_MS, {
        faults: (instanceId) => [
          [{ kind: 'flapping', instanceId, periodMs, downMs: periodMs / 2 }, 20_000, HOUR_MS],
        ],
      });
      const failedOver = account.groundTruth.linkOf(idOf(account, 'hq-b'))?.interfaceId;
      const failovers = writes.filter(({ targetId }) => targetId === failedOver);
      expect(failovers.length).toBeLessThanOrEqual(3);
    },
  );
});

test.each([1, 2, 3])(
  'an appliance that is silent for half of every %d s is silent for too short to be moved at all',
  async (seconds) => {
    const periodMs = seconds * 1_000;
    const { writes } = await run(HOUR_MS / 4, {
      faults: (instanceId) => [
        [{ kind: 'flapping', instanceId, periodMs, downMs: periodMs / 2 }, 20_000, HOUR_MS],
      ],
    });
    expect(writes).toEqual([]);
  },
);

describe('silent when all is well', () => {
  const LASTS_MS = 4 * HOUR_MS;

  test('4 hours with six probes in a hundred lost, as many as in a day with one in a hundred: not a write, not a notice', async () => {
    const { account, writes, notifications } = await run(LASTS_MS, {
      faults: () => [[{ kind: 'probe-loss', chance: 0.06 }, 10_000, LASTS_MS]],
    });
    expect(writes).toEqual([]);
    expect(notifications).toEqual([]);
    const beats = account.log.logger.filter(({ level }) => level === 'metric');
    expect(beats.length).toBeGreaterThan(14_300);
  }, 600_000);
});
