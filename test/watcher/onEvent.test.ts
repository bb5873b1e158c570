/** An event about an instance: what it costs, whom it asks, and what it does by itself while nobody leads. */
import { describe, expect, test } from '@jest/globals';
import { leavesId, parseLeaves, type StoredLeave } from '../../lib/appliances/state/leave.ts';
import { stateBody, stateId } from '../../lib/appliances/state/stored.ts';
import { DEFAULT_POLICY } from '../../lib/appliances/types/policy.ts';
import { leaseId } from '../../lib/watcher/lease/item.ts';
import { requestLook } from '../../lib/watcher/lease/lookRequest.ts';
import { asReceived } from '../../lib/watcher/leaveNotice.ts';
import { type EventAnswer, onEvent } from '../../lib/watcher/onEvent.ts';
import { anAccount, leadsTo } from '../builders/account.ts';
import { NOW, REGION } from '../builders/facts.ts';
import { calm, type TestPorts } from '../builders/ports.ts';
import { aLeave, applianceMemory, memoryOf } from '../builders/world.ts';

const LEASE = leaseId(REGION, 'appliances');
const KNOWN = memoryOf({
  appliances: new Map([
    ['i-a1', applianceMemory({ seenAt: NOW })],
    ['i-b1', applianceMemory({ seenAt: NOW, zone: 'eu-west-1b' })],
  ]),
  admissions: new Map([
    [
      'hq',
      {
        members: { 'i-a1': { how: 'founder', at: NOW }, 'i-b1': { how: 'founder', at: NOW } },
        identities: ['auto scaling group vpn'],
      },
    ],
  ]),
});

function aRegion(renewedAt: number | null): TestPorts {
  const ports = anAccount();
  ports.store.put(stateId(REGION), stateBody(KNOWN, 3, NOW));
  const lease = { leader: 'w1', token: 3, startedAt: NOW - 1_000, isLookRequested: false };
  if (renewedAt !== null) ports.store.put(LEASE, { ...lease, renewedAt });
  return ports;
}

const fail = (ports: TestPorts, how: 'stopped' | 'silent'): void => {
  if (how === 'silent') {
    ports.probes.reachability = (key) =>
      key.startsWith('i-a1') ? 'silent' : { kind: 'up', tookMs: 5 };
    return;
  }
  ports.ec2.facts = {
    ...ports.ec2.facts,
    statuses: ports.ec2.facts.statuses.map((one) =>
      one.instanceId === 'i-a1' ? { ...one, state: 'stopped' } : one,
    ),
  };
};

async function answerTo(
  ports: TestPorts,
  about: string | readonly string[],
  leave: StoredLeave | null = null,
): Promise<EventAnswer> {
  const options = {
    accountId: null,
    policy: DEFAULT_POLICY,
    about: [about].flat(),
    leave,
    leader: 'event 1',
  };
  const answer = onEvent(ports, options, calm());
  await ports.clock.run(ports.clock.monotonicMs() + 30_000);
  return answer;
}

describe('what is about no appliance', () => {
  test.each([
    ['an instance', ['i-0ff']],
    ['two instances', ['i-0ff', 'i-0fe']],
    ['another auto scaling group', ['web']],
    ['a volume', ['vol-0ff']],
  ])('costs one read, whether a leader lives or not: %s', async (_what, about) => {
    for (const renewedAt of [NOW, null]) {
      const ports = aRegion(renewedAt);
      let reads = 0;
      ports.store.onRead = () => {
        reads += 1;
      };
      expect((await answerTo(ports, about)).kind).toBe('ignored');
      expect(reads).toBe(1);
      expect([ports.store.written, ports.ec2.calls]).toEqual([[], []]);
    }
  });
});

describe('while a leader lives', () => {
  test.each([
    ['an appliance', ['i-a1']],
    ['two instances, one of them an appliance', ['i-0ff', 'i-a1']],
    ['the auto scaling group of an appliance that has carried routes', ['vpn']],
    ['the region', []],
  ])('an event about %s marks the lease, and does nothing else', async (_what, about) => {
    const ports = aRegion(NOW);
    fail(ports, 'stopped');
    expect(await answerTo(ports, about)).toMatchObject({
      kind: 'ignored',
      why: 'the leader w1 looks now',
    });
    expect(ports.store.body(LEASE)).toMatchObject({ leader: 'w1', isLookRequested: true });
    expect(ports.store.written).toEqual([LEASE]);
    expect([ports.ec2.calls, ports.ec2.writes, ports.notifications.sent]).toEqual([[], [], []]);
  });
});

describe.each([
  ['a leader that has not renewed for 10.001 s', NOW - 10_001],
  ['no lease at all', null],
])('with %s', (_what, renewedAt) => {
  test('one pass moves what EC2 confirms, notifies it, stores it, and frees the lease', async () => {
    const ports = aRegion(renewedAt);
    fail(ports, 'stopped');
    expect((await answerTo(ports, 'i-a1')).kind).toBe('passed');
    expect(leadsTo(ports, 'rtb-a')).toBe('eni-b1');
    expect(ports.notifications.sent.map(({ attributes }) => attributes['reason'])).toContain(
      'ApplianceDown',
    );
    expect(ports.store.body(stateId(REGION))).toMatchObject({ groups: { hq: { flapCount: 1 } } });
    expect(ports.store.body(LEASE)).toMatchObject({ leader: 'event 1', renewedAt: 0 });
  });

  test('it moves nothing on the probes alone', async () => {
    const ports = aRegion(renewedAt);
    fail(ports, 'silent');
    expect((await answerTo(ports, 'i-a1')).kind).toBe('passed');
    expect(ports.ec2.writes).toEqual([]);
  });
});

test('without the state table it does nothing', async () => {
  const ports = aRegion(null);
  fail(ports, 'stopped');
  ports.store.mood = 'unreachable';
  expect((await answerTo(ports, 'i-a1')).kind).toBe('ignored');
  expect([ports.ec2.writes, ports.notifications.sent]).toEqual([[], []]);
});

test('of two events at once one passes and the other does nothing', async () => {
  const ports = aRegion(null);
  fail(ports, 'stopped');
  const both = [answerTo(ports, 'i-a1'), answerTo(ports, 'i-a1')];
  await ports.clock.run(ports.clock.monotonicMs() + 60_000);
  const answers = await Promise.all(both);
  expect(answers.map(({ kind }) => kind).toSorted()).toEqual(['ignored', 'passed']);
  expect(ports.ec2.writes).toHaveLength(1);
});

describe('a request to look', () => {
  /** How often EC2 is read when the first so many of the probes each meet a request; the lease is free afterwards. */
  async function readsWith(requestCount: number): Promise<number> {
    const ports = aRegion(null);
    let left = requestCount;
    ports.probes.reachability = () => {
      if (left > 0) void requestLook(ports.store, ports.clock, LEASE, calm());
      left -= 1;
      return { kind: 'up', tookMs: 5 };
    };
    expect((await answerTo(ports, 'i-a1')).kind).toBe('passed');
    expect(ports.store.body(LEASE)).toMatchObject({ renewedAt: 0, isLookRequested: false });
    return ports.ec2.calls.length;
  }

  test('during the pass leads to one more, and during that one to none', async () => {
    const reads = await readsWith(0);
    expect(await readsWith(1)).toBe(2 * reads);
    expect(await readsWith(100)).toBe(2 * reads);
  });
});

describe('a notice that an instance leaves', () => {
  const stored = (ports: TestPorts) =>
    parseLeaves(ports.store.body(leavesId(REGION)))?.map(
      ({ instanceId, cause }) => `${instanceId} ${cause}`,
    );

  test('of an appliance is stored, and the leader looks now', async () => {
    const ports = aRegion(NOW);
    const answer = await answerTo(ports, 'i-a1', aLeave('i-a1'));
    expect(answer).toMatchObject({ kind: 'ignored', why: expect.stringContaining('looks now') });
    expect(stored(ports)).toEqual(['i-a1 spot']);
  });

  test('of what is no appliance is not stored; with a hook of ours it is, for the hook waits', async () => {
    const ports = aRegion(NOW);
    await answerTo(ports, 'i-09', aLeave('i-09'));
    expect(stored(ports)).toBeUndefined();
    const hook = { name: 'vpn-medic-leave', group: 'vpn', token: 't' };
    await answerTo(ports, 'i-09', aLeave('i-09', { cause: 'lifecycle', hook }));
    expect(stored(ports)).toEqual(['i-09 lifecycle']);
  });

  test('counts from its own time; with one that its event cannot have, from when it arrived', () => {
    const of = (at: number) =>
      asReceived(aLeave('i-a1', { at, endsAt: at + 120_000, until: at + 600_000 }), NOW);
    expect(of(NOW - 600_000)).toMatchObject({ at: NOW - 600_000 });
    expect(of(NOW - 600_001)).toMatchObject({
      at: NOW,
      endsAt: NOW + 120_000,
      until: NOW + 600_000,
    });
    expect(of(NOW + 1)).toMatchObject({ at: NOW, endsAt: NOW + 120_000 });
  });

  test('is kept beside what others wrote', async () => {
    const ports = aRegion(NOW);
    ports.store.put(leavesId(REGION), { version: 1, leaves: [aLeave('i-b1', { cause: 'drain' })] });
    await answerTo(ports, 'i-a1', aLeave('i-a1'));
    expect(stored(ports)).toEqual(['i-b1 drain', 'i-a1 spot']);
  });

  test('without a leader moves the routes of it in the single pass, while it lives', async () => {
    const ports = aRegion(null);
    expect(leadsTo(ports, 'rtb-a')).toBe('eni-a1');
    const answer = await answerTo(ports, 'i-a1', aLeave('i-a1'));
    expect(answer.kind).toBe('passed');
    expect(leadsTo(ports, 'rtb-a')).toBe('eni-b1');
  });

  test('that cannot be stored fails the invocation, so that Lambda tries it again', async () => {
    const ports = aRegion(NOW);
    ports.store.mood = 'unreachable';
    const leave = aLeave('i-a1');
    const options = {
      accountId: null,
      policy: DEFAULT_POLICY,
      about: ['i-a1'],
      leave,
      leader: 'e',
    };
    const failure = onEvent(ports, options, calm()).then(
      () => 'none',
      (error: unknown) => String(error),
    );
    await ports.clock.run(ports.clock.monotonicMs() + 30_000);
    expect(await failure).toContain('could not be stored');
  });
});
