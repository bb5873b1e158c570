/**
 * Goal: an appliance that is a customer gateway as well is one critical notification, which names its routes and the
 * connection that goes down with it; a connection that stays down is notified by itself.
 * Method: the deployed watcher and poll in a simulated account, the appliance and the connection's far side failing together.
 */
import { expect, test } from '@jest/globals';
import { DEFAULT_POLICY } from '../../lib/appliances/types/policy.ts';
import type { Notification } from '../../lib/incidents/types.ts';
import { SimAccount } from '../../lib/simulator/account.ts';
import { defaultAccount } from '../../lib/simulator/defaults/account.ts';
import { defaultVpn } from '../../lib/simulator/defaults/siteToSite.ts';
import { USUAL_DELAYS } from '../../lib/simulator/delays.ts';
import { AS_DEPLOYED, Deployment } from '../../lib/simulator/deployment.ts';
import { openPoller } from '../../lib/simulator/poller.ts';
import { HERE, TAKEN_AT } from '../storm/account.ts';

const MINUTE = 60_000;
const DEAD_MS = 1.5 * MINUTE;

/** The third connection, whose site has no other, ends on the appliance hq-a. */
async function notified(
  applianceMs: number,
  connectionMs: number,
  runMs: number,
): Promise<readonly string[]> {
  const snapshot = defaultAccount(TAKEN_AT);
  const plain = defaultVpn(TAKEN_AT);
  const appliance = snapshot.instances.find(({ name }) => name === 'hq-a');
  const gateway = plain.customerGateways[2];
  if (appliance === undefined || gateway === undefined) throw new Error('the fixture lacks them');
  const address = '192.0.2.77';
  const account = new SimAccount({
    snapshot: {
      ...snapshot,
      instances: snapshot.instances.map((one) =>
        one === appliance ? { ...one, publicIp: address } : one,
      ),
      interfaces: snapshot.interfaces.map((one) =>
        one.instanceId === appliance.instanceId && one.deviceIndex === 0
          ? { ...one, publicIp: address }
          : one,
      ),
    },
    seed: 3,
    vantages: [HERE],
    pace: USUAL_DELAYS,
    skewMsMax: 0,
    vpn: {
      ...plain,
      customerGateways: plain.customerGateways.map((one) =>
        one === gateway ? { ...one, ip: address } : one,
      ),
    },
  });
  const { instanceId } = appliance;
  const { customerGatewayId } = gateway;
  account.faults.add({ kind: 'host-dead', instanceId }, DEAD_MS, DEAD_MS + applianceMs);
  account.faults.add(
    { kind: 'customer-device-dead', customerGatewayId },
    DEAD_MS + 10_000,
    DEAD_MS + 10_000 + connectionMs,
  );
  const texts: string[] = [];
  const note = (all: readonly Notification[]) => {
    for (const one of all) texts.push(`${one.subject}\n${JSON.stringify(one)}`);
  };
  const deployment = new Deployment(account, {
    seed: 3,
    policy: DEFAULT_POLICY,
    ...AS_DEPLOYED,
    onNotifications: (_, all) => note(all),
  });
  const poller = openPoller(account, {
    seed: 3,
    onPoll: (_, { notifications }) => note(notifications),
  });
  deployment.start();
  poller.start();
  await account.clock.run(DEAD_MS + runMs);
  deployment.stop();
  poller.stop();
  await account.clock.run(account.clock.monotonicMs() + 5_000);
  expect([...deployment.crashes, ...poller.crashes]).toEqual([]);
  return texts;
}

test('the appliance and its connection go down together: one critical, which names routes and connection', async () => {
  const all = await notified(5 * MINUTE, 5 * MINUTE, 2 * MINUTE);
  const critical = all.filter((one) => one.startsWith('CRITICAL'));
  expect(critical).toHaveLength(1);
  expect(critical[0]).toContain('hq-a');
  expect(critical[0]).toMatch(/routes moved to/);
  expect(critical[0]).toContain(
    'Down with it: connection branch (vpn-00000000000000003), 0 transit gateway routes',
  );
});

test('a connection that stays down long after its appliance is back is notified by itself', async () => {
  const all = await notified(MINUTE / 2, 20 * MINUTE, 6 * MINUTE);
  const critical = all.filter((one) => one.startsWith('CRITICAL'));
  expect(critical.map((one) => one.split('\n')[0])).toEqual([
    expect.stringContaining('hq-a'),
    expect.stringContaining('branch: ConnectionDown'),
  ]);
});
