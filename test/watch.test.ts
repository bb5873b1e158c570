/** The whole watcher over ports in memory, in virtual time: what only shows when all stages run together. */
import { describe, expect, test } from '@jest/globals';
import type { Summary } from '../lib/minutes.ts';
import { DEFAULT_POLICY, type Policy } from '../lib/model/policy.ts';
import { watch } from '../lib/watch.ts';
import { anAccount, leadsTo, ROUTE } from './build/anAccount.ts';
import { NOW } from './build/facts.ts';
import type { TestPorts } from './build/ports.ts';
import { groupMemory } from './build/world.ts';

interface Run {
  /** Lets virtual time pass. */
  forMs(ms: number): Promise<void>;
  stop(): Promise<Summary>;
}

function start(ports: TestPorts, policy: Partial<Policy> = {}, watcherId = 'w1'): Run {
  const stopping = new AbortController();
  const ended = watch(ports, {
    accountId: null,
    policy: { ...DEFAULT_POLICY, ...policy },
    watcherId,
    remainingMs: () => Number.POSITIVE_INFINITY,
    signal: stopping.signal,
  });
  return {
    forMs: (ms) => ports.clock.run(ports.clock.monotonicMs() + ms),
    async stop() {
      stopping.abort();
      await ports.clock.run(ports.clock.monotonicMs() + 20_000);
      return ended;
    },
  };
}

/** Writes after a silence of i-a1 that begins at any phase of the interval. */
async function writesAfter(silentMs: number): Promise<readonly number[]> {
  const counts: number[] = [];
  for (let phase = 0; phase < 1_000; phase += 173) {
    const ports = anAccount();
    const from = NOW + 5_000 + phase;
    ports.probes.door = (key, sentAt) =>
      key.startsWith('i-a1') && sentAt >= from && sentAt < from + silentMs
        ? 'silent'
        : { kind: 'up', tookMs: 5 };
    const run = start(ports);
    await run.forMs(12_000);
    await run.stop();
    counts.push(ports.ec2.writes.length);
  }
  return [...new Set(counts)];
}

describe('failing over', () => {
  test('an appliance that falls silent is replaced within 4 s', async () => {
    const ports = anAccount();
    const run = start(ports);
    await run.forMs(10_000);
    ports.probes.door = (key) => (key.startsWith('i-a1') ? 'silent' : { kind: 'up', tookMs: 5 });
    await run.forMs(4_000);
    expect(leadsTo(ports, 'rtb-a')).toBe('eni-b1');
    const summary = await run.stop();
    expect(summary.actions).toBe(1);
  });

  test.each([100, 700, 1_300, 1_990])(
    'a blip of %i ms, shorter than 2 x 1 s, never moves a route, whenever it begins',
    async (silentMs) => {
      expect(await writesAfter(silentMs)).toEqual([0]);
    },
  );

  test('a silence of 3.1 s always moves it, whenever it begins', async () => {
    expect(await writesAfter(3_100)).toEqual([1]);
  });

  test('in mode observe nothing is written', async () => {
    const ports = anAccount();
    const run = start(ports, { mode: 'observe' });
    await run.forMs(5_000);
    ports.probes.door = (key) => (key.startsWith('i-a1') ? 'silent' : { kind: 'up', tookMs: 5 });
    await run.forMs(10_000);
    const summary = await run.stop();
    expect(ports.ec2.writes).toEqual([]);
    expect(summary.held).toBeGreaterThan(0);
  });
});

describe('what the table remembers', () => {
  const pin = groupMemory({ lastFailoverAt: NOW - 7_200_000, pinnedAts: { [ROUTE]: NOW } });

  test.each([
    ['holds garbage', '?'],
    ['holds nothing', undefined],
  ])('a pinned route does not go home although the fleet’s memory %s', async (_what, fleet) => {
    const ports = anAccount('i-b1');
    ports.store.put('group#eu-west-1#hq', pin);
    if (fleet !== undefined) ports.store.put('fleet#eu-west-1', fleet);
    const run = start(ports, { rise: 1 });
    await run.forMs(14_000);
    await run.stop();
    expect(leadsTo(ports, 'rtb-a')).toBe('eni-b1');
  });

  test('a route that is not pinned goes home', async () => {
    const ports = anAccount('i-b1');
    const run = start(ports, { rise: 1 });
    await run.forMs(14_000);
    await run.stop();
    expect(leadsTo(ports, 'rtb-a')).toBe('eni-a1');
  });
});

describe('a write that does not show', () => {
  const lost = (ports: TestPorts): void => {
    ports.ec2.shows = () => false;
    ports.probes.door = (key) => (key.startsWith('i-a1') ? 'silent' : { kind: 'up', tookMs: 5 });
  };

  test('is believed for 10 s, written once more, then told; never a third time', async () => {
    const ports = anAccount();
    const run = start(ports);
    await run.forMs(5_000);
    lost(ports);
    await run.forMs(12_000);
    expect(ports.ec2.writes.length).toBe(1);
    await run.forMs(4_000);
    expect(ports.ec2.writes.length).toBe(2);
    await run.forMs(60_000);
    await run.stop();
    expect(ports.ec2.writes.length).toBe(2);
    expect(ports.notices.sent.map(({ attributes }) => attributes['reason'])).toContain(
      'WriteFailed',
    );
  });

  test('that shows at the second try is told no more', async () => {
    const ports = anAccount();
    const run = start(ports);
    await run.forMs(5_000);
    lost(ports);
    await run.forMs(12_000);
    ports.ec2.shows = () => true;
    await run.forMs(60_000);
    await run.stop();
    expect(leadsTo(ports, 'rtb-a')).toBe('eni-b1');
    expect(ports.notices.sent.map(({ attributes }) => attributes['reason'])).toEqual([
      'ApplianceDown',
    ]);
  });
});

describe('two watchers', () => {
  test('the newer one takes over, the older one ends, and nothing is written twice', async () => {
    const ports = anAccount();
    const old = start(ports, {}, 'w1');
    await old.forMs(5_000);
    const fresh = start(ports, {}, 'w2');
    await fresh.forMs(15_000);
    ports.probes.door = (key) => (key.startsWith('i-a1') ? 'silent' : { kind: 'up', tookMs: 5 });
    await fresh.forMs(6_000);
    expect((await old.stop()).ended).toBe('lease');
    expect((await fresh.stop()).ended).toBe('aborted');
    expect(ports.ec2.writes.length).toBe(1);
    expect(ports.notices.sent.map(({ attributes }) => attributes['reason'])).toEqual([
      'ApplianceDown',
    ]);
  });

  test('a failure in the middle of the handover is acted on within 4 s, once', async () => {
    for (let phase = 0; phase < 6_000; phase += 500) {
      const ports = anAccount();
      const old = start(ports, {}, 'w1');
      await old.forMs(5_000);
      const fresh = start(ports, {}, 'w2');
      await fresh.forMs(phase);
      ports.probes.door = (key) => (key.startsWith('i-a1') ? 'silent' : { kind: 'up', tookMs: 5 });
      await fresh.forMs(4_000);
      expect(leadsTo(ports, 'rtb-a')).toBe('eni-b1');
      await Promise.all([old.stop(), fresh.stop()]);
      expect(ports.ec2.writes.length).toBe(1);
    }
  });
});

describe('a clock that jumps', () => {
  test.each([-3_600_000, 3_600_000])(
    'by %i ms while an appliance is silent: nothing is written in that tick, and it is replaced all the same',
    async (byMs) => {
      const ports = anAccount();
      const run = start(ports);
      await run.forMs(5_000);
      ports.probes.door = (key) => (key.startsWith('i-a1') ? 'silent' : { kind: 'up', tookMs: 5 });
      await run.forMs(1_500);
      ports.clock.jumpWall(byMs);
      await run.forMs(1_000);
      expect(ports.ec2.writes).toEqual([]);
      await run.forMs(10_000);
      await run.stop();
      expect(leadsTo(ports, 'rtb-a')).toBe('eni-b1');
    },
  );
});
