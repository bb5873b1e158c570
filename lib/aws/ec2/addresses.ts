/** Elastic addresses, each as a table of one route; and the only write to them. */
import {
  type Address,
  AssociateAddressCommand,
  DescribeAddressesCommand,
} from '@aws-sdk/client-ec2';
import type { RouteWrite } from '../../appliances/ports.ts';
import type { RouteTableFact } from '../../appliances/types/inventory.ts';
import { UNHELD } from '../../core/elasticAddress.ts';
import type { Reading } from '../../core/reading.ts';
import type { WriteAnswer } from '../../core/routeWrite.ts';
import { TAG } from '../../core/tags.ts';
import { call, everyPart, listOf, pieces, reading } from '../call.ts';
import { READ_MS } from '../client.ts';
import { writeAnswerOf } from '../writeAnswer.ts';
import { type Ec2Context, FILTER_VALUES_MAX } from './context.ts';
import { nameTag } from './instances.ts';

/**
 * By filter: an id that is gone would fail a call by ids. One reply for everything: the call knows no pages.
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeAddresses.html (read 2026-11-29)
 */
export const readAddresses = (
  context: Ec2Context,
  allocationIds: readonly string[],
  signal: AbortSignal,
): Promise<Reading<readonly RouteTableFact[]>> =>
  reading(context, 'DescribeAddresses', () =>
    everyPart(pieces(allocationIds, FILTER_VALUES_MAX), async (part) => {
      const answer = await call(context, 'DescribeAddresses', signal, () =>
        context.client.send(
          new DescribeAddressesCommand({
            Filters: [{ Name: 'allocation-id', Values: [...part] }],
          }),
          { abortSignal: signal, requestTimeout: READ_MS },
        ),
      );
      return answer.ok
        ? { ok: true, value: listOf(answer.value.Addresses).flatMap(addressFact) }
        : answer;
    }),
  );

function addressFact(address: Address): readonly RouteTableFact[] {
  const { AllocationId: tableId, PublicIp: destination } = address;
  if (!tableId || !destination) return [];
  const interfaceId = address.NetworkInterfaceId || null;
  const isHeld = interfaceId !== null;
  return [
    {
      tableId,
      name: nameTag(address.Tags),
      accountId: '',
      // It has none: it is moved within the VPC of the interface that holds it.
      vpcId: '',
      isMain: false,
      subnetIds: [],
      routes: [
        {
          destination,
          interfaceId,
          otherTarget: isHeld ? null : UNHELD,
          origin: 'created',
          state: isHeld ? 'active' : 'blackhole',
        },
      ],
    },
  ];
}

/**
 * Associates it with one private address of one interface, wherever it is associated now. Harmless to repeat, so the SDK
 * may retry after a lost answer.
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AssociateAddress.html (read 2026-11-29)
 */
export async function associateAddress(
  context: Ec2Context,
  { tableId, target, privateIp }: RouteWrite,
  signal: AbortSignal,
): Promise<WriteAnswer> {
  const answer = await call(context, 'AssociateAddress', signal, () =>
    context.client.send(
      new AssociateAddressCommand({
        AllocationId: tableId,
        NetworkInterfaceId: target.id,
        PrivateIpAddress: privateIp,
        AllowReassociation: true,
      }),
      { abortSignal: signal },
    ),
  );
  return writeAnswerOf(answer, 'ec2:AssociateAddress', tableId, TAG.group);
}
