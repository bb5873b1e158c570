/** One pass on an event, over ports in memory: acts only on what EC2 itself confirms, and leaves the rest to the watcher. */
import { describe, expect, test } from '@jest/globals';
import { DEFAULT_POLICY } from '../../lib/appliances/types/policy.ts';
import { type OnceResult, once } from '../../lib/watcher/singlePass.ts';
import { anAccount, leadsTo, ROUTE } from '../builders/account.ts';
import { aStatus, tagsOf } from '../builders/facts.ts';
import { calm, type TestPorts } from '../builders/ports.ts';

const UP = { kind: 'up', tookMs: 5 } as const;

/** An account in which both appliances have answered before, and i-a1 has just stopped. */
function stoppedAccount(): TestPorts {
  const ports = anAccount();
  const { statuses } = ports.ec2.facts;
  ports.ec2.facts = {
    ...ports.ec2.facts,
    statuses: statuses.map((one) =>
      one.instanceId === 'i-a1' ? aStatus('i-a1', { state: 'stopped' }) : one,
    ),
  };
  return ports;
}

async function look(ports: TestPorts, speaks = true): Promise<OnceResult> {
  const job = once(ports, { accountId: null, policy: DEFAULT_POLICY, speaks }, calm());
  await ports.clock.run(ports.clock.monotonicMs() + 30_000);
  return job;
}

describe('what EC2 confirms', () => {
  test('is acted on: a stopped appliance’s route moves to a target that a volley has proven', async () => {
    const ports = stoppedAccount();
    const { summary } = await look(ports);
    expect(leadsTo(ports, 'rtb-a')).toBe('eni-b1');
    expect(summary).toMatchObject({ ended: 'once', ticks: 1, actions: 1, notifications: 1 });
  });

  test('is not acted on when no target answers', async () => {
    const ports = stoppedAccount();
    ports.probes.reachability = () => 'silent';
    await look(ports);
    expect(ports.ec2.writes).toEqual([]);
  });

  test('is told once, and remembered for the hold', async () => {
    const ports = stoppedAccount();
    await look(ports);
    expect(ports.notifications.sent.map(({ attributes }) => attributes['reason'])).toEqual([
      'ApplianceDown',
    ]);
    expect(ports.store.body('group#eu-west-1#hq')).toMatchObject({
      flapCount: 1,
      failovers: { [ROUTE]: [{ from: 'eni-a1', to: 'eni-b1' }] },
    });
  });

  test('is remembered before it is told: a topic that fails costs no memory', async () => {
    const ports = stoppedAccount();
    ports.notifications.isDown = true;
    await look(ports);
    const [group] = ports.store.written;
    expect(group).toBe('group#eu-west-1#hq');
  });

  test.each(['unreachable', 'garbage'])(
    'is acted on although the state table is %s',
    async (what) => {
      const ports = stoppedAccount();
      if (what === 'unreachable') ports.store.mood = 'unreachable';
      else for (const id of ['fleet', 'lease']) ports.store.put(`${id}#eu-west-1`, '?');
      await look(ports);
      expect(leadsTo(ports, 'rtb-a')).toBe('eni-b1');
    },
  );

  test.each([
    ['back an hour: writes nothing', -3_600_000, []],
    ['back by 501 ms: writes nothing', -501, []],
    ['back by 500 ms: acts on it', -500, ['eni-b1']],
    ['ahead by 500 ms: acts on it', 500, ['eni-b1']],
    ['ahead by 501 ms: writes nothing', 501, []],
  ] as const)('while its clock goes %s', async (_what, byMs, written) => {
    const ports = stoppedAccount();
    let hasJumped = false;
    ports.probes.reachability = () => {
      if (!hasJumped) ports.clock.jumpWall(byMs);
      hasJumped = true;
      return UP;
    };
    await look(ports);
    expect(hasJumped).toBe(true);
    expect(ports.ec2.writes.map(({ interfaceId }) => interfaceId)).toEqual(written);
  });

  test('is acted on although tags elsewhere in the account are wrong', async () => {
    const ports = stoppedAccount();
    const wrong = tagsOf({
      'i-a1': { pool: 'x' },
      'rtb-b': { preferred: 'nobody' },
      'i-c9': { group: '' },
    });
    ports.ec2.facts = { ...ports.ec2.facts, tags: [...ports.ec2.facts.tags, ...wrong] };
    await look(ports);
    expect(leadsTo(ports, 'rtb-a')).toBe('eni-b1');
  });
});

describe('what only the probes say', () => {
  test('is left to the watcher, and says so', async () => {
    const ports = anAccount();
    await look(ports);
    ports.probes.reachability = (key) => (key.startsWith('i-a1') ? 'silent' : UP);
    const { tick } = await look(ports);
    expect(ports.ec2.writes).toEqual([]);
    expect(tick.outcomes).toEqual([]);
  });

  test('a route does not go home on a single look', async () => {
    const ports = anAccount('i-b1');
    const { tick } = await look(ports);
    expect(tick.plan.actions).toEqual([]);
    expect(tick.plan.held).toMatchObject([{ kind: 'failback', rule: 'S7' }]);
  });
});

test('a look that does not speak writes no route, no notice and no memory', async () => {
  const ports = stoppedAccount();
  const { tick } = await look(ports, false);
  expect(ports.ec2.writes).toEqual([]);
  expect(ports.notifications.tries).toBe(0);
  expect(ports.store.written).toEqual([]);
  expect(tick.plan.held).toMatchObject([{ rule: 'observe' }]);
});
