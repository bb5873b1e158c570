/** EC2's API in the simulated account: whole or unknown, and unknown only where a fault says so. */
import { describe, expect, test } from '@jest/globals';
import type { SimAccount } from '../../lib/simulator/account.ts';
import type { Fault } from '../../lib/simulator/faults.ts';
import { VPC_ID } from '../../lib/simulator/layout/words.ts';
import { idOf, interfaceOf, NEVER_ABORTED, someAccount, soon, tableOf } from '../storm/account.ts';

async function struck(...faults: readonly Fault[]) {
  const account = someAccount();
  for (const fault of faults) account.faults.add(fault, 0, 3_600_000);
  await account.clock.run(1);
  return { account, ec2: account.start('test').ports.ec2 };
}

const write = (account: SimAccount, destination = '10.20.0.0/16') => ({
  tableId: tableOf(account, 'app-a'),
  destination,
  target: { kind: 'interface', id: interfaceOf(account, idOf(account, 'hq-b')) } as const,
});

describe('a zone that fails', () => {
  const zoneDead: Fault = { kind: 'zone-dead', zone: 'eu-west-1a', hidesInterfaces: false };

  test('fails calls with ids of its own, and not calls with ids of other zones', async () => {
    const { account, ec2 } = await struck(zoneDead);
    const a = idOf(account, 'hq-a');
    const b = idOf(account, 'hq-b');
    expect((await soon(account, ec2.instances([a], NEVER_ABORTED))).known).toBe(false);
    expect((await soon(account, ec2.statuses([a, b], NEVER_ABORTED))).known).toBe(false);
    expect((await soon(account, ec2.instances([b], NEVER_ABORTED))).known).toBe(true);
    expect((await soon(account, ec2.statuses([b], NEVER_ABORTED))).known).toBe(true);
  });

  test('fails calls without any ids', async () => {
    const { account, ec2 } = await struck(zoneDead);
    expect((await soon(account, ec2.instances([], NEVER_ABORTED))).known).toBe(false);
  });

  test('hides neither tags nor tables nor, unless told so, interfaces', async () => {
    const { account, ec2 } = await struck(zoneDead);
    const a = idOf(account, 'hq-a');
    expect((await soon(account, ec2.interfaces([a], NEVER_ABORTED))).known).toBe(true);
    expect((await soon(account, ec2.tags(['vpn-medic:group'], NEVER_ABORTED))).known).toBe(true);
    expect((await soon(account, ec2.routeTables({ vpcIds: [VPC_ID] }, NEVER_ABORTED))).known).toBe(
      true,
    );
    const blind = await struck({ ...zoneDead, hidesInterfaces: true });
    expect((await soon(blind.account, blind.ec2.interfaces([a], NEVER_ABORTED))).known).toBe(false);
  });
});

describe('reads', () => {
  test('answer with the very same frozen facts while nothing has changed', async () => {
    const { account, ec2 } = await struck();
    const read = async () => {
      const reading = await soon(account, ec2.routeTables({ vpcIds: [VPC_ID] }, NEVER_ABORTED));
      return reading.known ? reading.value : [];
    };
    const first = await read();
    expect(await read()).toBe(first);
    expect(Object.isFrozen(first[0]?.routes[0])).toBe(true);
    const { tableId, destination, target: to } = write(account);
    account.network.pointRoute(tableId, destination, to.id);
    const second = await read();
    expect(second).not.toBe(first);
    expect(second.filter((table) => first.includes(table))).toHaveLength(first.length - 1);
  });

  test('are as old as the fault says: 3 s ago, not 2 s ago', async () => {
    const { account, ec2 } = await struck({ kind: 'stale-reads', lagMs: 3_000 });
    const { tableId, destination, target: to } = write(account);
    await account.clock.run(10_000);
    account.network.pointRoute(tableId, destination, to.id);
    const target = async () => {
      const reading = await soon(account, ec2.routeTables({ tableIds: [tableId] }, NEVER_ABORTED));
      const routes = reading.known ? (reading.value[0]?.routes ?? []) : [];
      return routes.find((one) => one.destination === destination)?.interfaceId;
    };
    await account.clock.run(12_000);
    expect(await target()).not.toBe(to.id);
    await account.clock.run(13_000);
    expect(await target()).toBe(to.id);
  });

  test('are unknown when their action is unreadable, and the others are not', async () => {
    const { account, ec2 } = await struck({
      kind: 'api-unreadable',
      action: 'DescribeTags',
      why: 'UnauthorizedOperation',
    });
    const tags = await soon(account, ec2.tags(['vpn-medic:group'], NEVER_ABORTED));
    expect(tags).toMatchObject({ known: false, why: 'ec2:DescribeTags: UnauthorizedOperation' });
    expect((await soon(account, ec2.subnets([VPC_ID], NEVER_ABORTED))).known).toBe(true);
  });

  test('are unknown when they take longer than 3 s', async () => {
    const { account, ec2 } = await struck({ kind: 'api-slow', byMs: 5_000 });
    const reading = await soon(account, ec2.subnets([VPC_ID], NEVER_ABORTED));
    expect(reading).toMatchObject({ known: false, why: 'ec2:DescribeSubnets: no answer in 3 s' });
    expect(account.clock.monotonicMs()).toBe(3_001);
  });

  test('are dated when they were asked, not when they were answered', async () => {
    const { account, ec2 } = await struck({ kind: 'api-slow', byMs: 2_000 });
    const askedAt = account.clock.now();
    const reading = await soon(account, ec2.subnets([VPC_ID], NEVER_ABORTED));
    expect(reading.at).toBe(askedAt);
  });
});

describe('a route write', () => {
  test('is seen by the next read', async () => {
    const { account, ec2 } = await struck();
    const wanted = write(account);
    expect(await soon(account, ec2.replaceRoute(wanted, NEVER_ABORTED))).toEqual({
      kind: 'written',
    });
    expect(account.network.targetOf(wanted.tableId, wanted.destination)).toBe(wanted.target.id);
  });

  test.each([
    ['a destination that is not there', '10.77.0.0/16', /InvalidRoute\.NotFound/],
    ['a propagated route', '172.31.0.0/16', /InvalidRoute\.NotFound/],
  ])('is refused for %s', async (_what, destination, why) => {
    const { account, ec2 } = await struck();
    const answer = await soon(
      account,
      ec2.replaceRoute(write(account, destination), NEVER_ABORTED),
    );
    expect(answer.kind).toBe('refused');
    expect('why' in answer ? answer.why : '').toMatch(why);
  });

  test.each([
    ['before its effect', false],
    ['after its effect', true],
  ])('whose answer is lost %s is unclear, and the truth knows', async (_when, isAfterEffect) => {
    const { account, ec2 } = await struck({ kind: 'write-unclear', chance: 1, isAfterEffect });
    const wanted = write(account);
    const answer = await soon(account, ec2.replaceRoute(wanted, NEVER_ABORTED));
    expect(answer.kind).toBe('unclear');
    const target = account.network.targetOf(wanted.tableId, wanted.destination);
    expect(target === wanted.target.id).toBe(isAfterEffect);
  });

  test('is served 50 times at once, not 51 times, and again 5 times a second', async () => {
    const { account, ec2 } = await struck();
    const wanted = write(account);
    const kinds = async (count: number) => {
      const answers = Array.from({ length: count }, () => ec2.replaceRoute(wanted, NEVER_ABORTED));
      const all = await soon(account, Promise.all(answers));
      return all.filter(({ kind }) => kind === 'written').length;
    };
    expect(await kinds(55)).toBeLessThanOrEqual(51);
    const sinceMs = account.clock.monotonicMs();
    await account.clock.run(sinceMs + 2_000);
    const served = await kinds(30);
    expect(served).toBeGreaterThanOrEqual(10);
    expect(served).toBeLessThanOrEqual(12);
  });

  test('takes its effect even if the caller gives up or dies meanwhile', async () => {
    const { account } = await struck();
    const { invocation, ports } = account.start('dying');
    const wanted = write(account);
    let isAnswered = false;
    void ports.ec2.replaceRoute(wanted, NEVER_ABORTED).then(() => (isAnswered = true));
    await account.clock.run(20);
    invocation.kill();
    await account.clock.run(5_000);
    expect(account.network.targetOf(wanted.tableId, wanted.destination)).toBe(wanted.target.id);
    expect(isAnswered).toBe(false);
  });

  test('comes after the rival who waits for the next look at the table', async () => {
    const { account } = await struck();
    const tableId = tableOf(account, 'app-a');
    const destination = '10.20.0.0/16';
    const instanceId = idOf(account, 'hq-c');
    const fault: Fault = {
      kind: 'rival-route',
      tableId,
      destination,
      instanceId,
      when: 'at-next-read',
    };
    account.faults.add(fault, 10, 60_000);
    await account.clock.run(5_000);
    const rivals = interfaceOf(account, instanceId);
    expect(account.network.targetOf(tableId, destination)).not.toBe(rivals);
    const { ec2 } = account.start('test').ports;
    const reading = await soon(account, ec2.routeTables({ tableIds: [tableId] }, NEVER_ABORTED));
    const routes = reading.known ? (reading.value[0]?.routes ?? []) : [];
    expect(routes.find((one) => one.destination === destination)?.interfaceId).toBe(rivals);
  });
});
