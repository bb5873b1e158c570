/** The addresses at which an appliance is probed, and those that are its own. Pure. */

import { TAG, type TagIndex } from '../../core/tags.ts';
import type { InstanceFact, InterfaceFact } from '../types/inventory.ts';
import type { Appliance } from '../types/topology.ts';
import type { openGroupAddresses } from './addresses.ts';

/**
 * Those of the interface that forwards first, and an Elastic address of its own wherever it is: one that stands for its group
 * moves, and answers for the member that holds it. What DescribeInstances says counts
 * only where no interface is known: it is read less often, and an address that has moved away would still be its own.
 */
export function addressesOf(
  fact: InstanceFact | undefined,
  forwards: InterfaceFact | undefined,
  interfaces: readonly InterfaceFact[],
  isOfGroup: ReturnType<typeof openGroupAddresses>,
): Pick<Appliance, 'privateIp' | 'publicIp' | 'ipv6' | 'ownAddresses'> {
  const alone = interfaces.length === 0 ? fact : undefined;
  const publicIps = [
    ...(forwards === undefined ? [] : publicOf(forwards)),
    { publicIp: alone?.publicIp ?? null },
    ...interfaces.toSorted((a, b) => a.deviceIndex - b.deviceIndex).flatMap(publicOf),
  ].flatMap((one) => (one.publicIp === null || isOfGroup(one) ? [] : one.publicIp));
  const own = [
    fact?.privateIp ?? null,
    ...publicIps,
    ...(alone?.ipv6s ?? []),
    ...interfaces.flatMap(({ privateIp, secondaryIps = [], ipv6s }) => [
      privateIp,
      ...secondaryIps.map((one) => one.privateIp),
      ...ipv6s,
    ]),
  ];
  return {
    privateIp: forwards?.privateIp ?? fact?.privateIp ?? null,
    publicIp: publicIps[0] ?? null,
    ipv6: forwards?.ipv6s[0] ?? fact?.ipv6s[0] ?? null,
    ownAddresses: [...new Set(own.filter((ip) => ip !== null))],
  };
}

const publicOf = (
  link: InterfaceFact,
): readonly Pick<InterfaceFact, 'publicIp' | 'allocationId'>[] => [
  link,
  ...(link.secondaryIps ?? []),
];

/** The interface whose addresses are probed: the only one, the only tagged one, or the only one without the check. */
export function forwardingOf(
  interfaces: readonly InterfaceFact[],
  tags: TagIndex,
): InterfaceFact | undefined {
  const [only] = interfaces;
  if (interfaces.length === 1) return only;
  const tagged = interfaces.filter(({ interfaceId }) => tags.get(interfaceId)?.has(TAG.group));
  const open = interfaces.filter(({ hasSourceDestCheck }) => !hasSourceDestCheck);
  const [chosen, ...others] = tagged.length === 1 ? tagged : open;
  return others.length === 0 ? chosen : undefined;
}
