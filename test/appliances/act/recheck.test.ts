/**
 * Goal: what is seen between plan and write counts. Method: the whole watcher over ports in memory, in virtual time, with
 * EC2's reads as slow as EC2's are, a state table that is no quicker, and something that happens in just that moment.
 */
import { describe, expect, test } from '@jest/globals';
import { DEFAULT_POLICY, type Policy } from '../../../lib/appliances/types/policy.ts';
import type { Vantage } from '../../../lib/probe/types.ts';
import { watch } from '../../../lib/watcher/watch.ts';
import { anAccount, leadsTo } from '../../builders/account.ts';
import { aRouteFact, aSubnet, aTableFact, NOW, zoneOf } from '../../builders/facts.ts';
import type { TestPorts } from '../../builders/ports.ts';

/** EC2 answers the reads before a write after so long, and the state table confirms the lease. */
const ANSWER_MS = 120;

function start(ports: TestPorts, policy: Partial<Policy> = {}) {
  const stopping = new AbortController();
  const whys: string[] = [];
  const statuses = ports.ec2.statuses;
  ports.ec2.statuses = async (ids) => {
    await ports.clock.sleep(ANSWER_MS);
    return statuses(ids);
  };
  const write = ports.store.write.bind(ports.store);
  ports.store.write = async (item) => {
    await ports.clock.sleep(ANSWER_MS);
    return write(item);
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

describe('a far side that is reached through another appliance by now', () => {
  const INSIDE: Vantage = { id: 'inside', subnetIds: ['subnet-p'], isInVpc: true };
  /** The probes' own subnet leads through i-a1 or, from a moment that no read has shown yet, through i-b1. */
  async function provenThrough(movesAt: number | null) {
    const ports = anAccount('i-b1', [INSIDE]);
    const { facts } = ports.ec2;
    const probe = 'ike:500 tcp:10.20.0.5:22';
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
    expect(whys.some((why) => why.startsWith('S5 holds it since it was planned'))).toBe(true);
  });

  test('is believed while it is not', async () => {
    expect(await provenThrough(null)).toEqual({ leads: 'eni-a1', whys: [] });
  });
});
