/** Goal: a group that has lost every appliance is carried by its gateway of last resort while a connection behind it is up, and comes home. Method: watcher and poll as deployed, in a simulated account; virtual time is exact. */

import { describe, expect, test } from '@jest/globals';
import { DEFAULT_POLICY } from '../../../lib/appliances/types/policy.ts';
import { SimAccount } from '../../../lib/simulator/account.ts';
import { aConnection, aGateway, hex } from '../../../lib/simulator/defaults/siteToSite.ts';
import { USUAL_DELAYS } from '../../../lib/simulator/delays.ts';
import type { Fault } from '../../../lib/simulator/faults.ts';
import { VPC_ID } from '../../../lib/simulator/layout/words.ts';
import { openPoller } from '../../../lib/simulator/poller.ts';
import { oneGroup } from '../../builders/oneGroup.ts';
import { deploy, HERE, idOf, TAKEN_AT } from '../../storm/account.ts';

const MINUTE = 60_000;
const STOP_MS = 2 * MINUTE;
const VGW = `vgw-${hex(1)}`;
const TGW = `tgw-${hex(1)}`;
const CIDR = '10.20.0.0/16';

type Faults = (
  stop: (name: string, startMs: number, endMs: number) => readonly [Fault, number, number],
) => readonly (readonly [Fault, startMs: number, endMs: number])[];

const BOTH_STOP: Faults = (stop) => [
  stop('hq-a', STOP_MS, STOP_MS + 4 * MINUTE),
  stop('hq-b', STOP_MS, STOP_MS + 4 * MINUTE),
];
const DEVICE: Fault = { kind: 'customer-device-dead', customerGatewayId: `cgw-${hex(1)}` };

async function play(
  untilMs: number,
  faults: Faults,
  { gatewayId = VGW, group = 'hq', polls = true } = {},
) {
  const isTransit = gatewayId === TGW;
  const connection = {
    ...aConnection(1, 'backup', null, TAKEN_AT),
    gateway: { kind: isTransit ? 'transit' : 'virtual-private', id: gatewayId } as const,
    isStatic: true,
    staticCidrs: isTransit ? [] : [CIDR],
  };
  const { connectionId } = connection;
  const laid = oneGroup({ destinations: [CIDR] });
  const account = new SimAccount({
    snapshot: {
      ...laid,
      tags: [
        ...laid.tags,
        { resourceId: gatewayId, resourceType: 'gateway', key: 'vpn-medic:group', value: group },
      ],
      gateways: [
        {
          gatewayId,
          vpcId: VPC_ID,
          routes: isTransit ? [{ destination: CIDR, connectionId }] : [],
        },
      ],
    },
    vpn: { connections: [connection], customerGateways: [aGateway(1)] },
    seed: 1,
    vantages: [HERE],
    pace: USUAL_DELAYS,
    skewMsMax: 0,
  });
  const stop = (name: string, startMs: number, endMs: number) =>
    [{ kind: 'stopped', instanceId: idOf(account, name) } as Fault, startMs, endMs] as const;
  for (const [fault, startMs, endMs] of faults(stop)) account.faults.add(fault, startMs, endMs);
  const deployment = deploy(account);
  const poller = openPoller(account, { seed: 1 });
  if (polls) poller.start();
  await account.clock.run(untilMs);
  deployment.stop();
  poller.stop();
  expect([...deployment.crashes, ...poller.crashes]).toEqual([]);
  const { writes, notifications } = account.log;
  const ours = account.network.tables
    .all()
    .filter(({ tableId }) => account.network.tags.get(`${tableId} vpn-medic:group`) !== null);
  return {
    writes: writes.filter(({ effectMs }) => effectMs !== null),
    notified: notifications.map(({ subject }) => subject),
    targets: new Set(ours.map(({ tableId }) => account.network.targetOf(tableId, CIDR))),
  };
}

describe.each([VGW, TGW])('every appliance stops, and %s has the tag', (gatewayId) => {
  test('within 15 s of the death its routes lead to the gateway, and the notification says so', async () => {
    const { writes, targets, notified } = await play(STOP_MS + MINUTE, BOTH_STOP, { gatewayId });
    expect(targets).toEqual(new Set([gatewayId]));
    expect(writes.map(({ targetId }) => targetId)).toEqual([gatewayId, gatewayId]);
    for (const { effectMs } of writes) expect(effectMs).toBeLessThanOrEqual(STOP_MS + 15_000);
    expect(notified.join('\n')).toContain(`moved to last resort ${gatewayId.slice(0, 8)}`);
  });

  test('back: the routes come home to where their owner put them, after the hold-down', async () => {
    const { writes, targets, notified } = await play(STOP_MS + 20 * MINUTE, BOTH_STOP, {
      gatewayId,
    });
    expect(targets.has(gatewayId)).toBe(false);
    expect(targets.size).toBe(2);
    const away = writes.findLast(({ targetId }) => targetId === gatewayId)?.effectMs ?? 0;
    const home = writes.filter(({ targetId }) => targetId !== gatewayId);
    expect(home).toHaveLength(2);
    for (const { issuedMs } of home)
      expect(issuedMs - away).toBeGreaterThanOrEqual(DEFAULT_POLICY.holdMs);
    expect(notified.filter((one) => one.startsWith('CRITICAL hq'))).toHaveLength(1);
    expect(notified.at(-1)).toMatch(/^RESOLVED/);
  });
});

describe('its routes stay where they are', () => {
  const stays = async (faults: Faults, over: Parameters<typeof play>[2] = {}) =>
    (await play(STOP_MS + MINUTE, faults, over)).writes;

  test('while the connection behind it is down', async () => {
    expect(await stays((stop) => [...BOTH_STOP(stop), [DEVICE, MINUTE, 10 * MINUTE]])).toEqual([]);
  });

  test('while it is not known to be up', async () => {
    expect(await stays(BOTH_STOP, { polls: false })).toEqual([]);
  });

  test('while the gateway is of another group', async () => {
    expect(await stays(BOTH_STOP, { group: 'branch' })).toEqual([]);
  });
});

test('one appliance stops: its routes go to the other, not to the gateway', async () => {
  const { writes } = await play(STOP_MS + MINUTE, (stop) => [
    stop('hq-a', STOP_MS, STOP_MS + 4 * MINUTE),
  ]);
  expect(writes).toHaveLength(1);
  expect(writes[0]?.targetId).toMatch(/^eni-/);
});

test('the connection behind it dies while an appliance is back: its routes go there within 25 s, whatever the hold-down', async () => {
  const diesMs = STOP_MS + 3 * MINUTE;
  const { writes, targets } = await play(diesMs + MINUTE, (stop) => [
    stop('hq-a', STOP_MS, STOP_MS + MINUTE),
    stop('hq-b', STOP_MS, STOP_MS + 30 * MINUTE),
    [DEVICE, diesMs, diesMs + 10 * MINUTE],
  ]);
  expect(targets.has(VGW)).toBe(false);
  const back = writes.filter(({ targetId }) => targetId !== VGW);
  expect(back).toHaveLength(2);
  for (const { effectMs } of back) expect(effectMs).toBeLessThanOrEqual(diesMs + 25_000);
});
