/** The fresh read before every write: what it finds changed is skipped, what it cannot find out is put off (S6). */
import { describe, expect, test } from '@jest/globals';
import { anEc2, carryOut, DEST, kinds, moveIn, whys } from '../../builders/act.ts';
import type { MemoryEc2 } from '../../builders/ec2.ts';
import { anInterface, aRouteFact, aStatus, aTableFact } from '../../builders/facts.ts';
import { somePorts } from '../../builders/ports.ts';

const withRoute = (route: Parameters<typeof aRouteFact>[2]) => (ec2: MemoryEc2) => {
  const routes = [aRouteFact(DEST, 'eni-a1', route)];
  ec2.facts = { ...ec2.facts, tables: [aTableFact('rtb-1', { routes })] };
};
const withLink = (link: Parameters<typeof anInterface>[1]) => (ec2: MemoryEc2) => {
  ec2.facts = { ...ec2.facts, interfaces: [anInterface('i-b1', link)] };
};
const withStatus = (status: Parameters<typeof aStatus>[1]) => (ec2: MemoryEc2) => {
  ec2.facts = { ...ec2.facts, statuses: [aStatus('i-b1', status)] };
};
const without = (part: 'tables' | 'interfaces' | 'statuses') => (ec2: MemoryEc2) => {
  ec2.facts = { ...ec2.facts, [part]: [] };
};

describe('the fresh read before a write (S6)', () => {
  test.each([
    ['the route is no longer there', without('tables'), 'the route is no longer there'],
    ['a gateway has it now', withRoute({ origin: 'propagated' }), 'the route is no longer managed'],
    [
      'a route server has it now',
      withRoute({ origin: 'advertised' }),
      'the route is no longer managed',
    ],
    ['it already points there', withRoute({ interfaceId: 'eni-b1' }), 'it already points there'],
    [
      'somebody moved it',
      withRoute({ interfaceId: 'eni-x' }),
      'another writer pointed it at eni-x meanwhile',
    ],
    [
      'it leads to a gateway now',
      withRoute({ interfaceId: null, otherTarget: 'igw-1' }),
      'another writer pointed it at igw-1 meanwhile',
    ],
    ['the interface is gone', without('interfaces'), 'its target has lost the interface'],
    [
      'the interface is detaching',
      withLink({ status: 'detaching' }),
      "its target's interface is detaching",
    ],
    [
      'the check is on',
      withLink({ hasSourceDestCheck: true }),
      "its target's source/destination check is on",
    ],
    ['the target is gone', without('statuses'), 'its target is gone'],
    ['the target is stopping', withStatus({ state: 'stopping' }), 'its target is stopping'],
    [
      'the target is impaired',
      withStatus({ instance: 'impaired' }),
      "its target fails EC2's status checks",
    ],
  ])('%s: skipped, nothing is written', async (_what, change, why) => {
    const ec2 = anEc2();
    change(ec2);
    const acted = await carryOut(somePorts({ ec2 }), [moveIn(1)]);
    expect(kinds(acted)).toEqual(['skipped']);
    expect(whys(acted)).toEqual([why]);
    expect(ec2.writes).toEqual([]);
  });

  test.each([
    ['initializing', { instance: 'initializing' }],
    ['insufficient data', { system: 'insufficient-data' }],
  ] as const)('a target whose checks say %s is written to', async (_what, status) => {
    const ec2 = anEc2();
    withStatus(status)(ec2);
    expect(kinds(await carryOut(somePorts({ ec2 }), [moveIn(1)]))).toEqual(['done']);
  });

  test.each(['tables', 'interfaces', 'statuses'] as const)(
    '%s that cannot be read put it off: unknown is no mismatch, and nothing is written',
    async (part) => {
      const ec2 = anEc2();
      ec2.fault = (asked) => (asked === part ? 'throttled' : null);
      const acted = await carryOut(somePorts({ ec2 }), [moveIn(1)]);
      expect(kinds(acted)).toEqual(['deferred']);
      expect(whys(acted)).toEqual(['throttled']);
      expect(ec2.writes).toEqual([]);
    },
  );

  test('a target that cannot be read hides no other: its neighbour’s route moves', async () => {
    const ec2 = anEc2(2);
    ec2.facts = {
      ...ec2.facts,
      interfaces: [anInterface('i-b1'), anInterface('i-c1')],
      statuses: [aStatus('i-b1'), aStatus('i-c1')],
    };
    ec2.fault = (part, ids) =>
      part === 'statuses' && ids.includes('i-b1') ? 'zone b fails' : null;
    const other = moveIn(2, { to: 'i-c1', toTargetId: 'eni-c1' });
    expect(kinds(await carryOut(somePorts({ ec2 }), [moveIn(1), other]))).toEqual([
      'deferred',
      'done',
    ]);
  });
});
