/**
 * Goal: groups of connections are on every surface that groups of appliances are on, and say the same.
 * Method: the commands over a simulated account with three connections on a transit gateway.
 */
import { beforeEach, describe, expect, test } from '@jest/globals';
import { parsePins } from '../../lib/core/pin.ts';
import type { SimAccount } from '../../lib/simulator/account.ts';
import { openPoller } from '../../lib/simulator/poller.ts';
import { STRANGER, transitAccount } from '../builders/transitAccount.ts';
import { cliOver, type Fixture } from './open.ts';

const MINUTE = 60_000;
const [NORTH, SOUTH] = ['vpn-00000000000000001', 'vpn-00000000000000002'];
const KEY = 'tgw-rtb-1 10.0.0.0/16';

let account: SimAccount;
beforeEach(() => {
  account = transitAccount(7, 2);
});

const run = (argv: readonly string[], fixture: Fixture = {}) =>
  cliOver(account, [...argv, '--state-table', 't'], fixture);
const json = async (argv: readonly string[]) => {
  const { exit, out } = await run([...argv, '--json']);
  return { exit, ...JSON.parse(out) };
};

/** As deployed, for so long. */
async function polled(ms: number): Promise<void> {
  const poller = openPoller(account, { seed: 7, holdMs: 2 * MINUTE });
  poller.start();
  await account.clock.run(account.clock.monotonicMs() + ms);
  poller.stop();
  await account.clock.run(account.clock.monotonicMs() + MINUTE);
}

const kill = (number: number, startMs: number, endMs: number) =>
  account.faults.add(
    { kind: 'customer-device-dead', customerGatewayId: `cgw-${`${number}`.padStart(17, '0')}` },
    startMs,
    endMs,
  );

describe('check', () => {
  test('a group that the poll watches can fail over now, and says so in one line', async () => {
    await polled(MINUTE);
    const { connectionGroups } = await json(['check', '--no-probes']);
    expect(connectionGroups).toMatchObject([
      {
        name: 'core',
        transitGatewayId: 'tgw-0a',
        failover: { canFailOver: 'yes', cause: 'ready', toDo: null },
        members: [
          { name: 'hq-north', health: 'up', routeCount: 2 },
          { name: 'hq-south', health: 'up', routeCount: 1 },
          { name: 'branch', health: 'up', routeCount: 1 },
        ],
      },
    ]);
    const { out } = await run(['check', '--no-probes']);
    expect(out).toContain('Group of connections core on tgw-0a: 3 of 3 up, 4 routes');
    expect(out).toContain('can fail over now: yes, because EC2 says');
  });

  test('without a poll that looked it is not said to be able', async () => {
    const { connectionGroups } = await json(['check', '--no-probes']);
    expect(connectionGroups[0].failover).toMatchObject({
      canFailOver: 'no',
      cause: 'no-watcher',
    });
  });

  test('with no other connection up it cannot, and the rule is named', async () => {
    kill(2, 0, 60 * MINUTE);
    kill(3, 0, 60 * MINUTE);
    await polled(MINUTE);
    const { connectionGroups } = await json(['check', '--no-probes']);
    expect(connectionGroups[0].failover).toMatchObject({ canFailOver: 'no', cause: 'held' });
    expect(connectionGroups[0].failover.because).toMatch(
      /^4 routes of hq-north would stay \[S2\]: hq-north is down: it failed, and hq-south is down itself: .*; branch is down itself/,
    );
  });
});

describe('plan', () => {
  test('a connection that fails: each of its routes with where it moves, nothing of the others', async () => {
    const { exit, result, connections, moves, lost } = await json([
      'plan',
      '--no-probes',
      '--fail',
      'connection:hq-north',
    ]);
    expect({ exit, result, lost }).toEqual({ exit: 0, result: 'nothing-lost', lost: [] });
    expect(connections).toEqual([{ connectionId: NORTH, name: 'hq-north' }]);
    expect(moves).toMatchObject([
      { tableId: 'tgw-rtb-1', destination: '10.0.0.0/16', from: NORTH, toName: 'hq-south' },
      { tableId: 'tgw-rtb-1', destination: '10.1.0.0/16', from: NORTH, toName: 'hq-south' },
    ]);
  });

  test('a site that fails with its only connection that carries nothing is lost, and not called well', async () => {
    const { exit, lost } = await json(['plan', '--no-probes', '--fail', 'connection:stranger']);
    expect(exit).toBe(2);
    expect(lost).toMatchObject([{ destination: 'all that lies behind it', rule: null }]);
  });

  test('a whole site: routes move to the connection of another one, all failing: nothing moves', async () => {
    const site = await json(['plan', '--no-probes', '--fail', 'site:hq']);
    expect(site.moves.map(({ toName }: { toName: string }) => toName)).toEqual(
      Array.from({ length: 3 }, () => 'branch'),
    );
    const all = await json(['plan', '--no-probes', '--fail', 'site:hq', 'connection:branch']);
    expect(all).toMatchObject({ exit: 2, result: 'lost', moves: [] });
    expect(all.lost).toHaveLength(4);
    expect(all.lost[0]).toMatchObject({ rule: 'S2', nextHopName: 'hq-north' });
  });

  test('a name that there is not is answered with those that there are', async () => {
    const { exit, err } = await run(['plan', '--no-probes', '--fail', 'connection:paris']);
    expect(exit).toBe(1);
    expect(err).toContain(`no such connection`);
    expect(err).toContain(`${NORTH} (hq-north)`);
  });
});

describe('pin and undo', () => {
  const pins = () => parsePins(account.table.bodies().get('pins#eu-west-1')) ?? [];
  const target = () => account.transit.targetOf('tgw-rtb-1', '10.0.0.0/16');

  test('a group is pinned to a connection; the poll moves its routes, and lets them go', async () => {
    await polled(MINUTE);
    const said = await run(['pin', 'core', '--to', SOUTH, '--for', '10m', '--yes']);
    expect(said).toMatchObject({ exit: 0, err: '' });
    expect(said.out).toContain('4 routes of group core pinned to hq-south');
    expect(said.out).toContain('while EC2 says that hq-south is up');
    expect(pins()).toMatchObject([{ group: 'core', routeKey: null, to: SOUTH }]);
    await polled(2 * MINUTE);
    expect(target()).toBe('tgw-attach-2');
    await polled(12 * MINUTE);
    expect(target()).toBe('tgw-attach-1');
  });

  test('a connection is named by its name too, and one that there is not by neither', async () => {
    await polled(MINUTE);
    expect((await run(['pin', 'core', '--to', 'hq-south', '--yes'])).exit).toBe(0);
    expect(pins()).toMatchObject([{ group: 'core', to: SOUTH }]);
    const { exit, err } = await run(['pin', 'core', '--to', 'vpn-0a', '--yes']);
    expect(exit).toBe(1);
    expect(err).toContain('--to vpn-0a: there is no such connection in eu-west-1; there are ');
  });

  test('a route is pinned by its table and destination, and no other moves', async () => {
    await polled(MINUTE);
    const { exit } = await run(['pin', 'tgw-rtb-1', '10.0.0.0/16', '--to', SOUTH, '--yes']);
    expect(exit).toBe(0);
    expect(pins()).toMatchObject([{ routeKey: KEY, to: SOUTH }]);
    await polled(2 * MINUTE);
    expect(target()).toBe('tgw-attach-2');
    expect(account.transit.targetOf('tgw-rtb-1', '10.1.0.0/16')).toBe('tgw-attach-1');
  });

  test('a connection of another group is refused, and nothing is written', async () => {
    const { exit, err } = await run(['pin', 'core', '--to', STRANGER, '--yes']);
    expect(exit).toBe(1);
    expect(err).toContain('is of group none, not core');
    expect(pins()).toEqual([]);
  });

  test('undo of a failover pins its routes back to where they were', async () => {
    kill(1, 2 * MINUTE, 4 * MINUTE);
    await polled(5 * MINUTE);
    expect(target()).toBe('tgw-attach-2');
    const said = await run(['undo', 'ConnectionDown', '--yes']);
    expect(said.err).toBe('');
    expect(said.exit).toBe(0);
    expect(said.out).toContain('2 routes pinned to their next hop of before ConnectionDown');
    expect(
      pins()
        .map(({ routeKey, to }) => `${routeKey} ${to}`)
        .toSorted(),
    ).toEqual([`${KEY} ${NORTH}`, `tgw-rtb-1 10.1.0.0/16 ${NORTH}`]);
    await polled(MINUTE);
    expect(target()).toBe('tgw-attach-1');
  });
});

test('explain tells of a failover of transit gateway routes with its actions and times', async () => {
  kill(1, 2 * MINUTE, 30 * MINUTE);
  await polled(4 * MINUTE);
  const { out } = await run(['explain', 'ConnectionDown']);
  expect(out).toMatch(/done +10\.0\.0\.0\/16 in spokes: hq-north -> hq-south/);
  expect(out).toContain('read back');
});
