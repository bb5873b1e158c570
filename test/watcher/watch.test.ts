/** The whole watcher over ports in memory, in virtual time: what only shows when all stages run together. */
import { describe, expect, test } from '@jest/globals';
import { acksId } from '../../lib/appliances/state/ack.ts';
import { parseState, stateBody, stateId } from '../../lib/appliances/state/stored.ts';
import { DEFAULT_POLICY, type Policy } from '../../lib/appliances/types/policy.ts';
import { PAUSE_ID } from '../../lib/core/pause.ts';
import { leaseId } from '../../lib/watcher/lease/item.ts';
import { requestLook } from '../../lib/watcher/lease/lookRequest.ts';
import type { Summary } from '../../lib/watcher/runSummary.ts';
import { watch } from '../../lib/watcher/watch.ts';
import { anAccount, leadsTo, ROUTE } from '../builders/account.ts';
import { NOW, REGION } from '../builders/facts.ts';
import { calm, type TestPorts } from '../builders/ports.ts';
import { groupMemory, memoryOf } from '../builders/world.ts';

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
  const group = groupMemory({ lastFailoverAt: NOW - 7_200_000, pinnedAts: { [ROUTE]: NOW } });
  const pinned = stateBody(memoryOf({ groups: new Map([['hq', group]]) }), 1, NOW);

  test.each([
    ['a pinned route stays', pinned, 'eni-b1'],
    ['a route that is not pinned fails back', undefined, 'eni-a1'],
    ['garbage pins nothing', 'garbage', 'eni-a1'],
  ])('%s', async (_what, body, expected) => {
    const ports = anAccount('i-b1');
    if (body !== undefined) ports.store.put(stateId(REGION), body);
    const run = start(ports, { rise: 1 });
    await run.forMs(14_000);
    await run.stop();
    expect(leadsTo(ports, 'rtb-a')).toBe(expected);
  });

  test('a pin that a person acknowledges is let go within 5 s and fails back', async () => {
    const ports = anAccount('i-b1');
    ports.store.put(stateId(REGION), pinned);
    const run = start(ports, { rise: 1 });
    await run.forMs(14_000);
    expect(leadsTo(ports, 'rtb-a')).toBe('eni-b1');
    ports.store.put(acksId(REGION), { version: 1, routes: { [ROUTE]: NOW } });
    await run.forMs(8_000);
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
    const state = parseState(ports.store.body(stateId(REGION)), ports.clock.now());
    expect(state?.memory.groups.get('hq')?.failovers[ROUTE]).toHaveLength(1);
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
    // i-a1 has never answered this watcher: that its silence counts is what the first one has stored.
    expect(leadsTo(ports, 'rtb-a')).toBe('eni-b1');
  });
});

describe('a watcher at its end', () => {
  test.each([false, true])(
    'frees the lease at once, a request to look in its last moment: %s',
    async (isAsked) => {
      const ports = anAccount();
      const run = start(ports);
      await run.forMs(10_000);
      const id = leaseId(REGION, 'appliances');
      if (isAsked) await requestLook(ports.store, ports.clock, id, calm());
      await run.stop();
      expect(ports.store.body(id)).toMatchObject({ renewedAt: 0, isLookRequested: false });
    },
  );

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

describe('a standby', () => {
  /** i-a1 is stopped, as EC2 says, while `leader` leads and another process stands by. */
  async function whileStopped(leaderLives: boolean) {
    const ports = anAccount();
    ports.store.put(leaseId(REGION, 'appliances'), {
      leader: 'w0',
      token: 7,
      renewedAt: NOW,
      startedAt: NOW - 60_000,
      isLookRequested: false,
    });
    ports.ec2.facts = {
      ...ports.ec2.facts,
      statuses: ports.ec2.facts.statuses.map((one) =>
        one.instanceId === 'i-a1' ? { ...one, state: 'stopped' } : one,
      ),
    };
    const run = start(ports, {}, 'w1');
    await run.forMs(leaderLives ? 3_000 : 8_000);
    const writes = ports.ec2.writes.length;
    const notified = ports.notifications.sent.length;
    const stored = ports.store.written.filter((id) => !id.startsWith('lease#')).length;
    const heartbeats = ports.logger.metrics.filter((one) => 'Heartbeat' in one).length;
    await run.stop();
    return { writes, notified, stored, heartbeats };
  }

  test('writes, stores and notifies nothing, not even what EC2 confirms', async () => {
    const nothing = { writes: 0, notified: 0, stored: 0, heartbeats: 0 };
    expect(await whileStopped(true)).toEqual(nothing);
  });

  test('does all of it once it leads', async () => {
    const { writes, notified, stored, heartbeats } = await whileStopped(false);
    expect(heartbeats).toBeGreaterThan(0);
    expect(writes).toBe(1);
    expect(notified).toBeGreaterThan(0);
    expect(stored).toBeGreaterThan(0);
  });
});

describe('without the state table', () => {
  const stopped = (ports: TestPorts) => {
    ports.ec2.facts = {
      ...ports.ec2.facts,
      statuses: ports.ec2.facts.statuses.map((one) =>
        one.instanceId === 'i-a1' ? { ...one, state: 'stopped' } : one,
      ),
    };
  };
  const silent = (ports: TestPorts) => {
    ports.probes.reachability = (key) =>
      key.startsWith('i-a1') ? 'silent' : { kind: 'up', tookMs: 5 };
  };

  test.each([
    ['moves what EC2 confirms', stopped, 'eni-b1'],
    ['moves nothing on the probes alone', silent, 'eni-a1'],
  ])('the last leader %s', async (_what, fail, expected) => {
    const ports = anAccount();
    const run = start(ports);
    await run.forMs(8_000);
    ports.store.mood = 'unreachable';
    await run.forMs(3_000);
    fail(ports);
    await run.forMs(10_000);
    expect(leadsTo(ports, 'rtb-a')).toBe(expected);
    await run.stop();
  });

  test('a watcher that never led moves nothing, even what EC2 confirms', async () => {
    const ports = anAccount();
    ports.store.mood = 'unreachable';
    stopped(ports);
    const run = start(ports);
    await run.forMs(15_000);
    expect(ports.ec2.writes).toEqual([]);
    expect(ports.notifications.sent).toEqual([]);
    await run.stop();
  });
});

describe('a clock jump of 2 s', () => {
  test.each([-2_000, 2_000])(
    'by %i ms while an appliance is silent: nothing is written in that pass, and it is replaced all the same',
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

  test.each([
    [
      'of 2 s: nothing is written before the target has answered three times anew',
      2_000,
      200,
      4_000,
    ],
    ['of 0.5 s, as clocks may: it is written at once', 500, 0, 50],
  ])('between plan and write %s', async (_what, byMs, atLeastMs, atMostMs) => {
    const ports = anAccount();
    const { clock, ec2, store } = ports;
    const run = start(ports);
    await run.forMs(5_000);
    ports.probes.reachability = (key) =>
      key.startsWith('i-a1') ? 'silent' : { kind: 'up', tookMs: 5 };
    const read = store.read.bind(store);
    let jumpedMs: number | null = null;
    let wroteMs: number | null = null;
    // The pause alone is read right before a write.
    store.read = (ids) => {
      if (ids.join() === PAUSE_ID && jumpedMs === null) {
        jumpedMs = clock.monotonicMs();
        clock.jumpWall(byMs);
      }
      return read(ids);
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
