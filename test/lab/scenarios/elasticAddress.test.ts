/**
 * Goal: an Elastic address that stands for a group follows its routes to the living appliance, costs no other address its
 * place, and goes back. Method: the built watcher over HTTP; the emulator with addresses on any private address.
 */
import {
  AllocateAddressCommand,
  AssociateAddressCommand,
  CreateTagsCommand,
  DescribeAddressesCommand,
  EC2Client,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import { describe, expect, test } from '@jest/globals';
import { clientSettings } from '../account/clients.ts';
import { applianceOf, type Lab } from '../lab.ts';
import { until } from '../pause.ts';
import { inFixture } from './inAccount.ts';
import { expectOnlyPermittedWrites, movesOf, untilCarriedBy, untilNotified } from './open.ts';

const MS_MAX = 400_000;

interface Held {
  readonly allocationId: string;
  readonly publicIp: string;
}

const ec2Of = (lab: Lab): EC2Client => new EC2Client(clientSettings(lab.emulator().url));

/** An address at an appliance's primary private address. */
async function addressAt(lab: Lab, name: string): Promise<Held> {
  const ec2 = ec2Of(lab);
  const made = await ec2.send(new AllocateAddressCommand({ Domain: 'vpc' }));
  const [allocationId = '', publicIp = ''] = [made.AllocationId, made.PublicIp];
  const { interfaceId } = applianceOf(lab, name);
  const at = { AllocationId: allocationId, NetworkInterfaceId: interfaceId };
  await ec2.send(new AssociateAddressCommand(at));
  return { allocationId, publicIp };
}

/** One that stands for the group, at `vpn-a`. */
async function groupAddress(lab: Lab): Promise<Held> {
  const address = await addressAt(lab, 'vpn-a');
  const Tags = [{ Key: 'vpn-medic:group', Value: 'hub' }];
  await ec2Of(lab).send(new CreateTagsCommand({ Resources: [address.allocationId], Tags }));
  return address;
}

async function whereIs(lab: Lab, { allocationId }: Held) {
  const wanted = { AllocationIds: [allocationId] };
  const { Addresses: [one] = [] } = await ec2Of(lab).send(new DescribeAddressesCommand(wanted));
  return { interfaceId: one?.NetworkInterfaceId, privateIp: one?.PrivateIpAddress };
}

const untilAt = (lab: Lab, address: Held, name: string) =>
  until(`${address.publicIp} to be at ${name}`, async () => {
    const place = await whereIs(lab, address);
    return place.interfaceId === applianceOf(lab, name).interfaceId ? place : null;
  });

describe('an Elastic address of the group', () => {
  test(
    'follows the six routes to a private address of the living one that has none, and goes back with them',
    inFixture(async ({ lab, a, watch }) => {
      const own = await addressAt(lab, 'vpn-b');
      const address = await groupAddress(lab);
      const [atFirst, ownAtFirst] = [await whereIs(lab, address), await whereIs(lab, own)];
      await watch();
      expect(lab.gateway.callsOf('AssociateAddress', 'all')).toEqual([]);

      await a.kill();
      await untilCarriedBy(lab, 'vpn-b');
      const there = await untilAt(lab, address, 'vpn-b');
      expect(there.privateIp).not.toBe(ownAtFirst.privateIp);
      expect(await whereIs(lab, own)).toEqual(ownAtFirst);
      const [moved] = lab.gateway.callsOf('AssociateAddress');
      expect(moved?.params).toMatchObject({
        AllocationId: address.allocationId,
        NetworkInterfaceId: applianceOf(lab, 'vpn-b').interfaceId,
        AllowReassociation: 'true',
      });
      expect(moved?.arrivedAt).toBeGreaterThan(
        Math.max(...movesOf(lab).map((one) => one.arrivedAt)),
      );
      const notified = await untilNotified(lab, `Elastic address ${address.publicIp}`);
      expect(notified.subject).toContain('1 address moved to vpn-b');

      await a.revive();
      await untilCarriedBy(lab, 'vpn-a');
      expect(await untilAt(lab, address, 'vpn-a')).toEqual(atFirst);
      expect(await whereIs(lab, own)).toEqual(ownAtFirst);
      expect(lab.gateway.callsOf('AssociateAddress')).toHaveLength(2);
      expectOnlyPermittedWrites(lab, ['AssociateAddress']);
    }),
    MS_MAX,
  );

  test(
    'that EC2 took off an appliance which was terminated goes to the living one',
    inFixture(async ({ lab, watch }) => {
      const address = await groupAddress(lab);
      await watch();
      const InstanceIds = [applianceOf(lab, 'vpn-a').instanceId];
      await ec2Of(lab).send(new TerminateInstancesCommand({ InstanceIds }));
      await untilCarriedBy(lab, 'vpn-b');
      const { privateIp } = await untilAt(lab, address, 'vpn-b');
      expect(privateIp).toMatch(/^10\.0\./);
    }),
    MS_MAX,
  );

  test(
    'without the tag stays where it is when its holder dies',
    inFixture(async ({ lab, a, watch }) => {
      const address = await addressAt(lab, 'vpn-a');
      const atFirst = await whereIs(lab, address);
      await watch();
      await a.kill();
      await untilCarriedBy(lab, 'vpn-b');
      await untilNotified(lab, 'ApplianceDown');
      expect(await whereIs(lab, address)).toEqual(atFirst);
      expect(lab.gateway.callsOf('AssociateAddress', 'all')).toEqual([]);
    }),
    MS_MAX,
  );
});
