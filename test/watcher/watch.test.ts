/** The whole watcher over ports in memory, in virtual time: what only shows when all stages run together. */
import { describe, expect, test } from '@jest/globals';
import { DEFAULT_POLICY, type Policy } from '../../lib/appliances/types/policy.ts';
import type { Summary } from '../../lib/watcher/runSummary.ts';
import { watch } from '../../lib/watcher/watch.ts';
import { anAccount, leadsTo, ROUTE } from '../builders/account.ts';
import { NOW } from '../builders/facts.ts';
import type { TestPorts } from '../builders/ports.ts';
import { groupMemory } from '../builders/world.ts';

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
    ports.probes.reachability = (key, sentAt) =>
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
    ports.probes.reachability = (key) =>
      key.startsWith('i-a1') ? 'silent' : { kind: 'up', tookMs: 5 };
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
    ports.probes.reachability = (key) =>
      key.startsWith('i-a1') ? 'silent' : { kind: 'up', tookMs: 5 };
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
    ports.probes.reachability = (key) =>
      key.startsWith('i-a1') ? 'silent' : { kind: 'up', tookMs: 5 };
  };

  const reasons = (ports: TestPorts): readonly (string | undefined)[] =>
    ports.notifications.sent.map(({ attributes }) => attributes['reason']);

  test('is believed for 4 s, written again ever more slowly, and told after 10 s; it is never given up', async () => {
    const ports = anAccount();
    const run = start(ports);
    await run.forMs(5_000);
    lost(ports);
    const counts: number[] = [];
    for (const ms of [6_500, 4_000, 4_000, 16_000, 120_000]) {
      await run.forMs(ms);
      counts.push(ports.ec2.writes.length);
    }
    await run.stop();
    // First after 2 to 3 s; then 4, 8, 16, 32 and 60 s later.
    expect(counts).toEqual([1, 2, 2, 3, 6]);
    expect(reasons(ports)).toEqual(['ApplianceDown', 'WriteFailed']);
  });

  test('that shows at the second try within 10 s is not told', async () => {
    const ports = anAccount();
    const run = start(ports);
    await run.forMs(5_000);
    lost(ports);
    await run.forMs(5_000);
    ports.ec2.shows = () => true;
    await run.forMs(60_000);
    await run.stop();
    expect(leadsTo(ports, 'rtb-a')).toBe('eni-b1');
    expect(reasons(ports)).toEqual(['ApplianceDown']);
  });

  test('that shows after it was told is told as over', async () => {
    const ports = anAccount();
    const run = start(ports);
    await run.forMs(5_000);
    lost(ports);
    await run.forMs(15_000);
    ports.ec2.shows = () => true;
    await run.forMs(60_000);
    await run.stop();
    const ofWrites = ports.notifications.sent.filter(
      ({ attributes }) => attributes['reason'] === 'WriteFailed',
    );
    expect(ofWrites.map(({ state }) => state)).toEqual(['opened', 'resolved']);
    expect(leadsTo(ports, 'rtb-a')).toBe('eni-b1');
  });

  test('whose answer is lost twice is through within 4 s of its first try', async () => {
    const ports = anAccount();
    const run = start(ports);
    await run.forMs(5_000);
    ports.probes.reachability = (key) =>
      key.startsWith('i-a1') ? 'silent' : { kind: 'up', tookMs: 5 };
    ports.ec2.shows = () => ports.ec2.writes.length > 2;
    ports.ec2.answer = () =>
      ports.ec2.writes.length > 2 ? null : { kind: 'unclear', why: 'no answer' };
    await run.forMs(7_500);
    await run.stop();
    expect(ports.ec2.writes.length).toBe(3);
    expect(leadsTo(ports, 'rtb-a')).toBe('eni-b1');
    const group = ports.store.body('group#eu-west-1#hq');
    expect(group).toMatchObject({ failovers: { 'rtb-a 10.20.0.0/16': [{ to: 'eni-b1' }] } });
  });

  test('because EC2 refuses it is tried ever more slowly, told with its words, and done once it may', async () => {
    const ports = anAccount();
    const run = start(ports);
    await run.forMs(5_000);
    ports.probes.reachability = (key) =>
      key.startsWith('i-a1') ? 'silent' : { kind: 'up', tookMs: 5 };
    ports.ec2.answer = () => ({ kind: 'refused', why: 'ec2:ReplaceRoute denied' });
    await run.forMs(60_000);
    const refusedCount = ports.ec2.writes.length;
    expect(refusedCount).toBeLessThanOrEqual(7);
    expect(reasons(ports)).toEqual(['ApplianceDown', 'WriteFailed']);
    expect(ports.notifications.sent.at(-1)?.text).toContain('ec2:ReplaceRoute denied');
    ports.ec2.answer = () => null;
    await run.forMs(100_000);
    await run.stop();
    expect(ports.ec2.writes.length).toBe(refusedCount + 1);
    expect(leadsTo(ports, 'rtb-a')).toBe('eni-b1');
    // That the route has moved at last is told with the appliance, that it can be written again by itself.
    expect(ports.notifications.sent.slice(2).map(({ state }) => state)).toEqual([
      'updated',
      'resolved',
    ]);
    expect(reasons(ports).slice(2)).toEqual(['ApplianceDown', 'WriteFailed']);
  });
});

describe('a watcher that starts while the table is out of reach', () => {
  test('learns who has spoken before it decides: no mass failure looks like one death to it', async () => {
    const ports = anAccount();
    const first = start(ports);
    await first.forMs(8_000);
    await first.stop();
    ports.store.mood = 'unreachable';
    ports.probes.reachability = () => 'silent';
    const second = start(ports, {}, 'w2');
    await second.forMs(3_000);
    ports.store.mood = 'well';
    ports.probes.reachability = (key) =>
      key.startsWith('i-a1') ? 'silent' : { kind: 'up', tookMs: 5 };
    await second.forMs(12_000);
    await second.stop();
    // It has never heard i-a1 itself: that its silence means death is the first watcher's knowledge.
    expect(leadsTo(ports, 'rtb-a')).toBe('eni-b1');
  });
});

describe('a clock that jumps ahead', () => {
  test.each([
    ['does not shorten the hold of a failover', 120_000, 'eni-b1'],
    ['does not lengthen it by more than itself', 420_000, 'eni-a1'],
  ])('%s', async (_what, ms, expected) => {
    const ports = anAccount();
    const run = start(ports, { rise: 5 });
    await run.forMs(5_000);
    ports.probes.reachability = (key) =>
      key.startsWith('i-a1') ? 'silent' : { kind: 'up', tookMs: 5 };
    await run.forMs(5_000);
    ports.probes.reachability = () => ({ kind: 'up', tookMs: 5 });
    await run.forMs(10_000);
    ports.clock.jumpWall(3_600_000);
    await run.forMs(ms);
    await run.stop();
    expect(leadsTo(ports, 'rtb-a')).toBe(expected);
  });
});

describe('a clock that jumps between plan and write', () => {
  test.each([
    [
      'by an hour: nothing is written before the silence has lasted once more',
      3_600_000,
      2_000,
      4_000,
    ],
    ['by no more than clocks do: it is written at once', 500, 0, 50],
  ])('%s', async (_what, byMs, atLeastMs, atMostMs) => {
    const ports = anAccount();
    const { clock, ec2 } = ports;
    const run = start(ports);
    await run.forMs(5_000);
    ports.probes.reachability = (key) =>
      key.startsWith('i-a1') ? 'silent' : { kind: 'up', tookMs: 5 };
    const tables = ec2.routeTables;
    let jumpedMs: number | null = null;
    let wroteMs: number | null = null;
    ec2.routeTables = (of) => {
      if ('tableIds' in of && jumpedMs === null) {
        jumpedMs = clock.monotonicMs();
        clock.jumpWall(byMs);
      }
      return tables(of);
    };
    ec2.answer = () => {
      wroteMs ??= clock.monotonicMs();
      return null;
    };
    await run.forMs(10_000);
    await run.stop();
    const tookMs = (wroteMs ?? Number.POSITIVE_INFINITY) - (jumpedMs ?? 0);
    expect(tookMs).toBeGreaterThanOrEqual(atLeastMs);
    expect(tookMs).toBeLessThanOrEqual(atMostMs);
  });
});

describe('a watcher at its end', () => {
  test('does not wait for a table that hangs: it answers while it has time', async () => {
    const ports = anAccount();
    const endsAtMs = ports.clock.monotonicMs() + 20_000;
    const summaries: Summary[] = [];
    const live = async () => {
      const summary = await watch(ports, {
        accountId: null,
        policy: DEFAULT_POLICY,
        watcherId: 'w1',
        remainingMs: () => endsAtMs - ports.clock.monotonicMs(),
        signal: new AbortController().signal,
      });
      summaries.push(summary);
    };
    void live();
    await ports.clock.run(10_000);
    ports.store.onWrite = () => ports.clock.sleep(60_000);
    ports.store.onRead = () => ports.clock.sleep(60_000);
    await ports.clock.run(20_000);
    expect(summaries).toMatchObject([{ ended: 'time' }]);
  });
});

describe('two watchers', () => {
  test('the newer one takes over, the older one ends, and nothing is written twice', async () => {
    const ports = anAccount();
    const old = start(ports, {}, 'w1');
    await old.forMs(5_000);
    const fresh = start(ports, {}, 'w2');
    await fresh.forMs(15_000);
    ports.probes.reachability = (key) =>
      key.startsWith('i-a1') ? 'silent' : { kind: 'up', tookMs: 5 };
    await fresh.forMs(6_000);
    expect((await old.stop()).ended).toBe('lease');
    expect((await fresh.stop()).ended).toBe('aborted');
    expect(ports.ec2.writes.length).toBe(1);
    expect(ports.notifications.sent.map(({ attributes }) => attributes['reason'])).toEqual([
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
      ports.probes.reachability = (key) =>
        key.startsWith('i-a1') ? 'silent' : { kind: 'up', tookMs: 5 };
      await fresh.forMs(4_000);
      expect(leadsTo(ports, 'rtb-a')).toBe('eni-b1');
      await Promise.all([old.stop(), fresh.stop()]);
      expect(ports.ec2.writes.length).toBe(1);
    }
  });
});

describe('an onlooker', () => {
  /** Another watcher holds the lease, renews it, and never acts. */
  const onlooks = async (isStopped: boolean) => {
    const ports = anAccount();
    const renew = () =>
      ports.store.put('lease#eu-west-1', {
        holder: 'w0',
        fence: 7,
        renewedAt: ports.clock.now(),
        startedAt: NOW + 60_000,
      });
    renew();
    for (let ms = 500; ms < 20_000; ms += 1_000) ports.clock.at(ms, renew);
    const run = start(ports);
    await run.forMs(6_000);
    if (isStopped) {
      const { statuses } = ports.ec2.facts;
      ports.ec2.facts = {
        ...ports.ec2.facts,
        statuses: statuses.map((one) =>
          one.instanceId === 'i-a1' ? { ...one, state: 'stopped' } : one,
        ),
      };
    } else
      ports.probes.reachability = (key) =>
        key.startsWith('i-a1') ? 'silent' : { kind: 'up', tookMs: 5 };
    await run.forMs(8_000);
    const stored = ports.store.body('group#eu-west-1#hq');
    await run.stop();
    return { leads: leadsTo(ports, 'rtb-a'), stored };
  };

  test('that acts on EC2’s word stores the failover at once, long before it leads', async () => {
    const { leads, stored } = await onlooks(true);
    expect(leads).toBe('eni-b1');
    expect(stored).toMatchObject({ failovers: { [ROUTE]: [{ to: 'eni-b1' }] } });
  });

  test('does and stores nothing on the probes’ word', async () => {
    expect(await onlooks(false)).toEqual({ leads: 'eni-a1', stored: null });
  });
});

describe('a clock that jumps', () => {
  test.each([-3_600_000, 3_600_000])(
    'by %i ms while an appliance is silent: nothing is written in that tick, and it is replaced all the same',
    async (byMs) => {
      const ports = anAccount();
      const run = start(ports);
      await run.forMs(5_000);
      ports.probes.reachability = (key) =>
        key.startsWith('i-a1') ? 'silent' : { kind: 'up', tookMs: 5 };
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
