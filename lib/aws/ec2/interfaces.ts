/** The network interfaces that carry packets for instances. */
import { DescribeNetworkInterfacesCommand, type NetworkInterface } from '@aws-sdk/client-ec2';
import type { InterfaceFact } from '../../appliances/types/inventory.ts';
import type { Reading } from '../../core/reading.ts';
import { call, everyPage, everyPart, pieces, reading, Unreadable } from '../call.ts';
import { READ_MS } from '../client.ts';
import { type Ec2Context, FILTER_VALUES_MAX } from './context.ts';

export const readInterfaces = (
  context: Ec2Context,
  instanceIds: readonly string[],
  signal: AbortSignal,
): Promise<Reading<readonly InterfaceFact[]>> =>
  reading(context, 'DescribeNetworkInterfaces', () =>
    everyPart(pieces(instanceIds, FILTER_VALUES_MAX), (part) =>
      everyPage(
        (nextToken) =>
          call(context, 'DescribeNetworkInterfaces', signal, () =>
            context.client.send(
              new DescribeNetworkInterfacesCommand({
                Filters: [{ Name: 'attachment.instance-id', Values: [...part] }],
                MaxResults: 1_000,
                NextToken: nextToken,
              }),
              { abortSignal: signal, requestTimeout: READ_MS },
            ),
          ),
        (page) => (page.NetworkInterfaces ?? []).flatMap(interfaceFact),
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
      status: oneOf(STATUSES, card.Status, `status of ${interfaceId}`),
      attachment:
        attachment === undefined
          ? 'detached'
          : oneOf(ATTACHMENTS, attachment.Status, `attachment of ${interfaceId}`),
      deviceIndex: attachment?.DeviceIndex ?? 0,
      // Absent counts as on: then it is no target.
      hasSourceDestCheck: card.SourceDestCheck ?? true,
      privateIp: card.PrivateIpAddress || null,
      publicIp: card.Association?.PublicIp || null,
      ipv6s: (card.Ipv6Addresses ?? []).flatMap(({ Ipv6Address }) => Ipv6Address ?? []),
    },
  ];
}

const STATUSES = ['available', 'associated', 'attaching', 'in-use', 'detaching'] as const;
const ATTACHMENTS = ['attaching', 'attached', 'detaching', 'detached'] as const;

/** @throws {Unreadable} for a status that we do not know: neither attached nor lost may be concluded. */
function oneOf<T extends string>(words: readonly T[], text: string | undefined, what: string): T {
  const word = words.find((known) => known === text);
  if (word === undefined) throw new Unreadable(`${what}: ${text ?? 'missing'}`);
  return word;
}
