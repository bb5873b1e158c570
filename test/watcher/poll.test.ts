/** One look at a polled subject: what is told, what is remembered, and what a look that saw too little may not say. */
import { describe, expect, test } from '@jest/globals';
import type { Finding } from '../../lib/core/finding.ts';
import { leaseId } from '../../lib/watcher/lease/item.ts';
import { requestLook } from '../../lib/watcher/lease/lookRequest.ts';
import type { Stages } from '../../lib/watcher/poll/stages.ts';
import { type PollLoop, poll } from '../../lib/watcher/poll.ts';
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
  /** What happens while it observes. */
  readonly during?: () => Promise<unknown>;
}

/** Remembers what it is told to; its world is what it recalled. */
const stagesOf = ({
  findings,
  sees = true,
  keep = null,
  during = async () => {},
}: Look): Stages<unknown, unknown, null, never> => ({
  scope: 'connections',
  recall: (stored) => stored,
  observe: async (memory) => {
    await during();
    return memory;
  },
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

describe('one leader', () => {
  const LEASE = leaseId('eu-west-1', 'connections');
  const leaseOf = (ports: TestPorts) => Object(ports.store.body(LEASE));
  const mark = (ports: TestPorts) => requestLook(ports.store, ports.clock, LEASE, calm());

  test('a second pass while a leader lives marks its lease and ends; the leader looks once more', async () => {
    const ports = somePorts();
    let observed = 0;
    let second: unknown = 'not run';
    const during = async () => {
      observed += 1;
      if (observed > 1) return;
      second = await poll({ ...ports }, stagesOf({ findings: [DOWN] }), 'act', calm());
      expect(leaseOf(ports)).toMatchObject({ isLookRequested: true });
    };
    expect(await look(ports, { findings: [DOWN], during })).toEqual(['opened']);
    expect(second).toBeNull();
    expect(observed).toBe(2);
    expect(leaseOf(ports)).toMatchObject({ renewedAt: 0, isLookRequested: false });
  });
  test('a mark during each pass gives one more pass, not endless ones', async () => {
    const ports = somePorts();
    let observed = 0;
    const during = async () => {
      observed += 1;
      await mark(ports);
    };
    await look(ports, { findings: [], during });
    expect(observed).toBe(2);
    expect(leaseOf(ports)).toMatchObject({ renewedAt: 0 });
  });
  test('without a mark there is one pass', async () => {
    const ports = somePorts();
    let observed = 0;
    const during = async () => {
      observed += 1;
    };
    await look(ports, { findings: [], during });
    expect(observed).toBe(1);
  });
  test('what the second pass finds is published too, and what the first published is not repeated', async () => {
    const ports = somePorts();
    let observed = 0;
    const found = [DOWN];
    const during = async () => {
      observed += 1;
      if (observed === 1) await mark(ports);
      else found.push(aFinding('BgpDown'));
    };
    expect(await look(ports, { findings: found, during })).toEqual(['opened', 'opened']);
  });
  test.each([
    ['died', 20_000, true],
    ['lives', 5_000, null],
  ])('a leader that %s', async (_what, agoMs, expected) => {
    const ports = somePorts();
    const renewedAt = ports.clock.now() + MINUTE - agoMs;
    const dead = { leader: 'x', token: 7, renewedAt, startedAt: renewedAt, isLookRequested: false };
    ports.store.put(LEASE, dead);
    await look(ports, { findings: [DOWN] });
    const [sent] = ports.notifications.sent;
    const mayRepeat = sent === undefined ? null : Object(JSON.parse(sent.json)).mayRepeat;
    expect(mayRepeat).toBe(expected);
  });
});

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
  test('a new process publishes it again, and each notification says that its resolution may not be notified', async () => {
    const ports = somePorts();
    ports.store.mood = 'unreachable';
    expect(await look(ports, { findings: [DOWN] })).toEqual(['opened']);
    expect(await look(ports, { findings: [DOWN] })).toEqual(['opened']);
    for (const { text, json } of ports.notifications.sent) {
      expect(text).toContain(LOST_END);
      expect(JSON.parse(json)).toMatchObject({ mayRepeat: true, endMayBeLost: true });
    }
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

describe('a warm function whose record failed', () => {
  test('learns what other leaders recorded meanwhile: an end is not published twice', async () => {
    const ports = somePorts();
    ports.store.mood = 'write-fails';
    expect(await look(ports, { findings: [DOWN], isMemoized: true })).toEqual(['opened']);
    ports.store.mood = 'well';
    expect(await look(ports, { findings: [DOWN] })).toEqual(['opened']);
    expect(await look(ports, { findings: [] })).toEqual(['resolved']);
    expect(await look(ports, { findings: [], isMemoized: true })).toEqual([]);
    expect(inStore(ports, 'connections').map(({ resolvedAt }) => resolvedAt)).not.toContain(null);
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
  test('it lasted from its first sign, a minute before the first look, until the first look without it', async () => {
    const ports = somePorts();
    for (let count = 0; count < 5; count += 1) await look(ports, { findings: [DOWN] });
    await look(ports, { findings: [] });
    expect(ports.notifications.sent.at(-1)?.text).toContain('(lasted 6 min)');
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

describe('a loop', () => {
  const loop = (over: Partial<PollLoop<unknown>> = {}): PollLoop<unknown> => ({
    againMs: () => 10_000,
    lastsMs: 25_000,
    remainingMs: () => 60_000,
    ...over,
  });
  /** Seconds at which passes began. */
  async function passes(own: PollLoop<unknown>, during: () => Promise<unknown> = async () => {}) {
    const ports = somePorts();
    const begun: number[] = [];
    const observing = async () => {
      begun.push(ports.clock.monotonicMs() / 1_000);
      await during();
    };
    const stages = stagesOf({ findings: [], during: observing });
    const polled = poll(ports, stages, 'act', calm(), own);
    await ports.clock.run(120_000);
    await polled;
    return { begun, ports };
  }
  test('goes on every 10 s for as long as it lasts, and gives the lease back', async () => {
    const { begun, ports } = await passes(loop());
    expect(begun).toEqual([0, 10, 20]);
    expect(ports.store.body(leaseId('eu-west-1', 'connections'))).toMatchObject({ renewedAt: 0 });
  });
  test('ends when nothing is left to look at', async () => {
    expect((await passes(loop({ againMs: () => null }))).begun).toEqual([0]);
  });
  test('begins no pass with less than 20 s left to it', async () => {
    expect((await passes(loop({ remainingMs: () => 29_999 }))).begun).toEqual([0]);
    expect((await passes(loop({ remainingMs: () => 30_000 }))).begun).toEqual([0, 10, 20]);
  });
  test('waits 12 s at most for a leader that ends, and then looks itself', async () => {
    const ports = somePorts();
    const first = poll(ports, stagesOf({ findings: [] }), 'act', calm(), loop());
    await ports.clock.run(15_000);
    const begun: number[] = [];
    const during = async () => {
      begun.push(ports.clock.monotonicMs() / 1_000);
    };
    const stages = stagesOf({ findings: [], during });
    const next = poll({ ...ports }, stages, 'act', calm(), loop({ lastsMs: 0 }));
    await ports.clock.run(120_000);
    await Promise.all([first, next]);
    expect(begun).toHaveLength(1);
    expect(begun[0]).toBeGreaterThanOrEqual(20);
    expect(begun[0]).toBeLessThanOrEqual(27);
  });
  test('a leader that stays is asked to look, and looks at once', async () => {
    const ports = somePorts();
    const begun: number[] = [];
    const during = async () => {
      begun.push(ports.clock.monotonicMs() / 1_000);
    };
    const stages = stagesOf({ findings: [], during });
    const first = poll(
      ports,
      stages,
      'act',
      calm(),
      loop({ againMs: () => 30_000, lastsMs: 60_000 }),
    );
    await ports.clock.run(3_000);
    const second = poll({ ...ports }, stagesOf({ findings: [] }), 'act', calm(), loop());
    await ports.clock.run(120_000);
    await first;
    expect(await second).toBeNull();
    expect(begun[1]).toBeLessThan(20);
  });
});

describe('a write', () => {
  /** Whether it may write, when the memory that is to be stored before meets another writer's. */
  async function mayWrite(isStored: boolean) {
    const ports = somePorts();
    let may: boolean | null = null;
    const stages: Stages<unknown, unknown, null, never> = {
      ...stagesOf({
        findings: [],
        keep: { done: true },
        during: async () => {
          if (!isStored) ports.store.put(MEMORY, { of: 'another process' });
        },
      }),
      intend: () => ({ intended: true }),
      act: async (_plan, signal, _askPause, ask) => {
        may = await ask(signal);
        return [];
      },
    };
    await poll(ports, stages, 'act', calm());
    return may;
  }
  test('is allowed once its intent is stored, and not when another process wrote meanwhile', async () => {
    expect(await mayWrite(true)).toBe(true);
    expect(await mayWrite(false)).toBe(false);
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
  test('a look whose memory is garbage says nothing is over; the next one does', async () => {
    const ports = somePorts();
    const keep = { tunnels: 2 };
    expect(await look(ports, { findings: [DOWN], keep })).toEqual(['opened']);
    ports.store.put(MEMORY, { gzip: 'no such thing' });
    expect(await look(ports, { findings: [], keep })).toEqual([]);
    expect(await look(ports, { findings: [], keep })).toEqual(['resolved']);
  });
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
