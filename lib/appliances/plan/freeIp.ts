/** The private address of an interface that an Elastic address is associated with. Pure. */
import type { InterfaceFact } from '../types/inventory.ts';

/**
 * The first that has no public address, the primary one before the others; else one whose public address AWS assigned, and
 * which AWS takes back by the association. Null: each has another Elastic address, which would be disassociated.
 * `taken`: `INTERFACE PRIVATE-ADDRESS`.
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AssociateAddress.html (read 2026-11-29)
 */
export function freeIpOf(
  link: InterfaceFact,
  allocationId: string,
  taken: ReadonlySet<string> = new Set(),
): string | null {
  const own = [link, ...(link.secondaryIps ?? [])].filter(
    ({ privateIp }) => privateIp !== null && !taken.has(`${link.interfaceId} ${privateIp}`),
  );
  const held = own.find((one) => one.allocationId === allocationId);
  const bare = own.find(({ publicIp }) => publicIp === null);
  const assigned = own.find((one) => one.allocationId === undefined);
  return (held ?? bare ?? assigned)?.privateIp ?? null;
}

export const NO_FREE_IP =
  'each private address of its interface has another Elastic address, which it would lose';
