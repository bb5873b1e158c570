/** Kind 5: the addresses of an appliance are all that EC2 shows on its interfaces. */
import { expect, test } from '@jest/globals';
import { play, snapshotOf } from './play.ts';

const OUTSIDE = [{ id: 'here', subnetIds: [], isInVpc: false, closedTo: [] }];
const account = snapshotOf('14-elastic-address-on-secondary');
const untagged = { ...account, tags: account.tags.filter(({ key }) => key !== 'vpn-medic:probe') };

test.each([
  ['named in the probe tag, though 0.0.0.0/0 leads through the appliance', account],
  ['found by itself, without a probe tag', untagged],
])('14: an Elastic IP address on a secondary private address is probed: %s', async (_how, of) => {
  const { writes, notifications } = await play({
    account: of,
    faults: [[{ kind: 'host-dead', instanceId: 'i-0a1b2c3d4e5f60001' }, 60, 120]],
    lastsS: 130,
    vantages: OUTSIDE,
  });
  expect(writes).toEqual([
    expect.objectContaining({
      tableId: 'rtb-0a1b2c3d4e5f60100',
      destination: '0.0.0.0/0',
      interfaceId: 'eni-0a1b2c3d4e5f60002',
    }),
  ]);
  expect(writes[0]?.atS).toBeLessThan(64);
  expect(notifications.map(({ subject }) => subject).join()).not.toMatch(
    /ProbeImpossible|ProbeCannotProve/,
  );
});

test('14: an address that EC2 does not show on the appliance lies behind its tunnel as before', async () => {
  const { writes, notifications } = await play({
    account: {
      ...account,
      interfaces: account.interfaces.map(({ secondaryIps: _all, ...link }) => link),
    },
    faults: [[{ kind: 'host-dead', instanceId: 'i-0a1b2c3d4e5f60001' }, 60, 120]],
    lastsS: 130,
    vantages: OUTSIDE,
  });
  expect(writes).toEqual([]);
  expect(notifications.map(({ subject }) => subject).join()).toMatch(/ProbeCannotProve/);
});
