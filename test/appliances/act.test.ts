/** Carrying a plan out against EC2 in memory: read again, ask, write, read back; and what each step that fails becomes. */
import { describe, expect, test } from '@jest/globals';
import { ACT_STEPS } from '../../lib/appliances/act/steps.ts';
import type { RouteTableFact } from '../../lib/appliances/types/inventory.ts';
import type { WriteAnswer } from '../../lib/core/routeWrite.ts';
import { anEc2, carryOut, DEST, kinds, moveIn, whys } from '../builders/act.ts';
import type { MemoryEc2 } from '../builders/ec2.ts';
import { aRouteFact, aTableFact } from '../builders/facts.ts';
import { somePorts } from '../builders/ports.ts';

const answering =
  (...answers: readonly (WriteAnswer | null)[]) =>
  (ec2: MemoryEc2): MemoryEc2 => {
    const queue = [...answers];
    ec2.answer = () => queue.shift() ?? null;
    return ec2;
  };

describe('a write that is right', () => {
  test('is read again, written and read back: done', async () => {
    const ec2 = anEc2();
    const acted = await carryOut(somePorts({ ec2 }), [moveIn(1)]);
    expect(kinds(acted)).toEqual(['done']);
    expect(ec2.writes).toEqual([
      { tableId: 'rtb-1', destination: DEST, target: { kind: 'interface', id: 'eni-b1' } },
    ]);
    expect(ec2.calls).toEqual(['tables rtb-1', 'interfaces i-b1', 'statuses i-b1', 'tables rtb-1']);
    expect(acted.tables[0]?.routes[0]?.interfaceId).toBe('eni-b1');
  });

  test('tells how long the write took', async () => {
    const ec2 = anEc2();
    const ports = somePorts({ ec2 });
    const write = ec2.replaceRoute;
    ec2.replaceRoute = async (route) => {
      await ports.clock.run(ports.clock.monotonicMs() + 250);
      return write(route);
    };
    expect((await carryOut(ports, [moveIn(1)])).outcomes).toMatchObject([{ tookMs: 250 }]);
  });

  test('nothing to do asks EC2 nothing', async () => {
    const ec2 = anEc2();
    await carryOut(somePorts({ ec2 }), []);
    expect(ec2.calls).toEqual([]);
  });

  test('a route of ours is read beside a propagated one of the same destination', async () => {
    const ec2 = anEc2();
    const propagated = aRouteFact(DEST, null, { otherTarget: 'vgw-1', origin: 'propagated' });
    const routes = [propagated, aRouteFact(DEST, 'eni-a1')];
    ec2.facts = { ...ec2.facts, tables: [aTableFact('rtb-1', { routes })] };
    expect(kinds(await carryOut(somePorts({ ec2 }), [moveIn(1)]))).toEqual(['done']);
  });
});

describe('a pause', () => {
  /** Begins after so many writes were asked for. */
  const after = (count: number) => {
    let asked = 0;
    return async () => {
      asked += 1;
      return asked > count ? 'paused by ana' : null;
    };
  };

  test('is asked before each write: what was not sent yet is deferred with its reason', async () => {
    const ec2 = anEc2(12);
    const actions = Array.from({ length: 12 }, (_, index) => moveIn(index + 1));
    const acted = await carryOut(somePorts({ ec2 }), actions, { second: { askPause: after(1) } });
    // Ten leave together, with the answer that came with the lease; each later one asks anew.
    expect(kinds(acted)).toEqual([
      ...Array.from({ length: 10 }, () => 'done'),
      'deferred',
      'deferred',
    ]);
    expect(whys(acted).slice(10)).toEqual(['paused by ana', 'paused by ana']);
    expect(ec2.writes).toHaveLength(10);
  });

  test('without that step it is missed', async () => {
    const ec2 = anEc2();
    const steps = { ...ACT_STEPS, askPause: async () => null };
    await carryOut(somePorts({ ec2 }), [moveIn(1)], { second: { askPause: after(0) }, steps });
    expect(ec2.writes).toHaveLength(1);
  });
});

describe('the fence (S7)', () => {
  test('what the probes decided is not written when the lease is lost before the write', async () => {
    const ec2 = anEc2();
    const acted = await carryOut(somePorts({ ec2 }), [moveIn(1)], {
      mayWrite: async () => 'none' as const,
    });
    expect(kinds(acted)).toEqual(['deferred']);
    expect(whys(acted)).toEqual(['the lease was lost before the write']);
    expect(ec2.writes).toEqual([]);
  });

  test('without the table, what EC2 itself confirms is written, and nothing else', async () => {
    const ec2 = anEc2(2);
    const actions = [moveIn(1), moveIn(2, { isEc2Confirmed: true })];
    const mayWrite = async () => 'confirmedByEc2' as const;
    const acted = await carryOut(somePorts({ ec2 }), actions, { mayWrite });
    expect(kinds(acted)).toEqual(['deferred', 'done']);
  });

  test('a lost lease stops what EC2 itself confirms too', async () => {
    const ec2 = anEc2();
    const actions = [moveIn(1, { isEc2Confirmed: true })];
    const mayWrite = async () => 'none' as const;
    const acted = await carryOut(somePorts({ ec2 }), actions, { mayWrite });
    expect(kinds(acted)).toEqual(['deferred']);
    expect(ec2.writes).toEqual([]);
  });

  test('it is asked after the fresh reads, however long they take: nothing lies between it and the write', async () => {
    const ec2 = anEc2();
    const mayWrite = async () => {
      ec2.calls.push('lease');
      return 'all' as const;
    };
    await carryOut(somePorts({ ec2 }), [moveIn(1)], { mayWrite });
    expect(ec2.calls).toEqual([
      'tables rtb-1',
      'interfaces i-b1',
      'statuses i-b1',
      'lease',
      'tables rtb-1',
    ]);
  });

  test('it is not asked when no write is right', async () => {
    const ec2 = anEc2();
    ec2.facts = { ...ec2.facts, tables: [] };
    let asked = 0;
    const mayWrite = async () => {
      asked += 1;
      return 'all' as const;
    };
    await carryOut(somePorts({ ec2 }), [moveIn(1)], { mayWrite });
    expect(asked).toBe(0);
  });
});

describe('the second thought (S6)', () => {
  const rechecking = (ec2: MemoryEc2, rechecked: number) => ({
    recheck: () => {
      ec2.calls.push('recheck');
      return ({ tableId }: { readonly tableId: string }) =>
        tableId === `rtb-${rechecked}` ? 'it has answered since' : null;
    },
  });

  test('comes last before the writes; what it doubts is put off with its reason, the rest is written', async () => {
    const ec2 = anEc2(2);
    const mayWrite = async () => {
      ec2.calls.push('lease');
      return 'all' as const;
    };
    const second = rechecking(ec2, 1);
    const acted = await carryOut(somePorts({ ec2 }), [moveIn(1), moveIn(2)], { mayWrite, second });
    expect(kinds(acted)).toEqual(['deferred', 'done']);
    expect(whys(acted)[0]).toBe('it has answered since');
    expect(ec2.writes.map(({ tableId }) => tableId)).toEqual(['rtb-2']);
    expect(ec2.calls.slice(-3)).toEqual(['lease', 'recheck', 'tables rtb-2']);
  });

  test('is given to what EC2 itself confirms too', async () => {
    const ec2 = anEc2();
    const confirmed = moveIn(1, { isEc2Confirmed: true });
    const acted = await carryOut(somePorts({ ec2 }), [confirmed], { second: rechecking(ec2, 1) });
    expect(kinds(acted)).toEqual(['deferred']);
    expect(ec2.writes).toEqual([]);
  });

  test('is handed the tables as they read now, with those that probes lean on, all read in one call', async () => {
    const ec2 = anEc2(2);
    const seen: string[] = [];
    const second = {
      wayTableIds: ['rtb-2'],
      recheck: (tables: readonly RouteTableFact[]) => {
        seen.push(...tables.map(({ tableId }) => tableId));
        return () => null;
      },
    };
    await carryOut(somePorts({ ec2 }), [moveIn(1)], { second });
    expect(seen).toEqual(['rtb-1', 'rtb-2']);
    expect(ec2.calls.filter((call) => call.startsWith('tables'))).toEqual([
      'tables rtb-1 rtb-2',
      'tables rtb-1',
    ]);
  });

  test('is not given to what the fresh read has ruled out', async () => {
    const ec2 = anEc2();
    ec2.facts = { ...ec2.facts, tables: [] };
    await carryOut(somePorts({ ec2 }), [moveIn(1)], { second: rechecking(ec2, 1) });
    expect(ec2.calls).not.toContain('recheck');
  });
});

describe('what EC2 answers', () => {
  test('throttled: put off, the rest is not sent, and the bucket is taken for empty', async () => {
    const ec2 = answering({ kind: 'throttled', why: 'RequestLimitExceeded' })(anEc2(30));
    const actions = Array.from({ length: 30 }, (_, index) => moveIn(index + 1));
    const acted = await carryOut(somePorts({ ec2 }), actions);
    expect(whys(acted)[0]).toBe('RequestLimitExceeded');
    expect(ec2.writes.length).toBeLessThanOrEqual(10);
    expect(kinds(acted).filter((kind) => kind === 'deferred').length).toBe(
      30 - ec2.writes.length + 1,
    );
    expect(whys(acted).at(-1)).toBe('EC2 throttled an earlier write');
    expect(acted.memory.budget.tokens).toBe(0);
  });

  test('not throttled: all 30 are sent, and the bucket has 10 left', async () => {
    const ec2 = anEc2(30);
    const actions = Array.from({ length: 30 }, (_, index) => moveIn(index + 1));
    const acted = await carryOut(somePorts({ ec2 }), actions);
    expect(ec2.writes.length).toBe(30);
    expect(acted.memory.budget.tokens).toBe(10);
  });

  test('refused: failed, with the reason; it is no failover', async () => {
    const ec2 = answering({ kind: 'refused', why: 'UnauthorizedOperation' })(anEc2());
    const acted = await carryOut(somePorts({ ec2 }), [moveIn(1)]);
    expect(kinds(acted)).toEqual(['failed']);
    expect(whys(acted)).toEqual(['UnauthorizedOperation']);
    expect(acted.memory.groups.size).toBe(0);
  });

  test('a refusal about one route: every other route of the table is sent', async () => {
    const ec2 = anEc2(20);
    const routes = Array.from({ length: 20 }, (_, index) =>
      aRouteFact(`10.${index}.0.0/16`, 'eni-a1'),
    );
    ec2.facts = { ...ec2.facts, tables: [aTableFact('rtb-1', { routes })] };
    ec2.answer = ({ destination }) =>
      destination === '10.3.0.0/16' ? { kind: 'refused', why: 'InvalidParameterValue' } : null;
    const actions = routes.map(({ destination }) =>
      moveIn(1, { destination, routeKey: `rtb-1 ${destination}` }),
    );
    const acted = await carryOut(somePorts({ ec2 }), actions);
    expect(kinds(acted).filter((kind) => kind === 'done').length).toBe(19);
    expect(kinds(acted)[3]).toBe('failed');
  });

  test('a refusal about the table: the rest of it is not sent, other tables are', async () => {
    const ec2 = anEc2(2);
    const routes = Array.from({ length: 20 }, (_, index) =>
      aRouteFact(`10.${index}.0.0/16`, 'eni-a1'),
    );
    ec2.facts = {
      ...ec2.facts,
      tables: [aTableFact('rtb-1', { routes }), aTableFact('rtb-2', { routes })],
    };
    ec2.answer = ({ tableId }) =>
      tableId === 'rtb-1'
        ? { kind: 'refused', why: 'UnauthorizedOperation', isOfTable: true }
        : null;
    const actions = ['rtb-1', 'rtb-2'].flatMap((tableId) =>
      routes.map(({ destination }) =>
        moveIn(1, { tableId, destination, routeKey: `${tableId} ${destination}` }),
      ),
    );
    const acted = await carryOut(somePorts({ ec2 }), actions);
    expect(kinds(acted).slice(20)).toEqual(routes.map(() => 'done'));
    expect(kinds(acted).filter((kind) => kind === 'failed').length).toBeLessThanOrEqual(10);
    expect(whys(acted)[19]).toBe('EC2 refuses every route of this table');
    expect(acted.memory.budget.tokens).toBeGreaterThanOrEqual(10);
  });

  test('unclear, and the read-back shows it: done', async () => {
    const ec2 = answering({ kind: 'unclear', why: 'timed out' })(anEc2());
    expect(kinds(await carryOut(somePorts({ ec2 }), [moveIn(1)]))).toEqual(['done']);
  });

  test('unclear, and the read-back does not show it: taken for written, and looked for again', async () => {
    const ec2 = answering({ kind: 'unclear', why: 'timed out' })(anEc2());
    ec2.shows = () => false;
    const acted = await carryOut(somePorts({ ec2 }), [moveIn(1)]);
    expect(kinds(acted)).toEqual(['written']);
    expect([...acted.memory.pending.keys()]).toEqual([moveIn(1).routeKey]);
  });

  test('an invocation that ends before the write says so', async () => {
    const stopping = new AbortController();
    const ec2 = anEc2();
    const mayWrite = async () => {
      stopping.abort();
      return 'all' as const;
    };
    const acted = await carryOut(somePorts({ ec2 }), [moveIn(1)], {
      mayWrite,
      signal: stopping.signal,
    });
    expect(whys(acted)).toEqual(['this invocation ends']);
    expect(ec2.writes).toEqual([]);
  });
});
