/** One look at a polled subject: what is told, what is remembered, and what a look that saw too little may not say. */
import { describe, expect, test } from '@jest/globals';
import type { Finding } from '../../lib/core/finding.ts';
import { poll, type Stages } from '../../lib/watcher/poll.ts';
import { inStore } from '../builders/notifier.ts';
import { calm, somePorts, type TestPorts } from '../builders/ports.ts';
import { aFinding } from '../builders/world.ts';

const DOWN = aFinding('ApplianceDown');
const MINUTE = 60_000;
const LOST_END = 'The resolution may not be notified';
const MEMORY = 'memory#connections#eu-west-1';

interface Look {
  readonly findings: readonly Finding[];
  readonly sees?: boolean;
  readonly keep?: unknown;
  /** The same process as the look before: a warm function, with the same ports. */
  readonly isMemoized?: boolean;
}

/** Remembers what it is told to; its world is what it recalled. */
const stagesOf = ({
  findings,
  sees = true,
  keep = null,
}: Look): Stages<unknown, unknown, null, never> => ({
  scope: 'connections',
  recall: (stored) => stored,
  observe: async (memory) => memory,
  sees: () => sees,
  assess: (_world, memory) => ({ findings, memory }),
  plan: () => null,
  act: async () => [],
  remember: () => keep,
  report: (_world, found) => ({
    accountId: '123456789012',
    region: 'eu-west-1',
    findings: found,
    ignored: new Map(),
    actions: [],
    held: [],
    gone: new Set(),
  }),
});

async function look(ports: TestPorts, next: Look, afterMs = MINUTE): Promise<readonly string[]> {
  const before = ports.notifications.sent.length;
  await ports.clock.run(ports.clock.monotonicMs() + afterMs);
  await poll(next.isMemoized === true ? ports : { ...ports }, stagesOf(next), 'act', calm());
  return ports.notifications.sent.slice(before).map(({ state }) => state);
}

describe('a table that is down for several looks', () => {
  const isMemoized = true;

  test('a warm function tells once, writes it down when the table is back, and a new process tells the end', async () => {
    const ports = somePorts();
    ports.store.mood = 'unreachable';
    expect(await look(ports, { findings: [DOWN], isMemoized })).toEqual(['opened']);
    expect(await look(ports, { findings: [DOWN], isMemoized })).toEqual([]);
    expect(await look(ports, { findings: [DOWN], isMemoized })).toEqual([]);
    ports.store.mood = 'well';
    expect(await look(ports, { findings: [DOWN], isMemoized })).toEqual([]);
    expect(await look(ports, { findings: [] })).toEqual(['resolved']);
  });
  test('what is over before the table is back is told over by the same process', async () => {
    const ports = somePorts();
    ports.store.mood = 'unreachable';
    await look(ports, { findings: [DOWN], isMemoized });
    expect(await look(ports, { findings: [], isMemoized })).toEqual([]);
    ports.store.mood = 'well';
    expect(await look(ports, { findings: [], isMemoized })).toEqual(['resolved']);
    expect(inStore(ports, 'connections').map(({ resolvedAt }) => resolvedAt)).not.toContain(null);
  });
  test('a new process tells it again, and each notice says that its resolution may not be notified', async () => {
    const ports = somePorts();
    ports.store.mood = 'unreachable';
    expect(await look(ports, { findings: [DOWN] })).toEqual(['opened']);
    expect(await look(ports, { findings: [DOWN] })).toEqual(['opened']);
    for (const { text } of ports.notifications.sent) expect(text).toContain(LOST_END);
  });
  test('with the table well no notice says so', async () => {
    const ports = somePorts();
    await look(ports, { findings: [DOWN] });
    await look(ports, { findings: [] });
    for (const { text } of ports.notifications.sent) expect(text).not.toContain(LOST_END);
  });
  test('what others told and ended meanwhile is not told again by the process that comes back', async () => {
    const ports = somePorts();
    ports.store.mood = 'write-fails';
    await look(ports, { findings: [DOWN], isMemoized });
    ports.store.mood = 'well';
    expect(await look(ports, { findings: [DOWN] })).toEqual(['opened']);
    expect(await look(ports, { findings: [DOWN], isMemoized })).toEqual([]);
    expect(await look(ports, { findings: [] })).toEqual(['resolved']);
    expect(await look(ports, { findings: [], isMemoized })).toEqual([]);
  });
});

describe('incidents from look to look, each look a new process', () => {
  test('told once, and over at the first look that misses it', async () => {
    const ports = somePorts();
    expect(await look(ports, { findings: [DOWN] })).toEqual(['opened']);
    expect(await look(ports, { findings: [DOWN] })).toEqual([]);
    expect(await look(ports, { findings: [] })).toEqual(['resolved']);
    expect(await look(ports, { findings: [] })).toEqual([]);
  });
  test('not over at a look that saw too little; over at the next that sees', async () => {
    const ports = somePorts();
    await look(ports, { findings: [DOWN] });
    expect(await look(ports, { findings: [], sees: false })).toEqual([]);
    expect(await look(ports, { findings: [] })).toEqual(['resolved']);
  });
  test('an event 29 s after the last look says nothing is over, at 30 s it does', async () => {
    const early = somePorts();
    await look(early, { findings: [DOWN] });
    expect(await look(early, { findings: [] }, 29_000)).toEqual([]);
    const late = somePorts();
    await look(late, { findings: [DOWN] });
    expect(await look(late, { findings: [] }, 30_000)).toEqual(['resolved']);
  });
  test('it lasted until it was last seen', async () => {
    const ports = somePorts();
    for (let count = 0; count < 5; count += 1) await look(ports, { findings: [DOWN] });
    await look(ports, { findings: [] });
    expect(ports.notifications.sent.at(-1)?.text).toContain('(lasted 4 min)');
  });
  test('while nothing is open no incident is written', async () => {
    const ports = somePorts();
    await look(ports, { findings: [], keep: { tunnels: 2 } });
    await look(ports, { findings: [], keep: { tunnels: 2 } });
    expect(ports.store.written.filter((id) => !id.startsWith('lease#'))).toEqual([MEMORY]);
  });
  test('a topic that is down: told when it is up again', async () => {
    const ports = somePorts();
    ports.notifications.isDown = true;
    expect(await look(ports, { findings: [DOWN] })).toEqual([]);
    ports.notifications.isDown = false;
    expect(await look(ports, { findings: [DOWN] })).toEqual(['opened']);
    expect(inStore(ports, 'connections')).toMatchObject([{ reason: 'ApplianceDown' }]);
  });
});

describe('memory', () => {
  const recalled = async (ports: TestPorts) =>
    (await poll(ports, stagesOf({ findings: [] }), 'act', calm()))?.world;
  test('comes back as it was kept, and is not written again unchanged', async () => {
    const ports = somePorts();
    await look(ports, { findings: [], keep: { tunnels: 2 } });
    await look(ports, { findings: [], keep: { tunnels: 2 } });
    expect(ports.store.written.filter((id) => !id.startsWith('lease#'))).toEqual([MEMORY]);
    expect(await recalled(ports)).toEqual({ tunnels: 2 });
  });
  test.each([
    ['19 kB: as it is', 19_000, false],
    ['a megabyte: packed, far below the 400 KB of an item', 1_000_000, true],
  ])('%s', async (_, size, isPacked) => {
    const ports = somePorts();
    const keep = { text: '0123456789'.repeat(size / 10) };
    await look(ports, { findings: [], keep });
    const stored = JSON.stringify(ports.store.body(MEMORY));
    expect(stored.length < 100_000).toBe(true);
    expect(stored.includes('gzip')).toBe(isPacked);
    await look(ports, { findings: [], keep });
    expect(ports.store.written.filter((id) => !id.startsWith('lease#'))).toEqual([MEMORY]);
    expect(await recalled(ports)).toEqual(keep);
  });
  test.each([{ gzip: 'no such thing' }, { gzip: 'H4sIAAAAAAAAAwMAAAAAAAAAAAA=' }])(
    'garbage (%j) is no memory',
    async (garbage) => {
      const ports = somePorts();
      ports.store.put(MEMORY, garbage);
      expect(await recalled(ports)).toBeNull();
    },
  );
  test('a look that could not read its memory says nothing is over; the next one does', async () => {
    const ports = somePorts();
    expect(await look(ports, { findings: [DOWN] })).toEqual(['opened']);
    let readCount = 0;
    ports.store.onRead = () => {
      // The lease is read first, then the memory.
      ports.store.mood = readCount === 1 ? 'unreachable' : 'well';
      readCount += 1;
    };
    expect(await look(ports, { findings: [] })).toEqual([]);
    expect(readCount).toBeGreaterThan(1);
    ports.store.onRead = () => {};
    expect(await look(ports, { findings: [] })).toEqual(['resolved']);
  });
  test('a table that cannot be read costs the memory, not the look, and nothing is written over it', async () => {
    const ports = somePorts();
    await look(ports, { findings: [], keep: { tunnels: 2 } });
    ports.store.mood = 'unreachable';
    expect(await look(ports, { findings: [DOWN] })).toEqual(['opened']);
    ports.store.mood = 'well';
    expect(ports.store.body(MEMORY)).toEqual({ tunnels: 2 });
  });
});
