/** The appliances' state between invocations: what is written when, over what, and what is believed when it is read. */
import { describe, expect, test } from '@jest/globals';
import { stateBody, stateId } from '../../lib/appliances/state/stored.ts';
import type { Memory } from '../../lib/appliances/state.ts';
import { DEFAULT_POLICY } from '../../lib/appliances/types/policy.ts';
import { NO_LAST_RESORTS } from '../../lib/core/lastResort.ts';
import { VirtualClock } from '../../lib/simulator/clock.ts';
import { leaseId } from '../../lib/watcher/lease/item.ts';
import { openLease } from '../../lib/watcher/lease.ts';
import { openState } from '../../lib/watcher/state.ts';
import { NOW, REGION } from '../builders/facts.ts';
import { calm } from '../builders/ports.ts';
import { MemoryStore } from '../builders/store.ts';
import { applianceMemory, groupMemory, memoryOf } from '../builders/world.ts';

const ID = stateId(REGION);
const KEY = 'rtb-1 10.0.0.0/8';
const SOME = memoryOf({ appliances: new Map([['i-a1', applianceMemory({ seenAt: NOW })]]) });

function aTable() {
  const store = new MemoryStore();
  const clock = new VirtualClock(NOW);
  return { store, clock, open: () => openState(store, clock, REGION) };
}

const recalled = async (state: ReturnType<typeof openState>): Promise<Memory | null> => {
  const reading = await state.recall(DEFAULT_POLICY, calm());
  return reading.known ? reading.value : null;
};

describe('keeping', () => {
  test('writes what changed, and not the same again', async () => {
    const { store, open } = aTable();
    const state = open();
    expect(await state.keep(SOME, 1, calm())).toBe('kept');
    expect(await state.keep(SOME, 1, calm())).toBe('kept');
    expect(store.written).toEqual([ID]);
  });

  test.each([
    [599_999, 1],
    [600_000, 2],
  ])('what only refreshes "seen" is written again after %i ms: %i writes', async (ms, count) => {
    const { store, clock, open } = aTable();
    const state = open();
    await state.keep(SOME, 1, calm());
    await clock.run(ms);
    await state.keep(SOME, 1, calm());
    expect(store.written).toHaveLength(count);
  });

  test('an appliance that answers for the first time is written at once; one lost probe is not', async () => {
    const { store, open } = aTable();
    const state = open();
    const withGood = (goodSince: number | null) => ({
      ...SOME,
      appliances: new Map([['i-a1', applianceMemory({ goodSince, seenAt: NOW })]]),
    });
    const writesAfter = async (goodSince: number | null) => {
      await state.keep(withGood(goodSince), 1, calm());
      return store.written.length;
    };
    expect(await writesAfter(null)).toBe(1);
    expect(await writesAfter(NOW)).toBe(2);
    expect(await writesAfter(null)).toBe(2);
    expect(await writesAfter(NOW + 5_000)).toBe(2);
  });

  test('a write that failed is tried again with the next pass', async () => {
    const { store, open } = aTable();
    const state = open();
    store.mood = 'write-fails';
    expect(await state.keep(SOME, 1, calm())).toBe('failed');
    store.mood = 'well';
    expect(await state.keep(SOME, 1, calm())).toBe('kept');
  });

  test('a newer leader’s state is never overwritten: this one has lost', async () => {
    const { store, open } = aTable();
    const old = open();
    await old.keep(SOME, 1, calm());
    store.put(ID, stateBody(memoryOf(), 2, NOW));
    const changed = memoryOf({ groups: new Map([['hq', groupMemory()]]) });
    expect(await old.keep(changed, 1, calm())).toBe('lost');
    expect(store.body(ID)).toMatchObject({ token: 2, groups: {} });
  });

  test.each([
    ['an older leader’s late write', stateBody(memoryOf(), 1, NOW)],
    ['its own write, whose answer was lost', stateBody(memoryOf(), 2, NOW)],
    ['garbage', 'garbage'],
  ])('%s is written over', async (_what, body) => {
    const { store, open } = aTable();
    const state = open();
    await state.takeOver(calm());
    store.put(ID, body);
    expect(await state.keep(SOME, 2, calm())).toBe('kept');
    expect(store.body(ID)).toMatchObject({ token: 2, appliances: { 'i-a1': {} } });
  });
});

describe('reading', () => {
  test('nothing and garbage are an empty memory; an unreachable table is unknown', async () => {
    const { store, open } = aTable();
    expect((await recalled(open()))?.appliances.size).toBe(0);
    store.put(ID, [1, 2]);
    expect((await recalled(open()))?.appliances.size).toBe(0);
    store.mood = 'unreachable';
    expect(await recalled(open())).toBeNull();
  });

  const moved = (agoMs: number) => ({
    ...SOME,
    appliances: new Map([['i-a1', applianceMemory({ goodSince: NOW - 50_000, seenAt: NOW })]]),
    groups: new Map([['hq', groupMemory({ lastFailoverAt: NOW - agoMs })]]),
  });

  test.each([
    ['6 h after a failover', 6 * 3_600_000, null],
    ['1 ms less', 6 * 3_600_000 - 1, NOW - 50_000],
  ])(
    'a row of answers is carried on only while a failback may be due: %s',
    async (_what, agoMs, since) => {
      const { store, open } = aTable();
      store.put(ID, stateBody(moved(agoMs), 1, NOW));
      expect((await recalled(open()))?.appliances.get('i-a1')?.goodSince).toBe(since);
    },
  );

  test('while a leader lives its row of answers is as of now, else as of when it was stored', async () => {
    const { store, clock, open } = aTable();
    store.put(ID, stateBody(moved(60_000), 1, NOW));
    await clock.run(30_000);
    const seenAt = async () => (await recalled(open()))?.appliances.get('i-a1')?.seenAt;
    expect(await seenAt()).toBe(NOW);
    const options = { region: REGION, scope: 'appliances', leader: 'w1', standbyMs: 0 } as const;
    await openLease(store, clock, { ...options, mode: 'act', mayTakeOver: () => true }).keep(
      calm(),
    );
    expect(store.body(leaseId(REGION, 'appliances'))).not.toBeNull();
    expect(await seenAt()).toBe(NOW + 30_000);
  });
});

describe('people’s requests', () => {
  const pinnedAts = { [KEY]: NOW - 1_000 };
  const failovers = { [KEY]: [NOW - 3_000, NOW - 2_000, NOW - 1_000] };
  const remembered = async (acks: unknown) => {
    const { store, open } = aTable();
    const memory = memoryOf({ groups: new Map([['hq', groupMemory({ pinnedAts, failovers })]]) });
    store.put(ID, stateBody(memory, 1, NOW));
    store.put(`acks#${REGION}`, acks);
    return (await open().remembered(DEFAULT_POLICY, calm())).groups.get('hq');
  };

  test('an acknowledged pin is let go, with the failovers that made it', async () => {
    expect(await remembered({ version: 1, routes: pinnedAts })).toMatchObject({
      pinnedAts: {},
      failovers: {},
    });
  });

  test.each([
    ['of an earlier pin', { version: 1, routes: { [KEY]: NOW - 9_000 } }],
    ['of another route', { version: 1, routes: { 'rtb-2 10.0.0.0/8': NOW - 1_000 } }],
    ['that is garbage', { routes: 'all' }],
  ])('an acknowledgement %s lets nothing go', async (_what, acks) => {
    expect(await remembered(acks)).toMatchObject({ pinnedAts, failovers });
  });

  test('are null while the table cannot be read, and garbage changes no pin', async () => {
    const { store, open } = aTable();
    store.put(`pins#${REGION}`, 'garbage');
    expect(await open().requests(calm())).toEqual({
      pins: null,
      acks: {},
      admits: [],
      leaves: [],
      failbacks: [],
      drillRequests: [],
      windows: [],
      links: [],
      lastResorts: NO_LAST_RESORTS,
    });
    store.mood = 'unreachable';
    expect(await open().requests(calm())).toBeNull();
  });
});
