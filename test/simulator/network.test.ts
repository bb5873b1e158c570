/** What EC2 does to instances, interfaces and routes in the simulated account: late, and in its own order. */
import { describe, expect, test } from '@jest/globals';
import { idOf, interfaceOf, someAccount, tableOf } from '../storm/account.ts';

const PACE = { stopMs: 30_000, startMs: 10_000, bootMs: 20_000, lingerMs: 60_000 };

function stopping() {
  const account = someAccount({ pace: PACE });
  const { clock, network } = account;
  const id = idOf(account, 'hq-a');
  const tableId = tableOf(account, 'app-a');
  const state = () => network.instances.get(id)?.state ?? 'gone';
  const route = () =>
    network.tables.get(tableId)?.routes.find(({ destination }) => destination === '10.20.0.0/16');
  return { account, clock, network, id, tableId, state, route };
}

describe('an instance that is stopped', () => {
  test('is stopping at once and stopped 30 s later, not 1 ms before', async () => {
    const { clock, network, id, state } = stopping();
    network.stop(id);
    expect(state()).toBe('stopping');
    await clock.run(29_999);
    expect(state()).toBe('stopping');
    await clock.run(30_000);
    expect(state()).toBe('stopped');
  });

  test('turns its routes into black holes when it is stopped, and not while it is stopping', async () => {
    const { clock, network, id, route } = stopping();
    network.stop(id);
    await clock.run(29_999);
    expect(route()?.state).toBe('active');
    await clock.run(30_000);
    expect(route()?.state).toBe('blackhole');
  });

  test('answers nothing from the first moment of stopping', () => {
    const { account, network, id } = stopping();
    expect(account.groundTruth.responseTo('ike', id)).toBe(0);
    network.stop(id);
    expect(account.groundTruth.responseTo('ike', id)).toBe('no-answer');
  });

  test('runs again 10 s after its start, answers after 20 s more, and is checked ok after 40 s', async () => {
    const { account, clock, network, id, state, route } = stopping();
    network.stop(id);
    await clock.run(40_000);
    network.start(id);
    expect(state()).toBe('pending');
    await clock.run(50_000);
    expect([state(), route()?.state]).toEqual(['running', 'active']);
    expect(network.statuses.get(id)?.system).toBe('initializing');
    await clock.run(69_999);
    expect(account.groundTruth.responseTo('ike', id)).toBe('no-answer');
    await clock.run(70_000);
    expect(account.groundTruth.responseTo('ike', id)).toBe(0);
    await clock.run(90_000);
    expect(network.statuses.get(id)?.system).toBe('ok');
  });

  test('is not started before it has stopped', async () => {
    const { clock, network, id, state } = stopping();
    network.stop(id);
    await clock.run(5_000);
    network.start(id);
    await clock.run(29_000);
    expect(state()).toBe('stopping');
    await clock.run(32_000);
    expect(state()).toBe('pending');
  });
});

describe('an instance that is terminated', () => {
  test('loses its interface and its addresses when it is terminated, not while it shuts down', async () => {
    const { account, clock, network, id } = stopping();
    const link = interfaceOf(account, id);
    network.terminate(id);
    await clock.run(29_999);
    expect(network.interfaces.get(link)?.status).toBe('in-use');
    await clock.run(30_000);
    expect(network.interfaces.get(link)).toBeNull();
    expect(network.instances.get(id)).toMatchObject({ state: 'terminated', privateIp: null });
  });

  test('is shown for as long as it lingers, and then no longer, nor are its tags', async () => {
    const { clock, network, id, state } = stopping();
    network.terminate(id);
    await clock.run(89_999);
    expect(state()).toBe('terminated');
    await clock.run(90_000);
    expect(state()).toBe('gone');
    expect(network.tags.all().some(({ resourceId }) => resourceId === id)).toBe(false);
  });

  test('is replaced by one of the same name, zone, group and Elastic address, with ids of its own', async () => {
    const { account, clock, network, id } = stopping();
    const before = network.instances.get(id);
    network.terminate(id);
    await clock.run(30_000);
    network.replace(id);
    await clock.run(60_000);
    const next = network.instances.get(network.successorOf(id));
    expect(next).toMatchObject({
      name: before?.name,
      zone: before?.zone,
      publicIp: before?.publicIp,
      state: 'running',
    });
    expect(next?.instanceId).not.toBe(id);
    expect(account.groundTruth.groupOf(network.successorOf(id))).toBe('hq');
    expect(account.groundTruth.isForwarding(network.successorOf(id))).toBe(true);
  });
});

describe('what the truth remembers', () => {
  test('shows a route as it was 1 ms before it changed, and as it is from then on', async () => {
    const { account, clock, network, tableId } = stopping();
    const before = network.targetOf(tableId, '10.20.0.0/16');
    const other = interfaceOf(account, idOf(account, 'hq-b'));
    await clock.run(5_000);
    expect(network.pointRoute(tableId, '10.20.0.0/16', other)).toBe(true);
    const at = (ms: number) =>
      network.tables.asOf(tableId, ms)?.routes.find((one) => one.destination === '10.20.0.0/16');
    expect(at(4_999)?.interfaceId).toBe(before);
    expect(at(5_000)?.interfaceId).toBe(other);
  });

  test('never points a route that is not there, nor one that a gateway keeps', () => {
    const { account, network, tableId } = stopping();
    const other = interfaceOf(account, idOf(account, 'hq-b'));
    expect(network.pointRoute(tableId, '10.77.0.0/16', other)).toBe(false);
    expect(network.pointRoute(tableId, '172.31.0.0/16', other)).toBe(false);
  });
});
