/**
 * Goal: what is announced to end loses no packet: its routes are elsewhere before it ends, and nothing moves to it.
 * Method: the deployed product in the simulated account; every managed route is sampled every 100 ms by the ground truth.
 */
import { describe, expect, test } from '@jest/globals';
import { DEFAULT_POLICY, type Policy } from '../../lib/appliances/types/policy.ts';
import { AS_DEPLOYED, Deployment } from '../../lib/simulator/deployment.ts';
import type { Fault } from '../../lib/simulator/faults.ts';
import { simAccount } from '../cli/open.ts';

/** When the notice comes: everything has been probed for long. */
const AT_MS = 60_000;

interface Played {
  readonly account: ReturnType<typeof simAccount>;
  readonly id: (name: string) => string;
  /** Route and virtual ms of each sample that did not get through. */
  readonly lost: readonly string[];
  /** Names of the instances that routes lead to, at that time; each once. */
  readonly carriersAt: (ms: number) => readonly string[];
  readonly crashes: readonly unknown[];
  readonly subjects: readonly string[];
}

interface Spell {
  readonly fault: (id: Played['id']) => Fault;
  readonly startMs?: number;
  readonly endMs: number;
}

async function play(
  spells: readonly Spell[],
  untilMs: number,
  policy: Partial<Policy> = {},
): Promise<Played> {
  const account = simAccount();
  const { clock, network, groundTruth } = account;
  const id = (name: string) =>
    network.instances.all().find((one) => one.name === name)?.instanceId ?? '';
  const deployment = new Deployment(account, {
    seed: 1,
    policy: { ...DEFAULT_POLICY, ...policy },
    ...AS_DEPLOYED,
  });
  for (const { fault, startMs = AT_MS, endMs } of spells)
    account.faults.add(fault(id), startMs, endMs);
  const lost: string[] = [];
  const carriers = new Map<number, readonly string[]>();
  deployment.start();
  while (clock.monotonicMs() < untilMs) {
    await clock.run(clock.monotonicMs() + 100);
    const ms = clock.monotonicMs();
    const names = new Set<string>();
    for (const { tableId, routes } of network.tables.all()) {
      if (network.tags.get(`${tableId} vpn-medic:group`) === null) continue;
      for (const { interfaceId, destination, origin } of routes) {
        if (interfaceId === null || origin !== 'created') continue;
        const link = network.interfaces.get(interfaceId);
        if (link === null || !groundTruth.isForwardingAt(link)) lost.push(`${destination} ${ms}`);
        names.add(network.instances.get(link?.instanceId ?? '')?.name ?? 'nothing');
      }
    }
    carriers.set(ms, [...names].toSorted());
  }
  deployment.stop();
  await clock.run(clock.monotonicMs() + 5_000);
  return {
    account,
    id,
    lost,
    carriersAt: (ms) => [...carriers].findLast(([at]) => at <= ms)?.[1] ?? [],
    crashes: deployment.crashes,
    subjects: account.log.notifications.map(({ subject }) => subject),
  };
}

const spot =
  (name: string) =>
  (id: Played['id']): Fault => ({ kind: 'spot-notice', instanceId: id(name) });
const drained =
  (name: string) =>
  (id: Played['id']): Fault => ({
    kind: 'person-drains',
    instanceId: id(name),
    forMs: 600_000,
  });
const FOREVER_MS = 600_000;
const leaving = (subjects: readonly string[]) =>
  subjects.filter((subject) => subject.includes('ApplianceLeaving'));

describe('the routes of an appliance that is announced to end are elsewhere before, and no sample is lost', () => {
  test('by a Spot notice, 120 s before it is terminated: within 6 s', async () => {
    const fault = spot('hq-b');
    const { lost, carriersAt, crashes, subjects } = await play(
      [{ fault, endMs: FOREVER_MS }],
      240_000,
    );
    expect(crashes).toEqual([]);
    expect(carriersAt(AT_MS)).toContain('hq-b');
    expect(carriersAt(AT_MS + 6_000)).not.toContain('hq-b');
    expect(lost).toEqual([]);
    expect(leaving(subjects)[0]).toMatch(/^WARNING hq-b: ApplianceLeaving .*2 routes moved/);
    expect(subjects.some((subject) => subject.includes('ApplianceDown'))).toBe(false);
  });

  test('by a rebalance recommendation that comes to nothing: within 6 s, and they are not back an hour later', async () => {
    const fault = (id: Played['id']): Fault => ({
      kind: 'rebalance-notice',
      instanceId: id('hq-b'),
    });
    const { lost, carriersAt } = await play([{ fault, endMs: 3_700_000 }], 3_600_000);
    expect(carriersAt(AT_MS + 6_000)).not.toContain('hq-b');
    expect(carriersAt(3_600_000)).not.toContain('hq-b');
    expect(lost).toEqual([]);
  });

  test('by an event of EC2 that is an hour away: from then on; not an hour and a second before', async () => {
    const fault = (id: Played['id']): Fault => ({
      kind: 'event-scheduled',
      instanceId: id('hq-b'),
      inMs: 3_700_000,
    });
    const { lost, carriersAt } = await play([{ fault, endMs: 3_900_000 }], 3_880_000);
    expect(carriersAt(AT_MS + 99_000)).toContain('hq-b');
    expect(carriersAt(AT_MS + 110_000)).not.toContain('hq-b');
    expect(lost).toEqual([]);
  });

  test('by a lifecycle hook of ours, which is completed only after EC2 shows no route to it', async () => {
    const fault = (id: Played['id']): Fault => ({
      kind: 'terminate-hook',
      instanceId: id('hq-b'),
      waitMs: 300_000,
    });
    const { lost, carriersAt, account, id } = await play([{ fault, endMs: FOREVER_MS }], 240_000);
    const completedMs = account.completedHooks.get(id('hq-b')) ?? 0;
    expect(completedMs).toBeGreaterThan(AT_MS);
    expect(completedMs).toBeLessThan(AT_MS + 12_000);
    expect(carriersAt(completedMs - 100)).not.toContain('hq-b');
    expect(lost).toEqual([]);
  });

  test('by an operator who drains it, within 8 s; they are back when the drain is cancelled, by the usual rules', async () => {
    const fault = drained('hq-b');
    const { lost, carriersAt, subjects } = await play([{ fault, endMs: 300_000 }], 420_000);
    expect(carriersAt(AT_MS + 8_000)).not.toContain('hq-b');
    expect(carriersAt(299_900)).not.toContain('hq-b');
    expect(carriersAt(310_000)).toContain('hq-b');
    expect(lost).toEqual([]);
    expect(leaving(subjects)).toEqual([
      expect.stringMatching(/^WARNING hq-b/),
      expect.stringMatching(/^RESOLVED hq-b/),
    ]);
  });

  test('with no leader to read the notice: by the single pass of the event', async () => {
    const missed: Spell = {
      fault: () => ({ kind: 'schedule-missed' }),
      startMs: 55_000,
      endMs: FOREVER_MS,
    };
    const killed: Spell = {
      fault: () => ({ kind: 'watcher-killed' }),
      startMs: 70_000,
      endMs: 70_001,
    };
    const { lost, carriersAt } = await play(
      [missed, killed, { fault: spot('hq-b'), startMs: 90_000, endMs: FOREVER_MS }],
      100_000,
    );
    expect(carriersAt(89_000)).toContain('hq-b');
    expect(carriersAt(100_000)).not.toContain('hq-b');
    expect(lost).toEqual([]);
  });
});

describe('what leaves is no target', () => {
  test('when all members leave, nothing moves, and one notification of each says that its routes stay', async () => {
    const names = ['hq-a', 'hq-b', 'hq-c'];
    const { account, subjects } = await play(
      names.map((name) => ({ fault: spot(name), endMs: AT_MS + 60_000 })),
      AT_MS + 60_000,
    );
    expect(account.log.writes).toEqual([]);
    expect(leaving(subjects).every((subject) => subject.startsWith('CRITICAL'))).toBe(true);
    expect(leaving(subjects).length).toBeGreaterThan(0);
  });

  test('a failback waits for the end of the drain of its preferred next hop', async () => {
    const dies: Spell = {
      fault: (id) => ({ kind: 'stopped', instanceId: id('hq-b') }),
      endMs: AT_MS + 60_000,
    };
    const drain: Spell = { fault: drained('hq-b'), startMs: AT_MS + 30_000, endMs: 700_000 };
    const { carriersAt } = await play([dies, drain], 760_000);
    expect(carriersAt(690_000)).not.toContain('hq-b');
    expect(carriersAt(720_000)).toContain('hq-b');
  });

  test('but of a failover it is one when nothing else is left alive', async () => {
    const dead = (name: string): Spell => ({
      fault: (id) => ({ kind: 'process-dead', instanceId: id(name) }),
      startMs: AT_MS + 30_000,
      endMs: 200_000,
    });
    const { carriersAt } = await play(
      [{ fault: drained('hq-b'), endMs: 200_000 }, dead('hq-c')],
      AT_MS + 40_000,
    );
    expect(carriersAt(AT_MS + 40_000)).not.toContain('hq-b');
    const both = await play(
      [{ fault: drained('branch-b'), endMs: 200_000 }, dead('branch-a')],
      AT_MS + 40_000,
    );
    expect(both.carriersAt(AT_MS + 29_000)).not.toContain('branch-b');
    expect(both.carriersAt(AT_MS + 40_000)).toContain('branch-b');
  });
});

describe('a planned leave obeys what people said', () => {
  test('in mode observe nothing is written, and no hook is completed', async () => {
    const fault = (id: Played['id']): Fault => ({
      kind: 'terminate-hook',
      instanceId: id('hq-b'),
      waitMs: 100_000,
    });
    const { account } = await play([{ fault, endMs: FOREVER_MS }], AT_MS + 90_000, {
      mode: 'observe',
    });
    expect(account.log.writes).toEqual([]);
    expect(account.completedHooks.size).toBe(0);
  });

  test('in a pause nothing is written and no hook is completed; after it both are', async () => {
    const hook = (id: Played['id']): Fault => ({
      kind: 'terminate-hook',
      instanceId: id('hq-b'),
      waitMs: 300_000,
    });
    const pause: Spell = {
      fault: () => ({ kind: 'person-pauses', forMs: 600_000 }),
      startMs: AT_MS - 10_000,
      endMs: AT_MS + 100_000,
    };
    const { account, carriersAt, id } = await play(
      [pause, { fault: hook, endMs: FOREVER_MS }],
      AT_MS + 130_000,
    );
    expect(carriersAt(AT_MS + 99_000)).toContain('hq-b');
    expect(carriersAt(AT_MS + 120_000)).not.toContain('hq-b');
    expect(account.completedHooks.get(id('hq-b'))).toBeGreaterThan(AT_MS + 100_000);
  });
});
