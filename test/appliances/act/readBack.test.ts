/** The look after a write, and what becomes of one that does not show: looked for again, tried once more, then told (S6). */
import { describe, expect, test } from '@jest/globals';
import type { PendingWrite } from '../../../lib/appliances/state/pending.ts';
import type { Memory } from '../../../lib/appliances/state.ts';
import { anEc2, carryOut, DEST, moveIn } from '../../builders/act.ts';
import { anInterface, aStatus, NOW } from '../../builders/facts.ts';
import { somePorts } from '../../builders/ports.ts';
import { aPending, memoryOf } from '../../builders/world.ts';

const pendingSince = (writtenAt: number, tryCount = 1, over: Partial<PendingWrite> = {}): Memory =>
  memoryOf({
    pending: new Map([[moveIn(1).routeKey, aPending({ writtenAt, tryCount, ...over })]]),
  });

describe('the read-back (S6)', () => {
  test('a write that does not show yet is remembered with its first try', async () => {
    const ec2 = anEc2();
    ec2.shows = () => false;
    const acted = await carryOut(somePorts({ ec2 }), [moveIn(1)]);
    expect(acted.memory.pending.get(moveIn(1).routeKey)).toEqual(aPending());
  });

  test('a second write to the same target is the second try, and no second failover', async () => {
    const ec2 = anEc2();
    ec2.shows = () => false;
    const acted = await carryOut(somePorts({ ec2 }), [moveIn(1)], {
      memory: pendingSince(NOW - 11_000),
    });
    expect(acted.memory.pending.get(moveIn(1).routeKey)).toMatchObject({
      firstAt: NOW - 11_000,
      writtenAt: NOW,
      tryCount: 2,
    });
    expect(acted.memory.groups.size).toBe(0);
  });

  test('a write to another target is a try of the same and a failover of its own, once, also when it shows later', async () => {
    const ec2 = anEc2();
    ec2.shows = () => false;
    ec2.facts = {
      ...ec2.facts,
      interfaces: [anInterface('i-c1')],
      statuses: [aStatus('i-c1')],
    };
    const move = moveIn(1, { to: 'i-c1', toTargetId: 'eni-c1' });
    const acted = await carryOut(somePorts({ ec2 }), [move], {
      memory: pendingSince(NOW - 11_000),
    });
    expect(acted.memory.pending.get(move.routeKey)).toMatchObject({
      toTargetId: 'eni-c1',
      tryCount: 2,
    });
    const failovers = acted.memory.groups.get('hq')?.failovers[move.routeKey];
    expect(failovers).toEqual([NOW]);
    ec2.point('rtb-1', DEST, 'eni-c1');
    const { pending, groups } = acted.memory;
    const ports = somePorts({ ec2 });
    await ports.clock.run(2_000);
    const later = await carryOut(ports, [], { memory: memoryOf({ pending, groups }) });
    expect(later.memory.groups.get('hq')?.failovers[move.routeKey]).toEqual([NOW]);
  });

  test.each([
    ['999 ms', 999, []],
    ['1 s', 1_000, ['tables rtb-1']],
    ['10 s', 10_000, ['tables rtb-1']],
    ['10.001 s, when the inventory’s own pace will do', 10_001, []],
    ['any time by a clock that went back', -3_600_000, ['tables rtb-1']],
  ])('an earlier write is looked for again after %s: %j', async (_what, agoMs, calls) => {
    const ec2 = anEc2();
    await carryOut(somePorts({ ec2 }), [], { memory: pendingSince(NOW - agoMs) });
    expect(ec2.calls).toEqual(calls);
  });

  test('an earlier write that shows at last is settled', async () => {
    const ec2 = anEc2();
    ec2.point('rtb-1', DEST, 'eni-b1');
    const acted = await carryOut(somePorts({ ec2 }), [], { memory: pendingSince(NOW - 2_000) });
    expect(acted.memory.pending.size).toBe(0);
  });

  test('an earlier write is settled too when another writer has pointed the route elsewhere since', async () => {
    const ec2 = anEc2();
    ec2.point('rtb-1', DEST, 'eni-x');
    const acted = await carryOut(somePorts({ ec2 }), [], { memory: pendingSince(NOW - 2_000) });
    expect(acted.memory.pending.size).toBe(0);
  });

  test.each(['still reads the old target', 'cannot be read'])(
    'an earlier write whose table %s is not settled',
    async (what) => {
      const ec2 = anEc2();
      if (what === 'cannot be read') ec2.fault = () => 'throttled';
      const acted = await carryOut(somePorts({ ec2 }), [], { memory: pendingSince(NOW - 2_000) });
      expect(acted.memory.pending.size).toBe(1);
    },
  );

  test.each([
    ['4 min 59.999 s', 299_999, 1],
    ['5 min', 300_000, 0],
  ])('a write that is not wanted again is forgotten: after %s', async (_what, agoMs, size) => {
    const memory = pendingSince(NOW - agoMs, 2);
    const acted = await carryOut(somePorts({ ec2: anEc2() }), [], { memory });
    expect(acted.memory.pending.size).toBe(size);
  });

  test('one whose answer was lost is remembered as that', async () => {
    const ec2 = anEc2();
    ec2.answer = () => ({ kind: 'unclear', why: 'no answer' });
    ec2.shows = () => false;
    const acted = await carryOut(somePorts({ ec2 }), [moveIn(1)]);
    expect(acted.memory.pending.get(moveIn(1).routeKey)).toEqual(aPending({ answer: 'unclear' }));
  });

  test('one that EC2 refuses is remembered with its words, and never looked for', async () => {
    const ec2 = anEc2();
    ec2.answer = () => ({ kind: 'refused', why: 'denied' });
    const acted = await carryOut(somePorts({ ec2 }), [moveIn(1)]);
    const write = aPending({ answer: 'refused', why: 'denied', isOfTable: false });
    expect(acted.memory.pending.get(moveIn(1).routeKey)).toEqual(write);
    expect(acted.memory.groups.size).toBe(0);
    ec2.calls.splice(0);
    await carryOut(somePorts({ ec2 }), [], {
      memory: pendingSince(NOW - 2_000, 1, { answer: 'refused' }),
    });
    expect(ec2.calls).toEqual([]);
  });
});
