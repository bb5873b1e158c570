/** A known death stays known until proof of life, whatever happens to the address that was probed. */

import { expect, test } from '@jest/globals';
import type { SimAccount } from '../../../lib/simulator/account.ts';
import { oneGroup } from '../../builders/oneGroup.ts';
import { play } from './play.ts';

const HQ_A = 'i-0a1b2c3d4e5f60001';
const HQ_B = 'i-0a1b2c3d4e5f60002';
const FROM_OUTSIDE = [{ id: 'here', subnetIds: [], isInVpc: false, closedTo: [] }];

function setPublicIp(
  { network, clock }: SimAccount,
  instanceId: string,
  publicIp: string | null,
): void {
  const atMs = clock.monotonicMs();
  const instance = network.instances.all().find((one) => one.instanceId === instanceId);
  const link = network.interfaces.all().find((one) => one.instanceId === instanceId);
  if (instance === undefined || link === undefined) throw new Error(`no ${instanceId}`);
  network.instances.put(instanceId, { ...instance, publicIp }, atMs);
  network.interfaces.put(link.interfaceId, { ...link, publicIp }, atMs);
}

test('13: a hung appliance whose Elastic address moves to its peer stays down, and its routes move there', async () => {
  const { writes, notifications, targetOf } = await play({
    account: '13-shared-elastic-address',
    faults: [[{ kind: 'half-open', instanceId: HQ_A }, 40, 900]],
    others: [
      [
        50,
        (account) => {
          const address = account.network.instances.get(HQ_A)?.publicIp ?? null;
          setPublicIp(account, HQ_A, null);
          setPublicIp(account, HQ_B, address);
        },
      ],
    ],
    lastsS: 400,
    seed: 5,
    vantages: FROM_OUTSIDE,
  });
  expect(writes.every(({ interfaceId }) => interfaceId === 'eni-0a1b2c3d4e5f60002')).toBe(true);
  expect(writes).toHaveLength(3);
  expect(writes.at(-1)?.atS).toBeLessThan(65);
  expect(targetOf('rtb-0a1b2c3d4e5f60100', '10.20.0.0/16')).toBe('eni-0a1b2c3d4e5f60002');
  expect(notifications.map(({ subject }) => subject).join()).not.toContain('RESOLVED hq-a');
});

const THREE = oneGroup({ zones: ['a', 'b', 'c'] });

test.each([120, 128, 130, 150])(
  '13: the peer that gets the hung one’s Elastic address at %i s, and loses its own, is alive and keeps its routes',
  async (atS) => {
    const { writes, notifications } = await play({
      account: THREE,
      faults: [
        [{ kind: 'host-dead', instanceId: HQ_A }, 30, 900],
        [{ kind: 'address-moved', instanceId: HQ_A, toId: HQ_B }, atS, 900],
      ],
      lastsS: 300,
      vantages: FROM_OUTSIDE,
    });
    expect(writes.map(({ interfaceId }) => interfaceId)).toEqual(['eni-0a1b2c3d4e5f60002']);
    const subjects = notifications.map(({ subject }) => subject).join();
    expect(subjects).not.toContain('hq-b: ApplianceDown');
    expect(subjects).not.toContain('RESOLVED hq-a');
  },
);

test('a known death is no all-clear when its probe is changed to one that never answered; it ends when that one answers', async () => {
  const { notifications, targetOf } = await play({
    account: THREE,
    faults: [[{ kind: 'host-dead', instanceId: HQ_A }, 30, 300]],
    others: [
      [
        100,
        ({ network }) =>
          network.setTag({
            resourceId: HQ_A,
            resourceType: 'instance',
            key: 'vpn-medic:probe',
            value: 'tcp:22',
          }),
      ],
    ],
    lastsS: 500,
  });
  const resolved = notifications.filter(({ subject }) =>
    subject.includes('RESOLVED hq-a: ApplianceDown'),
  );
  expect(resolved).toHaveLength(1);
  expect(resolved[0]?.atS).toBeGreaterThan(300);
  expect(targetOf('rtb-0a1b2c3d4e5f60100', '10.20.0.0/16')).toBe('eni-0a1b2c3d4e5f60001');
});

test('30: a machine that was stopped is not called unreachable, and its routes fail back by its new public address', async () => {
  const { writes, notifications } = await play({
    account: '30-stop-start-new-public-address',
    faults: [[{ kind: 'stopped', instanceId: HQ_A }, 40, 160]],
    others: [
      [42, (account) => setPublicIp(account, HQ_A, null)],
      [175, (account) => setPublicIp(account, HQ_A, '198.51.100.200')],
    ],
    lastsS: 700,
  });
  const subjects = notifications.map(({ subject }) => subject);
  expect(subjects.filter((one) => one.includes('ProbeImpossible'))).toEqual([]);
  expect(subjects.filter((one) => one.startsWith('CRITICAL'))).toHaveLength(1);
  expect(writes.at(-1)?.interfaceId).toBe('eni-0a1b2c3d4e5f60001');
});
