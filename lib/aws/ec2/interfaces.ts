/** The network interfaces that carry packets for instances. */
import { DescribeNetworkInterfacesCommand, type NetworkInterface } from '@aws-sdk/client-ec2';
import type { InterfaceFact, SecondaryIp } from '../../appliances/types/inventory.ts';
import type { Reading } from '../../core/reading.ts';
import { call, everyPage, everyPart, listOf, pieces, reading } from '../call.ts';
import { READ_MS } from '../client.ts';
import { type Ec2Context, FILTER_VALUES_MAX } from './context.ts';

/** By filter, ids too: an id that is gone would fail a call by ids. */
export const readInterfaces = (
  context: Ec2Context,
  filter: 'attachment.instance-id' | 'network-interface-id' | 'source-dest-check',
  ids: readonly string[],
  signal: AbortSignal,
): Promise<Reading<readonly InterfaceFact[]>> =>
  reading(context, 'DescribeNetworkInterfaces', () =>
    everyPart(pieces(ids, FILTER_VALUES_MAX), (part) =>
      everyPage(
        (nextToken) =>
          call(context, 'DescribeNetworkInterfaces', signal, () =>
            context.client.send(
              new DescribeNetworkInterfacesCommand({
                Filters: [{ Name: filter, Values: [...part] }],
                MaxResults: 1_000,
                NextToken: nextToken,
              }),
              { abortSignal: signal, requestTimeout: READ_MS },
            ),
          ),
        (page) => listOf(page.NetworkInterfaces).flatMap(interfaceFact),
      ),
    ),
  );

function interfaceFact(card: NetworkInterface): readonly InterfaceFact[] {
  const { NetworkInterfaceId: interfaceId, Attachment: attachment } = card;
  if (!interfaceId) return [];
  return [
    {
      interfaceId,
      instanceId: attachment?.InstanceId || null,
      vpcId: card.VpcId ?? '',
      subnetId: card.SubnetId ?? '',
      zone: card.AvailabilityZone ?? '',
      status: oneOf(STATUSES, card.Status),
      attachment: attachment === undefined ? 'detached' : oneOf(ATTACHMENTS, attachment.Status),
      deviceIndex: attachment?.DeviceIndex ?? 0,
      // Absent counts as on: then it is no target.
      hasSourceDestCheck: card.SourceDestCheck ?? true,
      privateIp: card.PrivateIpAddress || null,
      publicIp: card.Association?.PublicIp || null,
      ...elasticIn(card.Association),
      ...secondaryIps(card),
      ipv6s: (card.Ipv6Addresses ?? []).flatMap(({ Ipv6Address }) => Ipv6Address ?? []),
    },
  ];
}

const STATUSES = ['available', 'associated', 'attaching', 'in-use', 'detaching'] as const;
const ATTACHMENTS = ['attaching', 'attached', 'detaching', 'detached'] as const;

/** A word that we do not know is `unknown`, of this interface alone. */
const oneOf = <T extends string>(words: readonly T[], text: string | undefined): T | 'unknown' =>
  words.find((known) => known === text) ?? 'unknown';

/**
 * An Elastic IP address may be associated with any private address, and EC2 shows it there only.
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_NetworkInterfacePrivateIpAddress.html (read 2026-11-28)
 */
function secondaryIps(card: NetworkInterface): { readonly secondaryIps?: readonly SecondaryIp[] } {
  const others = (card.PrivateIpAddresses ?? []).flatMap(
    ({ PrivateIpAddress: privateIp, Association }): readonly SecondaryIp[] =>
      !privateIp || privateIp === card.PrivateIpAddress
        ? []
        : [{ privateIp, publicIp: Association?.PublicIp || null, ...elasticIn(Association) }],
  );
  return others.length === 0 ? {} : { secondaryIps: others };
}

/** Only an Elastic address has an allocation; one that AWS assigned has none. */
const elasticIn = (
  association: NetworkInterface['Association'],
): { readonly allocationId?: string } =>
  association?.AllocationId ? { allocationId: association.AllocationId } : {};
