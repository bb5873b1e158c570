/** Memory that two write side by side: nobody's failover is lost, and a person's word stands. */
import { describe, expect, test } from '@jest/globals';
import type { Memory } from '../../lib/appliances/state.ts';
import { DEFAULT_POLICY } from '../../lib/appliances/types/policy.ts';
import { VirtualClock } from '../../lib/simulator/clock.ts';
import { openMemory } from '../../lib/watcher/state.ts';
import { NOW } from '../builders/facts.ts';
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

const pinned = () =>
  full({
    groups: new Map([
      [
        'hq',
        groupMemory({
          failovers: { [KEY]: failoversAt(NOW - 2, NOW - 1, NOW) },
          pinnedAts: { [KEY]: NOW },
        }),
      ],
    ]),
  });

describe('merging with what others wrote', () => {
  test('two functions’ failovers both count', async () => {
    const { archive, open } = anArchive();
    const other = open();
    const start = full();
    await archive.keep(start, calm());
    const theirs = await other.recall(DEFAULT_POLICY, calm());
    const after = (at: number): Memory['groups'] =>
      new Map([
        ['hq', groupMemory({ lastFailoverAt: at, failovers: { [KEY]: failoversAt(NOW, at) } })],
      ]);
    await other.keepGroups({ ...theirs, groups: after(NOW + 1) }, calm());
    const merged = await archive.keep({ ...start, groups: after(NOW + 2) }, calm());
    expect(merged.get('hq')?.failovers).toEqual({ [KEY]: failoversAt(NOW, NOW + 1, NOW + 2) });
    const recalled = await open().recall(DEFAULT_POLICY, calm());
    expect(recalled.groups.get('hq')?.failovers).toEqual({
      [KEY]: failoversAt(NOW, NOW + 1, NOW + 2),
    });
  });

  test('a person’s ack takes the pin and its failovers away', async () => {
    const { store, archive } = anArchive();
    await archive.keep(pinned(), calm());
    store.put(GROUP, groupMemory({ failovers: {}, pinnedAts: {} }));
    const { groups } = await archive.refresh(pinned(), calm());
    expect(groups.get('hq')?.pinnedAts).toEqual({});
    expect(groups.get('hq')?.failovers).toEqual({});
  });

  test('an ack is not undone by the next thing that is kept', async () => {
    const { store, archive } = anArchive();
    const memory = pinned();
    await archive.keep(memory, calm());
    store.put(GROUP, groupMemory({ failovers: {}, pinnedAts: {} }));
    const later = groupMemory({
      lastFailoverAt: NOW + 5,
      failovers: {
        [KEY]: failoversAt(NOW - 2, NOW - 1, NOW),
        'rtb-2 10.0.0.0/8': failoversAt(NOW + 5),
      },
      pinnedAts: { [KEY]: NOW },
    });
    await archive.keep({ ...memory, groups: new Map([['hq', later]]) }, calm());
    expect(store.body(GROUP)).toEqual(
      groupMemory({
        lastFailoverAt: NOW + 5,
        failovers: { 'rtb-2 10.0.0.0/8': failoversAt(NOW + 5) },
      }),
    );
  });

  test('what was merged is what the next merge starts from', async () => {
    const { store, archive } = anArchive();
    const start = full();
    await archive.keep(start, calm());
    store.put(
      GROUP,
      groupMemory({ failovers: { [KEY]: failoversAt(NOW, NOW + 1) }, pinnedAts: { [KEY]: NOW } }),
    );
    const groups = await archive.keep(
      { ...start, groups: new Map([['hq', groupMemory({ flapCount: 2 })]]) },
      calm(),
    );
    expect(groups.get('hq')?.pinnedAts).toEqual({ [KEY]: NOW });
    store.put(GROUP, groupMemory({ failovers: {}, pinnedAts: {} }));
    const acked = await archive.refresh({ ...start, groups }, calm());
    expect(acked.groups.get('hq')?.pinnedAts).toEqual({});
  });

  test('refreshing what nobody changed causes no write', async () => {
    const { store, archive } = anArchive();
    let memory = pinned();
    await archive.keep(memory, calm());
    const before = store.written.length;
    for (let round = 0; round < 5; round += 1) {
      memory = { ...memory, ...(await archive.refresh(memory, calm())) };
      memory = { ...memory, groups: await archive.keep(memory, calm()) };
    }
    expect(store.written.length).toBe(before);
  });

  test('a group that another invocation knows is learnt when its appliance is seen', async () => {
    const { archive, open } = anArchive();
    await archive.keep(pinned(), calm());
    const fresh = memoryOf({ appliances: new Map([['i-a1', applianceMemory()]]) });
    const { groups } = await open().refresh(fresh, calm());
    expect(groups.get('hq')?.pinnedAts).toEqual({ [KEY]: NOW });
  });

  test('an unreachable table changes nothing of what is known', async () => {
    const { store, archive } = anArchive();
    const memory = pinned();
    await archive.keep(memory, calm());
    store.mood = 'unreachable';
    expect((await archive.refresh(memory, calm())).groups).toBe(memory.groups);
  });
});

describe('a look before a write', () => {
  test('shows what others have done since, together with our own', async () => {
    const { archive, open } = anArchive();
    const start = full();
    await archive.keep(start, calm());
    const other = open();
    const theirs = await other.recall(DEFAULT_POLICY, calm());
    const later = groupMemory({
      lastFailoverAt: NOW + 9,
      failovers: { [KEY]: failoversAt(NOW, NOW + 9) },
    });
    await other.keepGroups({ ...theirs, groups: new Map([['hq', later]]) }, calm());
    const { groups } = await archive.lookUp(start, ['hq'], calm());
    expect(groups.get('hq')).toMatchObject({
      lastFailoverAt: NOW + 9,
      failovers: { [KEY]: failoversAt(NOW, NOW + 9) },
    });
  });

  test('takes nothing for known: what others wrote is still merged at the next write, not overwritten', async () => {
    const { store, archive } = anArchive();
    const start = full();
    await archive.keep(start, calm());
    store.put(GROUP, groupMemory({ failovers: { [KEY]: failoversAt(NOW, NOW + 1) } }));
    await archive.lookUp(start, ['hq'], calm());
    const mine = groupMemory({ failovers: { [KEY]: failoversAt(NOW, NOW + 2) } });
    await archive.keep({ ...start, groups: new Map([['hq', mine]]) }, calm());
    expect(store.body(GROUP)).toMatchObject({
      failovers: { [KEY]: failoversAt(NOW, NOW + 1, NOW + 2) },
    });
  });

  test.each([
    [
      'a table that cannot be reached',
      (store: MemoryStore) => {
        store.mood = 'unreachable';
      },
    ],
    [
      'garbage',
      (store: MemoryStore) => {
        store.put(GROUP, '?');
      },
    ],
    [
      'nothing at all',
      (store: MemoryStore) => {
        store.rows.clear();
      },
    ],
  ])('%s leaves what we know', async (_what, spoil) => {
    const { store, archive } = anArchive();
    const memory = pinned();
    await archive.keep(memory, calm());
    spoil(store);
    const { groups } = await archive.lookUp(memory, ['hq'], calm());
    expect(groups.get('hq')).toEqual(memory.groups.get('hq'));
  });
});
