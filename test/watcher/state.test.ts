/** What outlives an invocation: recalled, kept, and never lost to a table that fails. */
import { describe, expect, test } from '@jest/globals';
import type { Memory } from '../../lib/appliances/state.ts';
import { DEFAULT_POLICY } from '../../lib/appliances/types/policy.ts';
import { VirtualClock } from '../../lib/simulator/clock.ts';
import { openMemory } from '../../lib/watcher/state.ts';
import { NOW } from '../builders/facts.ts';
import { aPin } from '../builders/pins.ts';
import { calm } from '../builders/ports.ts';
import { MemoryStore } from '../builders/store.ts';
import {
  aPending,
  applianceMemory,
  failoversAt,
  groupMemory,
  memoryOf,
} from '../builders/world.ts';

const KEY = 'rtb-1 10.0.0.0/8';
const FLEET = 'fleet#eu-west-1';
const GROUP = 'group#eu-west-1#hq';

function anArchive(store = new MemoryStore()) {
  const clock = new VirtualClock(NOW);
  const open = () => openMemory(store, clock, 'eu-west-1');
  return { store, clock, open, archive: open() };
}

const full = (over: Partial<Memory> = {}): Memory =>
  memoryOf({
    appliances: new Map([['i-a1', applianceMemory()]]),
    groups: new Map([['hq', groupMemory({ failovers: { [KEY]: failoversAt(NOW) } })]]),
    pending: new Map([[KEY, aPending()]]),
    ...over,
  });

describe('recalling', () => {
  test('what one invocation kept, the next one recalls', async () => {
    const { archive, open } = anArchive();
    await archive.keep(full(), calm());
    const recalled = await open().recall(DEFAULT_POLICY, calm());
    expect(recalled).toEqual(full());
  });

  test('an empty table recalls nothing', async () => {
    const { archive } = anArchive();
    expect(await archive.recall(DEFAULT_POLICY, calm())).toEqual(memoryOf());
  });

  test('an unreachable table recalls nothing', async () => {
    const { store, archive, open } = anArchive();
    await archive.keep(full(), calm());
    store.mood = 'unreachable';
    expect(await open().recall(DEFAULT_POLICY, calm())).toEqual(memoryOf());
  });

  test.each([null, '?', [], {}, { appliances: { 'i-a1': {} } }])(
    'garbage (%j) recalls nothing, and is written over',
    async (garbage) => {
      const { store, archive, open } = anArchive();
      store.put(FLEET, garbage);
      expect(await archive.recall(DEFAULT_POLICY, calm())).toEqual(memoryOf());
      await archive.keep(full(), calm());
      expect((await open().recall(DEFAULT_POLICY, calm())).appliances.has('i-a1')).toBe(true);
    },
  );

  test('a group that holds garbage is not recalled; the others and the fleet are', async () => {
    const { store, archive, open } = anArchive();
    const groups = new Map([
      ['hq', groupMemory()],
      ['lab', groupMemory()],
    ]);
    await archive.keep(full({ groups }), calm());
    store.put(GROUP, { failovers: 3 });
    const recalled = await open().recall(DEFAULT_POLICY, calm());
    expect([...recalled.groups.keys()]).toEqual(['lab']);
    expect(recalled.appliances.size).toBe(1);
  });

  test.each([
    ['23 h 59 min', 86_340_000, true],
    ['24 h', 86_400_000, false],
  ])('an instance last seen %s ago: remembered %s', async (_ago, agoMs, isRemembered) => {
    const { archive, open } = anArchive();
    const old = applianceMemory({ seenAt: NOW - agoMs, goodSince: null });
    await archive.keep(
      full({
        appliances: new Map([
          ['i-a1', old],
          ['i-b1', applianceMemory()],
        ]),
      }),
      calm(),
    );
    const recalled = await open().recall(DEFAULT_POLICY, calm());
    expect(recalled.appliances.has('i-a1')).toBe(isRemembered);
  });

  test('while the holder lives, its rows of good answers count as unbroken', async () => {
    const { store, clock, archive, open } = anArchive();
    await archive.keep(full(), calm());
    await clock.run(300_000);
    store.put('lease#eu-west-1', { holder: 'w1', fence: 1, renewedAt: clock.now() - 3_000 });
    const recalled = await open().recall(DEFAULT_POLICY, calm());
    expect(recalled.appliances.get('i-a1')?.seenAt).toBe(clock.now());
  });

  test('without a failover within six hours no row of answers is carried on, for nobody stored its breaks', async () => {
    const { archive, open } = anArchive();
    const kept = async (agoMs: number) => {
      const groups = new Map([['hq', groupMemory({ lastFailoverAt: NOW - agoMs })]]);
      await archive.keep(full({ groups }), calm());
      return (await open().recall(DEFAULT_POLICY, calm())).appliances.get('i-a1')?.goodSince;
    };
    expect(await kept(6 * 3_600_000 - 1)).toBe(applianceMemory().goodSince);
    expect(await kept(6 * 3_600_000)).toBeNull();
  });

  test('when the holder has been silent for 10 s, they do not', async () => {
    const { store, clock, archive, open } = anArchive();
    await archive.keep(full(), calm());
    await clock.run(300_000);
    store.put('lease#eu-west-1', { holder: 'w1', fence: 1, renewedAt: clock.now() - 10_000 });
    const recalled = await open().recall(DEFAULT_POLICY, calm());
    expect(recalled.appliances.get('i-a1')?.seenAt).toBe(NOW);
  });

  test('an instance that is gone keeps the time it was last seen, however often it is recalled: it is forgotten in the end', async () => {
    const { store, clock, archive, open } = anArchive();
    const gone = applianceMemory({ goodSince: null, downSince: NOW });
    await archive.keep(full({ appliances: new Map([['i-a1', gone]]) }), calm());
    await clock.run(60_000);
    store.put('lease#eu-west-1', { holder: 'w1', fence: 1, renewedAt: clock.now() });
    const recalled = await open().recall(DEFAULT_POLICY, calm());
    expect(recalled.appliances.get('i-a1')?.seenAt).toBe(NOW);
  });
});

describe('what another hand wrote', () => {
  test('over the fleet is written over the next time: the newest eyes are right', async () => {
    const { store, archive } = anArchive();
    await archive.keep(full(), calm());
    store.put(FLEET, { other: true });
    const fresh = full({ appliances: new Map([['i-b1', applianceMemory({ downSince: NOW })]]) });
    await archive.keep(fresh, calm());
    expect(store.body(FLEET)).toEqual({ other: true });
    await archive.keep(fresh, calm());
    expect(store.body(FLEET)).toMatchObject({ appliances: { 'i-b1': { downSince: NOW } } });
  });

  test('is not even looked at when the table fails', async () => {
    const { store, archive } = anArchive();
    await archive.keep(full(), calm());
    let reads = 0;
    store.onRead = () => {
      reads += 1;
    };
    store.mood = 'write-fails';
    await archive.keep(full({ appliances: new Map() }), calm());
    expect(reads).toBe(0);
  });
});

describe('keeping', () => {
  test.each([
    ['5 h 59 min', 21_540_000, 1],
    ['6 h', 21_600_000, 0],
  ])(
    'rows of good answers are written at once while a failover is %s old',
    async (_what, agoMs, writes) => {
      const { store, archive } = anArchive();
      const groups = new Map([
        ['lab', groupMemory({ lastFailoverAt: NOW - 86_400_000 })],
        ['hq', groupMemory({ lastFailoverAt: NOW - agoMs })],
      ]);
      const since = (goodSince: number) =>
        full({ groups, appliances: new Map([['i-a1', applianceMemory({ goodSince })]]) });
      await archive.keep(since(NOW - 9), calm());
      const before = store.written.length;
      await archive.keep(since(NOW - 5), calm());
      expect(store.written.length - before).toBe(writes);
    },
  );

  test('what has not changed is not written again', async () => {
    const { store, archive } = anArchive();
    const memory = full();
    await archive.keep(memory, calm());
    const before = store.written.length;
    for (let tick = 0; tick < 60; tick += 1) await archive.keep(memory, calm());
    expect(store.written.length).toBe(before);
  });

  test('being seen again is no change worth a write for 10 min, and one then', async () => {
    const { store, clock, archive } = anArchive();
    const seen = () =>
      full({ appliances: new Map([['i-a1', applianceMemory({ seenAt: clock.now() })]]) });
    await archive.keep(seen(), calm());
    const before = store.written.length;
    await clock.run(599_999);
    await archive.keep(seen(), calm());
    expect(store.written.length).toBe(before);
    await clock.run(600_000);
    await archive.keep(seen(), calm());
    expect(store.written.slice(before)).toEqual([FLEET]);
  });

  test.each([
    ['who is down', { downSince: NOW }],
    ['who has spoken', { answered: ['here ike:500', 'here tcp:22'] }],
    ['which interface it has', { interfaceIds: ['eni-new'] }],
  ])('%s is written at once', async (_what, change) => {
    const { store, archive } = anArchive();
    await archive.keep(full(), calm());
    const before = store.written.length;
    await archive.keep(full({ appliances: new Map([['i-a1', applianceMemory(change)]]) }), calm());
    expect(store.written.slice(before)).toEqual([FLEET]);
  });

  test.each(['write-fails', 'unreachable'] as const)(
    'a failover that could not be written (%s) is tried again until it is',
    async (mood) => {
      const { store, archive, open } = anArchive();
      const memory = full();
      store.mood = mood;
      await archive.keep(memory, calm());
      await archive.keep(memory, calm());
      store.mood = 'well';
      await archive.keep(memory, calm());
      expect(await open().recall(DEFAULT_POLICY, calm())).toEqual(memory);
    },
  );

  test('a fleet that could not be written after it was once written is tried again too', async () => {
    const { store, archive, open } = anArchive();
    await archive.keep(full(), calm());
    const fresh = full({ appliances: new Map([['i-b1', applianceMemory({ downSince: NOW })]]) });
    store.mood = 'write-fails';
    await archive.keep(fresh, calm());
    store.mood = 'well';
    await archive.keep(fresh, calm());
    expect([...(await open().recall(DEFAULT_POLICY, calm())).appliances.keys()]).toEqual(['i-b1']);
  });

  test('a pin that could not be written is not taken for one that a person took away', async () => {
    const { store, archive } = anArchive();
    const first = full();
    await archive.keep(first, calm());
    const withPin = full({
      groups: new Map([
        ['hq', groupMemory({ failovers: { [KEY]: failoversAt(NOW) }, pinnedAts: { [KEY]: NOW } })],
      ]),
    });
    store.mood = 'write-fails';
    await archive.keep(withPin, calm());
    store.mood = 'well';
    const { groups } = await archive.refresh(withPin, calm());
    expect(groups.get('hq')?.pinnedAts).toEqual({ [KEY]: NOW });
  });
});

describe('people’s pins', () => {
  const PINS = 'pins#eu-west-1';
  const stored = { version: 1, pins: [aPin()] };

  test('are recalled and refreshed, and never written', async () => {
    const { store, archive, open } = anArchive();
    await archive.keep(full(), calm());
    store.put(PINS, stored);
    const recalled = await open().recall(DEFAULT_POLICY, calm());
    expect(recalled.pins).toEqual([aPin()]);
    expect((await archive.refresh(full(), calm())).pins).toEqual([aPin()]);
    await archive.keep({ ...full(), pins: [] }, calm());
    expect(store.body(PINS)).toEqual(stored);
  });

  test('that were taken away are gone at the next refresh', async () => {
    const { store, archive } = anArchive();
    store.put(PINS, { version: 1, pins: [] });
    expect((await archive.refresh(full({ pins: [aPin()] }), calm())).pins).toEqual([]);
  });

  test.each([
    ['an unreachable table', 'unreachable'],
    ['garbage', 'well'],
  ] as const)('are kept through %s', async (_what, mood) => {
    const { store, archive } = anArchive();
    store.put(PINS, 'garbage');
    store.mood = mood;
    expect((await archive.refresh(full({ pins: [aPin()] }), calm())).pins).toEqual([aPin()]);
  });
});
