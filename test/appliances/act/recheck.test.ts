/**
 * Goal: what is seen between plan and write counts. Method: the whole watcher over ports in memory, in virtual time, with
 * EC2's reads as slow as EC2's are, and something that happens in just that moment.
 */
import { describe, expect, test } from '@jest/globals';
import { DEFAULT_POLICY, type Policy } from '../../../lib/appliances/types/policy.ts';
import type { Vantage } from '../../../lib/probe/types.ts';
import { watch } from '../../../lib/watcher/watch.ts';
import { anAccount, leadsTo, ROUTE } from '../../builders/account.ts';
import { aRouteFact, aSubnet, aTableFact, NOW, zoneOf } from '../../builders/facts.ts';
import type { TestPorts } from '../../builders/ports.ts';
import { failoversAt, groupMemory } from '../../builders/world.ts';

/** EC2 answers the reads before a write after so long. */
const READ_MS = 120;
const GROUP = 'group#eu-west-1#hq';

function start(ports: TestPorts, policy: Partial<Policy> = {}) {
  const stopping = new AbortController();
  const whys: string[] = [];
  const statuses = ports.ec2.statuses;
  ports.ec2.statuses = async (ids) => {
    await ports.clock.sleep(READ_MS);
    return statuses(ids);
  };
  const ended = watch(ports, {
    accountId: null,
    policy: { ...DEFAULT_POLICY, ...policy },
    watcherId: 'w1',
    remainingMs: () => Number.POSITIVE_INFINITY,
    signal: stopping.signal,
    onTick: ({ outcomes }) => {
      for (const outcome of outcomes) if ('why' in outcome) whys.push(outcome.why);
    },
  });
  return {
    whys,
    forMs: (ms: number) => ports.clock.run(ports.clock.monotonicMs() + ms),
    async stop() {
      stopping.abort();
      await ports.clock.run(ports.clock.monotonicMs() + 20_000);
      return ended;
    },
  };
}

describe('an appliance that comes back in the last moment', () => {
  /** Silent until the look that decides, which is 2 s after the first unanswered knock; then as slow as told. */
  async function comesBack(tookMs: number | null) {
    const ports = anAccount();
    let missedAt: number | null = null;
    ports.probes.reachability = (key, sentAt) => {
      if (!key.startsWith('i-a1') || sentAt < NOW + 10_000) return { kind: 'up', tookMs: 5 };
      missedAt ??= sentAt;
      return tookMs !== null && sentAt >= missedAt + 2_000 ? { kind: 'up', tookMs } : 'silent';
    };
    const run = start(ports);
    await run.forMs(20_000);
    await run.stop();
    return { writes: ports.ec2.writes.length, whys: run.whys };
  }

  test('and answers in 200 ms, slower than the last look waits, keeps its routes, and it is said why', async () => {
    const { writes, whys } = await comesBack(200);
    expect(writes).toBe(0);
    expect(new Set(whys)).toEqual(
      new Set(['the appliance that it was to leave has answered since it was planned']),
    );
  });

  test('and answers at once was never taken for dead', async () => {
    expect(await comesBack(5)).toEqual({ writes: 0, whys: [] });
  });

  test('or rather does not, loses them', async () => {
    expect(await comesBack(null)).toEqual({ writes: 1, whys: [] });
  });
});

describe('a failover by another invocation, a moment ago', () => {
  /** The route leads to i-b1 already; the table tells of it from the fifth second on, the next refresh is at 15 s. */
  async function isFailback(agoMs: number | null) {
    const ports = anAccount('i-b1');
    const run = start(ports, { rise: 5 });
    const statuses = ports.ec2.statuses;
    let notified = 0;
    ports.ec2.statuses = (ids) => {
      if (agoMs !== null && notified === 0 && ports.clock.now() > NOW + 4_000) {
        notified = ports.clock.now();
        const at = notified - agoMs;
        ports.store.put(
          GROUP,
          groupMemory({ lastFailoverAt: at, failovers: { [ROUTE]: failoversAt(at) } }),
        );
      }
      return statuses(ids);
    };
    await run.forMs(14_000);
    const preferred = leadsTo(ports, 'rtb-a');
    await run.stop();
    return { preferred, whys: run.whys };
  }

  test('holds the way home at once, before the next refresh tells of it', async () => {
    expect((await isFailback(1_000)).preferred).toBe('eni-b1');
  });

  test('holds it no longer when the hold has passed', async () => {
    expect((await isFailback(DEFAULT_POLICY.holdMs + 20_000)).preferred).toBe('eni-a1');
  });

  test('and none at all holds nothing', async () => {
    expect((await isFailback(null)).preferred).toBe('eni-a1');
  });
});

describe('a pin that a person set since the last refresh', () => {
  async function waits(isPinned: boolean) {
    const ports = anAccount('i-b1');
    const run = start(ports, { rise: 5 });
    await run.forMs(2_000);
    const now = ports.clock.now();
    const pin = {
      group: 'hq',
      routeKey: null,
      to: 'i-b1',
      at: now,
      until: now + 600_000,
      by: 'me',
      why: 'so',
    };
    if (isPinned) ports.store.put('pins#eu-west-1', { version: 1, pins: [pin] });
    await run.forMs(10_000);
    await run.stop();
    return { preferred: leadsTo(ports, 'rtb-a'), whys: run.whys };
  }

  test('is heeded before the write, and known from then on: one look is put off, not one a second', async () => {
    expect(await waits(true)).toEqual({
      preferred: 'eni-b1',
      whys: ['it is well where it is since it was planned'],
    });
  });

  test('is not, when there is none', async () => {
    expect(await waits(false)).toEqual({ preferred: 'eni-a1', whys: [] });
  });
});

describe('three failovers within the hour that others have made since we last looked', () => {
  async function failsOver(count: number) {
    const ports = anAccount();
    const run = start(ports);
    await run.forMs(18_000);
    const now = ports.clock.now();
    const ats = [now - 3_000, now - 2_000, now - 1_000].slice(0, count);
    ports.store.put(
      GROUP,
      groupMemory({ lastFailoverAt: now - 1_000, failovers: { [ROUTE]: failoversAt(...ats) } }),
    );
    ports.probes.reachability = (key) =>
      key.startsWith('i-a1') ? 'silent' : { kind: 'up', tookMs: 5 };
    await run.forMs(4_000);
    await run.stop();
    return ports.ec2.writes.length;
  }

  test.each([
    [3, 0],
    [2, 1],
  ])('%i of them leave %i to us', async (count, writes) => {
    expect(await failsOver(count)).toBe(writes);
  });

  test('a table that hangs does not hold up a failover for longer than EC2 itself', async () => {
    const ports = anAccount();
    const run = start(ports);
    await run.forMs(18_000);
    ports.store.onRead = () => ports.clock.sleep(60_000);
    ports.probes.reachability = (key) =>
      key.startsWith('i-a1') ? 'silent' : { kind: 'up', tookMs: 5 };
    await run.forMs(4_000);
    expect(ports.ec2.writes.length).toBe(1);
    ports.store.onRead = () => {};
    await run.forMs(60_000);
    await run.stop();
  });
});

describe('a far side that is reached through another appliance by now', () => {
  const INSIDE: Vantage = { id: 'inside', subnetIds: ['subnet-p'], isInVpc: true };
  /** The probes' own subnet leads through i-a1 or, from a moment that no read has shown yet, through i-b1. */
  async function provenThrough(movesAt: number | null) {
    const ports = anAccount('i-b1', [INSIDE]);
    const { facts } = ports.ec2;
    const probe = 'tcp:10.20.0.5:22';
    const lead = (nextHop: string) => {
      const tables = ports.ec2.facts.tables.filter(({ tableId }) => tableId !== 'rtb-p');
      const routes = [aRouteFact('10.20.0.0/16', nextHop)];
      ports.ec2.facts = {
        ...ports.ec2.facts,
        tables: [...tables, aTableFact('rtb-p', { subnetIds: ['subnet-p'], routes })],
      };
    };
    ports.ec2.facts = {
      ...facts,
      subnets: [...facts.subnets, aSubnet('subnet-p', zoneOf('a'))],
      tags: [
        ...facts.tags,
        { resourceId: 'i-a1', resourceType: 'instance', key: 'vpn-medic:probe', value: probe },
      ],
    };
    lead('eni-a1');
    const run = start(ports, { rise: 12 });
    if (movesAt !== null) {
      await run.forMs(movesAt);
      lead('eni-b1');
    }
    await run.forMs(20_000 - (movesAt ?? 0));
    await run.stop();
    return { leads: leadsTo(ports, 'rtb-a'), whys: run.whys };
  }

  test('proves nothing of the one it was read through: the route stays, and it is said why', async () => {
    const { leads, whys } = await provenThrough(9_000);
    expect(leads).toBe('eni-b1');
    expect(whys.some((why) => why.startsWith('S2 holds it since it was planned'))).toBe(true);
  });

  test('is believed while it is not', async () => {
    expect(await provenThrough(null)).toEqual({ leads: 'eni-a1', whys: [] });
  });
});
