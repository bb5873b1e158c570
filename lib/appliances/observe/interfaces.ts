/** The arms of one appliance: the interfaces that it has, and those that it has lost while routes led to them. Pure. */
import { compare } from '../../core/order.ts';
import { parseRole, TAG, type TagIndex } from '../../core/tags.ts';
import type { InstanceFact, InterfaceFact, Inventory } from '../types/inventory.ts';
import type { ApplianceInterface } from '../types/topology.ts';

/**
 * Ordered by device index, then id. `links` are attached now; of `remembered` those are kept that carry routes, and
 * those that carried some until they were lost, while no other has taken their place. One that another
 * appliance has (`elsewhere`) is no longer its own; one that was moved to another instance is kept while routes lead to
 * it, and is no next hop of the appliance. `isRead` false: all others are kept.
 */
export function interfacesOf(
  links: readonly InterfaceFact[],
  remembered: readonly ApplianceInterface[],
  carrying: ReadonlySet<string>,
  elsewhere: ReadonlySet<string>,
  movedTo: ReadonlyMap<string, string>,
  fact: InstanceFact | undefined,
  tags: TagIndex,
  isRead: boolean,
): readonly ApplianceInterface[] {
  const past = new Map(remembered.map((one) => [one.interfaceId, one]));
  const chosen = links.filter(({ interfaceId }) => tags.get(interfaceId)?.has(TAG.group));
  const attached = links.map((link): ApplianceInterface => {
    const { interfaceId, vpcId, deviceIndex, hasSourceDestCheck } = link;
    const hasCarried = carrying.has(interfaceId) || past.get(interfaceId)?.hasCarried === true;
    return {
      interfaceId,
      vpcId,
      deviceIndex,
      hasSourceDestCheck,
      role: roleOf(tags.get(interfaceId)),
      // A tag on all of them came with a launch template and says nothing.
      isChosen: chosen.length === 1 && chosen[0] === link,
      families: [
        ...(link.privateIp === null ? [] : (['ipv4'] as const)),
        ...(link.ipv6s.length === 0 ? [] : (['ipv6'] as const)),
      ],
      ...(hasCarried && ipv6Of(link, past.get(interfaceId), links, fact)),
      isAttached: true,
      movedTo: null,
      hasCarried,
    };
  });
  const ids = new Set(links.map(({ interfaceId }) => interfaceId));
  const lost = remembered
    .filter(({ interfaceId }) => !ids.has(interfaceId) && !elsewhere.has(interfaceId))
    .filter(
      (one) =>
        !isRead ||
        fact?.interfaceIds?.includes(one.interfaceId) === true ||
        carrying.has(one.interfaceId) ||
        (one.hasCarried &&
          !movedTo.has(one.interfaceId) &&
          !attached.some((other) => isInPlaceOf(other, one))),
    )
    .map((one) => ({
      ...one,
      isAttached: false,
      movedTo: movedTo.get(one.interfaceId) ?? null,
      hasCarried: one.hasCarried || carrying.has(one.interfaceId),
    }));
  return [...attached, ...lost].toSorted(
    (a, b) => a.deviceIndex - b.deviceIndex || compare(a.interfaceId, b.interfaceId),
  );
}

/** DescribeInstances lists the addresses of all arms: the second call that has to agree before one is lost. */
function ipv6Of(
  { ipv6s }: InterfaceFact,
  past: ApplianceInterface | undefined,
  links: readonly InterfaceFact[],
  fact: InstanceFact | undefined,
): Pick<ApplianceInterface, 'ipv6'> {
  if (ipv6s.length > 0) return { ipv6: 'had' };
  if (past?.ipv6 === undefined) return {};
  const others = links.flatMap((link) => link.ipv6s);
  return { ipv6: fact?.ipv6s.every((ip) => others.includes(ip)) === true ? 'lost' : past.ipv6 };
}

const isInPlaceOf = (a: ApplianceInterface, b: ApplianceInterface): boolean =>
  a.vpcId === b.vpcId && (b.role === null ? a.deviceIndex === b.deviceIndex : a.role === b.role);

function roleOf(tags: ReadonlyMap<string, string> | undefined): string | null {
  const tag = tags?.get(TAG.role);
  const role = tag === undefined ? null : parseRole(tag);
  return role?.ok ? role.value : null;
}

/** What lost interfaces are attached to now, instances or others, no appliances: their owner's choice of a next hop. */
export const movedInterfaces = ({ lostInterfaces }: Inventory): ReadonlyMap<string, string> =>
  new Map(
    (lostInterfaces.known ? lostInterfaces.value : []).flatMap(({ interfaceId, link }) =>
      link?.status === 'in-use'
        ? [[interfaceId, link.instanceId ?? 'something that is no instance here'] as const]
        : [],
    ),
  );

/** Why it is not known yet whether the interfaces that an appliance misses were moved; null: it is. */
export function unsureWhy(
  interfaces: readonly ApplianceInterface[],
  { lostInterfaces }: Inventory,
): string | null {
  const missed = interfaces.filter(({ isAttached }) => !isAttached);
  if (missed.length === 0) return null;
  if (!lostInterfaces.known) return lostInterfaces.why;
  const unread = missed.find(
    ({ interfaceId }) => !lostInterfaces.value.some((one) => one.interfaceId === interfaceId),
  );
  return unread === undefined ? null : `${unread.interfaceId} was not asked for by its id yet`;
}
